"""The index at the end of a trace: where each chunk is, and how many records there are.

Theory of operation. The index is one message with a column per property of the chunks: the offset
of the frame, the number of its first record, the range of its clock, the size of its content and
its checksum. With it a reader finds a record by binary search and reads one chunk to get it; tools
learn the number of records, of outcomes and of each kind of input without reading any chunk.

It also makes a trace complete: a file without an index was cut short. A reader that has seen the
whole file checks that the index describes exactly these chunks, in this order. It compares only
their number and a CRC over their entries (`ChunkDigest`), so it needs no memory per chunk and works
on a pipe. A trace that was continued has one index per continuation; the last one counts and covers
all chunks before it.

The index costs six numbers for each chunk of about 256 KiB of records.
"""

from __future__ import annotations

import bisect
import itertools
import struct
import zlib
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Final

from google.protobuf.message import DecodeError

from necp_replay.abi.uuid import UUID_BYTES
from necp_replay.dataclass import dataclass
from necp_replay.errors import TraceError
from necp_replay.events.inputs import INPUT_NAMES
from necp_replay.trace.frames import Frame, index_of
from necp_replay.trace.pb import trace_pb2 as pb
from necp_replay.trace.record_codec import INPUT_FIELD_NUMBERS, input_name

_ENTRY: Final = struct.Struct("<QQQI")
"""Offset, first record, content length and checksum of a chunk."""
_CHUNKS_AT_A_RECORD: Final = 4
"""The most chunks with the same first record that are compared. Only chunks without records, such
as the header's, share it with the next chunk."""
_NAMES_BY_NUMBER: Final = {
    INPUT_FIELD_NUMBERS[input_class]: name for name, input_class in INPUT_NAMES.items()
}


@dataclass(frozen=True, slots=True)
class ChunkEntry:
    """The entry of one chunk in the index.

    ``clock_min_ns`` and ``clock_max_ns`` are the lowest and highest time during its records.
    """

    offset: int
    first_record: int
    clock_min_ns: int
    clock_max_ns: int
    content_bytes: int
    checksum: int


@dataclass(slots=True)
class ChunkDigest:
    """The number of chunks so far and a CRC over their entries.

    A reader compares its own digest with that of the index, and so finds chunks that were moved,
    lost or added, in constant memory.
    """

    chunks: int = 0
    crc: int = 0

    def add(self, offset: int, first_record: int, content_bytes: int, checksum: int) -> None:
        """Take in the next chunk of the file."""
        entry = _ENTRY.pack(offset, first_record, content_bytes, checksum)
        self.chunks += 1
        self.crc = zlib.crc32(entry, self.crc)


class Index:
    """The index of a trace. It reads the message's columns in place: they may be large."""

    def __init__(self, message: pb.Index) -> None:
        self._message = message
        self.records: int = message.records
        self.outcomes: int = message.outcomes
        """How many records have a recorded outcome."""
        self.uuids: int = message.uuids
        """How many ids the kernel's random generator returned."""
        self.partial: int = message.partial
        """Of how many records not all is known."""
        self.state_hashes: int = message.state_hashes
        """After how many records there is a hash of the state."""

    @property
    def kinds(self) -> dict[str, int]:
        """The number of records of each kind of input, by name, or ``#NUMBER`` if it is unknown."""
        return {
            _NAMES_BY_NUMBER.get(kind.input, f"#{kind.input}"): kind.records
            for kind in self._message.kinds
        }

    @property
    def content_bytes(self) -> int:
        """The size of all chunks, decompressed."""
        return sum(self._message.content_bytes)

    @property
    def clock_range_ns(self) -> tuple[int, int] | None:
        """The lowest and the highest time in the trace; None if it has no chunk."""
        if not self._message.offsets:
            return None
        return min(self._message.clock_min_ns), max(self._message.clock_max_ns)

    def __len__(self) -> int:
        """The number of chunks."""
        return len(self._message.offsets)

    def chunk(self, position: int) -> ChunkEntry:
        """The entry of a chunk, counted from 0."""
        message = self._message
        return ChunkEntry(
            message.offsets[position],
            message.first_records[position],
            message.clock_min_ns[position],
            message.clock_max_ns[position],
            message.content_bytes[position],
            message.checksums[position],
        )

    def knows(self, first_record: int, content_bytes: int, checksum: int) -> bool:
        """Whether the index has a chunk, at whatever offset."""
        first_records: Sequence[int] = self._message.first_records
        start = bisect.bisect_left(first_records, first_record)
        for position in range(start, min(start + _CHUNKS_AT_A_RECORD, len(self))):
            entry = self.chunk(position)
            found = (entry.first_record, entry.content_bytes, entry.checksum)
            if found == (first_record, content_bytes, checksum):
                return True
        return False

    def find_record(self, number: int) -> int:
        """The position of the chunk that holds a record."""
        first_records: Sequence[int] = self._message.first_records
        return max(bisect.bisect_right(first_records, number) - 1, 0)

    def digest(self, chunks: int | None = None) -> ChunkDigest:
        """The digest of all chunks, or of the first ``chunks``."""
        message = self._message
        entries = zip(
            message.offsets,
            message.first_records,
            message.content_bytes,
            message.checksums,
            strict=True,
        )
        found = ChunkDigest()
        for entry in itertools.islice(entries, chunks):
            found.add(*entry)
        return found


