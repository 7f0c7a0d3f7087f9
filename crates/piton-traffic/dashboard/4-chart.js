// Charts: SVG made here. Each has a name, a legend of switches, a line that reads values out, and a table.
const HEIGHT = 260;
const NOTHING_YET = "Nothing has been collected yet. The first numbers come with the first run of the workflow.";
const PAD = { left: 48, right: 14, top: 12, bottom: 26 };

function niceTop(most) {
  if (most <= 4) return 4;
  const unit = 10 ** Math.floor(Math.log10(most));
  return [1, 1.5, 2, 3, 4, 5, 6, 8, 10].map((step) => step * unit).find((top) => top >= most);
}

const short = (value) => (value >= 1e6 ? (value / 1e6).toFixed(1).replace(".0", "") + "M" : value >= 1e4 ? Math.round(value / 1e3) + "k" : value % 1 ? value.toFixed(1) : shown(value));

function dateLabel(date, group) {
  const at = new Date(dayTime(date));
  if (group === "month") return at.toLocaleDateString("en-GB", { month: "short", year: "numeric", timeZone: "UTC" });
  const day = at.toLocaleDateString("en-GB", { day: "numeric", month: "short", year: "numeric", timeZone: "UTC" });
  return group === "week" ? "week of " + day : day;
}

const axisLabel = (date, long) => new Date(dayTime(date)).toLocaleDateString("en-GB", long ? { month: "short", year: "2-digit", timeZone: "UTC" } : { day: "numeric", month: "short", timeZone: "UTC" });

// Two paths a series: what was measured, and what is projected.
function pathsOf(points, x, y) {
  let solid = ""; let dashed = ""; let before = null; const alone = [];
  points.forEach((point, i) => {
    if (point.value === undefined) { before = null; return; }
    const at = `${x(i).toFixed(1)},${y(point.value).toFixed(1)}`;
    if (before) {
      const step = `M${before.at}L${at}`;
      if (point.projected || before.projected) dashed += step;
      else solid += solid.endsWith(before.at) ? `L${at}` : step;
    }
    const next = points[i + 1];
    if (!before && (!next || next.value === undefined)) alone.push(i);
    before = { at, projected: point.projected };
  });
  return { solid, dashed, alone };
}

function areaOf(points, x, y) {
  let path = ""; let open = false; let last = 0;
  points.forEach((point, i) => {
    if (point.value === undefined) { if (open) path += `L${x(last).toFixed(1)},${y(0)}Z`; open = false; return; }
    path += open ? "" : `M${x(i).toFixed(1)},${y(0)}`;
    path += `L${x(i).toFixed(1)},${y(point.value).toFixed(1)}`;
    open = true; last = i;
  });
  return open ? `${path}L${x(last).toFixed(1)},${y(0)}Z` : path;
}

// series: [{ key, name, field, area, thin, right, off }]; the switches remember themselves by what the chart is of.
const switches = new Map();

