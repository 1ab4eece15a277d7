"""Writes a trace chunk by chunk. The file appears under its name only when it is complete.

Until its index is on disk, the file is called NAME.partial. If the writer is killed, every chunk
that was written can be recovered from that file. Memory holds the records of one chunk and the
index.
"""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Sequence
from dataclasses import field
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Final, Self

from necp_replay.dataclass import dataclass
from necp_replay.errors import NecpReplayError, TraceError, WriteError
from necp_replay.events.clock import CLOCK_START_NS
from necp_replay.events.inputs import Step
from necp_replay.events.outcome import Outcome
from necp_replay.events.state_hash import StateHash
from necp_replay.files.append import AppendedFile
from necp_replay.files.atomic import PARTIAL_SUFFIX, AtomicFile, check_target
from necp_replay.files.refusals import cannot_write
from necp_replay.trace.call_encoding import varint
from necp_replay.trace.frames import (
    MAX_CONTENT_BYTES,
    Frame,
    chunk_checksum,
    chunk_frame,
    index_frame,
    opening_frame,
    skippable_frame,
)
from necp_replay.trace.header import Header, encode_header
from necp_replay.trace.index import ChunkEntry, IndexBuilder, chunk_clocks_ns
from necp_replay.trace.limits import ORDINARY_CHUNK_BYTES, check_large_chunk
from necp_replay.trace.pb import header_pb2
from necp_replay.trace.pb import trace_pb2 as pb
from necp_replay.trace.reader import Chunk, ParsedChunk
from necp_replay.trace.record_codec import encode_record, is_partial
from necp_replay.trace.resume import chunk_entry, resume_point_of
from necp_replay.trace.state_hashes import encode_state_hashes

CHUNK_BYTES: Final = 256 * 1024
"""A chunk is written when its records have this many bytes. As much is lost with a process that is
killed."""

_MAX_RECORD_BYTES: Final = MAX_CONTENT_BYTES - 1024
"""The rest is for the other fields of its chunk."""
_SHARED_CHUNK_BYTES: Final = ORDINARY_CHUNK_BYTES // 2
"""A larger record gets a chunk of its own. With smaller ones a chunk stays below the ordinary
size."""
_RECORD_TAG: Final = bytes([pb.Chunk.DESCRIPTOR.fields_by_name["records"].number << 3 | 2])
_HEADER_TAG: Final = bytes([pb.Chunk.DESCRIPTOR.fields_by_name["header"].number << 3 | 2])