def decode_index(frame: Frame) -> Index:
    """The index in a closing frame. Raises TraceError if it is damaged."""
    content = index_of(frame)
    try:
        message = pb.Index.FromString(content)
    except DecodeError:
        raise TraceError("the index is damaged", offset=frame.offset) from None
    columns: tuple[Sequence[int], ...] = (
        message.first_records,
        message.clock_min_ns,
        message.clock_max_ns,
        message.content_bytes,
        message.checksums,
    )
    if any(len(column) != len(message.offsets) for column in columns):
        raise TraceError("the index is damaged: its columns differ", offset=frame.offset)
    return Index(message)


def chunk_clocks_ns(message: pb.Chunk) -> tuple[int, int, int]:
    """The lowest, the highest and the last time during the records of a chunk."""
    clock_ns = message.clock_ns
    clocks = []
    for record in message.records:
        if record.HasField("now"):
            clock_ns = record.now.ns
        elif record.HasField("partial") and record.partial.record.HasField("now"):
            clock_ns = record.partial.record.now.ns
        elif record.HasField("now_ns"):
            clock_ns = record.now_ns
        clocks.append(clock_ns)
    if not clocks:
        return clock_ns, clock_ns, clock_ns
    return min(clocks), max(clocks), clock_ns


class IndexBuilder:
    """Collects the index while a trace is written."""

    def __init__(self) -> None:
        self._message = pb.Index()
        self._kinds: Counter[type] = Counter()
        self._kind_numbers: Counter[int] = Counter()
        self._uuids = 0
        self._outcomes = 0
        self._partial = 0
        self._state_hashes = 0

    def count(
        self, kinds: Iterable[type], uuids: int, outcomes: int, partial: int, state_hashes: int = 0
    ) -> None:
        """Count records: the class of each one's input, ids, outcomes, and partial records."""
        self._state_hashes += state_hashes
        self._kinds.update(kinds)
        self._uuids += uuids
        self._outcomes += outcomes
        self._partial += partial

    def count_messages(self, chunk: pb.Chunk) -> None:
        """Count the records of a chunk. Inputs of an unknown kind are left out."""
        self._state_hashes += len(chunk.state_hashes)
        for record in chunk.records:
            name = input_name(record)
            if name is not None:
                self._kind_numbers[INPUT_FIELD_NUMBERS[INPUT_NAMES[name]]] += 1
            self._uuids += len(record.uuids) // UUID_BYTES
            self._outcomes += record.HasField("outcome")
            self._partial += record.HasField("partial")

    def add_chunk(self, entry: ChunkEntry) -> None:
        """Add the entry of a chunk that was written."""
        message = self._message
        message.offsets.append(entry.offset)
        message.first_records.append(entry.first_record)
        message.clock_min_ns.append(entry.clock_min_ns)
        message.clock_max_ns.append(entry.clock_max_ns)
        message.content_bytes.append(entry.content_bytes)
        message.checksums.append(entry.checksum)

    def built(self, records: int) -> Index:
        """The index of a trace with this number of records."""
        self.encode(records)
        return Index(self._message)

    def encode(self, records: int) -> bytes:
        """The same as the bytes of its message."""
        message = self._message
        message.records = records
        message.outcomes = self._outcomes
        message.uuids = self._uuids
        message.partial = self._partial
        message.state_hashes = self._state_hashes
        del message.kinds[:]
        by_number = self._kind_numbers.copy()
        for kind, count in self._kinds.items():
            by_number[INPUT_FIELD_NUMBERS[kind]] += count
        for number in sorted(by_number):
            message.kinds.add(input=number, records=by_number[number])
        return message.SerializeToString()
