// Elements made of data. Text only ever becomes text: nothing here reads HTML.

export function el(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") node.addEventListener(name, value);
    else if (value === true) node.setAttribute(name, "");
    else if (value !== false && value !== undefined) node.setAttribute(name, value);
  }
  node.append(...children.flat().filter((child) => child !== null && child !== undefined));
  return node;
}

export const kbd = (key) => el("kbd", {}, key);

export function button(text, act, key = "", attributes = {}) {
  return el("button", { type: "button", click: act, ...attributes }, text, key ? [" ", kbd(key)] : []);
}

export function table(header, rows, attributes = {}) {
  const cell = (tag) => (value) => el(tag, tag === "th" ? { scope: "col" } : {}, value);
  return el("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": attributes.label },
    el("table", {},
      el("thead", {}, el("tr", {}, header.map(cell("th")))),
      el("tbody", {}, rows.map((row) => el("tr", {}, row.map(cell("td")))))));
}

// Only addresses of the web become links.
export function link(url, text = url) {
  if (!/^https?:\/\//.test(url)) return el("span", {}, text);
  return el("a", { href: url, target: "_blank", rel: "noopener noreferrer" }, text);
}

const DRAWN = new Set(["svg", "title", "g", "text", "rect", "line", "circle", "path"]);

// A drawing of the engine.
export function drawing(text) {
  const parsed = new DOMParser().parseFromString(text, "image/svg+xml").documentElement;
  if (parsed.nodeName !== "svg") throw new Error("a drawing could not be read");
  for (const node of [...parsed.querySelectorAll("*")]) {
    const plain = [...node.attributes].every((one) => !/^on|href|style/i.test(one.name));
    if (!DRAWN.has(node.nodeName) || !plain) node.remove();
  }
  return document.importNode(parsed, true);
}

export function select(label, values, chosen, act) {
  const options = values.map(([value, text]) =>
    el("option", { value, selected: value === chosen }, text));
  const node = el("select", { change: () => act(node.value) }, options);
  return el("label", {}, label, " ", node);
}