class TraceWriter:
    """Writes records to a trace in order. Use it as a context manager.

    Leaving the context completes the trace. An exception abandons it: no file appears under the
    name, and a file that was there stays unchanged.
    """

    def __init__(self, stream: BinaryIO, header: Header | header_pb2.Header) -> None:
        """Start a trace on a binary stream, which need not be seekable and is not closed.

        A header given as a message is written as it is, including fields that this version does not
        know. Raises ValueError for an invalid header.
        """
        self._begin(stream)
        self._write_header(header)

    def _write_header(self, header: Header | header_pb2.Header) -> None:
        encoded = (
            encode_header(header) if isinstance(header, Header) else header.SerializeToString()
        )
        if len(encoded) > _MAX_RECORD_BYTES:
            raise ValueError(f"the header and its attachments have {len(encoded)} bytes")
        self._write_all(opening_frame())
        self._write_chunk([_HEADER_TAG, varint(len(encoded)), encoded], 0)

    def _begin(self, output: BinaryIO | AtomicFile | AppendedFile) -> None:
        self.records = 0
        self._output = output
        self._file = output if isinstance(output, AtomicFile | AppendedFile) else None
        self._keep_partial = False
        self._is_over = False
        self._is_torn = False
        self._offset = 0
        self._index = IndexBuilder()
        self._pending = _Pending()
        self._clock_ns = self._chunk_clock_ns = CLOCK_START_NS
        self._clock_min_ns = self._clock_max_ns = CLOCK_START_NS

    @classmethod
    def create(
        cls,
        path: Path,
        header: Header | header_pb2.Header,
        *,
        keep_partial: bool = False,
        replaces: bool = True,
        suffix: str = PARTIAL_SUFFIX,
    ) -> Self:
        """Start a trace that will be at ``path`` when it is complete.

        Until then the file has ``suffix`` after its name. ``keep_partial`` keeps that file for
        recovery if the trace is abandoned, for recorders that cannot record again. Without
        ``replaces`` an existing file is refused. Raises WriteError if the file cannot be written or
        another writer is writing it, and ValueError for an invalid header.
        """
        check_target(path)
        partial = path.with_name(path.name + suffix)
        try:
            file = AtomicFile(path, replaces=replaces, temporary=partial)
        except FileExistsError:
            raise _under_way(partial) from None
        writer = cls.__new__(cls)
        writer._begin(file)
        try:
            writer._write_header(header)
        except BaseException:  # No file is left after any error.
            file.give_up()
            raise
        writer._keep_partial = keep_partial
        return writer

    @classmethod
    def append(cls, path: Path, *, keep_partial: bool = False) -> Self:
        """Continue an existing trace: a complete one, or an intact ``.partial`` one.

        The whole trace is read and verified first. Nothing in it is rewritten: new chunks follow,
        then an index of all chunks. Meanwhile the file has ``.partial`` after its name. Abandoned,
        it becomes what it was before, unless ``keep_partial`` keeps the appended chunks under that
        name. Raises TraceError if the trace is damaged (recover it first), and WriteError if it
        cannot be written or another writer is writing it.
        """
        found = resume_point_of(path)
        try:
            file = AppendedFile(path, found.length)
        except FileExistsError:
            raise _under_way(path.with_name(_final_name(path) + PARTIAL_SUFFIX)) from None
        writer = cls.__new__(cls)
        writer._begin(file)
        writer._keep_partial = keep_partial
        writer._offset = found.length
        writer.records, writer._index = found.records, found.index
        writer._clock_ns = found.clock_ns
        return writer

    def copy_chunk(
        self,
        chunk: Chunk,
        frame: Frame,
        state_hashes: Sequence[tuple[int, StateHash]] | None = None,
    ) -> None:
        """Append a chunk of another trace, without its header.

        It is copied byte for byte if its records keep their numbers. Otherwise it is encoded again,
        and its first record sets the time if that would be different here. ``state_hashes``, by
        record, replace those that it has. Raises WriteError if the trace cannot be written.
        """
        self.flush()
        message = chunk.message
        content_bytes, checksum, encoded = chunk.content_bytes, chunk.checksum, frame.data
        is_moved = message.first_record != self.records + 1
        if state_hashes is not None or is_moved or message.HasField("header"):
            message.ClearField("header")
            if state_hashes is not None:
                del message.state_hashes[:]
                message.state_hashes.extend(encode_state_hashes(state_hashes))
            elif message.first_record != self.records + 1:
                # Records before these are missing, so the states after them are others.
                message.ClearField("state_hashes")
            message.first_record = self.records + 1
            _keep_time(message, self._clock_ns)
            content = message.SerializeToString()
            encoded = chunk_frame(content)
            content_bytes, checksum = len(content), chunk_checksum(encoded)
        copied = ParsedChunk(self._offset, message, content_bytes, checksum)
        self._write_all(encoded)
        self._index.count_messages(message)
        self._index.add_chunk(chunk_entry(copied, copied.offset, checksum))
        self.records += message.record_count
        self._clock_ns = chunk_clocks_ns(message)[2]

    def copy_optional(self, frame: Frame) -> None:
        """Append a skippable frame of another trace."""
        self.flush()
        self._write_all(skippable_frame(frame.magic, frame.data))

    def write(
        self, step: Step, outcome: Outcome | None = None, state_hash: StateHash | None = None
    ) -> int:
        """Append a record and return its number, counted from 1.

        ``state_hash`` is that of the state after it. Raises ValueError for values that a record
        cannot hold; the trace can be continued without it. Raises WriteError if the trace cannot be
        written; after that nothing more can be.
        """
        if self._is_over or self._is_torn:
            raise _closed()
        record = encode_record(step, outcome)
        record_bytes = len(record)
        if record_bytes > _SHARED_CHUNK_BYTES:
            _check_large_record(record)
            self.flush()
        now_ns = step.sets_clock_ns
        pending = self._pending
        if now_ns is not None or not pending.records:
            self._note_clock(now_ns)
        pending.records.append(record)
        pending.kinds.append(type(step.input))
        pending.content_bytes += record_bytes
        if step.uuids:
            pending.uuids += len(step.uuids)
        if outcome is not None:
            pending.outcomes += 1
        if is_partial(step, outcome):
            pending.partial += 1
        self.records += 1
        if state_hash is not None:
            pending.state_hashes.append((self.records, state_hash))
        if pending.content_bytes >= CHUNK_BYTES:
            self.flush()
        return self.records

    def _note_clock(self, now_ns: int | None) -> None:
        """Follow the clock: the time before a chunk, and the lowest and highest during it."""
        before_ns = self._clock_ns
        if now_ns is not None:
            self._clock_ns = now_ns
        if not self._pending.records:
            self._chunk_clock_ns = before_ns
            self._clock_min_ns = self._clock_max_ns = self._clock_ns
        else:
            self._clock_min_ns = min(self._clock_min_ns, self._clock_ns)
            self._clock_max_ns = max(self._clock_max_ns, self._clock_ns)

    def flush(self) -> None:
        """Write the pending records as a chunk, so that they survive a kill of the process."""
        pending = self._pending
        if pending.records:
            self._pending = _Pending()
            hashes = pending.state_hashes
            self._index.count(
                pending.kinds, pending.uuids, pending.outcomes, pending.partial, len(hashes)
            )
            self._write_chunk(pending.parts(), len(pending.records), hashes)

    def close(self) -> None:
        """Write the pending records and the index. The file then appears under its name."""
        if self._is_over:
            return
        try:
            self.flush()
            self._write_all(index_frame(self._index.encode(self.records)))
            if self._file is not None:
                self._file.publish()
        except BaseException:  # Including KeyboardInterrupt: the trace is not complete.
            self.give_up()
            raise
        self._is_over = True

    def give_up(self) -> None:
        """Abandon the trace. The unfinished file is removed unless ``keep_partial`` was given."""
        if self._is_over:
            return
        if self._file is not None:
            if self._keep_partial:
                # An error here would hide the first one, which is the reason for abandoning the
                # trace.
                with contextlib.suppress(NecpReplayError):
                    self.flush()
            self._file.give_up(keep=self._keep_partial)
        self._is_over = True

    def __enter__(self) -> Self:
        """Return the writer itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Complete the trace, or abandon it on an exception."""
        if error is None:
            self.close()
        else:
            self.give_up()

    def _write_chunk(
        self, parts: list[bytes], records: int, hashes: Sequence[tuple[int, StateHash]] = ()
    ) -> None:
        first_record = self.records - records + 1
        head = pb.Chunk(
            first_record=first_record,
            record_count=records,
            clock_ns=self._chunk_clock_ns,
            state_hashes=encode_state_hashes(hashes),
        )
        content = b"".join([head.SerializeToString(), *parts])
        frame = chunk_frame(content)
        entry = ChunkEntry(
            self._offset,
            first_record,
            self._clock_min_ns,
            self._clock_max_ns,
            len(content),
            chunk_checksum(frame),
        )
        self._write_all(frame)
        self._index.add_chunk(entry)

    def _write_all(self, data: bytes) -> None:
        if self._is_over or self._is_torn:
            raise _closed()
        try:
            rest = memoryview(data)
            while rest:
                # An unbuffered stream may write only a part.
                rest = rest[self._output.write(rest) :]
            self._output.flush()
        except OSError as error:
            self._is_torn = True
            raise cannot_write(error, None) from error
        except WriteError:
            # A half-written frame must stay the last one, or what follows could not be recovered.
            self._is_torn = True
            raise
        self._offset += len(data)


