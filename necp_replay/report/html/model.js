/* What the report holds: contents read from the page, and one list of findings.
 *
 * A finding is a difference, or a trace that could not run, has no golden, or met what is not
 * modelled. Each has a key that is the same in every report about the same trace, for links.
 */

const CONTENTS = JSON.parse(byId("contents").textContent);
const STRINGS = CONTENTS.strings;
const [EXPECTED, ACTUAL] = CONTENTS.labels;

/** How each verdict is told, by symbol as well as by colour. */
const VERDICTS = {
  error: { symbol: "!", label: "could not run" },
  different: { symbol: "≠", label: "different" },
  "no golden": { symbol: "∅", label: "without a golden" },
  "not modelled": { symbol: "?", label: "not modelled" },
  expected: { symbol: "≈", label: "expected by a rule" },
  identical: { symbol: "=", label: "identical" },
};

/** The text with this number. */
function text(index) {
  return index === null || index === undefined ? null : STRINGS[index];
}

/** The lines that these parts are made of. */
function linesOf(parts) {
  return parts.flatMap((part) => CONTENTS.parts[part].flatMap((index) => STRINGS[index].split("\n")));
}

/** All findings, in the order of traces, then of records. */
const FINDINGS = makeFindings();
/** From a key to the place of its finding. */
const PLACES = new Map(FINDINGS.map((finding, place) => [finding.key, place]));
/** From a group's key to its number, as it is shown: 1 for the most frequent. */
const GROUP_NUMBERS = new Map(CONTENTS.groups.map((group, index) => [text(group.key), index + 1]));

function makeFindings() {
  const byTrace = CONTENTS.traces.map(() => []);
  CONTENTS.differences.forEach((difference) => byTrace[difference.trace].push(difference));
  const begun = beginnings(byTrace);
  const findings = [];
  const used = new Map();
  const add = (trace, verdict, where, difference) => {
    const { path, release } = CONTENTS.traces[trace];
    // With everything visible: a link can hold it, whatever a path is made of.
    const plain = shown(path + "@" + release + ":" + where);
    const times = (used.get(plain) || 0) + 1;
    used.set(plain, times);
    const key = times === 1 ? plain : plain + "~" + times;
    const cause = difference === null ? null : text((begun.get(difference) || difference).group);
    findings.push({ trace, verdict, difference, cause, key, words: null });
  };
  CONTENTS.traces.forEach((trace, index) => {
    if (trace.error !== null) add(index, "error", "error", null);
    for (const difference of byTrace[index]) {
      const verdict = difference.rule === null ? "different" : "expected";
      add(index, verdict, whereOf(difference), difference);
    }
    if (trace.missing_golden) add(index, "no golden", "golden", null);
    if (trace.not_modelled) add(index, "not modelled", "not-modelled", null);
  });
  return findings;
}

/** From each difference that follows from another to the one that begins its chain. */
function beginnings(byTrace) {
  const begun = new Map();
  for (const differences of byTrace) {
    const first = new Map();
    for (const difference of differences) {
      if (difference.follows === null) first.set(placeOf(difference), difference);
    }
    for (const difference of differences) {
      if (difference.follows === null) continue;
      const cause = first.get(followedPlace(difference));
      if (cause) begun.set(difference, cause);
    }
  }
  return begun;
}

/** What tells the places of a trace's differences apart: of two files their numbers in both. */
function placeOf(difference) {
  return difference.place === null ? difference.record : text(difference.place);
}

/** The place of the one that a difference follows from. */
function followedPlace(difference) {
  return difference.follows_place === null ? difference.follows : text(difference.follows_place);
}

/** The same for people: "record 5", "A 5, B 6". */
function followedText(difference) {
  return difference.follows_place === null ? "record " + number(difference.follows)
    : text(difference.follows_place);
}

/** The record's number, or what stands for it. */
function whereOf(difference) {
  if (placeOf(difference) !== null) return String(placeOf(difference));
  return text(difference.kind) === "final state" ? "final" : "gone";
}

/** "record 5", "final state". */
function whereText(difference) {
  if (difference.place !== null) return text(difference.place);
  if (difference.record !== null) return "record " + number(difference.record);
  return text(difference.kind) === "final state" ? "at the end" : "only in " + EXPECTED;
}

/** What the expected side of a difference is called: a replay has two truths. */
function expectedLabel(difference) {
  return CONTENTS.command === "replay" ? text(difference.truth) : EXPECTED;
}

/** The kind of record a finding is about. */
function kindOf(finding) {
  if (finding.difference === null) return VERDICTS[finding.verdict].label;
  return text(finding.difference.kind);
}

/** The layers in which a finding has fields. */
function layersOf(finding) {
  if (finding.difference === null) return [];
  return [...new Set(finding.difference.fields.map((field) => text(field[0])))];
}

const SUMMARY_CHARACTERS = 48;

/** A field that differs, in one line; of long values the part in which they differ. */
function fieldSummary(field) {
  const [expected, actual] = [text(field[2]), text(field[3])];
  const path = text(field[1]).split(" > ").pop();
  let start = 0;
  if (expected !== null && actual !== null) {
    while (start < expected.length && expected[start] === actual[start]) start += 1;
  }
  const clip = (side) => {
    if (side === null) return "–";
    if (side.length <= SUMMARY_CHARACTERS) return side;
    const from = start > SUMMARY_CHARACTERS / 2 ? start - 8 : 0;
    const part = side.slice(from, from + SUMMARY_CHARACTERS);
    return (from > 0 ? "…" : "") + part + (from + SUMMARY_CHARACTERS < side.length ? "…" : "");
  };
  return { path, expected: clip(expected), actual: clip(actual) };
}

/** Everything of a finding that search looks at, in small letters; made when first asked for. */
function wordsOf(finding) {
  if (finding.words === null) {
    const trace = CONTENTS.traces[finding.trace];
    const parts = [trace.path, trace.release, kindOf(finding), finding.verdict];
    const difference = finding.difference;
    if (difference === null) {
      parts.push(trace.error || "", trace.first_not_modelled || "");
    } else {
      parts.push(whereText(difference), text(difference.title), text(difference.fingerprint));
      parts.push(finding.cause);
      for (const field of difference.fields) {
        parts.push(text(field[0]), text(field[1]), text(field[2]) || "", text(field[3]) || "");
      }
    }
    finding.words = parts.join("\n").toLowerCase();
  }
  return finding.words;
}

/** What a group is about, in a few words, told by its first example. */
function groupTitle(group) {
  const example = group.examples.map((place) => CONTENTS.differences[place])[0];
  if (!example) return { kind: text(group.key), summary: null };
  const field = example.fields[0];
  return { kind: text(example.kind), summary: field ? fieldSummary(field) : null };
}

/** The command that shows a record in full; of two files the one that compares them. */
function showCommand(finding) {
  const { path, release } = CONTENTS.traces[finding.trace];
  const difference = finding.difference;
  if (CONTENTS.files) return "necp-replay diff " + CONTENTS.files.map(quoted).join(" ");
  if (difference !== null && difference.record !== null) {
    return "necp-replay show " + quoted(path) + " --select " + difference.record + " --hex";
  }
  if (finding.verdict === "no golden") return "necp-replay accept " + quoted(path);
  const chosen = release ? " --release " + quoted(release) : "";
  return "necp-replay replay " + quoted(path) + chosen;
}

/** The name of a trace's file, without what all of them end with. */
function traceName(path) {
  return path.split("/").pop().replace(/\.necptrace$/, "");
}
