/* One entry in full: its fields, the timeline, both outcomes side by side, and bytes. */

/** Equal lines that are shown before and after a change. The others are folded. */
const FOLDED_LINES = 3;
/** Lines of trees that are deeper are indented as this depth is where they wrap. */
const MOST_DEPTH = 6;

/** Which sections are open. That stays the same for the next entry. */
const opened = { explained: true, timeline: true, sides: true, bytes: false, raw: false };

/** Draw an entry. `open` shows another one. */
function drawDetail(entry, open) {
  const detail = byId("detail");
  if (entry === null) {
    detail.replaceChildren(el("p", { class: "empty" }, "Nothing matches. Esc clears the search."));
    return;
  }
  const difference = entry.difference;
  const parts = [headOf(entry, open)];
  if (difference === null) parts.push(traceTrouble(entry));
  else {
    parts.push(fieldsTable(difference));
    if (difference.explained) {
      parts.push(section("explained", "Explanation", () => explainedView(difference.explained)));
    }
    const timeline = timelineOf(entry, open);
    if (timeline !== null) parts.push(section("timeline", "Timeline", () => timeline));
    if (difference.context.length > 0) parts.push(contextOf(difference));
    if (difference.sides !== null) {
      const { sides } = difference;
      const label = expectedLabel(difference);
      parts.push(section("sides", "Side by side", () => sidesView(sides, label)));
      parts.push(section("bytes", "Bytes", () => buffersView(sides, label)));
      parts.push(section("raw", "JSON lines", () => rawView(sides, label)));
    } else parts.push(withoutSides(entry));
  }
  detail.replaceChildren(...parts);
  detail.scrollTop = 0;
}

/** What to run to see both outcomes of a difference that is without them here. */
function withoutSides(entry) {
  const command = wholePageCommand(entry);
  return el("div", { class: "left-out", role: "note" },
    el("p", { class: "quiet" }, "To keep this page small, both outcomes and bytes of this difference are",
      " left out, and so can be the timeline. This command writes a page that has them:"),
    el("p", { class: "command" }, commandCode(command), copyButton(command, "Copy")));
}

/** A section that can be folded. Its content is made when it is opened for the first time. */
function section(id, title, make) {
  const box = el("details", { class: "section", id: "section-" + id },
    el("summary", {}, el("h3", {}, title)));
  let isMade = false;
  const fillIn = () => {
    if (isMade || !box.open) return;
    isMade = true;
    box.append(make());
  };
  box.open = opened[id];
  fillIn();
  box.addEventListener("toggle", () => {
    opened[id] = box.open;
    fillIn();
  });
  return box;
}

function headOf(entry, open) {
  const trace = TRACES[entry.trace];
  const difference = entry.difference;
  const back = el("button", { type: "button", class: "back" }, "‹ Differences");
  back.addEventListener("click", showList);
  const title = difference === null ? VERDICTS[entry.verdict].label : text(difference.title);
  const path = el("p", { class: "path" }, code(trace.path));
  if (trace.release) path.append(el("span", { class: "quiet" }, " on "), code(trace.release));
  return el(
    "header",
    { class: "detail-head" },
    back,
    el("div", { class: "head-line" }, verdictSymbol(entry.verdict),
      el("span", { class: "where" }, difference === null ? "" : whereText(difference)),
      difference === null ? null : groupBadge(entry.finding),
      el("span", { class: "spacer" }),
      copyButton(location.href.split("#")[0] + linkTo(entry), "Copy link")),
    el("h2", { id: "detail-title" }, code(title)),
    path,
    difference === null ? null : chainText(entry, open),
    el("dl", { class: "commands" }, commandsOf(entry).flatMap(([label, command]) => [
      el("dt", {}, label),
      el("dd", { class: "command" }, commandCode(command), copyButton(command, "Copy"))])),
  );
}