@dataclass(slots=True)
class _Pending:
    """Records that are not written yet, and what the index counts of them."""

    records: list[bytes] = field(default_factory=list)
    kinds: list[type] = field(default_factory=list)
    content_bytes: int = 0
    uuids: int = 0
    outcomes: int = 0
    partial: int = 0
    state_hashes: list[tuple[int, StateHash]] = field(default_factory=list)

    def parts(self) -> list[bytes]:
        """The records as fields of the chunk's message, encoded."""
        return [part for record in self.records for part in (_record_head(len(record)), record)]


@functools.lru_cache(4096)
def _record_head(record_bytes: int) -> bytes:
    return _RECORD_TAG + varint(record_bytes)


def _keep_time(message: pb.Chunk, clock_ns: int) -> None:
    """Make a chunk start at ``clock_ns`` while its records keep their times.

    If the two differ, the first record sets the time that it had in the other trace.
    """
    if message.clock_ns != clock_ns and message.records:
        first = message.records[0]
        if not first.HasField("now_ns"):
            first.now_ns = message.clock_ns
    message.clock_ns = clock_ns


def _check_large_record(record: bytes) -> None:
    """Raise ValueError for a record that readers would refuse as too large."""
    if len(record) > _MAX_RECORD_BYTES:
        raise ValueError(f"a record of {len(record)} bytes")
    try:
        check_large_chunk(_record_head(len(record)) + record)
    except TraceError as error:
        raise ValueError(f"a record of {len(record)} bytes: {error.reason}") from error


def _final_name(path: Path) -> str:
    return path.name.removesuffix(PARTIAL_SUFFIX)


def _closed() -> WriteError:
    return WriteError("the trace is closed, or an earlier write failed")


def _under_way(partial: Path) -> WriteError:
    return WriteError(
        "a recording to this name is under way, or was interrupted",
        file=str(partial),
        hint="If nobody is writing the file, recover what is in it, or delete it.",
    )
