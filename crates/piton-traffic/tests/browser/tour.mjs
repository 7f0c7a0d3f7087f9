// Opens the dashboard in a real browser and checks what a person meets there.
//
// node tour.mjs MODULES PAGES [SHOTS]
//   MODULES  a node_modules with playwright-core and axe-core
//   PAGES    page.html, hostile.html, several.html, and demo.json with {state, archived}
//   SHOTS    where pictures go
// Prints a line for each check, and ends with 1 if one failed.
import { createRequire } from "node:module";
import { readFileSync, mkdirSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { join, resolve } from "node:path";

const [modules, pages, shots] = process.argv.slice(2);
const require = createRequire(join(resolve(modules), "x.js"));
const { chromium } = require("playwright-core");
const axe = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");
const demo = JSON.parse(readFileSync(join(pages, "demo.json"), "utf8"));
if (shots) mkdirSync(shots, { recursive: true });

let failures = 0;
function check(name, holds, detail) {
  console.log(`${holds ? "ok  " : "FAIL"} ${name}${holds ? "" : `: ${detail}`}`);
  if (!holds) failures += 1;
}

const quiet = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"];
const browser = await chromium.launch({ executablePath: process.env.PITON_CHROMIUM ?? "/usr/bin/chromium", args: quiet });
const byMonth = new Map();
for (const row of demo.archived) byMonth.set(row.date.slice(0, 7), [...(byMonth.get(row.date.slice(0, 7)) ?? []), row]);
const archive = { files: Object.fromEntries([...byMonth].map(([month, rows]) => [`archive-${month}.json`, { truncated: false, content: JSON.stringify({ dailyHistory: rows }) }])) };
const stats = {
  commit_activity: Array.from({ length: 52 }, (_, i) => ({ week: 1700000000 + i * 604800, total: (i * 7) % 23 })),
  code_frequency: Array.from({ length: 52 }, (_, i) => [1700000000 + i * 604800, (i * 31) % 400, -((i * 17) % 300)]),
  contributors: [{ total: 41, author: { login: "ada" } }, { total: 3, author: { login: "<b>x</b>" } }],
  participation: { all: Array(52).fill(9), owner: Array(52).fill(6) },
  punch_card: Array.from({ length: 168 }, (_, i) => [Math.floor(i / 24), i % 24, (i * 5) % 11]),
};

// A page in a context of its own, with GitHub played by `answers`.
async function open(file, { answers = {}, theme = "light", width = 1100, rest = "", script = true } = {}) {
  const context = await browser.newContext({ viewport: { width, height: 900 }, colorScheme: theme, javaScriptEnabled: script });
  const page = await context.newPage();
  const seen = { asked: [], wrong: [] };
  page.on("console", (message) => { if (message.type() === "error" && !/status of (4|5)\d\d|net::ERR/.test(message.text())) seen.wrong.push(message.text()); });
  page.on("pageerror", (error) => seen.wrong.push(error.message));
  page.on("dialog", (dialog) => { seen.wrong.push("a dialog: " + dialog.message()); dialog.dismiss(); });
  await context.route(/^https:/, (route) => {
    const address = route.request().url();
    seen.asked.push(address);
    const json = (body, status = 200, headers = {}) => route.fulfill({ status, headers: { "access-control-allow-origin": "*", "access-control-expose-headers": "x-ratelimit-reset", "content-type": "application/json", ...headers }, body: typeof body === "string" ? body : JSON.stringify(body) });
    if (address.includes("state.json")) return json(...[].concat(answers.state ? answers.state() : [demo.state]));
    if (address.includes("/gists/")) return answers.archive ? json(...answers.archive()) : json(archive);
    const name = /stats\/(\w+)/.exec(address)?.[1];
    if (name) return json(stats[name] ?? {});
    return route.fulfill({ status: 200, contentType: "image/svg+xml", body: "<svg xmlns='http://www.w3.org/2000/svg'/>" });
  });
  await page.goto(pathToFileURL(join(resolve(pages), file)).href + rest);
  if (script) await page.waitForSelector("#busy", { state: "hidden" });
  return { page, seen, context };
}

async function picture(page, name) { if (shots) await page.screenshot({ path: join(shots, name + ".png"), fullPage: true }); }

async function problems(page) {
  // The policy forbids an added script, so axe comes through the debugger.
  await page.evaluate(axe);
  const result = await page.evaluate(() => window.axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] }));
  return result.violations.map((one) => `${one.id} (${one.impact}): ${one.nodes.slice(0, 3).map((node) => node.target.join(" ")).join(", ")}`);
}

