// Where the raters differ: what each said, and the outcome of the discussion.
import { get, post } from "/api.js";
import { app, fail, shown, stageOf, tell } from "/app.js";
import { button, el, select, table } from "/dom.js";
import { issueCard, liveAgreement } from "/issue.js";
import { choices } from "/choices.js";

const commentOf = (person) => "comment of " + person;

class Conflicts {
  constructor(box, stage) {
    Object.assign(this, { stage, items: [], at: 0, busy: false });
    this.live = liveAgreement(stage.name);
    this.list = el("ol", { class: "list", "aria-label": "Conflicts" });
    this.issue = el("div");
    this.said = el("div");
    this.comment = el("input", { id: "comment" });
    this.reason = el("input", { id: "reason" });
    this.choice = choices(stage, (value) => this.decide(value));
    this.panel = el("section", { class: "panel", "aria-label": "Discussion" },
      el("h3", {}, "What was said"), this.said,
      el("form", { submit: (event) => { event.preventDefault(); this.addComment(); } },
        el("label", { for: "comment" }, "Your comment"),
        el("div", { class: "row" }, this.comment, el("button", {}, "Add"))),
      el("h3", {}, stage.name === "inclusion" ? "Outcome of the discussion" : "Adjudicate"),
      el("label", { for: "reason" }, "Reason"), this.reason, this.choice.node);
    box.append(
      el("div", { class: "bar" }, select("Stage", app.study.settings.stages.map(({ name }) => [name, name]),
        stage.name, (name) => { location.hash = "#/conflicts/" + encodeURIComponent(name); })),
      this.live.line, el("div", { class: "split three" }, this.list, this.issue, this.panel));
  }

  get item() { return this.items[this.at]; }

  async load() {
    const key = this.item?.key;
    this.items = await get("conflicts", { stage: this.stage.name, rater: app.who, limit: 200 });
    const same = this.items.findIndex((one) => one.key === key);
    this.at = same >= 0 ? same : Math.min(this.at, Math.max(0, this.items.length - 1));
    this.show();
  }

  show() {
    this.list.replaceChildren(...this.items.map((one, i) => el("li", {},
      button(one.title || one.key, () => this.go(i), "",
        { "aria-current": i === this.at ? "true" : undefined }))));
    this.panel.hidden = !this.item;
    if (!this.item) {
      this.issue.replaceChildren(el("p", { class: "empty" }, "Nothing is in conflict at this stage."));
      return;
    }
    this.issue.replaceChildren(issueCard(this.item));
    const { ratings } = this.item.stages[this.stage.name];
    this.said.replaceChildren(table(["who", "rating", "comment"], this.stage.raters.map((rater) => [
      rater, shown(this.stage.name, ratings[rater]), this.item.facts[commentOf(rater)] ?? ""]),
    { label: "Ratings" }));
  }

  go(i) {
    if (i < 0 || i >= this.items.length) return;
    this.at = i;
    this.reason.value = this.comment.value = "";
    this.show();
  }

  async change(path, body, done) {
    if (!this.item || this.busy) return;
    if (!app.who) return tell("Say above who you are.", "bad");
    this.busy = true;
    try {
      const { event } = await post(path, { key: this.item.key, who: app.who, ...body });
      tell(`${done} – kept as change ${event}`);
      this.reason.value = this.comment.value = "";
      document.activeElement?.blur();
    } catch (error) {
      fail(error);
    } finally {
      this.busy = false;
    }
    await Promise.all([this.load(), this.live.update()]).catch(fail);
  }

  addComment() {
    const value = this.comment.value.trim();
    return value && this.change("fact", { field: commentOf(app.who), value }, "comment added");
  }

  decide(value) {
    if (!this.item) return null;
    const { decided } = this.item.stages[this.stage.name];
    return this.change("decide",
      { stage: this.stage.name, value, note: this.reason.value.trim(), seen: decided },
      `${shown(this.stage.name, value)}: ${this.item.title || this.item.key}`);
  }

  async refresh() {  // not under someone's hands
    await this.live.update();
    if (!this.busy && !this.reason.value && !this.comment.value) await this.load();
  }
}

export async function conflictsView(box, name = "inclusion") {
  const stage = stageOf(name);
  if (!stage) throw new Error("There is no such stage.");
  const view = new Conflicts(box, stage);
  await Promise.all([view.load(), view.live.update(), view.choice.load()]);
  const keys = [...view.choice.keys(), ["j", "next", () => view.go(view.at + 1)],
    ["k", "previous", () => view.go(view.at - 1)], ["c", "comment", () => view.comment.focus()],
    ["r", "reason", () => view.reason.focus()]];
  return { keys, refresh: () => view.refresh() };
}
