// Reading: whatever the gists hold becomes rows that the rest can rely on.
const DAY = 86400000;
const FIELDS = ["views", "uniqueViews", "clones", "uniqueClones", "downloads", "organicClones", "organicUniqueClones", "ciCheckouts", "ciRuns", "stars", "forks", "openIssues"];

const isObject = (value) => value !== null && typeof value === "object" && !Array.isArray(value);
const number = (value) => (typeof value === "number" && Number.isFinite(value) && value >= 0 ? value : undefined);
const text = (value) => (typeof value === "string" ? value : "");
const list = (value) => (Array.isArray(value) ? value : []);
const dayOf = (moment) => new Date(moment).toISOString().slice(0, 10);
const dayTime = (date) => Date.parse(date + "T00:00:00Z");

// Organic clones, and their share of the unique cloners, as the collector computes them.
function organicOf(row) {
  if (row.organicClones !== undefined) return row.organicClones;
  if (row.clones === undefined) return undefined;
  return Math.max(0, row.clones - (row.ciCheckouts ?? 0));
}

function organicUniqueOf(row) {
  if (row.uniqueClones === undefined) return undefined;
  if (row.organicUniqueClones !== undefined) return row.organicUniqueClones;
  const rate = row.clones > 0 ? (row.ciCheckouts ?? 0) / row.clones : 0;
  const ci = Math.min(Math.floor(row.uniqueClones * rate + 0.5), row.ciRuns ?? 0);
  return Math.max(0, row.uniqueClones - ci);
}

function readRow(value) {
  if (!isObject(value) || typeof value.date !== "string") return null;
  const date = value.date.slice(0, 10);
  if (!/^\d{4}-\d\d-\d\d$/.test(date) || Number.isNaN(dayTime(date))) return null;
  const row = { date, capturedAt: text(value.capturedAt) };
  for (const field of FIELDS) {
    const count = number(value[field]);
    if (count !== undefined) row[field] = count;
  }
  return row;
}

function finish(row) {
  const organic = organicOf(row);
  const unique = organicUniqueOf(row);
  if (organic !== undefined) row.organicClones = organic;
  if (unique !== undefined) row.organicUniqueClones = unique; else delete row.organicUniqueClones;
  if (organic !== undefined || row.downloads !== undefined) row.installs = (organic ?? 0) + (row.downloads ?? 0);
  return row;
}

// Current rows first; an archive fills what they lack and otherwise only raises a field.
function mergeRows(current, archived) {
  const byDate = new Map();
  for (const value of list(current)) {
    const row = readRow(value);
    if (row) byDate.set(row.date, row);
  }
  for (const value of list(archived)) {
    const row = readRow(value);
    if (!row) continue;
    const known = byDate.get(row.date);
    if (!known) { byDate.set(row.date, row); continue; }
    for (const field of FIELDS) {
      if (row[field] === undefined || field.startsWith("organic")) continue;
      known[field] = Math.max(known[field] ?? 0, row[field]);
    }
    if (known.organicClones === undefined && row.organicClones !== undefined) known.organicClones = row.organicClones;
  }
  return [...byDate.values()].sort((a, b) => (a.date < b.date ? -1 : 1)).map(finish);
}

// A state is an object. A list, a string or nothing is an error to be told, not an empty history.
function readState(value) {
  if (!isObject(value)) throw new Error("the state is not an object; it starts with " + JSON.stringify(value ?? null).slice(0, 40));
  const extra = isObject(value.collector) ? value.collector : {};
  const recent = Array.isArray(extra.recentRows) ? extra.recentRows : Object.values(isObject(extra.recentRows) ? extra.recentRows : {});
  const state = { raw: value, current: list(value.dailyHistory), recent };
  state.rows = mergeRows(state.current, recent);
  for (const key of ["totalClones", "totalUniqueClones", "totalOrganicUniqueClones", "totalCiCheckouts", "totalDownloads", "totalViews", "totalUniqueViews", "stars", "forks", "openIssues"]) state[key] = number(value[key]);
  state.totalOrganicClones = number(value.totalOrganicClones)
    ?? (state.totalClones === undefined ? undefined : Math.max(0, state.totalClones - (state.totalCiCheckouts ?? 0)));
  state.version = text(value.workflowVersion);
  state.createdAt = text(value.repoCreatedAt);
  state.referrers = list(value.referrers).filter(isObject).map((r) => ({ name: text(r.source ?? r.referrer), count: number(r.count) ?? 0, uniques: number(r.uniques) ?? 0 }));
  state.paths = list(value.popularPaths).filter(isObject).map((p) => ({ path: text(p.path), title: text(p.title), count: number(p.count) ?? 0, uniques: number(p.uniques) ?? 0 }));
  state.ci = Object.entries(isObject(value.ciCheckouts) ? value.ciCheckouts : {})
    .filter(([date, entry]) => /^\d{4}-\d\d-\d\d/.test(date) && isObject(entry))
    .map(([date, entry]) => ({ date: date.slice(0, 10), total: number(entry.total) ?? 0, runs: number(entry.runs), workflows: readWorkflows(entry.byWorkflow) }))
    .sort((a, b) => (a.date < b.date ? 1 : -1));
  state.starHistory = Object.entries(isObject(extra.starHistory) ? extra.starHistory : {})
    .filter(([date, count]) => /^\d{4}-\d\d-\d\d$/.test(date) && number(count) !== undefined)
    .map(([date, count]) => ({ date, stars: count })).sort((a, b) => (a.date < b.date ? -1 : 1));
  if (!state.starHistory.length) state.starHistory = state.rows.filter((row) => row.stars !== undefined).map(({ date, stars }) => ({ date, stars }));
  return state;
}

function readWorkflows(value) {
  return Object.entries(isObject(value) ? value : {}).filter(([, entry]) => isObject(entry)).map(([name, entry]) => ({
    name, runs: number(entry.runs) ?? 0, parts: list(entry.checkoutsPerRun).filter((n) => number(n) !== undefined), pages: number(entry.pagesBuilds) ?? 0,
  }));
}

// Only what GitHub can have given out as a gist or a repository gets into an address.
const GIST_ID = /^[0-9a-f]{20,64}$/;
const NAME = /^[A-Za-z0-9](?:[A-Za-z0-9-]{0,38})$/;
const REPOSITORY = /^[A-Za-z0-9._-]{1,100}$/;

function sourceFromAddress(gist, repository) {
  const [owner, id, rest] = gist.split("/");
  if (rest !== undefined || !NAME.test(owner ?? "") || !GIST_ID.test(id ?? "")) throw new Error("the address names a gist that cannot be one: it must read ?gist=OWNER/ID");
  const [repoOwner, repoName, more] = (repository ?? "").split("/");
  if (repository && (more !== undefined || !NAME.test(repoOwner) || !REPOSITORY.test(repoName ?? ""))) throw new Error("the address names a repository that cannot be one: it must read &repo=OWNER/NAME");
  return { GIST_RAW_BASE: `https://gist.githubusercontent.com/${owner}/${id}/raw`, ARCHIVE_GIST_ID: "", REPO_OWNER: repoOwner || owner, REPO_NAME: repoName || "", REPO_CREATED: "", title: repository || `${owner}/${id.slice(0, 7)}` };
}

function sources(constants, search) {
  const asked = new URLSearchParams(search);
  const gists = asked.getAll("gist");
  if (!gists.length) return [constants, ...list(constants.REPOSITORIES).filter(isObject)];
  const repositories = asked.getAll("repo");
  return gists.slice(0, 30).map((gist, i) => sourceFromAddress(gist, repositories[i]));
}
