// Who did what, when.
import { get } from "/api.js";
import { fail, shown } from "/app.js";
import { button, el, table } from "/dom.js";

function what(change) {
  if (change.kind === "fact") return `${change.note}: ${change.value}`;
  if (change.kind === "rate" || change.kind === "decide") {
    const value = change.value === "" ? "taken back" : shown(change.stage, change.value);
    return `${change.stage}: ${value}${change.note ? " – " + change.note : ""}`;
  }
  return change.value;
}

export function changeTable(changes, header, last) {
  return table(["change", "when", "who", "did", "what", header], changes.map((change) => [
    String(change.id), change.at.replace("T", " ").replace("Z", ""), change.who, change.kind,
    what(change), last(change)]), { label: "Changes" });
}

const PAGE = 100;

export async function historyView(box) {
  const load = async () => {
    let changes = await get("history", { limit: PAGE });
    const item = (change) => (change.item
      ? el("a", { href: "#/item/" + encodeURIComponent(change.item) }, change.item) : "");
    const list = el("div", {}, changeTable(changes, "item", item));
    const older = button("Older", async () => {
      try {
        const more = await get("history", { limit: PAGE, before: changes[changes.length - 1].id });
        changes = [...changes, ...more];
        list.replaceChildren(changeTable(changes, "item", item));
        older.hidden = more.length < PAGE;
      } catch (error) {
        fail(error);
      }
    }, "", { hidden: changes.length < PAGE });
    box.replaceChildren(el("h2", {}, "History"), list, older);
  };
  await load();
  return { refresh: () => (box.querySelectorAll("tbody tr").length > PAGE ? null : load()) };
}
