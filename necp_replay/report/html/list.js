/* The list of findings. Only visible rows exist as elements, so that long lists stay fast. */

const ROW_PIXELS = 62;
/** Rows that exist above and below the visible ones, so that scrolling shows no gap. */
const ROWS_BEYOND = 6;

const list = { findings: [], selected: -1, open: null };

/** Prepare the list. `open` is called with a finding when its row is clicked. */
function startList(open) {
  list.open = open;
  const box = byId("list");
  box.append(el("div", { class: "rows", role: "presentation" }));
  box.addEventListener("scroll", drawRows, { passive: true });
  new ResizeObserver(drawRows).observe(box);
  box.addEventListener("click", (event) => {
    const row = event.target.closest("[data-place]");
    if (row) list.open(list.findings[Number(row.dataset.place)], true);
  });
}

/** Show other findings. The current one stays selected if it is among them. */
function listFindings(findings, current) {
  list.findings = findings;
  list.selected = current === null ? -1 : findings.indexOf(current);
  const rows = byId("list").firstElementChild;
  rows.style.height = findings.length * ROW_PIXELS + "px";
  rows.replaceChildren();
  if (list.selected >= 0) scrollToSelected();
  else byId("list").scrollTop = 0;
  drawRows();
}

/** Select the row of a finding, and scroll to it. */
function selectFinding(finding) {
  list.selected = list.findings.indexOf(finding);
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
  const last = Math.min(list.findings.length, first + seen);
  const kept = new Map([...rows.children].map((row) => [Number(row.dataset.place), row]));
  for (const [place, row] of kept) {
    if (place < first || place >= last) row.remove();
  }
  for (let place = first; place < last; place += 1) {
    if (!kept.has(place)) rows.append(rowOf(list.findings[place], place));
  }
  for (const row of rows.children) {
    const isSelected = Number(row.dataset.place) === list.selected;
    row.setAttribute("aria-selected", String(isSelected));
  }
  if (list.selected >= first && list.selected < last) {
    box.setAttribute("aria-activedescendant", "row-" + list.selected);
  } else box.removeAttribute("aria-activedescendant");
}

function rowOf(finding, place) {
  const trace = CONTENTS.traces[finding.trace];
  const difference = finding.difference;
  const follows = difference !== null && difference.follows !== null;
  const row = el(
    "div",
    {
      class: "row" + (follows ? " follows" : ""),
      role: "option",
      id: "row-" + place,
      "data-place": place,
      "aria-setsize": list.findings.length,
      "aria-posinset": place + 1,
    },
    verdictSymbol(finding.verdict),
    el(
      "div",
      { class: "row-main" },
      code(kindOf(finding), "row-kind"),
      difference === null ? null : groupBadge(finding.cause),
      followersText(difference),
    ),
    el("span", { class: "row-where" }, difference === null ? "" : whereText(difference)),
    el("div", { class: "row-change" }, changeText(finding)),
    code(traceName(trace.path), "row-trace"),
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

function changeText(finding) {
  const trace = CONTENTS.traces[finding.trace];
  if (finding.verdict === "error") return code(trace.error);
  if (finding.verdict === "no golden") return "nothing to compare with";
  if (finding.verdict === "not modelled") return code(trace.first_not_modelled || "");
  const field = finding.difference.fields[0];
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
