/* The timeline of a trace: one lane for each fd, client and flow, and records from left to right.
 *
 * A bar is the lifetime of an object, a tick is a record, a diamond is a difference. All ticks of a
 * lane are one SVG path, because thousands of elements would be slow. Which record a tick belongs
 * to is computed from the position of the pointer.
 */

const LANE_PIXELS = 22;
const AXIS_PIXELS = 26;
const HEAD_PIXELS = AXIS_PIXELS + LANE_PIXELS;
const SIDE_PIXELS = 10;
const LABEL_PIXELS = 190;
const LABEL_INDENT = { system: 0, fd: 0, client: 1, flow: 2 };
const MOST_PIXELS = 24000;
/** With more differences, a diamond is left out if another one is drawn at the same place. */
const MOST_DIAMONDS = 600;

/** Zoom and filter. They stay the same for the next entry. */
const timelineView = { zoom: 1, differingOnly: false };

/** The timeline of the trace of an entry, or null. `open` shows another entry. */
function timelineOf(entry, open) {
  const trace = TRACES[entry.trace];
  if (trace.timeline === null) return null;
  const box = el("div", { class: "timeline-box" });
  const draw = () => box.replaceChildren(...timelineParts(trace, entry, open, draw));
  draw();
  requestAnimationFrame(() => centre(box));
  return box;
}

function timelineParts(trace, entry, open, draw) {
  const timeline = trace.timeline;
  const differences = ENTRIES.filter((each) => each.trace === entry.trace && each.difference);
  const lanes = lanesShown(timeline, differences);
  const plot = { timeline, lanes, differences, current: entry };
  plot.width = widthOf(timeline);
  plot.height = lanes.length * LANE_PIXELS + 4;
  const head = drawHead(plot, open);
  const picture = drawLanes(plot, open);
  const note = el("p", { class: "timeline-note", "aria-live": "polite" }, legend());
  const scroll = el(
    "div",
    { class: "timeline", tabindex: "0", role: "group", "aria-label": summaryOf(plot) },
    drawLabels(plot),
    el("div", { class: "plot" }, head, picture),
  );
  followPointer(plot, picture, note, trace, open);
  return [controls(plot, draw), scroll, note, ...leftOut(timeline)];
}

/** The indices of the lanes that are shown, in order. */
function lanesShown(timeline, differences) {
  const all = timeline.lanes.map((_, index) => index);
  if (!timelineView.differingOnly) return all;
  const records = new Set(differences.map((each) => each.difference.record));
  const kept = new Set();
  timeline.lanes.forEach((lane, index) => {
    if (!marksOf(lane).some(([record]) => records.has(record))) return;
    for (let each = index; each !== null; each = timeline.lanes[each].parent) kept.add(each);
  });
  return all.filter((index) => kept.has(index));
}

function marksOf(lane) {
  const marks = [];
  for (let i = 0; i < lane.marks.length; i += 2) {
    marks.push([lane.marks[i], CONTENTS.mark_kinds[lane.marks[i + 1]]]);
  }
  return marks;
}

/** The width: that of the page, but less for few records, multiplied by the zoom. */
function widthOf(timeline) {
  const room = byId("detail").clientWidth - LABEL_PIXELS - 60;
  const fitting = Math.max(360, Math.min(room, Math.max(560, timeline.records * 24)));
  return Math.min(MOST_PIXELS, Math.round(fitting * timelineView.zoom));
}

function xOf(plot, record) {
  const steps = Math.max(1, plot.timeline.records);
  return SIDE_PIXELS + ((record - 0.5) / steps) * (plot.width - 2 * SIDE_PIXELS);
}

function yOf(row) {
  return row * LANE_PIXELS + LANE_PIXELS / 2;
}

