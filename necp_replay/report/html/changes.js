/* Compares two texts line by line, and changed lines word by word.
 *
 * The method is the longest common subsequence, after equal beginnings and ends are removed.
 */

/** The most cells of the table of lengths. A larger middle is shown as changed as a whole. */
const MOST_CELLS = 4_000_000;
/** Lines with more words are shown as changed as a whole. */
const MOST_WORDS = 400;

/** Align two arrays. Gives a list of [kind, left, right] with kind "same", "gone" or "new". */
function align(left, right) {
  let start = 0;
  let ends = 0;
  const shorter = Math.min(left.length, right.length);
  while (start < shorter && left[start] === right[start]) start += 1;
  while (
    ends < shorter - start &&
    left[left.length - 1 - ends] === right[right.length - 1 - ends]
  ) {
    ends += 1;
  }
  const steps = [];
  for (let i = 0; i < start; i += 1) steps.push(["same", i, i]);
  steps.push(...alignMiddle(left, right, start, left.length - ends, right.length - ends));
  for (let i = ends; i > 0; i -= 1) steps.push(["same", left.length - i, right.length - i]);
  return steps;
}

/** Align the parts between equal beginnings and ends by their longest common subsequence. */
function alignMiddle(left, right, start, leftEnd, rightEnd) {
  const rows = leftEnd - start;
  const columns = rightEnd - start;
  const steps = [];
  let i = 0;
  let j = 0;
  if (rows * columns > 0 && rows * columns <= MOST_CELLS) {
    const width = columns + 1;
    const lengths = new Uint16Array((rows + 1) * width);
    for (let a = rows - 1; a >= 0; a -= 1) {
      for (let b = columns - 1; b >= 0; b -= 1) {
        lengths[a * width + b] =
          left[start + a] === right[start + b]
            ? lengths[(a + 1) * width + b + 1] + 1
            : Math.max(lengths[(a + 1) * width + b], lengths[a * width + b + 1]);
      }
    }
    while (i < rows && j < columns) {
      if (left[start + i] === right[start + j]) {
        steps.push(["same", start + i, start + j]);
        i += 1;
        j += 1;
      } else if (lengths[(i + 1) * width + j] >= lengths[i * width + j + 1]) {
        steps.push(["gone", start + i, null]);
        i += 1;
      } else {
        steps.push(["new", null, start + j]);
        j += 1;
      }
    }
  }
  for (; i < rows; i += 1) steps.push(["gone", start + i, null]);
  for (; j < columns; j += 1) steps.push(["new", null, start + j]);
  return steps;
}

/** Rows for two columns: [kind, left line, right line]. The kind can also be "changed". */
function sideBySide(left, right) {
  const rows = [];
  let gone = [];
  let fresh = [];
  const flush = () => {
    rows.push(...pairUp(gone, fresh));
    gone = [];
    fresh = [];
  };
  for (const [kind, i, j] of align(left, right)) {
    if (kind === "gone") gone.push(left[i]);
    else if (kind === "new") fresh.push(right[j]);
    else {
      flush();
      rows.push(["same", left[i], right[j]]);
    }
  }
  flush();
  return rows;
}

/** Pair the lines of a changed block that have the same key. */
function pairUp(gone, fresh) {
  const rows = [];
  const steps = align(gone.map(keyOfLine), fresh.map(keyOfLine));
  for (const [kind, i, j] of steps) {
    if (kind === "same") rows.push(["changed", gone[i], fresh[j]]);
    else rows.push([kind, i === null ? null : gone[i], j === null ? null : fresh[j]]);
  }
  return rows;
}

/** What a line is about: its text before the colon, or its first word; of a tree without its stem. */
function keyOfLine(line) {
  const said = line.replace(/^[│├└─ ]+(?:[✓✗·] )?/u, "");
  const end = said.indexOf(": ");
  return end < 0 ? said.split(" ", 1)[0] : said.slice(0, end);
}

/** Two lines, each as a list of [text, is changed]. */
function wordChanges(left, right) {
  const words = [left, right].map((side) => side.match(/[\w#.]+|\s+|[^\w\s#.]/gu) || []);
  if (words[0].length > MOST_WORDS || words[1].length > MOST_WORDS) {
    return [[[left, true]], [[right, true]]];
  }
  const sides = [[], []];
  for (const [kind, i, j] of align(words[0], words[1])) {
    if (i !== null) extend(sides[0], words[0][i], kind !== "same");
    if (j !== null) extend(sides[1], words[1][j], kind !== "same");
  }
  return sides;
}

function extend(parts, word, isChanged) {
  const last = parts[parts.length - 1];
  if (last && last[1] === isChanged) last[0] += word;
  else parts.push([word, isChanged]);
}

/** The parts of `wordChanges` as nodes. Changed ones are marked. */
function marked(parts) {
  return parts.map(([part, isChanged]) =>
    isChanged ? el("mark", {}, untrusted(part)) : el("span", {}, untrusted(part)),
  );
}
