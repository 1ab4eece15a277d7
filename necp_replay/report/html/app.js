/* Starts the page, and connects its parts: views, keys, theme, links and printing. */

const THEMES = ["system", "light", "dark"];
/** The most findings that are printed. */
const PRINTED = 300;

const app = { current: null, inDetail: false };

const KEYS = [
  ["j  k", "next and previous finding"],
  ["]  [", "first finding of the next and previous trace"],
  ["Enter", "read the finding, or open the chosen cause"],
  ["/", "search"],
  ["g", "causes; j and k go through them, Enter lists their findings"],
  ["o", "overview"],
  ["b", "bytes, shown or folded"],
  ["s", "side by side, shown or folded"],
  ["l", "copy the link to this finding"],
  ["t", "theme: as the system, light, dark"],
  ["Esc", "back, or clear search and filters"],
  ["?", "these keys"],
];

/** The fragment that links to a finding: path of the trace, release, and record. */
function linkTo(finding) {
  return "#" + encodeURIComponent(finding.key).replaceAll("%2F", "/").replaceAll("%3A", ":")
    .replaceAll("%40", "@");
}

/** The finding that a fragment links to, or null. */
function linkedFinding(fragment) {
  try {
    const place = PLACES.get(decodeURIComponent(fragment.slice(1)));
    return place === undefined ? null : FINDINGS[place];
  } catch {
    return null;
  }
}

function showView(name) {
  for (const view of ["overview", "findings"]) {
    byId(view).hidden = view !== name;
    const link = byId("to-" + view);
    if (view === name) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
}

/** Show a finding: select its row, draw it, and put its link into the address. */
function openFinding(finding, reads = false) {
  if (!list.findings.includes(finding)) {
    clearFilter();
    refresh();
  }
  app.current = finding;
  showView("findings");
  selectFinding(finding);
  drawDetail(finding, openFinding);
  history.replaceState(null, "", linkTo(finding));
  if (reads) readDetail();
}

/** Move the focus to the finding. On a narrow screen it also replaces the list. */
function readDetail() {
  document.body.classList.add("reading");
  app.inDetail = true;
  byId("detail").focus({ preventScroll: true });
  centre(document.querySelector(".timeline-box"));
}

function showList() {
  document.body.classList.remove("reading");
  app.inDetail = false;
  byId("list").focus({ preventScroll: true });
}

/** List the findings again after the search or the filters have changed. */
function refresh() {
  const { listed, counts } = applyFilter();
  listFindings(listed, app.current);
  drawFilters(counts, changed);
  byId("matches").textContent = isFiltered()
    ? number(listed.length) + " of " + counted(FINDINGS.length, "finding")
    : counted(FINDINGS.length, "finding");
  byId("clear").hidden = !isFiltered();
}

function changed() {
  refresh();
  if (list.selected < 0) {
    app.current = list.findings[0] || null;
    list.selected = app.current === null ? -1 : 0;
    drawRows();
    drawDetail(app.current, openFinding);
    if (app.current !== null) history.replaceState(null, "", linkTo(app.current));
  }
}

/** List the findings with one value of one facet; the overview calls this. */
function choose(facet, value) {
  filterBy(facet, value);
  app.current = null;
  showView("findings");
  changed();
  byId("list").focus();
}

function route() {
  const finding = linkedFinding(location.hash);
  if (finding !== null) openFinding(finding);
  else if (location.hash === "#findings") showFindings();
  else showView("overview");
}

/** Show the list of findings, and one finding next to it. */
function showFindings() {
  showView("findings");
  changed();
  drawRows();
}

function step(by) {
  if (list.findings.length === 0) return;
  const place = Math.max(0, Math.min(list.findings.length - 1, list.selected + by));
  openFinding(list.findings[place], app.inDetail);
}

/** Go to the first finding of the next trace in the list, or of the previous one. */
function stepTrace(by) {
  const here = list.findings[list.selected];
  if (!here) return step(by);
  let place = list.selected;
  while (list.findings[place] && list.findings[place].trace === here.trace) place += by;
  const found = list.findings[place];
  if (!found) return undefined;
  while (place > 0 && list.findings[place - 1].trace === found.trace) place -= 1;
  return openFinding(list.findings[place], app.inDetail);
}

function stepCause(by) {
  const buttons = [...document.querySelectorAll(".cause-name")];
  const place = buttons.indexOf(document.activeElement) + by;
  const next = buttons[Math.max(0, Math.min(buttons.length - 1, place))];
  if (next) next.focus();
}

function showCauses() {
  showView("overview");
  const first = document.querySelector(".cause-name");
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
  j: () => (byId("overview").hidden ? step(1) : stepCause(1)),
  k: () => (byId("overview").hidden ? step(-1) : stepCause(-1)),
  "]": () => stepTrace(1),
  "[": () => stepTrace(-1),
  "/": () => {
    showFindings();
    byId("search").focus();
    byId("search").select();
  },
  g: showCauses,
  o: showCauses,
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
  if (inList && !byId("findings").hidden) {
    if (event.key === "ArrowDown") action = ACTIONS.j;
    if (event.key === "ArrowUp") action = ACTIONS.k;
    if (event.key === "Home") action = () => step(-list.findings.length);
    if (event.key === "End") action = () => step(list.findings.length);
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

/** Prepare for printing: the overview, then the fields of the listed findings. */
function preparePrint() {
  const printed = byId("print");
  printed.hidden = false;
  const shownFindings = list.findings.slice(0, PRINTED);
  printed.replaceChildren(el("h2", {}, counted(list.findings.length, "finding") +
    (list.findings.length > PRINTED ? ", of which the first " + number(PRINTED) : "")));
  for (const finding of shownFindings) {
    const { path } = CONTENTS.traces[finding.trace];
    const difference = finding.difference;
    const title = difference === null ? VERDICTS[finding.verdict].label
      : whereText(difference) + " " + text(difference.title);
    printed.append(el("article", {}, el("h3", {}, code(title)), el("p", { class: "path" }, code(path)),
      difference === null ? traceTrouble(finding) : fieldsTable(difference)));
  }
}

function start() {
  const run = byId("run");
  run.append(CONTENTS.command, " ", sideLabel("expected", EXPECTED), " ", sideLabel("actual", ACTUAL));
  byId("findings-count").textContent = number(FINDINGS.length);
  startList((finding, reads) => openFinding(finding, reads));
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
