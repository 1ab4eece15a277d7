// Prints the records of a trace as JSON lines: node read.js FILE.necptrace
//
// Everything it knows is in docs/traces.md and schemas/*.proto. It verifies what those say a
// reader verifies, but for the index: it only holds the closing record's count against the records.
"use strict";
const fs = require("node:fs");
const path = require("node:path");
const zlib = require("node:zlib");
const lz4 = require("lz4js");
const xxh32 = require("lz4js/xxh32");
const protobuf = require("protobufjs");

const CHUNK = 0x184d2204, OPENING = 0x184d2a5e, CLOSING = 0x184d2a5f;
const BLOCK_BYTES = { 4: 1 << 16, 5: 1 << 18, 6: 1 << 20, 7: 1 << 22 };
const MAX_CONTENT_BYTES = 64 << 20;

const schemas = path.join(__dirname, "..", "..", "schemas");
const root = new protobuf.Root();
root.resolvePath = (_, name) => path.join(schemas, name);
const types = root.loadSync("trace.proto", { keepCase: true });
const Chunk = types.lookupType("necp_replay.v1.Chunk");
const Index = types.lookupType("necp_replay.v1.Index");
const FORMAT = 1, MEANING = 1;

function fail(offset, reason) {
  throw new Error(`at byte ${offset}: ${reason}`);
}

function check(isRight, offset, reason) {
  if (!isRight) fail(offset, reason);
}

// The end of the LZ4 frame at an offset, and its content. Every block has a checksum.
function readChunk(file, start) {
  const flags = file[start + 4], block = BLOCK_BYTES[(file[start + 5] >> 4) & 7];
  check((flags & 0b11011111) === 0b01011100 && block, start, "a frame of another kind");
  const contentBytes = Number(file.readBigUInt64LE(start + 6));
  check(contentBytes <= MAX_CONTENT_BYTES, start, "a chunk that is too large");
  const header = xxh32.hash(0, file, start + 4, 10);
  check(((header >>> 8) & 255) === file[start + 14], start, "the frame's header is damaged");
  const content = new Uint8Array(contentBytes);
  let offset = start + 15, done = 0;
  for (let size; (size = file.readUInt32LE(offset)) !== 0; ) {
    const length = size % 0x80000000;
    check(length <= block && offset + length + 8 <= file.length, start, "a block is cut short");
    const checksum = file.readUInt32LE(offset + 4 + length);
    check(xxh32.hash(0, file, offset + 4, length) >>> 0 === checksum, start, "a damaged block");
    if (size === length) done = lz4.decompressBlock(file, content, offset + 4, length, done);
    else content.set(file.subarray(offset + 4, offset + 4 + length), done), (done += length);
    offset += 8 + length;
  }
  const checksum = xxh32.hash(0, content, 0, contentBytes) >>> 0;
  const isRight = done === contentBytes && checksum === file.readUInt32LE(offset + 4);
  check(isRight, start, "the content is damaged");
  return [offset + 8, Chunk.decode(content)];
}

function read(file, print) {
  let offset = 0, records = 0, header = null, isClosed = false;
  while (offset < file.length) {
    const start = offset, magic = file.readUInt32LE(start);
    check((start === 0) === (magic === OPENING), start, "a trace begins elsewhere");
    isClosed = magic === CLOSING;
    if (magic === CHUNK) {
      const [end, chunk] = readChunk(file, start);
      check((header === null) === (chunk.header !== null), start, "the header is out of place");
      header ??= chunk.header;
      check(header.format === FORMAT && header.meaning === MEANING, start, "of a newer version");
      check(header.required_features.length === 0, start, `needs ${header.required_features}`);
      check(Number(chunk.first_record) === records + 1, start, "records are missing");
      check(Number(chunk.record_count) === chunk.records.length, start, "records are missing");
      for (const record of chunk.records) print(++records, record.toJSON());
      offset = end;
      continue;
    }
    check(magic >>> 4 === 0x184d2a5, start, "no frame starts here");
    offset += 8 + file.readUInt32LE(start + 4);
    check(offset <= file.length, start, "the file is cut short");
    const content = file.subarray(start + 8, offset), tail = content.length - 16;
    if (magic === OPENING) {
      check(zlib.crc32(content.subarray(0, 12)) === content.readUInt32LE(12), start, "no trace");
      check(content.readUInt16LE(10) === FORMAT, start, "a format that is not known");
    } else if (magic === CLOSING) {
      const crc = zlib.crc32(content.subarray(0, tail));
      check(tail >= 0 && crc === content.readUInt32LE(tail), start, "the index is damaged");
      const counted = Number(Index.decode(content.subarray(0, tail)).records);
      check(counted === records, start, `${records} records instead of ${counted}`);
    }
  }
  check(isClosed, file.length, "the closing record is missing");
}

try {
  const file = fs.readFileSync(process.argv[2]);
  read(file, (number, record) => console.log(JSON.stringify({ number, ...record })));
} catch (error) {
  console.error(error.message);
  process.exitCode = 2;
}
