/* The overview: totals, findings, rules, and traces. */

/** The most traces in a table. */
const TRACES_SHOWN = 500;

/** Draw the overview. `choose` lists the entries with one value of a facet. */
function drawOverview(choose) {
  const overview = byId("overview");
  overview.append(totals(choose), findings(choose));
  if (CONTENTS.rules.some((rule) => rule.is_for_this)) overview.append(rules());
  overview.append(tracesTable(choose));
  if (CONTENTS.unused_goldens.length > 0) overview.append(unusedGoldens());
}

function totals(choose) {
  const { traces } = CONTENTS;
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
      button.addEventListener("click", () => choose("verdict", verdict));
      tiles.append(el("li", {}, button));
    }
  }
  const begun = CONTENTS.groups.reduce((total, group) => total + group.begun, 0);
  const followed = CONTENTS.groups.reduce((total, group) => total + group.followed, 0);
  const facts = [
    counted(traces.length, "trace"),
    counted(sum("records"), "record"),
    number(sum("identical")) + " identical",
    number(sum("different")) + " different",
    number(sum("not_modelled")) + " not modelled",
  ];
  const states = sum("differing_states"), missing = sum("missing_records");
  if (states > 0) facts.push(counted(states, "final state") + (states === 1 ? " differs" : " differ"));
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
  return trace.verdict === "different" && trace.different + trace.differing_states + trace.missing_records === 0 ? "no golden" : trace.verdict;
}

function verdictSentence(counts, begun, followed) {
  const groups = CONTENTS.groups.length;
  if (groups > 0) return counted(begun + followed, "difference") + ", " + counted(groups, "finding");
  const bad = ["error", "no golden", "not modelled"].find((verdict) => counts.has(verdict));
  return bad ? counted(counts.get(bad), "trace") + " " + VERDICTS[bad].label : "Nothing differs";
}

function findings(choose) {
  const block = el("section", { class: "block" }, el("h2", {}, "Findings"));
  if (CONTENTS.groups.length === 0) {
    block.append(el("p", { class: "quiet" }, "There are no differences."));
    return block;
  }
  const body = el("tbody");
  for (const group of CONTENTS.groups) body.append(findingRow(group, choose));
  block.append(el("p", { class: "quiet" },
    "Differences that follow from an earlier one of the same client, flow, policy or agent are counted",
    " where their chain begins."),
  el("div", { class: "table-box" }, el("table", { class: "findings" },
    el("thead", {}, el("tr", {}, ...["Finding", "Differs", "Chains", "Follow", "Traces"].map((name, index) =>
      el("th", { scope: "col", class: index > 1 ? "number" : "" }, name)))), body)));
  return block;
}

function findingRow(group, choose) {
  const key = text(group.key);
  const { kind, summary } = groupTitle(group);
  const comparesReleases = CONTENTS.command === "diff" && !CONTENTS.files;
  const open = () => choose("group", key);
  const button = el("button", { type: "button", class: "finding-name", "data-group": key },
    groupBadge(key), el("span", {}, code(kind, "row-kind"), group.fact === null
      ? [el("small", {}, comparesReleases ? "no fact explains it · " : "fingerprint ", code(key)),
        group.likely === null ? null
          : el("small", { class: "documentation" }, untrusted(sentence(text(group.likely))))]
      : [el("small", {}, "explained by ", code(text(group.fact), "fact")),
        group.documentation ? el("small", { class: "documentation" }, group.documentation) : null]));
  button.addEventListener("click", open);
  const change = summary === null ? "" : [el("div", { class: "quiet" }, untrusted(summary.path)),
    el("div", {}, code(summary.expected, "expected"), el("span", { class: "arrow" }, " → "),
      code(summary.actual, "actual"))];
  return el("tr", {}, el("th", { scope: "row" }, button), el("td", { class: "change" }, change),
    ...[group.begun, group.followed, group.traces].map((value) =>
      el("td", { class: "number" }, number(value))));
}

/** The rules for this kind of run, with their status. */
function rules() {
  const names = ["Rule", "Action", "Status", "Records", "Traces", "Reason"];
  const rows = CONTENTS.rules.filter((rule) => rule.is_for_this).map((rule) => el("tr", {},
    el("th", { scope: "row", class: "number" }, number(rule.number)),
    el("td", {}, rule.action),
    el("td", { class: rule.fails ? "fails" : "" }, rule.fails ? "✗ " : "✓ ", rule.status),
    el("td", { class: "number" }, number(rule.records)),
    el("td", { class: "number" }, number(rule.traces)),
    el("td", {}, el("div", {}, untrusted(rule.reason)),
      rule.why ? el("div", { class: "quiet" }, untrusted(rule.why)) : null,
      rule.expires ? el("div", { class: "quiet" }, "expires " + rule.expires) : null)));
  return el("section", { class: "block" }, el("h2", {}, "Rules"), el("div", { class: "table-box" },
    el("table", { class: "traces rules" }, el("thead", {}, el("tr", {}, names.map((name) =>
      el("th", { scope: "col", class: ["Rule", "Records", "Traces"].includes(name) ? "number" : "" }, name)))),
    el("tbody", {}, rows))));
}

function tracesTable(choose) {
  const block = el("section", { class: "block" }, el("h2", {}, "Traces"));
  const failing = CONTENTS.traces.filter((trace) => trace.verdict !== "identical");
  const passing = CONTENTS.traces.filter((trace) => trace.verdict === "identical");
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
  const names = ["Trace", "Release", "Records", "Same", "Differ", "Not modelled", "Verdict"];
  const body = el("tbody", {}, traces.slice(0, TRACES_SHOWN).map((trace) => traceRow(trace, choose)));
  const hidden = traces.length - TRACES_SHOWN;
  return el("div", { class: "table-box" }, el("table", { class: "traces" },
    el("thead", {}, el("tr", {}, names.map((name, index) =>
      el("th", { scope: "col", class: index > 1 && index < 6 ? "number" : "" }, name)))), body),
  hidden > 0 ? el("p", { class: "quiet" }, "and " + counted(hidden, "more trace")) : null);
}

function traceRow(trace, choose) {
  const verdict = verdictOf(trace);
  let name = code(trace.path);
  if (verdict !== "identical") {
    name = el("button", { type: "button", class: "link" }, name);
    name.addEventListener("click", () => choose("trace", trace.path));
  }
  const counts = [trace.records, trace.identical, trace.different, trace.not_modelled];
  return el("tr", {}, el("th", { scope: "row" }, name), el("td", {}, code(trace.release)),
    counts.map((value) => el("td", { class: "number" + (value === 0 ? " quiet" : "") }, number(value))),
    el("td", { class: "verdict" }, verdictSymbol(verdict), " " + VERDICTS[verdict].label));
}

function unusedGoldens() {
  return el("section", { class: "block" },
    el("h2", {}, counted(CONTENTS.unused_goldens.length, "golden") + " without a trace"),
    el("ul", { class: "plain" }, CONTENTS.unused_goldens.map((path) => el("li", {}, code(path)))));
}
