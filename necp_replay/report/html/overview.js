/* The overview: totals, findings, rules, and traces. */

/** From this size on a browser takes long to open the page. */
const LARGE_CHARACTERS = 5_000_000;
const COUNTS = ["Records", "Same", "Differ", "Not modelled"];
/** The most traces in a table. */
const TRACES_SHOWN = 500;

/** Draw the overview. `choose` lists the entries with one value of a facet. */
function drawOverview(choose) {
  const overview = byId("overview");
  overview.append(totals(choose));
  const size = byId("contents").textContent.length;
  if (size > LARGE_CHARACTERS) overview.append(sizeNotice(size));
  const whole = DIFFERENCES.filter((difference) => difference.sides !== null).length;
  if (whole < DIFFERENCES.length) overview.append(leftOutNotice(whole));
  overview.append(findings(choose));
  if (CONTENTS.rules.some((rule) => rule.is_for_this)) overview.append(rules());
  overview.append(tracesTable(choose));
  if (CONTENTS.unused_goldens.length > 0) overview.append(unusedGoldens());
}

function sizeNotice(size) {
  const command = "necp-replay " + CONTENTS.command;
  return el("p", { class: "notice", role: "note" }, "This page is large (" + (size / 1e6).toFixed(1) +
    " MB). A smaller one opens faster: name fewer traces, or show fewer differences with ",
  code(command + " … --html-limit 1000"), ".");
}

function leftOutNotice(whole) {
  return el("p", { class: "quiet left-out", role: "note" }, "To keep this page small, " + number(whole) + " of its " +
    counted(DIFFERENCES.length, "difference") + (whole === 1 ? " has" : " have") +
    " both outcomes and bytes: those that the findings name, then as many as fit. The others have their" +
    " fields, and the command that writes a page with the rest.");
}

function totals(choose) {
  const traces = TRACES;
  const sum = (name) => traces.reduce((total, trace) => total + trace[name], 0);
  const counts = new Map();
  for (const trace of traces) {
    const verdict = verdictOf(trace);
    counts.set(verdict, (counts.get(verdict) || 0) + 1);
  }
  const tiles = el("ul", { class: "tiles" });
  for (const verdict of ["error", "different", "no golden", "not modelled", "identical"]) {
    const count = counts.get(verdict) || 0;
    if (count === 0 && verdict !== "identical" && verdict !== "different") continue;
    const body = [verdictSymbol(verdict), el("b", {}, number(count)),
      el("span", {}, (count === 1 ? "trace " : "traces ") + VERDICTS[verdict].label)];
    if (verdict === "identical" || count === 0) tiles.append(el("li", {}, el("div", {}, body)));
    else {
      const button = el("button", { type: "button" }, body);
      button.addEventListener("click", () => choose("verdict", [verdict]));
      tiles.append(el("li", {}, button));
    }
  }
  const begun = CONTENTS.findings.reduce((total, finding) => total + finding.begun, 0);
  const followed = CONTENTS.findings.reduce((total, finding) => total + finding.followed, 0);
  const facts = [
    counted(traces.length, "trace"),
    counted(sum("records"), "record"),
    number(sum("identical")) + " identical",
    number(sum("different")) + " different",
    number(sum("not_modelled")) + " not modelled",
  ];
  const states = sum("differing_states"), missing = sum("missing_records");
  if (states > 0) facts.push(counted(states, "final state") + (states === 1 ? " differs" : " differ"));
  const diverged = sum("diverged_states");
  if (diverged > 0) facts.push(counted(diverged, "state") + " with another hash than recorded");
  if (missing > 0) facts.push(counted(missing, "record") + " only in goldens");
  const known = { in_part: "compared in part", not_compared: "not compared", not_determined: "not determined" };
  for (const [name, words] of Object.entries(known)) {
    if (sum(name) > 0) facts.push(number(sum(name)) + " " + words);
  }
  if (sum("expected") > 0) facts.push(number(sum("expected")) + " expected by rules");
  return el("section", { class: "block" }, el("h1", {}, verdictSentence(counts, begun, followed)),
    el("p", { class: "quiet facts" }, facts.join(" · ")), tiles);
}

