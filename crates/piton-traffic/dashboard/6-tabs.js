// What each tab shows. A tab is a function from what is known to elements.
const SERIES = {
  views: { key: "views", name: "Views", field: "views" },
  uniqueViews: { key: "unique-views", name: "Unique viewers", field: "uniqueViews" },
  clones: { key: "clones", name: "Organic clones", field: "organicClones" },
  uniqueClones: { key: "unique-clones", name: "Unique cloners", field: "organicUniqueClones" },
  downloads: { key: "downloads", name: "Downloads", field: "downloads" },
  installs: { key: "installs", name: "Installs", field: "installs", area: true },
};
const off = (one) => ({ ...one, off: true });

const installsOf = (state) => (state.totalDownloads === undefined && state.totalOrganicClones === undefined ? undefined : (state.totalDownloads ?? 0) + (state.totalOrganicClones ?? 0));

function recent(rows, today) {
  const [name, value] = activity(rows, today).find(([, count]) => count > 0) ?? ["30 days", 0];
  return card("Recent activity", `+${shown(value)}`, `installs in ${name}`);
}

function overview({ state, rows, view, all }) {
  return [
    all.length > 1 && comparison(all),
    cards(
      card("Installs", shown(installsOf(state)), "downloads and organic clones, in all", state.totalOrganicUniqueClones !== undefined && `${shown(state.totalOrganicUniqueClones)} tracked unique cloners`),
      card("Views", shown(state.totalViews), state.totalUniqueViews !== undefined && `${shown(state.totalUniqueViews)} unique viewers, counted by day`),
      card("Stars", shown(state.stars)), card("Forks", shown(state.forks))),
    lineChart(`Everything, by ${view.group}`, rows, [off(SERIES.views), SERIES.uniqueViews, off(SERIES.clones), SERIES.uniqueClones, SERIES.downloads, SERIES.installs], view),
  ];
}

function comparison(all) {
  const rows = all.map(({ source, state, failure }) => [source.title || `${source.REPO_OWNER}/${source.REPO_NAME}`, ...(state ? [installsOf(state), state.totalDownloads, state.totalOrganicClones, state.totalViews, state.stars].map(shown) : [failure, "", "", "", ""])]);
  return panel("All repositories", table("Totals of each repository", ["Repository", "Installs", "Downloads", "Organic clones", "Views", "Stars"], rows));
}

function installs({ state, rows, view, today, archiveNoteText }) {
  const total = installsOf(state) ?? 0;
  return [
    cards(
      card("Total installs", shown(installsOf(state))),
      card("Downloads", shown(state.totalDownloads), `${percent(state.totalDownloads ?? 0, total)} of installs`),
      card("Organic clones", shown(state.totalOrganicClones), `${percent(state.totalOrganicClones ?? 0, total)} of installs`, state.totalOrganicUniqueClones !== undefined && `${shown(state.totalOrganicUniqueClones)} unique cloners`),
      recent(state.rows, today)),
    panel("Activity", h("ul", { class: "lamps" }, activity(state.rows, today).map(([name, value]) => h("li", {}, h("span", { class: value > 0 ? "lamp on" : "lamp", "aria-hidden": "true" }), `${name}: ${value > 0 ? "+" + shown(value) : "none"}`)))),
    lineChart(`Installs, by ${view.group}`, rows, [SERIES.installs, { ...SERIES.clones, thin: true }, SERIES.uniqueClones, SERIES.downloads], { ...view, note: archiveNoteText }),
  ];
}

function views({ state, rows, view, today }) {
  const latest = [...state.rows].reverse().find((row) => row.views > 0);
  const isLast = latest && latest === state.rows[state.rows.length - 1];
  const most = Math.max(1, ...state.referrers.map((one) => one.count));
  return [
    cards(
      card("Views", shown(state.totalViews), state.totalUniqueViews !== undefined && `${shown(state.totalUniqueViews)} unique viewers`),
      card(latest && !isLast ? `Views on ${dateLabel(latest.date, "day")}` : "Views on the latest day", shown(latest?.views), latest?.uniqueViews !== undefined && `${shown(latest.uniqueViews)} unique`),
      card("Views in 7 days", shown(sum(lastDays(state.rows, 7, today), "views"))),
      card("Top referrer", state.referrers[0]?.name || "–", state.referrers[0] && `${shown(state.referrers[0].count)} views`)),
    lineChart(`Views, by ${view.group}`, rows, [{ ...SERIES.views, thin: true }, { ...SERIES.uniqueViews, area: true }], view),
    panel("Referrers", state.referrers.length ? table("Where viewers came from in the last 14 days", ["#", "Source", "Views", "Unique", "Share"], state.referrers.map((one, i) => [String(i + 1),
      [one.name, sourceNote(one.name) && h("div", { class: "note-line" }, sourceNote(one.name))], shown(one.count), shown(one.uniques),
      s("svg", { class: "share", viewBox: "0 0 100 10", role: "img", "aria-label": percent(one.count, most) + " of the first", preserveAspectRatio: "none" }, s("rect", { class: "bar installs", width: Math.max(4, (100 * one.count) / most), height: 10 }))]), 2)
      : h("p", { class: "note-line" }, "GitHub has named no source in the last 14 days.")),
    panel("Popular pages", state.paths.length ? table("What was looked at in the last 14 days", ["#", "Page", "Views", "Unique"], state.paths.map((one, i) => [String(i + 1),
      [pathLink(one.path, one.title || one.path), one.title && !one.title.includes(one.path) && h("div", { class: "note-line" }, one.path)], shown(one.count), shown(one.uniques)]), 2)
      : h("p", { class: "note-line" }, "GitHub has named no page in the last 14 days.")),
  ];
}

function age(created, today) {
  const time = Date.parse(created);
  if (Number.isNaN(time)) return "–";
  const months = Math.floor((dayTime(today) - time) / (30 * DAY));
  const unit = (count, name) => `${count} ${name}${count === 1 ? "" : "s"}`;
  if (months < 1) return "under a month";
  return months < 12 ? unit(months, "month") : unit(Math.floor(months / 12), "year") + (months % 12 ? `, ${unit(months % 12, "month")}` : "");
}

function community({ state, source, rows, view, today }) {
  const known = rows.filter((row) => row.stars !== undefined || row.forks !== undefined || row.openIssues !== undefined);
  const stars = view.range === "all" ? state.starHistory : inRange(state.starHistory, view.range, today);
  return [
    cards(card("Stars", shown(state.stars)), card("Forks", shown(state.forks)), card("Open issues", shown(state.openIssues)), card("Age", age(source.REPO_CREATED || state.createdAt, today))),
    lineChart("Stars in all", grouped(stars, view.group), [{ key: "installs", name: "Stars", field: "stars", area: true }], view),
    known.length < 2 ? panel("Trends", h("p", { class: "note-line" }, "Trends need two days at least. Come back tomorrow.")) : lineChart("Trends", known, [
      { key: "installs", name: "Stars", field: "stars" }, { key: "unique-clones", name: "Forks (right)", field: "forks", right: true }, { key: "downloads", name: "Open issues (right)", field: "openIssues", right: true }], view),
  ];
}
