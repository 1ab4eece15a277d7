/* The contents of the report, and the list of findings made from them.
 *
 * A finding is one difference, or a trace that could not run, has no golden, or met what is not
 * modelled. Its key is the same in every report about the same trace, so that links stay valid.
 */

const CONTENTS = JSON.parse(byId("contents").textContent);
const STRINGS = CONTENTS.strings;
const [EXPECTED, ACTUAL] = CONTENTS.labels;

/** The symbol and the label of each verdict. Colour alone never carries the meaning. */
const VERDICTS = {
  error: { symbol: "!", label: "could not run" },
  different: { symbol: "≠", label: "different" },
  "no golden": { symbol: "∅", label: "without a golden" },
  "not modelled": { symbol: "?", label: "not modelled" },
  expected: { symbol: "≈", label: "expected by a rule" },
  identical: { symbol: "=", label: "identical" },
};

/** The text with a number. */
function text(index) {
  return index === null || index === undefined ? null : STRINGS[index];
}

/** The lines that some parts consist of. */
function linesOf(parts) {
  return parts.flatMap((part) => CONTENTS.parts[part].flatMap((index) => STRINGS[index].split("\n")));
}

/** All findings, ordered by trace, then by record. */
const FINDINGS = makeFindings();
/** From the key of a finding to its index. */
const PLACES = new Map(FINDINGS.map((finding, place) => [finding.key, place]));
/** From the key of a group to the number that is shown: 1 for the most frequent group. */
const GROUP_NUMBERS = new Map(CONTENTS.groups.map((group, index) => [text(group.key), index + 1]));

function makeFindings() {
  const byTrace = CONTENTS.traces.map(() => []);
  CONTENTS.differences.forEach((difference) => byTrace[difference.trace].push(difference));
  const begun = beginnings(byTrace);
  const findings = [];
  const used = new Map();
  const add = (trace, verdict, where, difference) => {
    const { path, release } = CONTENTS.traces[trace];
    // Without invisible characters, so that a link can contain it.
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

/** From each follower to the cause of its chain. */
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

/** The place of a difference in its trace: its record, or its numbers in two files. */
function placeOf(difference) {
  return difference.place === null ? difference.record : text(difference.place);
}

/** The place of the cause of a follower. */
function followedPlace(difference) {
  return difference.follows_place === null ? difference.follows : text(difference.follows_place);
}

/** The place of the cause as text: "record 5", "A 5, B 6". */
function followedText(difference) {
  return difference.follows_place === null ? "record " + number(difference.follows)
    : text(difference.follows_place);
}

/** The number of the record for the key, or a word instead. */
function whereOf(difference) {
  if (placeOf(difference) !== null) return String(placeOf(difference));
  return text(difference.kind) === "final state" ? "final" : "gone";
}

/** The place of a difference as text: "record 5", "A 5, B 6", "at the end". */
function whereText(difference) {
  if (difference.place !== null) return text(difference.place);
  if (difference.record !== null) return "record " + number(difference.record);
  return text(difference.kind) === "final state" ? "at the end" : "only in " + EXPECTED;
}

/** The name of the expected side. In a replay that is "recorded" or "golden". */
function expectedLabel(difference) {
  return CONTENTS.command === "replay" ? text(difference.truth) : EXPECTED;
}

/** The kind of record a finding is about. */
function kindOf(finding) {
  if (finding.difference === null) return VERDICTS[finding.verdict].label;
  return text(finding.difference.kind);
}

/** The layers of the fields of a finding. */
function layersOf(finding) {
  if (finding.difference === null) return [];
  return [...new Set(finding.difference.fields.map((field) => text(field[0])))];
}

const SUMMARY_CHARACTERS = 48;

/** A field in one line. Long values are cut to the part in which they differ. */
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

/** All text of a finding that is searched, in lower case. It is made at the first search. */
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

/** A short title for a group, from its first example. */
function groupTitle(group) {
  const example = group.examples.map((place) => CONTENTS.differences[place])[0];
  if (!example) return { kind: text(group.key), summary: null };
  const field = example.fields[0];
  return { kind: text(example.kind), summary: field ? fieldSummary(field) : null };
}

/** The command that shows a finding again: the record in full, the comparison, or the replay. */
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

/** The name of the file of a trace without its suffix. */
function traceName(path) {
  return path.split("/").pop().replace(/\.necptrace$/, "");
}
