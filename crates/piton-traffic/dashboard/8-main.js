// The page: which repository, which tab, which range.
const TABS = [["overview", "Overview", overview], ["installs", "Installs", installs], ["views", "Views", views], ["community", "Community", community], ["dev", "Dev", dev]];
const page = { all: [], at: 0, tab: "overview", range: "31d", group: "day" };

function chosenTab() {
  const asked = location.hash.slice(1);
  return TABS.some(([key]) => key === asked) ? asked : "overview";
}

async function readSource(source) {
  const base = text(source.GIST_RAW_BASE).replace(/\/+$/, "");
  try {
    const held = heldData(source);
    if (held) return { source, state: readState(held.state), archived: list(held.archived) };
    if (!base || base.includes("GISTID")) throw new Error("this page is not configured yet: GIST_RAW_BASE is empty; run `piton traffic create`");
    const answer = await fetch(`${base}/state.json?t=${Date.now()}`, { credentials: "omit", referrerPolicy: "no-referrer" });
    if (!answer.ok) throw new Error(answer.status === 404 ? "the gist holds no state.json (HTTP 404); run `piton traffic create`, which looks for it" : `HTTP ${answer.status} from the gist`);
    return { source, state: readState(JSON.parse(await answer.text())) };
  } catch (failure) {
    return { source, failure: failure instanceof SyntaxError ? `the state is not JSON: ${failure.message}` : failure.message };
  }
}

// Data put into the page itself, for reading it from disk.
function heldData(source) {
  const held = byId("held");
  if (!held) return undefined;
  const all = JSON.parse(held.textContent);
  return all[`${source.REPO_OWNER}/${source.REPO_NAME}`];
}

async function load() {
  byId("problem").replaceChildren();
  byId("busy").hidden = false;
  let asked;
  try { asked = sources(JSON.parse(byId("constants").textContent), location.search); } catch (failure) { return problem(failure.message, false); }
  page.all = await Promise.all(asked.map(readSource));
  byId("busy").hidden = true;
  const select = byId("repository");
  select.replaceChildren(...page.all.map(({ source }, i) => h("option", { value: i }, nameOf(source))));
  byId("repository-choice").hidden = page.all.length < 2;
  render();
}

const nameOf = (source) => text(source.title) || `${source.REPO_OWNER}/${source.REPO_NAME}`;

function problem(words, again) {
  byId("busy").hidden = true;
  byId("panel").replaceChildren();
  byId("problem").replaceChildren(h("p", {}, `The numbers cannot be shown: ${words}.`), ...(again ? [h("p", { class: "note-line" }, "Whoever keeps this project: `piton traffic verify` tells what is wrong."), h("button", { type: "button", onclick: load }, "Try again")] : []));
}

function heading(source) {
  const known = NAME.test(text(source.REPO_OWNER)) && REPOSITORY.test(text(source.REPO_NAME));
  const home = known ? `https://github.com/${source.REPO_OWNER}/${source.REPO_NAME}` : null;
  byId("banner").textContent = nameOf(source);
  for (const [id, rest] of [["banner", ""], ["foot-repository", ""], ["foot-releases", "/releases"]]) if (home) byId(id).setAttribute("href", home + rest); else byId(id).removeAttribute("href");
  document.title = `${nameOf(source)} - Project Statistics`;
}