function lineChart(title, rows, series, { today, group, note, none }) {
  const of = title.split(",")[0];
  const full = spread(rows, group);
  const drawn = series.map((one) => ({ ...one, points: full.length ? pointsOf(full, one.field, today, group) : [] })).filter((one) => one.points.length);
  if (!drawn.length) return panel(title, h("p", { class: "note-line" }, none ? NOTHING_YET : "Nothing was measured in this range yet."));
  const isOn = (one) => switches.get(of + one.key) ?? !one.off;
  const readout = h("p", { class: "readout", "aria-live": "polite" });
  const holder = h("div", {});
  const legend = h("div", { class: "legend", role: "group", "aria-label": `Lines of the chart ${title}` });
  let cursor = null; let width = 0; let place = null; let rule = null;

  function draw() {
    width = Math.max(240, holder.clientWidth || 640);
    const visible = drawn.filter(isOn);
    const right = visible.some((one) => one.right) && visible.some((one) => !one.right);
    const inner = width - PAD.left - (right ? PAD.left : PAD.right);
    const x = (i) => PAD.left + (full.length < 2 ? inner / 2 : (i * inner) / (full.length - 1));
    const topOf = (some) => niceTop(some.reduce((most, one) => one.points.reduce((m, p) => Math.max(m, p.value ?? 0), most), 0));
    const tops = { left: topOf(visible.filter((one) => !right || !one.right)), right: topOf(visible.filter((one) => one.right)) };
    const yOf = (top) => (value) => PAD.top + (HEIGHT - PAD.top - PAD.bottom) * (1 - value / top);
    place = { x, inner, step: full.length < 2 ? inner : inner / (full.length - 1) };
    rule = s("line", { class: "cursor", y1: PAD.top, y2: HEIGHT - PAD.bottom, visibility: "hidden" });
    const svg = s("svg", { class: "chart", viewBox: `0 0 ${width} ${HEIGHT}`, height: HEIGHT, role: "img", tabindex: "0", "aria-label": described(visible), onpointermove: follow, onpointerleave: leave, onkeydown: key });
    for (const part of [0, 0.25, 0.5, 0.75, 1]) {
      const y = yOf(1)(part);
      svg.append(s("line", { class: "grid", x1: PAD.left, x2: PAD.left + inner, y1: y, y2: y }), s("text", { x: PAD.left - 6, y: y + 4, "text-anchor": "end" }, short(tops.left * part)));
      if (right) svg.append(s("text", { x: PAD.left + inner + 6, y: y + 4 }, short(tops.right * part)));
    }
    const every = Math.max(1, Math.ceil(full.length / Math.max(2, Math.floor(inner / 78))));
    full.forEach((row, i) => { if (i % every === 0) svg.append(s("text", { x: x(i), y: HEIGHT - 6, "text-anchor": i === 0 && full.length > 1 ? "start" : x(i) > PAD.left + inner - 20 && full.length > 1 ? "end" : "middle" }, axisLabel(row.date, group === "month" || full.length > 200))); });
    for (const one of visible) {
      const y = right && one.right ? yOf(tops.right) : yOf(tops.left);
      if (one.area) svg.append(s("path", { class: `area ${one.key}`, d: areaOf(one.points, x, y) }));
      const { solid, dashed, alone } = pathsOf(one.points, x, y);
      if (solid) svg.append(s("path", { class: `line ${one.key}${one.thin ? " thin" : ""}`, d: solid }));
      if (dashed) svg.append(s("path", { class: `line dash ${one.key}`, d: dashed }));
      for (const i of alone) svg.append(s("circle", { class: one.key, cx: x(i), cy: y(one.points[i].value), r: full.length < 3 ? 5 : 2.5 }));
    }
    svg.append(rule);
    holder.replaceChildren(svg);
  }

  const described = (visible) => {
    const last = full[full.length - 1];
    return `${title}: ${visible.map((one) => `${one.name} ${shown(one.points[full.length - 1].value)}`).join(", ")} on ${dateLabel(last.date, group)}. ${full.length} points since ${dateLabel(full[0].date, group)}. Arrow keys read the values; a table follows.`;
  };
  function move(to) {
    cursor = Math.min(full.length - 1, Math.max(0, to));
    rule.setAttribute("x1", place.x(cursor)); rule.setAttribute("x2", place.x(cursor)); rule.setAttribute("visibility", "visible");
    readout.textContent = `${dateLabel(full[cursor].date, group)}: ` + drawn.filter(isOn).map((one) => `${one.name} ${shown(one.points[cursor].value)}${one.points[cursor].projected ? " (projected)" : ""}`).join(" · ");
  }
  function follow(event) {
    const box = event.currentTarget.getBoundingClientRect();
    move(Math.round((((event.clientX - box.left) * width) / box.width - PAD.left) / place.step));
  }
  function leave() { cursor = null; rule.setAttribute("visibility", "hidden"); readout.textContent = ""; }
  function key(event) {
    const to = { ArrowLeft: (cursor ?? full.length) - 1, ArrowRight: (cursor ?? -1) + 1, Home: 0, End: full.length - 1 }[event.key];
    if (to === undefined) return;
    event.preventDefault(); move(to);
  }
  function legends() {
    legend.replaceChildren(...drawn.map((one) => h("button", { type: "button", "aria-pressed": String(isOn(one)), onclick: (event) => {
      switches.set(of + one.key, !isOn(one)); draw();
      event.currentTarget.setAttribute("aria-pressed", String(isOn(one)));
    } }, s("svg", { width: 16, height: 10, "aria-hidden": "true" }, s("line", { class: `line ${one.key}${one.thin ? " thin" : ""}`, x1: 0, x2: 16, y1: 5, y2: 5 })), one.name)));
  }

  legends();
  const observer = new ResizeObserver(() => { if (Math.abs(holder.clientWidth - width) > 2) draw(); });
  const projected = drawn.some((one) => one.points.some((point) => point.projected));
  const box = panel(title, legend, holder, readout,
    projected && h("p", { class: "note-line" }, "Dotted: projected, because nothing was measured there or the day is still being counted."),
    rows.length < 3 && h("p", { class: "note-line" }, rows.length === 1 ? "One day so far. The line grows from here." : "Two days so far. The line grows from here."),
    group !== "day" && h("p", { class: "note-line" }, "Unique visitors are counted a day at a time; over a longer time the same person can be in the sum twice."),
    note && h("p", { class: "note-line" }, note),
    tableOf(title, full, drawn, group));
  observer.observe(holder);
  queueMicrotask(draw);
  return box;
}

// The table is made when it is opened: ten years of rows cost nothing before.
function tableOf(title, full, drawn, group) {
  const details = h("details", {}, h("summary", {}, `Numbers of “${title}” as a table`));
  details.addEventListener("toggle", () => {
    if (!details.open || details.children.length > 1) return;
    details.append(table(title, ["Date", ...drawn.map((one) => one.name)], full.map((row, i) => [dateLabel(row.date, group), ...drawn.map((one) => shown(one.points[i].projected ? row[one.field] : one.points[i].value))]).reverse()));
  });
  return details;
}

// Bars over the weeks of GitHub's own statistics.
function barChart(title, bars, kind, open) {
  const width = 760; const height = 150;
  const top = niceTop(Math.max(1, ...bars.map((bar) => Math.abs(bar.value))));
  const step = (width - PAD.left - PAD.right) / Math.max(1, bars.length);
  const svg = s("svg", { class: "chart", viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": `${title}: ${bars.length} bars, ${shown(bars.reduce((all, bar) => all + bar.value, 0))} in all` });
  for (const part of [0, 0.5, 1]) { const y = 10 + (height - 34) * (1 - part); svg.append(s("line", { class: "grid", x1: PAD.left, x2: width - PAD.right, y1: y, y2: y }), s("text", { x: PAD.left - 6, y: y + 4, "text-anchor": "end" }, short(top * part))); }
  bars.forEach((bar, i) => {
    const tall = ((height - 34) * Math.abs(bar.value)) / top;
    const rect = s("rect", { class: `bar ${bar.kind ?? kind}`, x: PAD.left + i * step + 0.5, y: 10 + height - 34 - tall, width: Math.max(1, step - 1.5), height: tall }, s("title", {}, `${bar.label}: ${shown(bar.value)}`));
    if (open) rect.addEventListener("click", () => open(bar));
    svg.append(rect);
    if (i % Math.max(1, Math.ceil(bars.length / 8)) === 0) svg.append(s("text", { x: PAD.left + i * step, y: height - 6 }, bar.short));
  });
  return svg;
}
