// Which view is shown, and when it is shown anew.
import { get, takeToken } from "/api.js";
import { agreementView } from "/agreement.js";
import { app, fail, labelStages, listenToKeys, setKeys, showHelp, tell } from "/app.js";
import { bugsView } from "/bugs.js";
import { chartsView } from "/charts.js";
import { conflictsView } from "/conflicts.js";
import { el } from "/dom.js";
import { historyView } from "/changes.js";
import { itemView } from "/item.js";
import { rateView } from "/rate.js";

const VIEWS = [
  ["s", "Screen", () => "#/rate/inclusion"],
  ["l", "Label", () => "#/rate/" + encodeURIComponent(labelStages()[0]?.name ?? "inclusion")],
  ["c", "Conflicts", () => "#/conflicts/inclusion"],
  ["a", "Agreement", () => "#/agreement/inclusion"],
  ["h", "Charts", () => "#/charts"],
  ["b", "Bugs", () => "#/bugs"],
  ["y", "History", () => "#/history"],
];

// Each fills a box and returns {keys, refresh, begin}, all of which may be left out.
const DRAW = {
  rate: rateView, conflicts: conflictsView, agreement: agreementView, charts: chartsView,
  bugs: bugsView, item: itemView, history: historyView,
};

const main = document.getElementById("main");
let drawn = 0;
let refresh = null;  // of the view that is shown: called when someone has changed something

function place() {
  const [view, ...rest] = location.hash.replace(/^#\/?/, "").split("/");
  return [view in DRAW ? view : "rate", rest.map(decodeURIComponent)];
}

function drawNav(view, rest) {
  const name = view === "rate" ? (rest[0] ?? "inclusion") === "inclusion" ? "Screen" : "Label"
    : { item: "Bugs" }[view] ?? view[0].toUpperCase() + view.slice(1);
  document.getElementById("views").replaceChildren(...VIEWS.map(([, text, address]) =>
    el("a", { href: address(), "aria-current": text === name ? "page" : undefined }, text)));
}

async function draw() {
  const turn = ++drawn;
  const [view, rest] = place();
  refresh = null;
  setKeys([]);
  drawNav(view, rest);
  main.setAttribute("aria-busy", "true");
  let box = el("div", { class: "view " + view });
  let made = {};
  try {
    made = await DRAW[view](box, ...rest);
  } catch (error) {
    box = el("p", { class: "empty" }, error.message);
  }
  if (turn !== drawn) return;  // another view was asked for meanwhile
  main.replaceChildren(box);
  main.setAttribute("aria-busy", "false");
  setKeys(made.keys ?? []);
  refresh = made.refresh ?? null;
  made.begin?.();
}

async function watch() {
  try {
    const { last } = await get("last");
    if (last === app.study.last) return;
    app.study.last = last;
    if (refresh) await refresh();
  } catch (error) {
    fail(error);
  }
}

function themeButton() {
  const button = document.getElementById("theme");
  const apply = (theme) => {
    document.documentElement.dataset.theme = theme;
    button.textContent = "Theme: " + theme;
    localStorage.setItem("kerasan-theme", theme);
  };
  const order = ["auto", "light", "dark"];
  apply(order.includes(localStorage.getItem("kerasan-theme"))
    ? localStorage.getItem("kerasan-theme") : "auto");
  button.addEventListener("click", () =>
    apply(order[(order.indexOf(document.documentElement.dataset.theme) + 1) % order.length]));
}

function personField() {
  const names = [...new Set(app.study.settings.stages.flatMap((stage) => stage.raters))];
  document.getElementById("raters").replaceChildren(...names.map((value) => el("option", { value })));
  const field = document.getElementById("who");
  field.value = app.who;
  field.addEventListener("change", () => {
    app.who = field.value.trim();
    localStorage.setItem("kerasan-who", app.who);
    tell(app.who ? "You are " + app.who + "." : "Nobody is named.");
    field.blur();
    draw();
  });
}

async function start() {
  takeToken();
  themeButton();
  document.getElementById("help").addEventListener("click", showHelp);
  try {
    app.study = await get("study");
  } catch (error) {
    main.replaceChildren(el("p", { class: "empty" }, error.message));
    return fail(error);
  }
  const file = app.study.file.split("/").pop();
  document.title = file + " – study";
  document.getElementById("name").textContent = file;
  personField();
  listenToKeys(Object.fromEntries(VIEWS.map(([key, , address]) => [key, address])));
  addEventListener("hashchange", () => { tell(""); draw(); });
  await draw();
  setInterval(watch, 2000);
}

start();
