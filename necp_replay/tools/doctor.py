"""Examines a trace: everything that can be checked without running an engine."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import astuple, field
from pathlib import Path
from typing import Final, assert_never

from necp_replay.dataclass import dataclass
from necp_replay.errors import TraceError, hint_for
from necp_replay.events.clock import CLOCK_START_NS
from necp_replay.tools.findings import CheckedPart, Finding, Findings, Severity
from necp_replay.tools.header_checks import check_header
from necp_replay.tools.record_checks import RecordChecks
from necp_replay.trace.frames import BEGINNING_BYTES, Frame, check_opening, not_a_trace
from necp_replay.trace.header import Header, decode_header
from necp_replay.trace.index import Index, IndexBuilder, chunk_clocks_ns
from necp_replay.trace.reader import Chunk
from necp_replay.trace.record_codec import decode_records
from necp_replay.trace.resume import chunk_entry
from necp_replay.trace.scan import (
    ClosingIndex,
    Damage,
    IntactChunk,
    Opening,
    OptionalContent,
    Piece,
    scan_pieces,
)
from necp_replay.trace.state_hashes import wrong_state_hashes
from necp_replay.trace.unknown_fields import has_unknown_fields

_ENTRY_FIELDS: Final = (
    "offset",
    "first record",
    "lowest clock",
    "highest clock",
    "content bytes",
    "checksum",
)
"""The fields of a chunk's entry in the index, in its order."""


@dataclass(slots=True)
class Examination:
    """What is in a trace, and what is wrong with it."""

    path: str
    size_bytes: int = 0
    records: int = 0
    chunks: int = 0
    findings: Findings = field(default_factory=Findings)

    @property
    def is_healthy(self) -> bool:
        """Whether nothing of error severity was found."""
        return not self.findings.by_severity[Severity.ERROR]


def examine(path: Path, *, on_bytes: Callable[[int], object] | None = None) -> Examination:
    """Check a whole trace; ``on_bytes`` hears how many more bytes were checked.

    Raises TraceError for what cannot be read, is no trace, or is of a newer kind.
    """
    examination = Examination(str(path))
    try:
        with path.open("rb") as stream:
            examination.size_bytes = stream.seek(0, os.SEEK_END)
            stream.seek(0)
            checks = _FileChecks(examination, stream.read(BEGINNING_BYTES))
            done = 0
            for piece in scan_pieces(stream):
                checks.take(piece)
                if on_bytes is not None:
                    on_bytes(stream.tell() - done)
                    done = stream.tell()
            checks.finish()
    except OSError as error:
        hint = hint_for(error)
        raise TraceError(
            f"cannot be read: {error.strerror or error}", file=str(path), hint=hint
        ) from error
    except TraceError as error:
        error.name_file(str(path))
        raise
    return examination


