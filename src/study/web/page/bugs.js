// The included issues, with filters and full text.
import { get } from "/api.js";
import { labelStages } from "/app.js";
import { button, el, select, table } from "/dom.js";

const state = { words: "", chosen: {} };  // kept while other views are shown

function query() {
  const out = { words: state.words };
  for (const [stage, value] of Object.entries(state.chosen)) {
    if (value !== null) out["stage:" + stage] = value;
  }
  return out;
}

function filter(stage, values, load) {
  const options = values.map(({ value, count }) =>
    ["=" + value, `${value === "" ? "(not decided)" : value} (${count})`]);
  const chosen = state.chosen[stage] ?? null;
  if (chosen !== null && !values.some(({ value }) => value === chosen)) {
    options.push(["=" + chosen, `${chosen} (0)`]);
  }
  return select(stage, [["", "all"], ...options], chosen === null ? "" : "=" + chosen, (value) => {
    state.chosen[stage] = value === "" ? null : value.slice(1);
    load();
  });
}

const byNumber = (a, b) => (Number(a.number) || Infinity) - (Number(b.number) || Infinity) || 0;

function listed(bug) {
  return [bug.number, el("a", { href: "#/item/" + encodeURIComponent(bug.key) }, bug.title || bug.key),
    ...labelStages().map(({ name }) => bug.final[name] || "–")];
}

export async function bugsView(box) {
  const found = el("div", { "aria-live": "polite" });
  const filters = el("div", { class: "filters" });
  let turn = 0;
  const load = async () => {
    const mine = ++turn;
    const reply = await get("bugs", query());
    if (mine !== turn) return;
    filters.replaceChildren(...labelStages().map(({ name }) => filter(name, reply.values[name] ?? [], load)));
    const more = reply.matching > reply.bugs.length ? `, the first ${reply.bugs.length} are shown` : "";
    found.replaceChildren(
      el("p", { class: "count", id: "found" }, `${reply.matching} of ${reply.total} bugs${more}`),
      table(["no.", "title", ...labelStages().map(({ name }) => name)], reply.bugs.sort(byNumber).map(listed),
        { label: "Bugs" }));
  };
  const search = el("input", {
    id: "search", type: "search", value: state.words, placeholder: "words of title, text or labels",
    input: () => { state.words = search.value; load(); },
  });
  const clear = () => {
    Object.assign(state, { words: "", chosen: {} });
    search.value = "";
    load();
  };
  box.append(el("div", { class: "bar" }, el("label", { for: "search" }, "Search"), search,
    button("Clear", clear, "x")), filters, found);
  await load();
  return { keys: [["/", "search", () => search.focus()], ["x", "clear", clear]], refresh: load };
}
