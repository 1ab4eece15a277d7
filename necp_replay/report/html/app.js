/* Starts the page, and connects its parts: views, keys, theme, links and printing. */

const THEMES = ["system", "light", "dark"];
/** The most entries that are printed. */
const PRINTED = 300;

/** Where the list and an entry do not fit beside each other; narrow.css has the same width. */
const NARROW = matchMedia("(max-width: 760px)");

const app = { current: null, inDetail: false };

const KEYS = [
  ["j  k", "next and previous difference"],
  ["]  [", "first difference of the next and previous trace"],
  ["Enter", "read the difference, or open the chosen finding"],
  ["/", "search"],
  ["g", "findings; j and k go through them, Enter lists their differences"],
  ["o", "overview"],
  ["b", "bytes, shown or folded"],
  ["s", "side by side, shown or folded"],
  ["l", "copy the link to this difference"],
  ["t", "theme: as the system, light, dark"],
  ["Esc", "back, or clear search and filters"],
  ["?", "these keys"],
];

/** The fragment that links to an entry: path of the trace, release, and record. */
function linkTo(entry) {
  return "#" + encodeURIComponent(entry.key).replaceAll("%2F", "/").replaceAll("%3A", ":")
    .replaceAll("%40", "@");
}

/** The entry that a fragment links to, or null. */
function linkedEntry(fragment) {
  try {
    const place = PLACES.get(decodeURIComponent(fragment.slice(1)));
    return place === undefined ? null : ENTRIES[place];
  } catch {
    return null;
  }
}

function showView(name) {
  for (const view of ["overview", "differences"]) {
    byId(view).hidden = view !== name;
    const link = byId("to-" + view);
    if (view === name) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
}

/** Show an entry: select its row, draw it, and put its link into the address. */
function openEntry(entry, reads = false) {
  if (!list.entries.includes(entry)) {
    clearFilter();
    refresh();
  }
  app.current = entry;
  showView("differences");
  const isEntered = reads && NARROW.matches && !app.inDetail;
  if (reads) document.body.classList.add("reading");
  selectEntry(entry);
  drawDetail(entry, (other) => openEntry(other, app.inDetail));
  if (isEntered && location.hash === "#differences") history.pushState(null, "", linkTo(entry));
  else history.replaceState(null, "", linkTo(entry));
  if (reads) readDetail();
}

/** Move the focus to the entry. On a narrow screen it also replaces the list. */
function readDetail() {
  document.body.classList.add("reading");
  app.inDetail = true;
  byId("detail").focus({ preventScroll: true });
  centre(document.querySelector(".timeline-box"));
}

function showList() {
  if (NARROW.matches) history.replaceState(null, "", "#differences");
  document.body.classList.remove("reading");
  app.inDetail = false;
  byId("list").focus({ preventScroll: true });
}

/** List the entries again after the search or the filters have changed. */
function refresh() {
  const { listed, counts } = applyFilter();
  listEntries(listed, app.current);
  drawFilters(counts, changed);
  byId("matches").textContent = isFiltered()
    ? number(listed.length) + " of " + counted(ENTRIES.length, "entry", "entries")
    : counted(ENTRIES.length, "entry", "entries");
  byId("clear").hidden = !isFiltered();
}

function changed() {
  refresh();
  if (list.selected < 0) {
    app.current = list.entries[0] || null;
    list.selected = app.current === null ? -1 : 0;
    drawRows();
    drawDetail(app.current, openEntry);
    if (app.current !== null && !NARROW.matches) history.replaceState(null, "", linkTo(app.current));
  }
}

/** List the entries with some values of one facet; the overview calls this. */
function choose(facet, values) {
  filterBy(facet, values);
  app.current = null;
  showView("differences");
  changed();
  showList();
}

/** On a narrow screen one entry and the list replace each other. A link leads to the entry. */
function route() {
  const entry = linkedEntry(location.hash);
  if (entry !== null) openEntry(entry, NARROW.matches);
  else if (location.hash === "#differences") {
    if (app.inDetail) showList();
    showDifferences();
  } else showView("overview");
}

/** Show the list of entries, and one entry next to it. */
function showDifferences() {
  showView("differences");
  changed();
  drawRows();
}

function step(by) {
  if (list.entries.length === 0) return;
  const place = Math.max(0, Math.min(list.entries.length - 1, list.selected + by));
  openEntry(list.entries[place], app.inDetail);
}

/** Go to the first difference of the next trace in the list, or of the previous one. */
function stepTrace(by) {
  const here = list.entries[list.selected];
  if (!here) return step(by);
  let place = list.selected;
  while (list.entries[place] && list.entries[place].trace === here.trace) place += by;
  const found = list.entries[place];
  if (!found) return undefined;
  while (place > 0 && list.entries[place - 1].trace === found.trace) place -= 1;
  return openEntry(list.entries[place], app.inDetail);
}

function stepFinding(by) {
  const buttons = [...document.querySelectorAll(".finding-name")];
  const place = buttons.indexOf(document.activeElement) + by;
  const next = buttons[Math.max(0, Math.min(buttons.length - 1, place))];
  if (next) next.focus();
}

function showFindings() {
  showView("overview");
  const first = document.querySelector(".finding-name");
  if (first) first.focus();
  history.replaceState(null, "", "#overview");
}

function toggleSection(id) {
  const box = byId("section-" + id);
  if (!box) return;
  box.open = !box.open;
  if (box.open) box.scrollIntoView({ block: "nearest" });
}

function nextTheme() {
  const root = document.documentElement;
  const theme = THEMES[(THEMES.indexOf(root.dataset.theme) + 1) % THEMES.length];
  root.dataset.theme = theme;
  byId("theme").textContent = theme === "system" ? "Theme" : theme === "dark" ? "Dark" : "Light";
  say("Theme: " + theme);
}

function showFilters(isOpen) {
  document.body.classList.toggle("filtering", isOpen);
  byId("filters-open").setAttribute("aria-expanded", String(isOpen));
}

function escape() {
  if (document.body.classList.contains("filtering")) showFilters(false);
  else if (app.inDetail) showList();
  else if (isFiltered()) {
    clearFilter();
    changed();
    byId("list").focus();
  }
}

const ACTIONS = {
  j: () => (byId("overview").hidden ? step(1) : stepFinding(1)),
  k: () => (byId("overview").hidden ? step(-1) : stepFinding(-1)),
  "]": () => stepTrace(1),
  "[": () => stepTrace(-1),
  "/": () => {
    showDifferences();
    byId("search").focus();
    byId("search").select();
  },
  g: showFindings,
  o: showFindings,
  b: () => toggleSection("bytes"),
  s: () => toggleSection("sides"),
  l: () => app.current && copyText(location.href.split("#")[0] + linkTo(app.current)),
  t: nextTheme,
  "?": () => byId("help").showModal(),
  Escape: escape,
};

function onKey(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || byId("help").open) return;
  const inField = event.target.matches("input[type=search], textarea");
  const inList = event.target === byId("list") || event.target === document.body;
  if (inField) {
    if (event.key === "Escape" || event.key === "Enter") {
      if (event.key === "Escape" && byId("search").value) {
        byId("search").value = "";
        filter.query = "";
        changed();
      }
      byId("list").focus();
      event.preventDefault();
    }
    return;
  }
  let action = ACTIONS[event.key];
  if (inList && !byId("differences").hidden) {
    if (event.key === "ArrowDown") action = ACTIONS.j;
    if (event.key === "ArrowUp") action = ACTIONS.k;
    if (event.key === "Home") action = () => step(-list.entries.length);
    if (event.key === "End") action = () => step(list.entries.length);
    if (event.key === "PageDown") action = () => step(10);
    if (event.key === "PageUp") action = () => step(-10);
    if (event.key === "Enter" && list.selected >= 0) action = readDetail;
  }
  if (action) {
    event.preventDefault();
    action();
  }
}