const TABS = ["overview", "installs", "views", "community", "dev"];
for (const theme of ["light", "dark"]) {
  const { page, seen, context } = await open("page.html", { theme });
  for (const tab of TABS) {
    await page.click(`#tab-${tab}`);
    await page.waitForSelector("#panel .cards");
    if (tab === "dev") await page.waitForFunction(() => document.querySelectorAll("[id^=stat-] .busy").length === 0);
    check(`${tab}, ${theme}: the fragment names the tab`, (await page.evaluate(() => location.hash)) === `#${tab}`, await page.evaluate(() => location.hash));
    const unnamed = await page.$$eval("svg.chart", (all) => all.filter((one) => one.getAttribute("role") !== "img" || !one.getAttribute("aria-label")).length);
    check(`${tab}, ${theme}: every chart has a role and a name`, unnamed === 0 && (await page.$$("svg.chart")).length > 0, `${unnamed} without`);
    const found = await problems(page);
    check(`${tab}, ${theme}: no accessibility violation`, found.length === 0, found.join("; "));
    await picture(page, `${tab}-${theme}`);
  }
  check(`${theme}: nothing goes wrong`, seen.wrong.length === 0, seen.wrong.join("; "));
  await context.close();
}

{
  const { page, seen, context } = await open("page.html");
  check("the first look needs one request beside the page", seen.asked.length === 1, seen.asked.join(" "));
  for (const range of ["7 days", "90 days", "1 year", "All history"]) {
    await page.click(`.controls button:text-is("${range}")`);
    await page.waitForFunction((name) => [...document.querySelectorAll(".controls button")].some((one) => one.textContent === name && one.getAttribute("aria-pressed") === "true"), range);
  }
  const label = await page.getAttribute("svg.chart", "aria-label");
  check("every axis begins at zero", await page.$$eval("svg.chart", (all) => all.every((chart) => [...chart.querySelectorAll("text")].some((one) => one.textContent === "0"))), "one does not");
  check("ten years are drawn in months or weeks", Number(/(\d+) points/.exec(label)[1]) <= 366, label);
  await picture(page, "ten-years");
  await page.click('summary:has-text("as a table")');
  await page.waitForSelector("details[open] tbody tr");
  check("the numbers stand in a table behind the chart", (await page.$$("details[open] tbody tr")).length > 100, await page.$$("details[open] tbody tr").then((all) => all.length));
  await page.focus("svg.chart");
  await page.keyboard.press("End");
  check("the keyboard reads values", /Installs \d/.test(await page.textContent(".readout")), await page.textContent(".readout"));
  const [file] = await Promise.all([page.waitForEvent("download"), page.click('.controls button:text-is("CSV")')]);
  const text = readFileSync(await file.path(), "utf8");
  check("the CSV holds every day", text.startsWith("date,views,") && text.split("\r\n").length > 3600, text.slice(0, 200));
  check("all history asks the archive once", seen.asked.filter((one) => one.includes("/gists/")).length === 1, seen.asked.join(" "));
  await page.emulateMedia({ media: "print" });
  check("printed, the controls are away and the numbers stay", await page.evaluate(() => ![...document.querySelectorAll(".controls, .tabs")].some((one) => one.offsetHeight > 0) && document.querySelector(".cards").offsetHeight > 0), "not so");
  await page.evaluate(() => { document.documentElement.dataset.theme = "dark"; });
  check("printed, a dark page is dark on light", await page.evaluate(() => getComputedStyle(document.documentElement).color) === "rgb(27, 33, 38)", "it is not");
  await page.evaluate(() => { document.documentElement.dataset.theme = "light"; });
  await page.emulateMedia({ media: null });
  await page.click("#theme"); await page.click("#theme");
  check("the theme can be turned", (await page.evaluate(() => document.documentElement.dataset.theme)) === "dark", "not dark");
  await context.close();
}

for (const tab of TABS) {
  const { page, context } = await open("page.html", { width: 320, rest: `#${tab}` });
  if (tab === "dev") await page.waitForFunction(() => document.querySelectorAll("[id^=stat-]").length > 0 && document.querySelectorAll("[id^=stat-] .busy").length === 0);
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  check(`${tab}: nothing overflows at 320 pixels`, wide <= 0, `${wide} too many`);
  await picture(page, `${tab}-phone`);
  await context.close();
}

