"""Writes a trace as a stream: chunk after chunk in bounded memory, complete or not at all.

A file is written under another name beside its place and renamed once its closing record is on
disk. Whatever kills the writer, every chunk that was written can be read.
"""

from __future__ import annotations

import contextlib
import functools
import os
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Final, Self, cast

from necp_replay.errors import TraceError
from necp_replay.events.clock import Now
from necp_replay.events.inputs import Step
from necp_replay.events.outcome import Outcome
from necp_replay.trace.call_encoding import varint
from necp_replay.trace.codec import encode_record
from necp_replay.trace.continuation import chunk_entry, continuation_of
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

CHUNK_BYTES: Final = 256 * 1024
"""A chunk is written when its records come to this many bytes."""
PARTIAL_SUFFIX: Final = ".partial"
"""Added to the name of a file while it is being written."""
CLOCK_START_NS: Final = 1_000_000_000
"""The clock of a trace before anything sets it."""

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
        encoded = (
            encode_header(header) if isinstance(header, Header) else header.SerializeToString()
        )
        if len(encoded) > _MAX_RECORD_BYTES:
            raise ValueError(f"the header and its attachments come to {len(encoded)} bytes")
        self._write_all(opening_frame())
        self._write_chunk([_HEADER_TAG, varint(len(encoded)), encoded], 0)

    def _begin(self, stream: BinaryIO) -> None:
        self.records = 0
        self._stream = stream
        self._file: _File | None = None
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
        suffix: str = PARTIAL_SUFFIX,
    ) -> Self:
        """Start a trace that will be at ``path`` once it is complete.

        Until then it is ``path`` with ``suffix`` after its name. ``keep_partial`` leaves that
        file for recovery when the trace is given up, for recorders that cannot record again.
        Raises TraceError where it cannot be written, or somebody is writing it.
        """
        partial = path.with_name(path.name + suffix)
        try:
            # Unbuffered, so that a chunk is in the system's hands once it is written.
            stream = cast(BinaryIO, partial.open("xb", buffering=0))
        except FileExistsError:
            raise _under_way(partial) from None
        except OSError as error:
            raise _cannot_write(error, partial) from error
        try:
            writer = cls(stream, header)
        except BaseException as error:  # Whatever it was, no file stays behind.
            stream.close()
            partial.unlink(missing_ok=True)
            if isinstance(error, TraceError):
                error.name_file(str(partial))
            raise
        writer._file = _File(path, partial, keep_partial)
        return writer

    @classmethod
    def append(cls, path: Path, *, keep_partial: bool = False) -> Self:
        """Go on with a trace that exists: a complete one, or a ``.partial`` one that is intact.

        Nothing in it is rewritten: chunks follow, and then a closing record over everything.
        Meanwhile the file is ``path`` with ``.partial`` after its name; given up, it is as it was
        before, unless ``keep_partial`` leaves it under that name with what was appended.
        Raises TraceError where the trace is damaged (recover it first), cannot be written, or
        somebody is writing it. The trace is read and verified as a whole before.
        """
        found = continuation_of(path)
        is_partial = path.name.endswith(PARTIAL_SUFFIX)
        partial = path if is_partial else path.with_name(path.name + PARTIAL_SUFFIX)
        try:
            if not is_partial:
                # Taking the name first keeps out whoever else would write here.
                partial.open("xb").close()
                path.replace(partial)
            stream = cast(BinaryIO, partial.open("r+b", buffering=0))
        except FileExistsError:
            raise _under_way(partial) from None
        except OSError as error:
            raise _cannot_write(error, partial) from error
        writer = cls.__new__(cls)
        writer._begin(stream)
        final = path.with_name(path.name.removesuffix(PARTIAL_SUFFIX))
        before = path if found.is_complete else partial
        writer._file = _File(final, partial, keep_partial, found.bytes, before)
        writer._offset = stream.seek(found.bytes)
        writer.records, writer._index = found.records, found.index
        writer._clock_ns = found.clock_ns
        return writer

    def copy_chunk(self, chunk: Chunk, frame: Frame) -> None:
        """Append a chunk of another trace, without its header.

        It is copied byte for byte where its records keep their numbers; elsewhere its first record
        says the time, if that is another here. Raises TraceError where the trace cannot be written.
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
        and TraceError where the trace cannot be written, after which nothing goes on.
        """
        if self._is_over or self._is_torn:
            raise TraceError("the trace is closed, or could not be written before")
        record = encode_record(step, outcome)
        record_bytes = len(record)
        if record_bytes > _SHARED_CHUNK_BYTES:
            _check_large_record(record)
            self.flush()
        event = step.input
        now_ns = event.ns if type(event) is Now else step.now_ns
        pending = self._pending
        if now_ns is not None or not pending.records:
            self._note_clock(now_ns)
        pending.records.append(record)
        pending.kinds.append(type(event))
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
                self._publish(self._file)
        except BaseException:  # Also when somebody interrupts: the trace is not complete.
            self.give_up()
            raise
        self._is_over = True

    def give_up(self) -> None:
        """End without a trace; what is on disk stays only where that was asked for."""
        if self._is_over:
            return
        if self._file is None:
            self._is_over = True
            return
        if self._file.keep_partial:
            # The failure that led here is the one to report.
            with contextlib.suppress(TraceError):
                self.flush()
        self._is_over = True
        self._file.give_up(self._stream)

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
            raise TraceError("the trace is closed, or could not be written before")
        rest = memoryview(data)
        try:
            while rest:
                written = self._stream.write(rest)
                # Streams without a buffer may take less than they are given.
                rest = rest[written:]
            self._stream.flush()
        except OSError as error:
            # What is half written must stay the end of the file.
            self._is_torn = True
            partial = None if self._file is None else self._file.partial
            raise _cannot_write(error, partial) from error
        self._offset += len(data)

    def _publish(self, file: _File) -> None:
        """The rename comes after the content is on disk, and is itself brought there."""
        try:
            os.fsync(self._stream.fileno())
            self._stream.close()
            file.partial.replace(file.path)
            if hasattr(os, "O_DIRECTORY"):
                folder = os.open(file.path.parent, os.O_RDONLY | os.O_DIRECTORY)
                try:
                    os.fsync(folder)
                finally:
                    os.close(folder)
        except OSError as error:
            raise _cannot_write(error, file.path) from error


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


@dataclass(frozen=True, slots=True)
class _File:
    """Where a trace is going to be, and where it is until then."""

    path: Path
    partial: Path
    keep_partial: bool
    bytes_before: int | None = None
    """How long the file was that is being appended to."""
    path_before: Path | None = None

    def give_up(self, stream: BinaryIO) -> None:
        """Leave things as they were before the writer came, unless the file is to be kept."""
        if self.keep_partial or self.bytes_before is None or self.path_before is None:
            stream.close()
            if not self.keep_partial:
                self.partial.unlink(missing_ok=True)
            return
        with contextlib.suppress(OSError):
            stream.truncate(self.bytes_before)
            stream.close()
            if self.path_before != self.partial:
                self.partial.replace(self.path_before)


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


def _under_way(partial: Path) -> TraceError:
    return TraceError(
        "a recording to this name is under way, or was interrupted",
        file=str(partial),
        hint="If nobody is writing the file, recover what is in it, or delete it.",
    )


def _cannot_write(error: OSError, path: Path | None) -> TraceError:
    return TraceError(
        f"cannot be written: {error.strerror or error}",
        file=None if path is None else str(path),
        hint="Check the folder, its permissions and the space on its disk.",
    )
