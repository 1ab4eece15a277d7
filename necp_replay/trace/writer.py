"""Writes a trace as a stream: chunk after chunk in bounded memory, complete or not at all.

A file is called NAME.partial until its closing record is on disk. Whatever kills the writer, every
chunk that was written can be recovered from there.
"""

from __future__ import annotations

import contextlib
import functools
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Final, Self

from necp_replay.errors import NecpReplayError, TraceError, WriteError
from necp_replay.events.clock import CLOCK_START_NS
from necp_replay.events.inputs import Step
from necp_replay.events.outcome import Outcome
from necp_replay.files.append import AppendedFile
from necp_replay.files.atomic import PARTIAL_SUFFIX, AtomicFile
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
from necp_replay.trace.reader import Chunk
from necp_replay.trace.record_codec import encode_record
from necp_replay.trace.resume import chunk_entry, resume_point_of

CHUNK_BYTES: Final = 256 * 1024
"""A chunk is written when its records come to this many bytes."""

_MAX_RECORD_BYTES: Final = MAX_CONTENT_BYTES - 1024
_SHARED_CHUNK_BYTES: Final = ORDINARY_CHUNK_BYTES // 2
"""A larger record gets a chunk of its own."""
_RECORD_TAG: Final = bytes([pb.Chunk.DESCRIPTOR.fields_by_name["records"].number << 3 | 2])
_HEADER_TAG: Final = bytes([pb.Chunk.DESCRIPTOR.fields_by_name["header"].number << 3 | 2])