function verdictOf(trace) {
  return trace.verdict === "different" && trace.different + trace.differing_states + trace.missing_records + trace.diverged_states === 0 ? "no golden" : trace.verdict;
}

function verdictSentence(counts, begun, followed) {
  const groups = CONTENTS.findings.length;
  if (groups > 0) return counted(begun + followed, "difference") + ", " + counted(groups, "finding");
  const bad = ["error", "no golden", "not modelled"].find((verdict) => counts.has(verdict));
  return bad ? counted(counts.get(bad), "trace") + " " + VERDICTS[bad].label : "Nothing differs";
}

function findings(choose) {
  const block = el("section", { class: "block" }, el("h2", {}, "Findings"));
  if (CONTENTS.findings.length === 0) {
    block.append(el("p", { class: "quiet" }, "There are no differences."));
    return block;
  }
  const body = el("tbody");
  CONTENTS.findings.forEach((finding, index) => body.append(...findingRows(finding, index + 1, choose)));
  block.append(el("p", { class: "quiet" },
    "Differences that follow from an earlier one of the same client, flow, policy or agent are counted",
    " where their chain begins."),
  el("div", { class: "table-box" }, el("table", { class: "findings stacked" },
    el("thead", {}, el("tr", {}, ...["Finding", "Differs", "Chains", "Follow", "Traces"].map((name, index) =>
      el("th", { scope: "col", class: index > 1 ? "number" : "" }, name)))), body)));
  return block;
}

/** A row for a finding; one more for each of its kinds if it has several. */
function findingRows(finding, number, choose) {
  const groups = finding.groups.map((key) => GROUPS.get(text(key)));
  if (groups.length === 1) return [findingRow(finding, number, groups[0], choose)];
  const { title } = finding.fact;
  const kinds = counted(groups.length, "kind") + " of difference with one likely fact";
  const name = el("span", {}, el("span", { class: "row-kind" }, title), factText(finding.fact, kinds));
  return [countedRow(findingButton(finding.groups, numberBadge(number), name, choose), "", finding),
    ...groups.map((group) => kindRow(group, choose))];
}

function findingRow(finding, number, group, choose) {
  const { kind } = groupTitle(group);
  const { fact } = finding;
  const isExplained = fact !== null && fact.likely === null;
  const comparesReleases = CONTENTS.command === "diff" && !CONTENTS.files;
  const name = el("span", {},
    isExplained ? el("span", { class: "row-kind" }, fact.title) : code(kind, "row-kind"),
    isExplained ? null : el("small", {}, comparesReleases ? "no fact explains it · " : "fingerprint ",
      code(text(group.key))),
    fact === null ? null : factText(fact));
  return countedRow(findingButton(finding.groups, numberBadge(number), name, choose), groupChange(group),
    finding);
}

/** The row of one of several kinds of difference of a finding. */
function kindRow(group, choose) {
  const name = el("span", {}, code(groupTitle(group).kind, "row-kind"),
    el("small", {}, "fingerprint ", code(text(group.key))));
  const row = countedRow(findingButton([group.key], el("span", { class: "badge-space" }), name, choose),
    groupChange(group), group);
  row.classList.add("kind");
  return row;
}

function findingButton(keys, badge, name, choose) {
  const button = el("button", { type: "button", class: "finding-name" }, badge, name);
  button.addEventListener("click", () => choose("group", keys.map(text)));
  return button;
}

/** What a fact means on both sides. */
function factText(fact, heading = fact.title) {
  return el("span", { class: "fact-text" },
    fact.likely === null ? null : el("small", {}, el("b", {}, heading), ": " + fact.likely),
    fact.meanings.map(([label, meaning], index) => el("small", {},
      sideLabel(index === 0 ? "expected" : "actual", label), " ", untrusted(meaning))),
    el("small", {}, code(fact.name, "fact"), " ", code(fact.values), fact.function ? " · " : "",
      code(fact.function)));
}

function groupChange(group) {
  const { summary } = groupTitle(group);
  if (summary === null) return "";
  return [el("div", { class: "quiet" }, untrusted(summary.path)),
    el("div", {}, code(summary.expected, "expected"), el("span", { class: "arrow" }, " → "),
      code(summary.actual, "actual"))];
}

