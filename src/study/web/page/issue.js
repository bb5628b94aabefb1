// An issue as its reader sees it, and the live agreement above it.
import { get } from "/api.js";
import { el, link } from "/dom.js";

const labelsOf = (text) => text.split("^").filter((one) => one.trim() !== "");

export function issueCard(item) {
  const facts = [
    item.created ? "opened " + item.created.slice(0, 10) : "",
    item.closed ? "closed " + item.closed.slice(0, 10) : "",
  ].filter(Boolean).join(", ");
  return el("article", { class: "issue" },
    el("h2", {}, item.title || item.key),
    el("p", { class: "meta" }, link(item.url || item.key), facts ? " · " + facts : ""),
    el("ul", { class: "labels" }, labelsOf(item.labels).map((one) => el("li", {}, one))),
    el("div", { class: "body" }, item.body || "(no text)"));
}

const two = (value) => value.toFixed(3);

export function estimateText(one) {
  if (one.value === null) return one.name + ": no value yet";
  const interval = one.interval
    ? ` (95 % interval ${two(one.interval[0])} to ${two(one.interval[1])})` : "";
  return `${one.name}: ${two(one.value)}${interval}`;
}

// Fleiss' kappa; Cohen's where two people rate; else the first coefficient that has a value.
export function mainEstimate(agreement) {
  const known = agreement.estimates.filter((one) => one.value !== null);
  const named = (start) => known.find((one) => one.name.startsWith(start));
  return named("Fleiss") ?? named("Cohen") ?? known[0] ?? agreement.estimates[0];
}

export function liveAgreement(stage) {
  const line = el("p", { class: "live", id: "live" }, "…");
  const update = async () => {
    const agreement = await get("agreement", { stage });
    line.textContent = `${estimateText(mainEstimate(agreement))}, ${agreement.items} rated items`;
  };
  return { line, update };
}