class TraceWriter:
    """Writes records to a trace, in order. Use it as a context manager.

    Leaving the context closes the trace. Leaving it by an exception gives the trace up: nothing
    appears under the file's name, and what stood there before stays.
    """

    def __init__(self, stream: BinaryIO, header: Header | header_pb2.Header) -> None:
        """Start a trace on a stream that takes bytes; it need not be seekable, and stays open.

        The message of another trace's header is written as it is, with what is not known of it.
        Raises ValueError for a header that could not be read back.
        """
        self._begin(stream)
        self._write_header(header)

    def _write_header(self, header: Header | header_pb2.Header) -> None:
        encoded = (
            encode_header(header) if isinstance(header, Header) else header.SerializeToString()
        )
        if len(encoded) > _MAX_RECORD_BYTES:
            raise ValueError(f"the header and its attachments come to {len(encoded)} bytes")
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
        """Start a trace that will be at ``path`` once it is complete.

        Until then it is ``path`` with ``suffix`` after its name. ``keep_partial`` leaves that
        file for recovery when the trace is given up, for recorders that cannot record again.
        Without ``replaces`` a file that is there already is refused.
        Raises WriteError where it cannot be written, or somebody is writing it, and ValueError for
        a header that could not be read back.
        """
        partial = path.with_name(path.name + suffix)
        try:
            file = AtomicFile(path, replaces=replaces, temporary=partial)
        except FileExistsError:
            raise _under_way(partial) from None
        writer = cls.__new__(cls)
        writer._begin(file)
        try:
            writer._write_header(header)
        except BaseException:  # Whatever it was, no file stays behind.
            file.give_up()
            raise
        writer._keep_partial = keep_partial
        return writer

    @classmethod
    def append(cls, path: Path, *, keep_partial: bool = False) -> Self:
        """Go on with a trace that exists: a complete one, or a ``.partial`` one that is intact.

        Nothing in it is rewritten: chunks follow, and then a closing record over everything.
        Meanwhile the file is ``path`` with ``.partial`` after its name; given up, it is as it was
        before, unless ``keep_partial`` leaves it under that name with what was appended.
        Raises TraceError where the trace is damaged (recover it first), WriteError where it cannot
        be written, or somebody is writing it. The trace is read and verified as a whole before.
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

    def copy_chunk(self, chunk: Chunk, frame: Frame) -> None:
        """Append a chunk of another trace, without its header.

        It is copied byte for byte where its records keep their numbers; elsewhere its first record
        says the time, if that is another here. Raises WriteError where the trace cannot be written.
        """
        self.flush()
        message = chunk.message
        content_bytes, checksum, encoded = chunk.content_bytes, chunk.checksum, frame.data
        if message.HasField("header") or message.first_record != self.records + 1:
            message.ClearField("header")
            message.first_record = self.records + 1
            _keep_time(message, self._clock_ns)
            content = message.SerializeToString()
            encoded = chunk_frame(content)
            content_bytes, checksum = len(content), chunk_checksum(encoded)
        copied = Chunk(self._offset, message, content_bytes, checksum)
        self._write_all(encoded)
        self._index.count_messages(message.records)
        self._index.add_chunk(chunk_entry(copied, copied.offset, checksum))
        self.records += message.record_count
        self._clock_ns = chunk_clocks_ns(message)[2]

    def copy_optional(self, frame: Frame) -> None:
        """Append content of another trace that readers step over."""
        self.flush()
        self._write_all(skippable_frame(frame.magic, frame.data))

    def write(self, step: Step, outcome: Outcome | None = None) -> int:
        """Append a record; returns its number, counted from 1.

        Raises ValueError for what a record cannot hold, after which the trace goes on without it,
        and WriteError where the trace cannot be written, after which nothing goes on.
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
        self.records += 1
        if pending.content_bytes >= CHUNK_BYTES:
            self.flush()
        return self.records

    def _note_clock(self, now_ns: int | None) -> None:
        """Take in the time that a record sets, or that stands before the first one of a chunk."""
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
        """Write what is pending as a chunk, so that it outlives the process."""
        pending = self._pending
        if pending.records:
            self._pending = _Pending()
            self._index.count(pending.kinds, pending.uuids, pending.outcomes)
            self._write_chunk(pending.parts(), len(pending.records))

    def close(self) -> None:
        """Write what is pending and the closing record; the file appears under its name."""
        if self._is_over:
            return
        try:
            self.flush()
            self._write_all(index_frame(self._index.encode(self.records)))
            if self._file is not None:
                self._file.publish()
        except BaseException:  # Also when somebody interrupts: the trace is not complete.
            self.give_up()
            raise
        self._is_over = True

    def give_up(self) -> None:
        """End without a trace; what is on disk stays only where that was asked for."""
        if self._is_over:
            return
        if self._file is not None:
            if self._keep_partial:
                # The failure that led here is the one to report.
                with contextlib.suppress(NecpReplayError):
                    self.flush()
            self._file.give_up(keep=self._keep_partial)
        self._is_over = True

    def __enter__(self) -> Self:
        """Enter the context that closes the trace."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Close the trace, or give it up on an exception."""
        if error is None:
            self.close()
        else:
            self.give_up()

    def _write_chunk(self, parts: list[bytes], records: int) -> None:
        first_record = self.records - records + 1
        head = pb.Chunk(
            first_record=first_record, record_count=records, clock_ns=self._chunk_clock_ns
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
                # Streams without a buffer may take less than they are given.
                rest = rest[self._output.write(rest) :]
            self._output.flush()
        except OSError as error:
            self._is_torn = True
            raise cannot_write(error, None) from error
        except WriteError:
            # What is half written must stay the end of the file.
            self._is_torn = True
            raise
        self._offset += len(data)


@dataclass(slots=True)
class _Pending:
    """Records that are not written yet, and what the index will count of them."""

    records: list[bytes] = field(default_factory=list)
    kinds: list[type] = field(default_factory=list)
    content_bytes: int = 0
    uuids: int = 0
    outcomes: int = 0

    def parts(self) -> list[bytes]:
        """The fields of the chunk's message that hold the records."""
        return [part for record in self.records for part in (_record_head(len(record)), record)]


@functools.lru_cache(4096)
def _record_head(record_bytes: int) -> bytes:
    return _RECORD_TAG + varint(record_bytes)


def _keep_time(message: pb.Chunk, clock_ns: int) -> None:
    """Let a chunk that stood behind others begin at ``clock_ns``, and its records when they did."""
    if message.clock_ns != clock_ns and message.records:
        first = message.records[0]
        if not first.HasField("now_ns"):
            first.now_ns = message.clock_ns
    message.clock_ns = clock_ns


def _check_large_record(record: bytes) -> None:
    """Refuse what no reader would take."""
    if len(record) > _MAX_RECORD_BYTES:
        raise ValueError(f"a record of {len(record)} bytes")
    try:
        check_large_chunk(_record_head(len(record)) + record)
    except TraceError as error:
        raise ValueError(f"a record of {len(record)} bytes: {error.reason}") from error


def _final_name(path: Path) -> str:
    return path.name.removesuffix(PARTIAL_SUFFIX)


def _closed() -> WriteError:
    return WriteError("the trace is closed, or could not be written before")


def _under_way(partial: Path) -> WriteError:
    return WriteError(
        "a recording to this name is under way, or was interrupted",
        file=str(partial),
        hint="If nobody is writing the file, recover what is in it, or delete it.",
    )