function countedRow(name, change, counts) {
  const numbers = { Chains: counts.begun, Follow: counts.followed, Traces: counts.traces };
  return el("tr", {}, el("th", { scope: "row" }, name), el("td", { class: "change" }, change),
    ...Object.entries(numbers).map(([label, value]) =>
      el("td", { class: "number" + (value === 0 ? " none-of-it" : ""), "data-label": label }, number(value))));
}

/** The rules for this kind of run, with their status. */
function rules() {
  const names = ["Rule", "Action", "Status", "Records", "Traces", "Reason"];
  const rows = CONTENTS.rules.filter((rule) => rule.is_for_this).map((rule) => el("tr", {},
    el("th", { scope: "row", class: "number", "data-label": "Rule" }, number(rule.number)),
    el("td", {}, rule.action),
    el("td", { class: rule.fails ? "fails" : "" }, rule.fails ? "✗ " : "✓ ", rule.status),
    el("td", { class: "number", "data-label": "Records" }, number(rule.records)),
    el("td", { class: "number", "data-label": "Traces" }, number(rule.traces)),
    el("td", {}, el("div", {}, untrusted(rule.reason)),
      rule.why ? el("div", { class: "quiet" }, untrusted(rule.why)) : null,
      rule.expires ? el("div", { class: "quiet" }, "expires " + rule.expires) : null)));
  return el("section", { class: "block" }, el("h2", {}, "Rules"), el("div", { class: "table-box" },
    el("table", { class: "traces rules stacked" }, el("thead", {}, el("tr", {}, names.map((name) =>
      el("th", { scope: "col", class: ["Rule", "Records", "Traces"].includes(name) ? "number" : "" }, name)))),
    el("tbody", {}, rows))));
}

function tracesTable(choose) {
  const block = el("section", { class: "block" }, el("h2", {}, "Traces"));
  const failing = TRACES.filter((trace) => trace.verdict !== "identical");
  const passing = TRACES.filter((trace) => trace.verdict === "identical");
  if (failing.length > 0) block.append(traceRows(failing, choose));
  if (passing.length > 0) {
    const box = el("details", {}, el("summary", {}, counted(passing.length, "identical trace")));
    box.addEventListener("toggle", () => {
      if (box.open && box.childElementCount === 1) box.append(traceRows(passing, choose));
    });
    block.append(box);
  }
  return block;
}

function traceRows(traces, choose) {
  const names = ["Trace", "Release", ...COUNTS, "Verdict"];
  const body = el("tbody", {}, traces.slice(0, TRACES_SHOWN).map((trace) => traceRow(trace, choose)));
  const hidden = traces.length - TRACES_SHOWN;
  return el("div", { class: "table-box" }, el("table", { class: "traces stacked" },
    el("thead", {}, el("tr", {}, names.map((name, index) =>
      el("th", { scope: "col", class: index > 1 && index < 6 ? "number" : "" }, name)))), body),
  hidden > 0 ? el("p", { class: "quiet" }, "and " + counted(hidden, "more trace")) : null);
}

function traceRow(trace, choose) {
  const verdict = verdictOf(trace);
  let name = code(trace.path);
  if (verdict !== "identical") {
    name = el("button", { type: "button", class: "link" }, name);
    name.addEventListener("click", () => choose("trace", [trace.path]));
  }
  const counts = [trace.records, trace.identical, trace.different, trace.not_modelled];
  return el("tr", {}, el("th", { scope: "row" }, name), el("td", { class: "release" }, code(trace.release)),
    counts.map((value, index) => el("td", { "data-label": COUNTS[index],
      class: "number" + (value === 0 ? " quiet none-of-it" : "") }, number(value))),
    el("td", { class: "verdict" }, verdictSymbol(verdict), " " + VERDICTS[verdict].label));
}

function unusedGoldens() {
  return el("section", { class: "block" },
    el("h2", {}, counted(CONTENTS.unused_goldens.length, "golden") + " without a trace"),
    el("ul", { class: "plain" }, CONTENTS.unused_goldens.map((path) => el("li", {}, code(path)))));
}
