/* The list of entries. Only visible rows exist as elements, so that long lists stay fast. */

const ROW_PIXELS = 78;
/** Rows that exist above and below the visible ones, so that scrolling shows no gap. */
const ROWS_BEYOND = 6;

const list = { entries: [], selected: -1, open: null };

/** Prepare the list. `open` is called with an entry when its row is clicked. */
function startList(open) {
  list.open = open;
  const box = byId("list");
  box.append(el("div", { class: "rows", role: "presentation" }));
  box.addEventListener("scroll", drawRows, { passive: true });
  new ResizeObserver(drawRows).observe(box);
  box.addEventListener("click", (event) => {
    const row = event.target.closest("[data-place]");
    if (row) list.open(list.entries[Number(row.dataset.place)], true);
  });
}

/** Show other entries. The current one stays selected if it is among them. */
function listEntries(entries, current) {
  list.entries = entries;
  list.selected = current === null ? -1 : entries.indexOf(current);
  const rows = byId("list").firstElementChild;
  rows.style.height = entries.length * ROW_PIXELS + "px";
  rows.replaceChildren();
  if (list.selected >= 0) scrollToSelected();
  else byId("list").scrollTop = 0;
  drawRows();
}

/** Select the row of an entry, and scroll to it. */
function selectEntry(entry) {
  list.selected = list.entries.indexOf(entry);
  scrollToSelected();
  drawRows();
}

function scrollToSelected() {
  const box = byId("list");
  const top = list.selected * ROW_PIXELS;
  if (top < box.scrollTop) box.scrollTop = Math.max(0, top - ROW_PIXELS);
  else if (top + 2 * ROW_PIXELS > box.scrollTop + box.clientHeight) {
    box.scrollTop = top + 2 * ROW_PIXELS - box.clientHeight;
  }
}

function drawRows() {
  const box = byId("list");
  const rows = box.firstElementChild;
  const first = Math.max(0, Math.floor(box.scrollTop / ROW_PIXELS) - ROWS_BEYOND);
  const seen = Math.ceil(box.clientHeight / ROW_PIXELS) + 2 * ROWS_BEYOND;
  const last = Math.min(list.entries.length, first + seen);
  const kept = new Map([...rows.children].map((row) => [Number(row.dataset.place), row]));
  for (const [place, row] of kept) {
    if (place < first || place >= last) row.remove();
  }
  for (let place = first; place < last; place += 1) {
    if (!kept.has(place)) rows.append(rowOf(list.entries[place], place));
  }
  for (const row of rows.children) {
    const isSelected = Number(row.dataset.place) === list.selected;
    row.setAttribute("aria-selected", String(isSelected));
  }
  if (list.selected >= first && list.selected < last) {
    box.setAttribute("aria-activedescendant", "row-" + list.selected);
  } else box.removeAttribute("aria-activedescendant");
}

function rowOf(entry, place) {
  const trace = TRACES[entry.trace];
  const difference = entry.difference;
  const follows = difference !== null && difference.follows !== null;
  const row = el(
    "div",
    {
      class: "row" + (follows ? " follows" : ""),
      role: "option",
      id: "row-" + place,
      "data-place": place,
      "aria-setsize": list.entries.length,
      "aria-posinset": place + 1,
    },
    verdictSymbol(entry.verdict),
    el(
      "div",
      { class: "row-main" },
      code(kindOf(entry), "row-kind"),
      difference === null ? null : groupBadge(entry.finding),
      followersText(difference),
    ),
    el("span", { class: "row-where" }, difference === null ? "" : whereText(difference)),
    el("div", { class: "row-change" }, changeText(entry)),
    code(trace.path.replace(/\.necptrace$/, ""), "row-trace"),
  );
  row.style.transform = "translateY(" + place * ROW_PIXELS + "px)";
  return row;
}

function followersText(difference) {
  if (difference === null) return null;
  if (difference.follows !== null) {
    const cause = difference.follows_place === null ? number(difference.follows)
      : followedText(difference);
    return el("span", { class: "chain" }, "↳ " + cause);
  }
  if (difference.followers === 0) return null;
  return el("span", { class: "chain" }, "+" + number(difference.followers));
}

function changeText(entry) {
  const trace = TRACES[entry.trace];
  if (entry.verdict === "error") return code(trace.error);
  if (entry.verdict === "no golden") return "nothing to compare with";
  if (entry.verdict === "not modelled") return code(trace.first_not_modelled || "");
  const field = headline(entry.difference);
  if (!field) return "";
  const { path, expected, actual } = fieldSummary(field);
  return [
    el("span", { class: "quiet" }, untrusted(path)),
    " ",
    code(expected, "expected"),
    el("span", { class: "arrow" }, " → "),
    code(actual, "actual"),
  ];
}
