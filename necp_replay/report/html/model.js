/* The contents of the report, and the list of entries made from them.
 *
 * An entry is one difference, or a trace that could not run, has no golden, or met what is not
 * modelled. Its key is the same in every report about the same trace, so that links stay valid.
 */

const CONTENTS = JSON.parse(byId("contents").textContent);
const STRINGS = CONTENTS.strings;
const [EXPECTED, ACTUAL] = CONTENTS.labels;

/** What members of a trace and of a difference are where they are left out. */
const TRACE_DEFAULTS = {
  records: 0, identical: 0, different: 0, not_modelled: 0, in_part: 0, not_compared: 0,
  not_determined: 0, differing_states: 0, missing_records: 0, diverged_states: 0, expected: 0,
  golden: null, missing_golden: false, error: null, hint: null, first_not_modelled: null,
};
const LOOK_DEFAULTS = {
  fact: null, rule: null, golden: null, more_fields: 0, headline: 0, is_explained: false,
};
const TRACES = CONTENTS.traces.map((trace) =>
  ({ ...TRACE_DEFAULTS, ...trace, timeline: CONTENTS.timelines[trace.timeline] ?? null }));
const LOOKS = CONTENTS.looks.map((look) => ({ ...LOOK_DEFAULTS, ...look }));
const DIFFERENCES = CONTENTS.differences.map(([trace, record, look, follows, followers, sides,
  context, place, followsPlace, explained]) => ({
  ...LOOKS[look],
  trace,
  record: record ?? null,
  follows: follows ?? null,
  followers: followers ?? 0,
  sides: CONTENTS.sides[sides] ?? null,
  context: context ?? [],
  place: place ?? null,
  follows_place: followsPlace ?? null,
  explained: CONTENTS.explained[explained] ?? null,
}));

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

/** All entries, ordered by trace, then by record. */
const ENTRIES = makeEntries();
/** From the key of an entry to its index. */
const PLACES = new Map(ENTRIES.map((entry, place) => [entry.key, place]));
/** From the key of a group to the number of its finding, in the order of the terminal's report. */
const GROUP_NUMBERS = new Map(CONTENTS.findings.flatMap((finding, index) =>
  finding.groups.map((key) => [text(key), index + 1])));
/** From the key of a group to the group. */
const GROUPS = new Map(CONTENTS.groups.map((group) => [text(group.key), group]));

