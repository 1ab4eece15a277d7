"""Writes a trace as a stream: chunk after chunk in bounded memory, complete or not at all.

A file is written under another name beside its place and renamed once its closing record is on
disk. Whatever kills the writer, every chunk that was written can be read.
"""

from __future__ import annotations

import contextlib
import os
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Final, Self, cast

from necp_replay.errors import TraceError
from necp_replay.events.clock import Now
from necp_replay.events.inputs import Step
from necp_replay.events.outcome import Outcome
from necp_replay.trace.call_encoding import varint
from necp_replay.trace.codec import encode_record
from necp_replay.trace.frames import (
    MAX_CONTENT_BYTES,
    chunk_checksum,
    chunk_frame,
    index_frame,
    opening_frame,
)
from necp_replay.trace.header import Header, encode_header
from necp_replay.trace.index import ChunkEntry, IndexBuilder
from necp_replay.trace.limits import ORDINARY_CHUNK_BYTES, check_large_chunk
from necp_replay.trace.pb import trace_pb2 as pb

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

    def __init__(self, stream: BinaryIO, header: Header) -> None:
        """Start a trace on a stream that takes bytes; it need not be seekable, and stays open.

        Raises ValueError for a header that could not be read back.
        """
        self.records = 0
        self._stream = stream
        self._file: _File | None = None
        self._is_over = False
        self._is_torn = False
        self._offset = 0
        self._index = IndexBuilder()
        self._pending: list[bytes] = []
        self._pending_bytes = 0
        self._clock_ns = self._chunk_clock_ns = CLOCK_START_NS
        self._clock_min_ns = self._clock_max_ns = CLOCK_START_NS
        encoded = encode_header(header)
        if len(encoded) > _MAX_RECORD_BYTES:
            raise ValueError(f"the header and its attachments come to {len(encoded)} bytes")
        self._write_all(opening_frame())
        self._write_chunk([_HEADER_TAG, varint(len(encoded)), encoded], 0)

    @classmethod
    def create(cls, path: Path, header: Header, *, keep_partial: bool = False) -> Self:
        """Start a trace that will be at ``path`` once it is complete.

        Until then it is ``path`` with ``.partial`` after its name. ``keep_partial`` leaves that
        file for recovery when the trace is given up, for recorders that cannot record again.
        Raises TraceError where it cannot be written, or somebody is writing it.
        """
        partial = path.with_name(path.name + PARTIAL_SUFFIX)
        try:
            # Unbuffered, so that a chunk is in the system's hands once it is written.
            stream = cast(BinaryIO, partial.open("xb", buffering=0))
        except FileExistsError:
            raise TraceError(
                "a recording to this name is under way, or was interrupted",
                file=str(partial),
                hint="If nobody is writing the file, recover what is in it, or delete it.",
            ) from None
        except OSError as error:
            raise _cannot_write(error, partial) from error
        try:
            writer = cls(stream, header)
        except BaseException as error:
            stream.close()
            partial.unlink(missing_ok=True)
            if isinstance(error, TraceError):
                error.name_file(str(partial))
            raise
        writer._file = _File(path, partial, keep_partial)
        return writer

    def write(self, step: Step, outcome: Outcome | None = None) -> int:
        """Append a record; returns its number, counted from 1.

        Raises ValueError for what a record cannot hold, after which the trace goes on without it,
        and TraceError where the trace cannot be written, after which nothing goes on.
        """
        record = encode_record(step, outcome)
        record_bytes = len(record)
        if record_bytes > _SHARED_CHUNK_BYTES:
            _check_large_record(record)
            self.flush()
        before_ns = self._clock_ns
        now_ns = step.input.ns if type(step.input) is Now else step.now_ns
        if now_ns is not None:
            self._clock_ns = now_ns
        if not self._pending:
            self._chunk_clock_ns = before_ns
            self._clock_min_ns = self._clock_max_ns = self._clock_ns
        elif now_ns is not None:
            self._clock_min_ns = min(self._clock_min_ns, now_ns)
            self._clock_max_ns = max(self._clock_max_ns, now_ns)
        self._index.count(step, outcome)
        self._pending += (_RECORD_TAG, varint(record_bytes), record)
        self._pending_bytes += record_bytes
        self.records += 1
        if self._pending_bytes >= CHUNK_BYTES:
            self.flush()
        return self.records

    def flush(self) -> None:
        """Write what is pending as a chunk, so that it outlives the process."""
        if self._pending:
            parts, self._pending, self._pending_bytes = self._pending, [], 0
            self._write_chunk(parts, len(parts) // 3)

    def close(self) -> None:
        """Write what is pending and the closing record; the file appears under its name."""
        if self._is_over:
            return
        try:
            self.flush()
            self._write_all(index_frame(self._index.encode(self.records)))
            if self._file is not None:
                self._publish(self._file)
        except BaseException:
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
        self._stream.close()
        if not self._file.keep_partial:
            self._file.partial.unlink(missing_ok=True)

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


@dataclass(frozen=True, slots=True)
class _File:
    """Where a trace is going to be, and where it is until then."""

    path: Path
    partial: Path
    keep_partial: bool


def _check_large_record(record: bytes) -> None:
    """Refuse what no reader would take."""
    if len(record) > _MAX_RECORD_BYTES:
        raise ValueError(f"a record of {len(record)} bytes")
    try:
        check_large_chunk(_RECORD_TAG + varint(len(record)) + record)
    except TraceError as error:
        raise ValueError(f"a record of {len(record)} bytes: {error.reason}") from error


def _cannot_write(error: OSError, path: Path | None) -> TraceError:
    return TraceError(
        f"cannot be written: {error.strerror or error}",
        file=None if path is None else str(path),
        hint="Check the folder, its permissions and the space on its disk.",
    )
