// The figures of the study as it stands; each with its numbers as a table.
import { get } from "/api.js";
import { drawing, el, table } from "/dom.js";

function chart(figure) {
  return el("figure", { class: "chart" }, drawing(figure.svg),
    figure.table ? el("details", {}, el("summary", {}, "As a table"),
      figure.table.note ? el("p", {}, figure.table.note) : "",
      table(figure.table.header, figure.table.rows, { label: figure.title })) : "");
}

export async function chartsView(box) {
  const load = async () => box.replaceChildren(...(await get("charts")).map(chart));
  await load();
  return { refresh: load };
}