function drawLabels(plot) {
  const labels = el("div", { class: "lane-labels" }, el("div", { class: "lane-head" },
    el("div", { class: "lane-axis" }, "record"), el("div", { class: "lane-label all" }, "differences")));
  for (const index of plot.lanes) {
    const lane = plot.timeline.lanes[index];
    const kind = CONTENTS.lane_kinds[lane.kind];
    const label = text(lane.label);
    const row = el("div", { class: "lane-label " + kind, title: shown(label) }, code(label));
    row.style.paddingInlineStart = 10 + 14 * LABEL_INDENT[kind] + "px";
    labels.append(row);
  }
  return labels;
}

function emptyPicture(plot, height, name) {
  return svg("svg", { class: name, width: plot.width, height, viewBox: "0 0 " + plot.width + " " + height });
}

/** The head, which stays visible above the lanes: record numbers, and all differences. */
function drawHead(plot, open) {
  const head = emptyPicture(plot, HEAD_PIXELS, "plot-head");
  const step = stepOf(plot);
  const axis = drawGrid(plot, AXIS_PIXELS - 7, HEAD_PIXELS);
  for (let record = step; record <= plot.timeline.records; record += step) {
    const place = { x: xOf(plot, record), y: AXIS_PIXELS - 10, "text-anchor": "middle" };
    axis.append(svg("text", place, number(record)));
  }
  head.append(axis, drawDifferences(plot, open, () => [AXIS_PIXELS + LANE_PIXELS / 2], "0"));
  return head;
}

function drawLanes(plot, open) {
  const picture = emptyPicture(plot, plot.height, "plot-lanes");
  const rows = new Map();
  plot.lanes.forEach((index, row) => {
    for (const [record] of marksOf(plot.timeline.lanes[index])) {
      rows.set(record, (rows.get(record) || new Set()).add(row));
    }
  });
  const current = plot.current.difference && rows.get(plot.current.difference.record);
  if (current) picture.dataset.top = yOf(Math.max(...current));
  picture.append(drawStripes(plot), drawGrid(plot, 0, plot.height));
  plot.lanes.forEach((index, row) => picture.append(drawLane(plot, index, row)));
  picture.append(drawDifferences(plot, open, (record) => [...(rows.get(record) || [])].map(yOf), "-1"));
  return picture;
}

function stepOf(plot) {
  return niceStep(plot.timeline.records / (plot.width / 70));
}

function drawGrid(plot, top, bottom) {
  const axis = svg("g", { class: "axis" });
  const step = stepOf(plot);
  for (let record = step; record <= plot.timeline.records; record += step) {
    const x = xOf(plot, record);
    axis.append(svg("line", { x1: x, x2: x, y1: top, y2: bottom }));
  }
  const current = plot.current.difference;
  if (current !== null && current.record !== null) {
    const x = xOf(plot, current.record);
    axis.append(svg("line", { class: "now", x1: x, x2: x, y1: top, y2: bottom }));
  }
  return axis;
}

/** The smallest of 1, 2, 5, 10, 20, ... that is not less than `least`. */
function niceStep(least) {
  for (let power = 1; ; power *= 10) {
    for (const factor of [1, 2, 5]) if (factor * power >= least) return factor * power;
  }
}

function drawStripes(plot) {
  const stripes = svg("g", { class: "stripes" });
  for (let row = 0; row < plot.lanes.length; row += 2) {
    const y = row * LANE_PIXELS;
    stripes.append(svg("rect", { x: 0, y, width: plot.width, height: LANE_PIXELS }));
  }
  return stripes;
}

function drawLane(plot, index, row) {
  const lane = plot.timeline.lanes[index];
  const kind = CONTENTS.lane_kinds[lane.kind];
  const y = yOf(row);
  const group = svg("g", { class: "lane " + kind });
  if (kind !== "system") {
    const from = xOf(plot, lane.born);
    const to = lane.gone === null ? plot.width : xOf(plot, lane.gone);
    const thick = kind === "flow" ? 4 : kind === "client" ? 8 : 2;
    const width = Math.max(3, to - from);
    const bar = { class: "bar", x: from, y: y - thick / 2, width, height: thick, rx: thick / 2 };
    group.append(svg("rect", bar));
    group.append(svg("circle", { class: "birth", cx: from, cy: y, r: 3 }));
    if (lane.gone !== null) group.append(cross(to, y));
  }
  const ticks = { call: [], refused: [], wake: [], change: [] };
  for (const [record, mark] of marksOf(lane)) ticks[mark].push(tickPath(mark, xOf(plot, record), y));
  for (const [mark, paths] of Object.entries(ticks)) {
    if (paths.length > 0) group.append(svg("path", { class: "ticks " + mark, d: paths.join("") }));
  }
  return group;
}

