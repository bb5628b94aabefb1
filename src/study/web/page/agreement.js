// Coefficients with their intervals, and who differs from whom in what.
import { get } from "/api.js";
import { app, shown } from "/app.js";
import { drawing, el, select, table } from "/dom.js";

const three = (value) => (value === null ? "–" : value.toFixed(3));

function coefficients(agreement) {
  return table(["coefficient", "value", "95 % interval"], agreement.estimates.map((one) => [
    one.name, three(one.value),
    one.interval ? one.interval.map(three).join(" to ") : "–"]), { label: "Coefficients" });
}

// Two raters who rated no item both have nothing to compare.
const met = (one) => one.counts.flat().some((count) => count > 0);

function confusion(agreement, one) {
  const names = agreement.categories.map((value) => shown(agreement.stage, value));
  return el("figure", { class: "confusion" },
    el("figcaption", {}, `${one.rows} (rows) and ${one.columns} (columns)`),
    table(["", ...names], one.counts.map((line, i) => [names[i], ...line.map(String)]),
      { label: `${one.rows} and ${one.columns}` }));
}

function conflictList(agreement) {
  if (agreement.conflicts.length === 0) return el("p", {}, "The raters differ on no item.");
  return table(["item", ...agreement.raters], agreement.conflicts.map((one) => [
    el("a", { href: "#/item/" + encodeURIComponent(one.item) }, one.item),
    ...one.given.map((value) => shown(agreement.stage, value))]), { label: "Items in conflict" });
}

export async function agreementView(box, name = "inclusion") {
  const content = el("div");
  box.append(
    el("div", { class: "bar" }, select("Stage", app.study.settings.stages.map((one) => [one.name, one.name]),
      name, (chosen) => { location.hash = "#/agreement/" + encodeURIComponent(chosen); })),
    content);
  const load = async () => {
    const agreement = await get("agreement", { stage: name });
    content.replaceChildren(
      el("h2", {}, `Agreement at ${name}`),
      el("p", {}, `${agreement.items} rated items, ${agreement.raters.length} raters. `, agreement.note),
      agreement.figure ? el("figure", {}, drawing(agreement.figure)) : "",
      coefficients(agreement),
      el("h3", {}, "Who gave what"),
      el("div", { class: "grid" }, agreement.confusion.filter(met).map((one) => confusion(agreement, one))),
      el("h3", {}, "Items in conflict"), conflictList(agreement));
  };
  await load();
  return { refresh: load };
}