{
  const nasty = `<img src=x onerror=alert(1)>"'><script>alert(2)</script>`;
  const state = { ...demo.state, workflowVersion: nasty, referrers: [{ source: nasty, count: 5, uniques: 1 }], popularPaths: [{ path: "javascript:alert(3)", title: nasty, count: 2, uniques: 1 }, { path: "//evil.example/x", title: "elsewhere", count: 1, uniques: 1 }], ciCheckouts: { "2026-01-02": { total: 3, byWorkflow: { [nasty]: { runs: 1, checkoutsPerRun: [3] } } } } };
  const { page, seen, context } = await open("hostile.html", { answers: { state: () => [state] } });
  for (const tab of TABS) { await page.click(`#tab-${tab}`); await page.waitForSelector("#panel .cards"); }
  await page.click("#tab-views");
  const leads = await page.$$eval("#panel a", (all) => all.map((one) => one.href).filter((href) => !href.startsWith("https://github.com/")));
  check("hostile names and data run no script", seen.wrong.length === 0 && (await page.$$("img")).length === 0, seen.wrong.join("; "));
  check("hostile paths lead nowhere", leads.length === 0, leads.join(" "));
  await context.close();
}

for (const rest of ["?gist=../../evil/raw", "?gist=acme/xyz", "?gist=https://evil.example/0123456789abcdef0123", "?gist=acme/0123456789abcdef0123/raw/../..", "?gist=acme/0123456789abcdef0123&repo=acme/..%2f..%2fx/y"]) {
  const { page, seen, context } = await open("page.html", { rest });
  check(`a hostile address is refused: ${rest}`, seen.asked.length === 0 && /cannot be one/.test(await page.textContent("#problem")), `${seen.asked} ${await page.textContent("#problem")}`);
  await context.close();
}

{
  const { page, seen, context } = await open("page.html", { rest: "?gist=acme/0123456789abcdef0123&repo=acme/widget&gist=ada/fedcba98765432100123&repo=ada/engine" });
  check("an address can name several repositories", seen.asked.length === 2 && (await page.$$("#repository option")).length === 2, seen.asked.join(" "));
  check("several repositories are compared", /ada\/engine/.test(await page.textContent("#panel table")), "no table");
  await picture(page, "several");
  await context.close();
}

{
  let times = 0;
  const { page, context } = await open("page.html", { answers: { state: () => (times++ ? [demo.state] : [[], 200]) } });
  check("an empty list as state is an error", /not an object/.test(await page.textContent("#problem")), await page.textContent("#problem"));
  check("the error is no accessibility violation", (await problems(page)).length === 0, (await problems(page)).join("; "));
  await picture(page, "error");
  await page.click("#problem button");
  await page.waitForSelector("#panel .cards");
  check("trying again helps", (await page.textContent("#problem")) === "", await page.textContent("#problem"));
  await context.close();
}

for (const [status, words] of [[403, /60 anonymous questions/], [404, /was not found/], [500, /could not be read/]]) {
  const { page, context } = await open("page.html", { answers: { archive: () => [{}, status, { "x-ratelimit-reset": "1800000000" }] } });
  await page.click('.controls button:text-is("All history")');
  await page.waitForFunction(() => document.querySelector("#freshness").textContent.length > 80);
  check(`the archive's ${status} is explained`, words.test(await page.textContent("main")), await page.textContent("#freshness"));
  await context.close();
}

{
  const { page, seen, context } = await open("page.html", { answers: { state: () => [{ totalClones: 0, totalDownloads: 0, totalViews: 0, dailyHistory: [] }] } });
  for (const tab of TABS) { await page.click(`#tab-${tab}`); await page.waitForSelector("#panel .cards"); }
  check("an empty first day goes well", seen.wrong.length === 0 && /first run of the workflow/.test(await page.textContent("#freshness")), seen.wrong.join("; "));
  await page.click("#tab-overview");
  check("an empty first day says what comes", /first run of the workflow/.test(await page.textContent("#panel")), await page.textContent("#panel"));
  await picture(page, "first-day");
  await context.close();
}

{
  const { page, context } = await open("page.html", { script: false });
  check("without a script the badges stand there", (await page.$$eval("noscript img, main img", (all) => all.length)) === 4, "no badges");
  await context.close();
}

// Figures, told and not judged: this machine is not yours.
{
  const { page, context } = await open("page.html");
  const figures = await page.evaluate(async () => {
    const long = [];
    new PerformanceObserver((entries) => long.push(...entries.getEntries().map((one) => one.duration))).observe({ type: "longtask", buffered: true });
    const started = performance.now();
    [...document.querySelectorAll(".controls button")].find((one) => one.textContent === "All history").click();
    await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
    const paint = performance.getEntriesByName("first-contentful-paint")[0]?.startTime;
    return { paint: Math.round(paint), all: Math.round(performance.now() - started), longest: Math.round(Math.max(0, ...long)) };
  });
  console.log(`     first paint ${figures.paint} ms; all history ${figures.all} ms; longest task ${figures.longest} ms`);
  await context.close();
}

await browser.close();
console.log(failures ? `${failures} failed` : "all well");
process.exitCode = failures ? 1 : 0;