function startHelp() {
  const rows = KEYS.map(([keys, what]) => [
    el("dt", {}, keys.split("  ").map((key) => [el("kbd", {}, key), " "]).flat()),
    el("dd", {}, what),
  ]);
  const close = el("button", { type: "button", class: "close" }, "Close");
  close.addEventListener("click", () => byId("help").close());
  byId("help").append(el("h2", { id: "help-title" }, "Keys"), el("dl", {}, rows.flat()), close);
}

/** Prepare for printing: the overview, then the fields of the listed entries. */
function preparePrint() {
  const printed = byId("print");
  printed.hidden = false;
  const shownEntries = list.entries.slice(0, PRINTED);
  printed.replaceChildren(el("h2", {}, counted(list.entries.length, "entry", "entries") +
    (list.entries.length > PRINTED ? ", of which the first " + number(PRINTED) : "")));
  for (const entry of shownEntries) {
    const { path } = TRACES[entry.trace];
    const difference = entry.difference;
    const title = difference === null ? VERDICTS[entry.verdict].label
      : whereText(difference) + " " + text(difference.title);
    printed.append(el("article", {}, el("h3", {}, code(title)), el("p", { class: "path" }, code(path)),
      difference === null ? traceTrouble(entry) : fieldsTable(difference)));
  }
}

function start() {
  const run = byId("run");
  run.append(CONTENTS.command, " ", sideLabel("expected", EXPECTED), " ", sideLabel("actual", ACTUAL));
  byId("differences-count").textContent = number(ENTRIES.length);
  startList((entry, reads) => openEntry(entry, reads));
  startHelp();
  drawOverview(choose);
  refresh();
  let pending = 0;
  byId("search").addEventListener("input", (event) => {
    filter.query = event.target.value;
    cancelAnimationFrame(pending);
    pending = requestAnimationFrame(changed);
  });
  byId("clear").addEventListener("click", () => {
    clearFilter();
    changed();
    byId("search").focus();
  });
  byId("filters-open").addEventListener("click", () => {
    showFilters(!document.body.classList.contains("filtering"));
  });
  byId("theme").addEventListener("click", nextTheme);
  byId("help-open").addEventListener("click", () => byId("help").showModal());
  document.addEventListener("keydown", onKey);
  window.addEventListener("hashchange", route);
  window.addEventListener("beforeprint", preparePrint);
  window.addEventListener("afterprint", () => {
    byId("print").hidden = true;
    byId("print").replaceChildren();
  });
  route();
}

start();
