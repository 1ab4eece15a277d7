/* Buffers as hexdumps: offset, sixteen bytes, and their characters. Bytes that differ are marked. */

const ROW_BYTES = 16;
const ROWS_SHOWN = 256;

/** Decode hexadecimal digits to bytes. */
function bytesOf(hex) {
  const bytes = new Uint8Array(hex.length / 2);
  for (let i = 0; i < bytes.length; i += 1) bytes[i] = parseInt(hex.slice(2 * i, 2 * i + 2), 16);
  return bytes;
}

/** A hexdump. Bytes that differ from those of `other` are marked, unless that is null. */
function hexdump(bytes, other) {
  const dump = el("pre", { class: "hexdump", tabindex: "0" });
  const rows = Math.ceil(bytes.length / ROW_BYTES);
  for (let row = 0; row < Math.min(rows, ROWS_SHOWN); row += 1) {
    const offset = row * ROW_BYTES;
    dump.append(el("span", { class: "offset" }, offset.toString(16).padStart(8, "0")), "  ");
    const digits = [];
    const characters = [];
    for (let i = offset; i < offset + ROW_BYTES; i += 1) {
      const isThere = i < bytes.length;
      const differs = isThere && other !== null && bytes[i] !== other[i];
      const gap = i % 8 === 7 ? "  " : " ";
      put(digits, (isThere ? bytes[i].toString(16).padStart(2, "0") : "  "), differs);
      put(digits, gap, false);
      if (isThere) put(characters, printable(bytes[i]), differs);
    }
    dump.append(...digits.map(part), "|", ...characters.map(part), "|\n");
  }
  if (rows > ROWS_SHOWN) {
    dump.append("… " + counted(bytes.length - ROWS_SHOWN * ROW_BYTES, "byte") + " more\n");
  }
  return dump;
}

function put(parts, characters, differs) {
  const last = parts[parts.length - 1];
  if (last && last.differs === differs) last.text += characters;
  else parts.push({ text: characters, differs });
}

function part({ text: characters, differs }) {
  return differs ? el("mark", {}, characters) : characters;
}

function printable(byte) {
  return byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : ".";
}

/** All buffers of a record: passed ones, then those returned on both sides. */
function buffersView(sides, label) {
  const view = el("div", { class: "buffers" });
  for (const [name, hex] of sides.bytes_passed) {
    const bytes = bytesOf(text(hex));
    view.append(
      el("h4", {}, "passed ", code(text(name)), sizeText(bytes)),
      el("div", { class: "pair single" }, hexdump(bytes, null)),
    );
  }
  for (const [name, expectedHex, actualHex] of sides.bytes_returned) {
    const [expected, actual] = [expectedHex, actualHex].map((hex) =>
      hex === null ? null : bytesOf(text(hex)),
    );
    const none = new Uint8Array(0);
    view.append(
      el("h4", {}, "returned ", code(text(name))),
      el(
        "div",
        { class: "pair" },
        sideOfBytes("expected", label, expected, actual || none),
        sideOfBytes("actual", ACTUAL, actual, expected || none),
      ),
    );
  }
  if (view.childElementCount === 0) view.append(el("p", { class: "quiet" }, "No bytes were kept."));
  return view;
}

function sideOfBytes(side, label, bytes, other) {
  const heading = el("h5", { class: side }, label, bytes === null ? "" : sizeText(bytes));
  const nothing = el("p", { class: "quiet" }, "nothing");
  return el("div", {}, heading, bytes === null ? nothing : hexdump(bytes, other));
}

function sizeText(bytes) {
  return el("span", { class: "quiet" }, " " + counted(bytes.length, "byte"));
}
