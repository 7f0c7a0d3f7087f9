// From rows to what is drawn: ranges, groups, and values that are still coming in.
const RANGES = [["7d", "7 days", 7], ["31d", "31 days", 31], ["90d", "90 days", 90], ["1y", "1 year", 365], ["all", "All history", Infinity]];
const GROUPS = [["day", "Day"], ["week", "Week"], ["month", "Month"]];
const MOST_POINTS = 366;
const SNAPSHOTS = new Set(["stars", "forks", "openIssues"]);

function inRange(rows, range, today) {
  const days = RANGES.find(([key]) => key === range)[2];
  if (days === Infinity) return rows;
  const from = dayOf(dayTime(today) - (days - 1) * DAY);
  return rows.filter((row) => row.date >= from);
}

function groupKey(date, group) {
  if (group === "month") return date.slice(0, 7) + "-01";
  if (group === "week") { const time = dayTime(date); return dayOf(time - ((new Date(time).getUTCDay() + 6) % 7) * DAY); }
  return date;
}

// Counts are added up, snapshots are the last of their group; unique people cannot be added exactly, and the note says so.
function grouped(rows, group) {
  if (group === "day") return rows;
  const groups = new Map();
  for (const row of rows) {
    const key = groupKey(row.date, group);
    const sum = groups.get(key) ?? { date: key };
    for (const field of [...FIELDS, "installs"]) {
      if (row[field] === undefined) continue;
      sum[field] = SNAPSHOTS.has(field) ? row[field] : (sum[field] ?? 0) + row[field];
    }
    groups.set(key, sum);
  }
  return [...groups.values()];
}

// The coarser groups come by themselves where more points than a screen has would be drawn.
function fittingGroup(rows, group) {
  if (!rows.length) return group;
  const days = (dayTime(rows[rows.length - 1].date) - dayTime(rows[0].date)) / DAY + 1;
  if (group === "day" && days > MOST_POINTS) group = "week";
  if (group === "week" && days / 7 > MOST_POINTS) group = "month";
  return group;
}

// Every day of the span has a point, so that a gap in the data is a gap on the page.
function spread(rows, group) {
  if (rows.length < 2) return rows;
  const byDate = new Map(rows.map((row) => [row.date, row]));
  const all = [];
  for (let time = dayTime(rows[0].date); time <= dayTime(rows[rows.length - 1].date);) {
    const date = dayOf(time);
    all.push(byDate.get(date) ?? { date });
    if (group === "month") { const at = new Date(time); time = Date.UTC(at.getUTCFullYear(), at.getUTCMonth() + 1, 1); } else time += group === "week" ? 7 * DAY : DAY;
  }
  return all;
}

// Points of one series. Before the first known value stands that value; a last value of a day
// that may still be counted is the one before it; both are projected, and drawn dotted.
function pointsOf(rows, field, today, group) {
  const points = rows.map((row) => ({ value: row[field], projected: false }));
  const first = points.findIndex((point) => point.value !== undefined);
  if (first < 0) return [];
  for (let i = 0; i < first; i++) points[i] = { value: points[first].value, projected: true };
  const last = points.length - 1;
  const open = group === "day" && rows[last].date >= dayOf(dayTime(today) - DAY);
  if (open && last > 0 && !points[last].value && points[last - 1].value) points[last] = { value: points[last - 1].value, projected: true };
  if (group !== "day" && last > 0 && rows[last].date === groupKey(today, group)) points[last].projected = true;
  return points;
}

const sum = (rows, field) => rows.reduce((total, row) => total + (row[field] ?? 0), 0);
const lastDays = (rows, days, today) => rows.filter((row) => row.date > dayOf(dayTime(today) - days * DAY));

function activity(rows, today) {
  const last = rows[rows.length - 1];
  return [["24 hours", last?.installs ?? 0], ["7 days", sum(lastDays(rows, 7, today), "installs")], ["30 days", sum(lastDays(rows, 31, today), "installs")]];
}