function makeEntries() {
  const byTrace = TRACES.map(() => []);
  DIFFERENCES.forEach((difference) => byTrace[difference.trace].push(difference));
  const begun = beginnings(byTrace);
  const entries = [];
  const used = new Map();
  const add = (trace, verdict, where, difference) => {
    const { path, release } = TRACES[trace];
    // Without invisible characters, so that a link can contain it.
    const plain = shown(path + "@" + release + ":" + where);
    const times = (used.get(plain) || 0) + 1;
    used.set(plain, times);
    const key = times === 1 ? plain : plain + "~" + times;
    const finding = difference === null ? null : text((begun.get(difference) || difference).group);
    entries.push({ trace, verdict, difference, finding, key, words: null });
  };
  TRACES.forEach((trace, index) => {
    if (trace.error !== null) add(index, "error", "error", null);
    for (const difference of byTrace[index]) {
      const verdict = difference.rule === null ? "different" : "expected";
      add(index, verdict, whereOf(difference), difference);
    }
    if (trace.missing_golden) add(index, "no golden", "golden", null);
    if (trace.not_modelled) add(index, "not modelled", "not-modelled", null);
  });
  return entries;
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

/** The kind of record an entry is about. */
function kindOf(entry) {
  if (entry.difference === null) return VERDICTS[entry.verdict].label;
  return text(entry.difference.kind);
}

/** The layers of the fields of an entry. */
function layersOf(entry) {
  if (entry.difference === null) return [];
  return [...new Set(entry.difference.fields.map((field) => text(field[0])))];
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

/** All text of an entry that is searched, in lower case. It is made at the first search. */
function wordsOf(entry) {
  if (entry.words === null) {
    const trace = TRACES[entry.trace];
    const parts = [trace.path, trace.release, kindOf(entry), entry.verdict];
    const difference = entry.difference;
    if (difference === null) {
      parts.push(trace.error || "", trace.first_not_modelled || "");
    } else {
      parts.push(whereText(difference), text(difference.title), text(difference.fingerprint));
      parts.push(entry.finding);
      for (const field of difference.fields) {
        parts.push(text(field[0]), text(field[1]), text(field[2]) || "", text(field[3]) || "");
      }
    }
    entry.words = parts.join("\n").toLowerCase();
  }
  return entry.words;
}

/** The field of a difference that says most, or undefined. */
function headline(difference) {
  return difference.fields[difference.headline];
}

/** The finding that a group belongs to, or null. */
function findingOf(key) {
  return CONTENTS.findings[GROUP_NUMBERS.get(key) - 1] || null;
}

/** A short title for a group, from its first example. */
function groupTitle(group) {
  const example = group.examples.map((place) => DIFFERENCES[place])[0];
  if (!example) return { kind: text(group.key), summary: null };
  const field = headline(example);
  return { kind: text(example.kind), summary: field ? fieldSummary(field) : null };
}

/** The commands that say more about an entry, each with what it does. */
function commandsOf(entry) {
  const commands = [["See it", showCommand(entry)]];
  const word = pathWord(TRACES[entry.trace]);
  const difference = entry.difference;
  if (difference === null || !difference.is_explained) return commands;
  if (CONTENTS.files) return [...commands, ...explainFiles(difference)];
  const explain = "necp-replay explain " + word + " --record " + difference.record;
  const releases = CONTENTS.command === "diff" ? [EXPECTED, ACTUAL]
    : [TRACES[entry.trace].release];
  for (const release of releases) {
    const on = release ? " --release " + quoted(release) : "";
    commands.push([commands.length === 1 ? "Explain it" : "", explain + on]);
  }
  return commands;
}

/** The path of a trace as a word of a command. */
function pathWord(trace) {
  return trace.word || quoted(trace.path);
}

/** The commands that explain a record of each file that is a trace. */
function explainFiles(difference) {
  const place = text(difference.place) || "";
  return CONTENTS.files.flatMap((path, index) => {
    const record = place.match([/\bA (\d+)/, /\bB (\d+)/][index]);
    if (!record || !path.endsWith(".necptrace")) return [];
    const command = "necp-replay explain " + CONTENTS.file_words[index] + " --record " + record[1];
    return [["Explain " + "AB"[index], command]];
  });
}

/** The command that shows an entry again: the record in full, the comparison, or the replay. */
function showCommand(entry) {
  const { release } = TRACES[entry.trace];
  const word = pathWord(TRACES[entry.trace]);
  const difference = entry.difference;
  if (CONTENTS.files) return "necp-replay diff " + CONTENTS.file_words.join(" ");
  if (difference !== null && difference.record !== null) {
    return "necp-replay show " + word + " --select " + difference.record + " --hex";
  }
  if (entry.verdict === "no golden") return "necp-replay accept " + word;
  const chosen = release ? " --release " + quoted(release) : "";
  return "necp-replay replay " + word + chosen;
}

/** The command for a page that has what is left out of this one for a difference. */
function wholePageCommand(entry) {
  const paths = CONTENTS.file_words || [pathWord(TRACES[entry.trace])];
  const { release } = TRACES[entry.trace];
  const onRelease = CONTENTS.command === "replay" && release ? ["--release", release] : [];
  const most = Math.max(100, DIFFERENCES.filter((each) => each.trace === entry.trace).length);
  const words = [...onRelease, ...CONTENTS.words];
  return ["necp-replay", CONTENTS.command, ...paths, ...words.map(quoted),
    "--html whole.html --html-limit " + most].join(" ");
}

/** The name of the file of a trace without its suffix. */
function traceName(path) {
  return path.split("/").pop().replace(/\.necptrace$/, "");
}
