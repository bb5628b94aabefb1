// What the views share: the study, who sits here, messages, keys.
import { el, kbd } from "/dom.js";

export const app = { study: null, who: localStorage.getItem("kerasan-who") || "", keys: [] };

const told = () => document.getElementById("told");

export function tell(text, kind = "good") {
  told().className = kind;
  told().textContent = text;
}

export const fail = (error) => tell(error.message, "bad");

export function stageOf(name) {
  return app.study.settings.stages.find((stage) => stage.name === name);
}

export const labelStages = () => app.study.settings.stages.slice(1);

// A category as people read it.
export function shown(stage, value) {
  if (stage !== "inclusion") return value === "" || value === undefined ? "–" : value;
  return { 0: "exclude", 1: "include" }[value] || "–";
}

// keys: [key, what it does, act]; they are shown below the view.
export function setKeys(keys) {
  app.keys = keys;
  const bar = document.getElementById("keys");
  bar.replaceChildren(...keys.map(([key, text]) => el("span", {}, kbd(key), " ", text)));
}

export function showHelp() {
  const dialog = document.getElementById("dialog");
  const rows = [...app.keys, ["g", "then s, l, c, a, h, b or y: another view"], ["?", "this list"],
    ["Esc", "out of a field"]];
  dialog.replaceChildren(
    el("h2", { id: "dialog-title" }, "Keys"),
    el("dl", {}, rows.map(([key, text]) => [el("dt", {}, kbd(key)), el("dd", {}, text)])),
    el("form", { method: "dialog" }, el("button", {}, "Close")));
  dialog.showModal();
}

let prefix = false;

// go: letter → the address of a view.
export function listenToKeys(go) {
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
    if (document.getElementById("dialog").open) return;
    const field = event.target.closest("input, textarea, select");
    if (field) {
      if (event.key === "Escape") field.blur();
      return;
    }
    const second = prefix;
    prefix = event.key === "g" && !second;
    if (prefix) return;
    if (second && go[event.key]) {
      location.hash = go[event.key]();
      event.preventDefault();
      return;
    }
    if (event.key === "?") return showHelp();
    const found = app.keys.find(([key]) => key === event.key);
    if (!found) return;
    event.preventDefault();
    found[2]();
  });
}
