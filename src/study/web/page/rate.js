// The queue of one stage: read an issue, press a key, next.
import { get, post } from "/api.js";
import { app, fail, labelStages, shown, stageOf, tell } from "/app.js";
import { button, el, select } from "/dom.js";
import { issueCard, liveAgreement } from "/issue.js";
import { choices } from "/choices.js";

function stageChooser(stage) {
  if (stage === "inclusion") return null;
  return select("Stage", labelStages().map(({ name }) => [name, name]), stage,
    (name) => { location.hash = "#/rate/" + encodeURIComponent(name); });
}

function criteria() {
  return el("details", { class: "criteria", open: innerWidth > 600 },
    el("summary", {}, "Criteria of inclusion"),
    el("ul", {}, app.study.settings.criteria.map((one) => el("li", {}, one))));
}

class Queue {
  constructor(box, stage) {
    Object.assign(this, { stage, items: [], at: 0, done: 0, of: 0, last: null, busy: false });
    this.progress = el("progress", { "aria-label": "rated by you" });
    this.count = el("span", { class: "count" });
    this.live = liveAgreement(stage.name);
    this.issue = el("div");
    this.note = el("input", { id: "note", class: "note", placeholder: "why, if worth saying" });
    this.choice = choices(stage, (value) => this.rate(value));
    this.panel = el("section", { class: "panel", "aria-label": "Your rating" },
      this.choice.node, el("label", { for: "note" }, "Note"), this.note,
      el("div", { class: "row" },
        button("Skip", () => this.skip(), "j"), button("Back", () => this.back(), "k"),
        button("Take back the last", () => this.undo(), "u")));
    box.append(
      el("div", { class: "bar" }, stageChooser(stage.name), this.progress, this.count),
      this.live.line, stage.name === "inclusion" ? criteria() : "",
      el("div", { class: "split" }, this.issue, this.panel));
  }

  get item() { return this.items[this.at]; }

  async load(after = 0) {
    const reply = await get("queue", { stage: this.stage.name, rater: app.who, after, limit: 20 });
    if (reply.items.length === 0 && after > 0) return this.load();  // around, to those skipped
    Object.assign(this, { items: reply.items, at: 0, done: reply.done, of: reply.of });
    this.show();
  }

  show() {
    this.progress.max = this.of || 1;
    this.progress.value = this.done;
    this.count.textContent = `${this.done} of ${this.of} rated by you`;
    this.panel.hidden = !this.item;
    this.issue.replaceChildren(this.item ? issueCard(this.item) : el("p", { class: "empty" },
      this.of ? "You have rated all that is here." : "No items are here yet."));
    this.note.value = "";
    this.choice.clear();
  }

  async send(item, value, note) {
    this.busy = true;
    try {
      return await post("rate", { key: item.key, stage: this.stage.name, who: app.who, value, note });
    } finally {
      this.busy = false;
    }
  }

  async rate(value) {
    const item = this.item;
    if (!item || this.busy) return;
    try {
      const { event } = await this.send(item, value, this.note.value);
      this.last = item;
      this.items.splice(this.at, 1);
      ++this.done;
      tell(`${shown(this.stage.name, value)}: ${item.title || item.key} – kept as change ${event}`);
      document.activeElement?.blur();
      if (this.item) this.show();
      else await this.load(item.id);
      await this.live.update();
    } catch (error) {
      fail(error);
    }
  }

  async skip() {
    if (!this.item || this.busy) return;
    if (this.at + 1 < this.items.length) ++this.at;
    else return this.load(this.item.id).catch(fail);
    this.show();
  }

  back() {
    if (this.at === 0 || this.busy) return;
    --this.at;
    this.show();
  }

  async undo() {
    if (!this.last || this.busy) return;
    const item = this.last;
    try {
      const { event } = await this.send(item, "", "");
      this.last = null;
      this.items.splice(this.at, 0, item);
      --this.done;
      this.show();
      tell(`taken back: ${item.title || item.key} – kept as change ${event}`);
      await this.live.update();
    } catch (error) {
      fail(error);
    }
  }
}

export async function rateView(box, name = "inclusion") {
  const stage = stageOf(name);
  if (!stage) throw new Error("There is no such stage.");
  if (!stage.raters.includes(app.who)) {
    box.append(el("p", { class: "empty" },
      `Say above who you are. At this stage rate: ${stage.raters.join(", ")}.`), stageChooser(name) ?? "");
    return { begin: () => document.getElementById("who").focus() };
  }
  const queue = new Queue(box, stage);
  await Promise.all([queue.load(), queue.live.update(), queue.choice.load()]);
  const keys = [...queue.choice.keys(), ["j", "skip", () => queue.skip()],
    ["k", "back", () => queue.back()], ["u", "take back", () => queue.undo()],
    ["n", "note", () => queue.note.focus()]];
  return { keys, refresh: () => queue.live.update() };
}