/** The cause of an entry, its chain, and the rule that expects it. */
function chainText(entry, open) {
  const difference = entry.difference;
  const line = el("p", { class: "chain-line" });
  const finding = findingOf(entry.finding);
  const fact = finding === null ? null : finding.fact;
  if (fact !== null && fact.likely === null) {
    line.append("Explained by ", code(fact.name, "fact"), ": " + fact.title + ". ");
    for (const [label, meaning] of fact.meanings) {
      line.append(code(label), ": ", ...untrusted(meaning), ". ");
    }
  } else if (fact !== null) line.append(sentence(fact.likely) + ". ");
  if (difference.golden !== null) line.append(...untrusted(sentence(text(difference.golden))), ". ");
  line.append("Fingerprint ", code(text(difference.fingerprint)), ". ");
  if (difference.follows !== null) {
    const begun = ENTRIES.find((each) => each.trace === entry.trace && each.difference &&
      placeOf(each.difference) === followedPlace(difference) && each.difference.follows === null);
    line.append("Follows from ");
    if (!begun) line.append(followedText(difference) + ". ");
    else {
      const link = el("a", { href: linkTo(begun) }, followedText(difference));
      link.addEventListener("click", (event) => {
        event.preventDefault();
        open(begun);
      });
      line.append(link, ". ");
    }
  } else if (difference.followers > 0) {
    line.append("Begins a chain: " + counted(difference.followers, "difference") +
      (difference.followers === 1 ? " follows. " : " follow. "));
  }
  if (difference.rule !== null) line.append("Expected by rule " + number(difference.rule) + ".");
  return line;
}

/** A problem of a whole trace: an error, no golden, or something that is not modelled. */
function traceTrouble(entry) {
  const trace = TRACES[entry.trace];
  const box = el("div", { class: "trouble" });
  if (entry.verdict === "error") {
    box.append(el("p", {}, code(trace.error)));
    for (const line of (trace.hint || "").split("\n")) {
      if (line) box.append(el("p", { class: "quiet" }, code(line)));
    }
  } else if (entry.verdict === "no golden") {
    box.append(el("p", {}, "This scenario's trace has no golden, so nothing says what it should do."));
    box.append(el("p", {}, "Accept what the engine does now: ", code(showCommand(entry))));
  } else {
    box.append(el("p", {}, counted(trace.not_modelled, "record") + " met what is not modelled; the first:"));
    box.append(el("p", {}, code(trace.first_not_modelled || "")));
  }
  return box;
}

function fieldsTable(difference) {
  const body = el("tbody");
  let layer = null;
  for (const field of difference.fields) {
    const name = text(field[0]);
    if (name !== layer) {
      layer = name;
      const heading = el("th", { colspan: 3, scope: "rowgroup", class: "layer" }, code(name));
      body.append(el("tr", {}, heading));
    }
    body.append(fieldRow(field));
  }
  const table = el(
    "table",
    { class: "fields" },
    el("caption", { class: "said" }, "Fields that differ"),
    el("thead", {}, el("tr", {}, el("th", { scope: "col" }, "Field"),
      el("th", { scope: "col" }, sideLabel("expected", expectedLabel(difference))),
      el("th", { scope: "col" }, sideLabel("actual", ACTUAL)))),
    body,
  );
  const more = difference.more_fields;
  if (more === 0) return table;
  return el("div", {}, table, el("p", { class: "quiet" }, "and " + counted(more, "more field")));
}

/** The name of a side, with its sign and colour. */
function sideLabel(side, label) {
  const truth = side === "expected" ? "−" : "+";
  return el("span", { class: "side " + side }, el("span", { "aria-hidden": "true" }, truth + " "),
    code(label));
}

function fieldRow(field) {
  const [path, expected, actual] = [1, 2, 3].map((index) => text(field[index]));
  const steps = path.split(" > ");
  const name = el("th", { scope: "row" });
  steps.forEach((step, index) => {
    const isLast = index === steps.length - 1;
    name.append(code(step, isLast ? "" : "quiet"));
    if (!isLast) name.append(el("span", { class: "quiet" }, " › "));
  });
  const changes = expected === null || actual === null ? null : wordChanges(expected, actual);
  const cell = (side, value, parts) =>
    el("td", { class: side }, value === null ? el("span", { class: "quiet" }, "nothing")
      : el("bdi", { class: "code", dir: "ltr" },
        parts ? marked(parts) : el("span", { class: side }, untrusted(inLines(value)))));
  return el("tr", {}, name, cell("expected", expected, changes && changes[0]),
    cell("actual", actual, changes && changes[1]));
}

/** Break the value `{a: 1; b: 2}` of a field that only one side has into lines if it is long. */
function inLines(value) {
  return value.length > 48 && value.endsWith("}") ? value.replaceAll("; ", ";\n") : value;
}

function contextOf(difference) {
  const lines = difference.context.map((line) => el("li", {}, code(text(line))));
  const last = el("li", { class: "here" }, code((placeOf(difference) ?? "") + " " + text(difference.title)));
  return el("div", { class: "context" }, el("h3", {}, "Records before"), el("ol", {}, ...lines, last));
}