async function render() {
  const { source, state, failure, archived } = page.all[page.at];
  heading(source);
  tabs();
  if (!state) return problem(failure, true);
  byId("problem").replaceChildren();
  const today = dayOf(Date.now());
  const asked = `${page.at} ${page.tab} ${page.range} ${page.group}`;
  page.asked = asked;
  let rows = state.rows; let archiveNoteText = "";
  if (!["7d", "31d"].includes(page.range)) {
    const archive = archived ? { rows: archived, note: "" } : await archiveOf(source);
    if (page.asked !== asked) return undefined;
    archiveNoteText = archive.note;
    rows = page.all[page.at].merged ?? mergeRows([...state.recent, ...state.current], archive.rows);
    if (!archive.note) page.all[page.at].merged = rows;
  }
  const chosen = inRange(rows, page.range, today);
  const group = fittingGroup(chosen, page.group);
  const view = { today, group, range: page.range, note: archiveNoteText, none: !rows.length };
  const draw = TABS.find(([key]) => key === page.tab)[2];
  byId("panel").replaceChildren(controls(chosen, group), ...draw({ source, state, rows: grouped(chosen, group), view, today, archiveNoteText, all: page.all }).filter(Boolean));
  footer(state, archiveNoteText);
  return undefined;
}

function footer(state, note) {
  const last = state.rows[state.rows.length - 1];
  byId("freshness").textContent = (last ? `Collected daily; the last day on record is ${dateLabel(last.date, "day")}.` : NOTHING_YET) + (note ? ` ${note}` : "");
  byId("version").textContent = state.version ? ` · collector ${state.version}` : "";
}

function controls(rows, group) {
  const set = (key) => (value) => { page[key] = value; render().then(() => [...document.querySelectorAll(".controls button")].find((button) => button.getAttribute("aria-pressed") === "true" && button.closest("fieldset").firstChild.textContent === (key === "range" ? "Range" : "By"))?.focus()); };
  const name = nameOf(page.all[page.at].source).replace(/[^A-Za-z0-9]+/g, "-");
  const fields = [...FIELDS, "installs"];
  return h("div", { class: "controls" },
    choice("Range", RANGES, page.range, set("range")), choice("By", GROUPS, group, set("group")),
    h("fieldset", {}, h("legend", {}, "Download"),
      h("button", { type: "button", onclick: () => download(`${name}.csv`, "text/csv", csv(["date", ...fields], rows.map((row) => [row.date, ...fields.map((field) => row[field])]))) }, "CSV"),
      h("button", { type: "button", onclick: () => download(`${name}.json`, "application/json", JSON.stringify(rows, null, 2)) }, "JSON")));
}

function tabs() {
  const bar = document.querySelector(".tabs");
  bar.replaceChildren(...TABS.map(([key, label]) => h("button", { type: "button", role: "tab", id: `tab-${key}`, "aria-selected": String(key === page.tab), "aria-controls": "panel", tabindex: key === page.tab ? 0 : -1, onclick: () => show(key) }, label)));
  byId("panel").setAttribute("role", "tabpanel");
  byId("panel").setAttribute("aria-labelledby", `tab-${page.tab}`);
}

function show(key) {
  page.tab = key;
  history.replaceState(null, "", `#${key}`);
  render();
  byId(`tab-${key}`)?.focus();
}

function turn(event) {
  const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  if (!by) return;
  event.preventDefault();
  const at = TABS.findIndex(([key]) => key === page.tab);
  show(TABS[(at + by + TABS.length) % TABS.length][0]);
}

const THEMES = ["automatic", "light", "dark"];
const prefersDark = window.matchMedia("(prefers-color-scheme: dark)");

function theme(next) {
  const kept = remembered.get("localStorage", "piton:theme");
  const now = next ?? (THEMES.includes(kept) ? kept : "automatic");
  if (next) remembered.set("localStorage", "piton:theme", next);
  document.documentElement.dataset.theme = now === "automatic" ? (prefersDark.matches ? "dark" : "light") : now;
  byId("theme").textContent = `Theme: ${now}`;
  byId("theme").onclick = () => theme(THEMES[(THEMES.indexOf(now) + 1) % THEMES.length]);
}

prefersDark.addEventListener("change", () => theme());
byId("repository").addEventListener("change", (event) => { page.at = Number(event.currentTarget.value); render(); });
document.querySelector(".tabs").addEventListener("keydown", turn);
window.addEventListener("hashchange", () => { page.tab = chosenTab(); if (page.all.length) render(); });
theme();
page.tab = chosenTab();
load();
