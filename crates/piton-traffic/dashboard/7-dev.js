// The Dev tab: where clones come from, how fresh the numbers are, and GitHub's own statistics.
const TERMS = [
  ["Raw clones", "What GitHub counts: everybody and everything that cloned, the repository's own CI included."],
  ["CI checkouts", "Clones made by the repository's own GitHub Actions runs, counted from their checkout steps."],
  ["Organic clones", "Raw clones less CI checkouts: what people and other machines cloned."],
  ["Unique cloners", "Distinct people by GitHub's count of one day. Sums over days count a returning person again."],
  ["Installs", "Downloads of release files and organic clones, together."],
];

function freshness(rows) {
  const newest = rows.reduce((latest, row) => (row.capturedAt > latest ? row.capturedAt : latest), "");
  const hours = newest ? (Date.now() - Date.parse(newest)) / 3600000 : NaN;
  if (!(hours >= 0)) return { className: "bad", words: "never collected", detail: "" };
  const [className, words] = hours < 30 ? ["good", "fresh"] : hours < 48 ? ["warn", "a little old"] : ["bad", "old"];
  return { className, words, detail: `collected ${hours < 1 ? "within the hour" : hours < 48 ? `${Math.round(hours)} hours ago` : `${Math.round(hours / 24)} days ago`}` };
}

function dev({ state, source, rows, view, today }) {
  const counted = state.rows.filter((row) => row.organicClones !== undefined && row.clones !== undefined);
  const fresh = freshness(state.rows);
  const holder = h("div", {}, h("p", { class: "busy", role: "status" }, "Asking GitHub for its statistics…"));
  if (NAME.test(text(source.REPO_OWNER)) && REPOSITORY.test(text(source.REPO_NAME))) statistics(source, holder);
  else holder.replaceChildren(h("p", { class: "note-line" }, "GitHub's statistics need the repository's name: add &repo=OWNER/NAME to the address."));
  return [
    cards(
      card("Raw clones", shown(state.totalClones)),
      card("CI checkouts", shown(state.totalCiCheckouts), `${percent(sum(counted, "ciCheckouts"), sum(counted, "clones"))} of the clones on record`),
      card("Organic clones", shown(state.totalOrganicClones)),
      card("Freshness", h("span", { class: fresh.className }, fresh.words), fresh.detail)),
    lineChart("Clones, raw and organic", rows, [{ key: "raw", name: "Raw", field: "clones", thin: true }, { key: "clones", name: "Organic", field: "organicClones" }, { key: "unique-views", name: "Raw unique", field: "uniqueClones", off: true }, { key: "unique-clones", name: "Organic unique", field: "organicUniqueClones" }], view),
    h("details", { class: "panel" }, h("summary", {}, "What the words mean"), h("dl", { class: "terms" }, TERMS.map(([name, words]) => [h("dt", {}, name), h("dd", {}, words)]))),
    ciPanel(state.ci),
    panel("Operation", h("p", {}, h("span", { class: fresh.className }, `The numbers are ${fresh.words}`), fresh.detail && ` (${fresh.detail})`, `. ${state.rows.length} days are on record${state.version ? `, written by collector ${state.version}` : ""}.`)),
    holder,
  ];
}

function ciPanel(ci) {
  const busy = ci.filter((day) => day.total > 0);
  const quiet = ci.length - busy.length;
  if (!busy.length) return panel("CI by day", h("p", { class: "note-line" }, "No checkout of the repository's own CI is on record."));
  const workflow = (one) => `${one.name}: ${one.runs} run${one.runs === 1 ? "" : "s"}${one.parts.length ? ` (${one.parts.join("+")})` : ""}${one.pages ? `, ${one.pages} Pages` : ""}`;
  return panel("CI by day",
    table("Checkouts of the repository's own CI", ["Day", "Workflows", "Checkouts"], busy.map((day) => [dateLabel(day.date, "day"), day.workflows.map((one) => h("div", {}, workflow(one))), shown(day.total)]), 2),
    quiet > 0 && h("p", { class: "note-line" }, `${quiet} quiet day${quiet === 1 ? "" : "s"} without a checkout.`));
}

const weekDate = (seconds) => dayOf(seconds * 1000);
const github = (source, rest) => `https://github.com/${encodeURIComponent(source.REPO_OWNER)}/${encodeURIComponent(source.REPO_NAME)}/${rest}`;

// Opens the commits of a week, of one author where one is named.
function openCommits(source, week, author) {
  const until = dayOf(dayTime(week) + 6 * DAY);
  window.open(github(source, `commits?since=${week}&until=${until}${author ? `&author=${encodeURIComponent(author)}` : ""}`), "_blank", "noopener");
}