/** Both outcomes as two columns of lines. Long runs of equal lines are folded. */
function sidesView(sides, label) {
  const view = el("div", { class: "sides" });
  if (sides.passed.length > 0) {
    const lines = linesOf(sides.passed).map((line) => el("div", { class: "line" }, code(line)));
    view.append(el("details", { class: "passed" },
      el("summary", {}, "What the process passed, " + counted(lines.length, "line")), ...lines));
  }
  const rows = sideBySide(linesOf(sides.expected), linesOf(sides.actual));
  if (rows.length === 0) view.append(el("p", { class: "quiet" }, "Neither side has an outcome."));
  else {
    view.append(sidesTable("Both outcomes whole", rows, sideLabel("expected", label),
      sideLabel("actual", ACTUAL)));
  }
  return view;
}

function sidesTable(caption, rows, expected, actual) {
  const table = el("table", { class: "sides-table" },
    el("caption", { class: "said" }, caption),
    el("thead", {}, el("tr", {}, el("th", { scope: "col" }, expected), el("th", { scope: "col" }, actual))));
  const body = el("tbody");
  for (const run of runsOf(rows)) body.append(...rowsOfRun(run));
  table.append(body);
  return table;
}

/** Divide rows into runs of equal ones and runs of changed ones. */
function runsOf(rows) {
  const runs = [];
  for (const row of rows) {
    const last = runs[runs.length - 1];
    const isSame = row[0] === "same";
    if (last && last.isSame === isSame) last.rows.push(row);
    else runs.push({ isSame, rows: [row] });
  }
  return runs;
}

function rowsOfRun({ isSame, rows }) {
  if (!isSame || rows.length <= 2 * FOLDED_LINES + 2) return rows.map(sideRow);
  const hidden = rows.slice(FOLDED_LINES, -FOLDED_LINES);
  const button = el("button", { type: "button", class: "unfold" }, "⋯ " + counted(hidden.length, "equal line"));
  const fold = el("tr", { class: "fold" }, el("td", { colspan: 2 }, button));
  button.addEventListener("click", () => fold.replaceWith(...hidden.map(sideRow)));
  return [...rows.slice(0, FOLDED_LINES).map(sideRow), fold, ...rows.slice(-FOLDED_LINES).map(sideRow)];
}

function sideRow([kind, left, right]) {
  const changes = kind === "changed" ? wordChanges(left, right) : null;
  return el("tr", { class: kind }, sideCell("expected", left, changes && changes[0], kind === "gone"),
    sideCell("actual", right, changes && changes[1], kind === "new"));
}

function sideCell(side, line, parts, isOnly) {
  if (line === null) return el("td", { class: side + " none" });
  const sign = parts || isOnly ? (side === "expected" ? "−" : "+") : " ";
  return el("td", { class: side }, el("span", { class: "line-sign", "aria-hidden": "true" }, sign),
    el("bdi", { class: "code", dir: "ltr" }, parts ? marked(parts) : untrusted(line)));
}

/** Why the record came out as it did: one explanation, or both sides beside each other. */
function explainedView({ labels, expected, actual }) {
  const [left, right] = labels.map(text);
  const view = el("div", { class: "sides explained" });
  if (expected === null || actual === null) {
    view.append(el("p", { class: "quiet" }, code(expected === null ? right : left), ":"),
      tree(linesOf(expected ?? actual)));
    return view;
  }
  const rows = sideBySide(linesOf(expected), linesOf(actual));
  if (rows.every(([kind]) => kind === "same")) {
    view.append(el("p", { class: "quiet" }, "Both sides have the same explanation."),
      tree(linesOf(actual)));
    return view;
  }
  view.append(sidesTable("Both explanations", rows, sideLabel("expected", left), sideLabel("actual", right)));
  return view;
}

/** The lines of a tree. What does not fit into a line goes on below the text, not below its stem. */
function tree(lines) {
  return el("div", { class: "tree" }, lines.map((line) => {
    const [stem] = line.match(/^[│├└─ ]*/u);
    const depth = Math.min(MOST_DEPTH, Math.round(stem.length / 3));
    return el("div", { class: "tree-line depth-" + depth }, code(line || " "));
  }));
}

/** The record in the form of `necp-replay convert`: the input and both outcomes. */
function rawView(sides, label) {
  const [input, expected, actual] = sides.raw.map(text);
  const box = el("div", { class: "raw" });
  const add = (heading, content) => {
    if (content === null) return;
    box.append(el("h4", {}, heading, " ", copyButton(content, "Copy")),
      el("pre", { class: "json", tabindex: "0" }, code(content)));
  };
  add("input", input);
  add(sideLabel("expected", label), expected);
  add(sideLabel("actual", ACTUAL), actual);
  if (box.childElementCount === 0) box.append(el("p", { class: "quiet" }, "No record was kept."));
  return box;
}
