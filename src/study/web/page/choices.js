// How a value of a stage is given: one key for each category, or words of one's own.
import { get } from "/api.js";
import { shown } from "/app.js";
import { button, el } from "/dom.js";

let made = 0;

export function choices(stage, act) {
  if (stage.categories.length > 0) {
    const order = stage.name === "inclusion" ? [1, 0] : stage.categories.map((_, i) => i);
    const keys = order.map((i) => {
      const value = stage.categories[i];
      const key = stage.name === "inclusion" ? (i === 1 ? "y" : "x") : String(i + 1);
      return [i < 9 ? key : "", shown(stage.name, value), () => act(value)];
    });
    const node = el("div", { class: "choices", role: "group", "aria-label": stage.name },
      keys.map(([key, text, choose], i) => button(text, choose, key, {
        class: "choice", "data-value": stage.categories[order[i]] })));
    return { node, clear() {}, load: async () => {}, keys: () => keys.filter(([key]) => key) };
  }
  const id = "words-" + ++made;
  const known = el("datalist", { id: id + "-known" });
  const field = el("input", { id, list: known.id, autocomplete: "off", required: true });
  const node = el("form", {
    class: "words",
    submit: (event) => {
      event.preventDefault();
      if (field.value.trim()) act(field.value.trim());
    },
  }, el("label", { for: id }, stage.name), el("div", { class: "row" }, field, known,
    el("button", {}, "Give ", el("kbd", {}, "Enter"))));
  return {
    node,
    clear() { field.value = ""; },
    async load() {
      const values = await get("values", { stage: stage.name });
      known.replaceChildren(...values.map((value) => el("option", { value })));
    },
    keys: () => [["i", "write it", () => field.focus()]],
  };
}