function tickPath(mark, x, y) {
  const at = x.toFixed(1);
  if (mark === "wake") return "M" + at + " " + (y - 7) + "l3.5 6h-7z";
  if (mark === "change") return "M" + at + " " + (y - 4) + "l4 4l-4 4l-4 -4z";
  if (mark === "refused") return "M" + at + " " + (y - 8) + "v16";
  return "M" + at + " " + (y - 5) + "v10";
}

function cross(x, y) {
  const path = "M" + (x - 3.5) + " " + (y - 3.5) + "l7 7m0 -7l-7 7";
  return svg("path", { class: "death", d: path });
}

/** A diamond for each differing record, at every height that `heights` gives for it. */
function drawDifferences(plot, open, heights, tabindex) {
  const layer = svg("g", { class: "differences" });
  const drawn = plot.differences.length > MOST_DIAMONDS ? new Set() : null;
  let currentLink = null;
  for (const entry of plot.differences) {
    const { record } = entry.difference;
    const x = record === null ? plot.width - SIDE_PIXELS : xOf(plot, record);
    const isCurrent = entry === plot.current;
    const follows = entry.difference.follows !== null;
    const column = Math.round(x / 3) + (follows ? "f" : "b");
    if (drawn !== null && !isCurrent && drawn.has(column)) continue;
    if (drawn !== null) drawn.add(column);
    const name = "difference" + (isCurrent ? " current" : "") + (follows ? " follows" : "");
    const link = svg("a", {
      class: name,
      href: linkTo(entry),
      tabindex: isCurrent ? tabindex : "-1",
      "aria-label": shown(whereText(entry.difference) + " " + text(entry.difference.title)),
      "data-record": record,
    });
    for (const y of heights(record)) link.append(diamond(x, y, isCurrent ? 7 : 5.5));
    link.addEventListener("click", (event) => {
      event.preventDefault();
      open(entry);
    });
    if (isCurrent) currentLink = link;
    layer.append(link);
  }
  if (currentLink) layer.append(currentLink);
  return layer;
}

function diamond(x, y, size) {
  const path = "M" + x.toFixed(1) + " " + (y - size) + "l" + size + " " + size + "l-" + size + " " +
    size + "l-" + size + " -" + size + "z";
  return svg("path", { d: path });
}

/** Describe the record under the pointer. A click opens its entry, or keeps the description. */
function followPointer(plot, picture, note, trace, open) {
  const titles = new Map(plot.timeline.titles.map(([record, title]) => [record, text(title)]));
  const nearest = (event) => {
    const box = picture.getBoundingClientRect();
    const row = Math.floor((event.clientY - box.top) / LANE_PIXELS);
    const lane = plot.timeline.lanes[plot.lanes[row]];
    if (!lane) return null;
    let best = null;
    for (const [record, mark] of marksOf(lane)) {
      const distance = Math.abs(xOf(plot, record) - (event.clientX - box.left));
      if (distance < 12 && (best === null || distance < best.distance)) {
        best = { record, mark, distance, label: text(lane.label) };
      }
    }
    return best;
  };
  picture.addEventListener("pointermove", (event) => {
    const found = nearest(event);
    picture.classList.toggle("over-mark", found !== null);
    note.replaceChildren(...(found === null ? [legend()] : describe(found, titles)));
  });
  picture.addEventListener("pointerleave", () => note.replaceChildren(legend()));
  picture.addEventListener("click", (event) => {
    const found = nearest(event);
    if (found === null || event.target.closest("a")) return;
    const entry = plot.differences.find((each) => each.difference.record === found.record);
    if (entry) open(entry);
    else pin(note, found, titles, trace);
  });
}

