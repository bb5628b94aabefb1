// All that is known of one issue, now or after any change, and what can be added.
import { get, post } from "/api.js";
import { app, fail, shown, stageOf, tell } from "/app.js";
import { button, el, link, select, table } from "/dom.js";
import { changeTable } from "/changes.js";
import { choices } from "/choices.js";
import { issueCard } from "/issue.js";

function stages(item) {
  const raters = [...new Set(app.study.settings.stages.flatMap((stage) => stage.raters))];
  return table(["stage", ...raters, "decided", "stands"], app.study.settings.stages.map(({ name }) => {
    const one = item.stages[name] ?? { ratings: {}, decision: "" };
    const decided = one.decision
      ? `${shown(name, one.decision)}, ${one.decided_by}${one.note ? ": " + one.note : ""}` : "–";
    const stands = name === "inclusion" ? item.outcome : item.final[name] || "–";
    return [name, ...raters.map((rater) => shown(name, one.ratings[rater])), decided, stands];
  }), { label: "Stages" });
}

function facts(item) {
  const rows = Object.entries(item.facts).map(([field, value]) => [field, link(value)]);
  return rows.length ? table(["fact", "value"], rows, { label: "Facts" }) : el("p", {}, "None yet.");
}

function decisionForm(item, send) {
  const box = el("div", { class: "panel" });
  const draw = (name) => {
    const reason = el("input", { id: "reason" });
    const seen = item.stages[name]?.decided ?? 0;
    const choice = choices(stageOf(name), (value) =>
      send("decide", { stage: name, value, note: reason.value.trim(), seen }));
    choice.load().catch(fail);
    box.replaceChildren(
      select("Stage", app.study.settings.stages.map((one) => [one.name, one.name]), name, draw),
      el("label", { for: "reason" }, "Reason"), reason, choice.node);
  };
  draw("inclusion");
  return box;
}

function factForm(send) {
  const field = el("input", { id: "field", required: true, placeholder: "fixing commit" });
  const value = el("input", { id: "value", required: true });
  return el("form", {
    class: "panel",
    submit: (event) => {
      event.preventDefault();
      send("fact", { field: field.value.trim(), value: value.value.trim() });
    },
  }, el("label", { for: "field" }, "Fact"), field, el("label", { for: "value" }, "Value"), value,
  el("button", {}, "Add"));
}

export async function itemView(box, key, at = "") {
  const load = async () => {
    const [item, history] = await Promise.all([
      get("item", at ? { key, at } : { key }), get("history", { key, limit: 500 })]);
    const send = async (path, body) => {
      if (!app.who) return tell("Say above who you are.", "bad");
      try {
        const { event } = await post(path, { key, who: app.who, ...body });
        tell(`kept as change ${event}`);
      } catch (error) {
        fail(error);
      }
      return load().catch(fail);
    };
    const here = "#/item/" + encodeURIComponent(key);
    box.replaceChildren(...[
      at ? el("p", { class: "past", id: "past" }, `As it stood after change ${at}. `,
        el("a", { href: here }, "Back to now")) : "",
      el("div", { class: "split two" }, issueCard(item), el("div", {},
        el("h3", {}, "Stages"), stages(item), el("h3", {}, "Facts"), facts(item),
        at ? "" : el("details", {}, el("summary", {}, "Decide or add a fact"),
          el("div", { class: "grid" }, decisionForm(item, send), factForm(send))),
        el("h3", {}, "History"), changeTable(history, "state", (change) => button("As it stood",
          () => { location.hash = here + "/" + change.id; }))))].filter(Boolean));
  };
  await load();
  return { refresh: () => (at || box.contains(document.activeElement) ? null : load()) };
}