async function statistics(source, holder) {
  const created = text(source.REPO_CREATED).slice(0, 10);
  const after = (week) => !created || dayOf(dayTime(week) + 6 * DAY) >= created;
  let first = "";
  const kinds = {
    commit_activity: (weeks) => statPanel("Commits by week", list(weeks).map((one) => ({ label: `week of ${weekDate(one.week)}`, short: axisLabel(weekDate(one.week)), week: weekDate(one.week), value: number(one.total) ?? 0 })).filter((bar) => after(bar.week)), "installs", (bar) => openCommits(source, bar.week)),
    code_frequency: (weeks) => statPanel("Lines added and removed by week", list(weeks).slice(-52).flatMap(([week, added, removed]) => [{ label: `added, week of ${weekDate(week)}`, short: axisLabel(weekDate(week)), week: weekDate(week), value: added, kind: "unique-clones" }, { label: `removed, week of ${weekDate(week)}`, short: "", week: weekDate(week), value: Math.abs(removed), kind: "downloads" }]).filter((bar) => after(bar.week)), "views"),
    contributors: (people) => contributors(source, list(people), (login) => { first = login; }),
    participation: (both) => participation(source, both, after, () => first),
    punch_card: (hours) => punchCard(list(hours)),
  };
  holder.replaceChildren(...Object.keys(kinds).map((name) => h("div", { id: `stat-${name}` }, h("p", { class: "busy" }, `${name.replace("_", " ")}…`))));
  await Promise.all(Object.entries(kinds).map(async ([name, draw]) => {
    const place = holder.querySelector(`#stat-${name}`);
    try { place.replaceChildren(draw(await statistic(source, name))); } catch (failure) {
      place.replaceChildren(panel(name.replace("_", " "), h("p", { class: "note-line" }, failure.status === 403 || failure.status === 429 ? archiveNote(failure) : `Not available: ${failure.message}.`)));
    }
  }));
}

function statPanel(title, bars, kind, open) {
  if (!bars.length) return panel(title, h("p", { class: "note-line" }, "GitHub has no numbers for this repository."));
  const rows = h("details", {}, h("summary", {}, `Numbers of “${title}” as a table`), table(title, ["What", "Count"], bars.map((bar) => [bar.label, shown(bar.value)]).reverse()));
  return panel(title, barChart(title, bars, kind, open), open && h("p", { class: "note-line" }, "A bar opens the commits of its week."), rows);
}

function contributors(source, people, foremost) {
  const sorted = people.filter(isObject).sort((a, b) => (b.total ?? 0) - (a.total ?? 0)).filter((one) => isObject(one.author));
  if (sorted[0]) foremost(text(sorted[0].author.login));
  const link = (login) => (NAME.test(login) ? h("a", { href: `https://github.com/${login}`, rel: "noopener" }, login) : login);
  return panel("Contributors", sorted.length ? table("By commits", ["Who", "Commits"], sorted.slice(0, 30).map((one) => [link(text(one.author.login)), shown(number(one.total))])) : h("p", { class: "note-line" }, "GitHub names no contributors."));
}

function participation(source, both, after, first) {
  const owner = list(both?.owner); const all = list(both?.all);
  const start = Date.now() - all.length * 7 * DAY;
  const bars = all.flatMap((count, i) => {
    const week = dayOf(start + i * 7 * DAY);
    return [{ label: `maintainer, week of ${week}`, short: axisLabel(week), week, value: owner[i] ?? 0, kind: "installs", author: true }, { label: `community, week of ${week}`, short: "", week, value: count - (owner[i] ?? 0), kind: "clones" }];
  }).filter((bar) => after(bar.week));
  return statPanel("Commits of the maintainer and of the community", bars, "installs", (bar) => openCommits(source, bar.week, bar.author ? first() : ""));
}

function punchCard(hours) {
  const days = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];
  const counts = days.map(() => new Array(24).fill(0));
  for (const one of hours) if (Array.isArray(one) && counts[one[0]] && one[1] >= 0 && one[1] < 24) counts[one[0]][one[1]] = number(one[2]) ?? 0;
  const most = Math.max(1, ...counts.flat());
  const svg = s("svg", { class: "chart punch", viewBox: "0 0 700 200", role: "img", "aria-label": "Commits by weekday and hour" });
  counts.forEach((row, day) => {
    svg.append(s("text", { x: 0, y: 18 + day * 25 }, days[day].slice(0, 3)));
    row.forEach((count, hour) => svg.append(s("rect", { class: `p${count ? Math.min(4, 1 + Math.floor((4 * count) / (most + 1))) : 0}`, x: 40 + hour * 27, y: 2 + day * 25, width: 26, height: 24 }, s("title", {}, `${days[day]} ${hour}:00: ${count}`))));
  });
  [0, 6, 12, 18].forEach((hour) => svg.append(s("text", { x: 40 + hour * 27, y: 196 }, `${hour}:00`)));
  return panel("When commits are made", svg, h("details", {}, h("summary", {}, "Numbers of “When commits are made” as a table"), table("Commits by weekday", ["Day", "Commits"], counts.map((row, day) => [days[day], shown(row.reduce((a, b) => a + b, 0))]))));
}