function describe({ record, mark, label }, titles) {
  const what = { call: "", refused: "refused · ", wake: "woken by · ", change: "flow changed by · " };
  return [
    el("b", {}, "record " + number(record)),
    " " + what[mark],
    code(titles.get(record) || label),
  ];
}

/** Keep the description of a record below the timeline, with the command that shows it. */
function pin(note, found, titles, trace) {
  const command = "necp-replay show " + pathWord(trace) + " --select " + found.record;
  const line = el("div", { class: "pinned" }, ...describe(found, titles), " ",
    copyButton(command, "Copy show command"));
  const before = note.parentElement.querySelector(".pinned");
  if (before) before.remove();
  note.after(line);
}

function legend() {
  const sign = (name, label) => [svg("svg", { width: 16, height: 16, class: "key " + name },
    name === "diff" ? svg("g", { class: "differences" }, svg("g", { class: "difference" }, diamond(8, 8, 5.5)))
      : svg("path", { class: "ticks " + name, d: tickPath(name, 8, 8) })), label];
  return el("span", { class: "legend" }, ...sign("diff", "differs"), ...sign("call", "record"),
    ...sign("refused", "refused"), ...sign("wake", "wake-up"), ...sign("change", "flow changed"));
}

function controls(plot, draw) {
  const button = (label, title, change) => {
    const made = el("button", { type: "button", title, "aria-label": title }, label);
    made.addEventListener("click", () => {
      change();
      const box = made.closest(".timeline-box");
      draw();
      centre(box);
    });
    return made;
  };
  const only = el("input", { type: "checkbox" });
  only.checked = timelineView.differingOnly;
  only.addEventListener("change", () => {
    timelineView.differingOnly = only.checked;
    draw();
  });
  return el(
    "div",
    { class: "timeline-controls" },
    el("span", { class: "quiet" }, summaryOf(plot)),
    el("label", {}, only, " differing lanes only"),
    el("span", { class: "zoom" },
      button("−", "Zoom out", () => { timelineView.zoom = Math.max(1, timelineView.zoom / 2); }),
      button("+", "Zoom in", () => { timelineView.zoom = Math.min(64, timelineView.zoom * 2); })),
  );
}

function summaryOf(plot) {
  const count = (kind) => plot.lanes.filter((index) =>
    CONTENTS.lane_kinds[plot.timeline.lanes[index].kind] === kind).length;
  return counted(plot.timeline.records, "record") + ", " + counted(count("client"), "client") +
    ", " + counted(count("flow"), "flow") + ", " + counted(plot.differences.length, "difference");
}

function leftOut(timeline) {
  const parts = [];
  if (timeline.left_out_lanes) parts.push(counted(timeline.left_out_lanes, "lane") + " left out");
  if (timeline.thinned) parts.push(counted(timeline.thinned, "mark") + " thinned out");
  if (timeline.looked_every > 1) {
    parts.push("lives of flows are exact to " + counted(timeline.looked_every, "record"));
  }
  return parts.length === 0 ? [] : [el("p", { class: "quiet" }, parts.join("; ") + ".")];
}

/** Scroll so that the current record and its lane are in the middle. */
function centre(box) {
  const scroll = box && box.querySelector(".timeline");
  const now = box && box.querySelector(".axis .now");
  if (!scroll || !now) return;
  const labels = scroll.firstElementChild.clientWidth;
  scroll.scrollLeft = Number(now.getAttribute("x1")) - (scroll.clientWidth - labels) / 2;
  const top = Number(box.querySelector(".plot-lanes").dataset.top || 0);
  scroll.scrollTop = top + HEAD_PIXELS / 2 - scroll.clientHeight / 2;
}