class _FileChecks:
    """Checks that the pieces of a file agree with each other."""

    def __init__(self, examination: Examination, beginning: bytes) -> None:
        self._examination = examination
        self._beginning = beginning
        self._findings = examination.findings
        self._index = IndexBuilder()
        self._records = RecordChecks(self._findings)
        self._header: Header | None = None
        self._next_record = 1
        self._clock_ns = CLOCK_START_NS
        self._outcomes = 0
        self._is_opened = False
        self._is_other_trace = False
        self._is_closed = False

    def take(self, piece: Piece) -> None:
        """Check the next piece of the file."""
        if self._is_other_trace:
            return
        self._is_closed = isinstance(piece, ClosingIndex)
        match piece:
            case Damage():
                what = " of an index" if piece.was_index else ""
                reason = f"{piece.length:,} bytes{what}: {piece.reason}"
                self._error(CheckedPart.DAMAGE, reason, piece.offset)
            case Opening():
                self._take_opening(piece.frame)
            case OptionalContent():
                reason = f"{len(piece.frame.data):,} bytes that this version does not know"
                self._add(Severity.NOTE, CheckedPart.CONTENT, reason, piece.frame.offset)
            case IntactChunk():
                self._take_chunk(piece.chunk)
            case ClosingIndex():
                self._take_index(piece)
            case _:
                assert_never(piece)

    def finish(self) -> None:
        """Check what can only be told at the end."""
        examination = self._examination
        if not self._is_opened and not examination.chunks:
            raise not_a_trace(self._beginning)
        if not self._is_closed and not self._is_other_trace:
            reason = (
                "it is missing: the file was cut short, goes on after it, or was never completed"
            )
            self._error(CheckedPart.CLOSING, reason, examination.size_bytes)
        if self._header is None:
            self._error(CheckedPart.HEADER, "the trace has no header", 0)
        else:
            for severity, reason in check_header(
                self._header, records=examination.records, outcomes=self._outcomes
            ):
                self._add(severity, CheckedPart.HEADER, reason, None)

    def _take_opening(self, frame: Frame) -> None:
        if frame.offset == 0:
            check_opening(frame)
            self._is_opened = True
            return
        self._error(CheckedPart.ORDER, "another trace begins here", frame.offset)
        self._is_other_trace = bool(self._examination.chunks)

    def _take_chunk(self, chunk: Chunk) -> None:
        message = chunk.message
        if message.HasField("header"):
            if self._examination.chunks:
                self._error(CheckedPart.ORDER, "a header inside the trace", chunk.offset)
            else:
                self._header = decode_header(message.header)
        elif not self._examination.chunks:
            self._error(CheckedPart.ORDER, "the first chunk has no header", chunk.offset)
        if message.first_record != self._next_record:
            reason = f"record {self._next_record} should come next, not {message.first_record}"
            self._error(CheckedPart.ORDER, reason, chunk.offset)
        elif message.clock_ns != self._clock_ns and self._examination.chunks:
            reason = f"the chunk starts at clock {message.clock_ns}, not at {self._clock_ns}"
            self._error(CheckedPart.CLOCK, reason, chunk.offset)
        self._clock_ns = chunk_clocks_ns(message)[2]
        self._index.count_messages(message)
        for reason in wrong_state_hashes(message):
            self._error(CheckedPart.CONTENT, reason, chunk.offset)
        self._index.add_chunk(chunk_entry(chunk, chunk.offset, chunk.checksum))
        self._examination.chunks += 1
        self._examination.records += message.record_count
        for number, record in enumerate(message.records, start=message.first_record):
            self._outcomes += record.HasField("outcome")
            try:
                [(_, step, outcome)] = decode_records([record], number)
            except TraceError as error:
                self._findings.add(
                    Finding(Severity.ERROR, CheckedPart.CONTENT, error.reason, chunk.offset, number)
                )
                continue
            if has_unknown_fields(record, step, outcome):
                reason = "holds fields that this version does not know"
                self._findings.add(
                    Finding(Severity.NOTE, CheckedPart.CONTENT, reason, chunk.offset, number)
                )
            self._records.check(number, chunk.offset, step, outcome)
        self._next_record = message.first_record + message.record_count

    def _take_index(self, piece: ClosingIndex) -> None:
        expected = self._index.built(self._examination.records)
        for reason in _index_complaints(piece.index, expected):
            self._error(CheckedPart.INDEX, reason, piece.frame.offset)

    def _error(self, check: CheckedPart, reason: str, offset: int) -> None:
        self._add(Severity.ERROR, check, reason, offset)

    def _add(self, severity: Severity, check: CheckedPart, reason: str, offset: int | None) -> None:
        record = self._next_record if check in (CheckedPart.DAMAGE, CheckedPart.ORDER) else None
        self._findings.add(Finding(severity, check, reason, offset, record))


def _index_complaints(index: Index, expected: Index) -> list[str]:
    """How an index contradicts the file before it."""
    found = []
    for name, said, counted in (
        ("records", index.records, expected.records),
        ("outcomes", index.outcomes, expected.outcomes),
        ("ids", index.uuids, expected.uuids),
        ("hashes of states", index.state_hashes, expected.state_hashes),
        ("chunks", len(index), len(expected)),
        ("kinds", index.kinds, expected.kinds),
    ):
        if said != counted:
            found.append(f"{name}: the index says {said}, the file {counted}")
    for position in range(min(len(index), len(expected))):
        said_chunk, counted_chunk = index.chunk(position), expected.chunk(position)
        if said_chunk != counted_chunk:
            found += [
                f"chunk {position + 1}: {name}: the index says {said}, the file {counted}"
                for name, said, counted in zip(
                    _ENTRY_FIELDS, astuple(said_chunk), astuple(counted_chunk), strict=True
                )
                if said != counted
            ]
            break
    return found
