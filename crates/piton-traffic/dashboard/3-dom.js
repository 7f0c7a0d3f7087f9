// Making elements. Text is only ever text: nothing here takes markup.
const SVG = "http://www.w3.org/2000/svg";

function fill(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes ?? {})) {
    if (value === undefined || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? "" : String(value));
  }
  element.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

const h = (tag, attributes, ...children) => fill(document.createElement(tag), attributes, children);
const s = (tag, attributes, ...children) => fill(document.createElementNS(SVG, tag), attributes, children);
const byId = (id) => document.getElementById(id);
const format = new Intl.NumberFormat("en");
const shown = (value) => (value === undefined ? "–" : format.format(Math.round(value)));
const percent = (part, whole) => (whole > 0 ? ((100 * part) / whole).toFixed(1) + " %" : "–");

function card(name, value, ...notes) {
  return h("dl", { class: "card" }, h("dt", {}, name), h("dd", { class: "value" }, value), notes.filter(Boolean).map((note) => h("dd", { class: "note" }, note)));
}

const cards = (...all) => h("div", { class: "cards" }, all);
const panel = (title, ...children) => h("section", { class: "panel", "aria-label": title }, h("h2", {}, title), children);

function table(caption, heads, rows, words = 1) {
  const kind = (i) => (heads[i] === "#" ? "rank" : i < words && "words");
  return h("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": caption },
    h("table", {}, h("caption", {}, caption),
      h("thead", {}, h("tr", {}, heads.map((head, i) => h("th", { scope: "col", class: kind(i) }, head)))),
      h("tbody", {}, rows.map((row) => h("tr", {}, row.map((cell, i) => h(i === 0 ? "th" : "td", { scope: i === 0 && "row", class: kind(i) }, cell)))))));
}

function choice(name, options, chosen, choose) {
  return h("fieldset", {}, h("legend", {}, name), options.map(([key, label, off]) =>
    h("button", { type: "button", "aria-pressed": String(key === chosen), disabled: off === true, onclick: () => choose(key) }, label)));
}

function download(name, type, content) {
  const link = h("a", { href: URL.createObjectURL(new Blob([content], { type })), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}

// A cell that a spreadsheet would take for a formula is kept as text.
function csv(heads, rows) {
  const cell = (value) => {
    let textual = value === undefined ? "" : String(value);
    if (/^[=+\-@\t\r]/.test(textual)) textual = "'" + textual;
    return /[",\r\n]/.test(textual) ? `"${textual.replaceAll('"', '""')}"` : textual;
  };
  return [heads, ...rows].map((row) => row.map(cell).join(",")).join("\r\n") + "\r\n";
}

const remembered = {
  get(store, key) { try { return window[store].getItem(key); } catch { return null; } },
  set(store, key, value) { try { window[store].setItem(key, value); } catch { /* a full or forbidden store is no reason to fail */ } },
};
