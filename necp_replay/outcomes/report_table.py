"""The reports of a run over many traces; those that say nothing special are kept in a file.

Theory of operation. A run over a million traces has a million reports, and nearly all of them say
no more than a few counts. Such a report is *plain*: it is identical and has neither differences nor
anything that rules hid. It is written to a temporary file without a name, and eight bytes of it
stay in memory: its place in the file. Every other report stays in memory. Up to a mebibyte is kept
in memory before it is written. If the file cannot be written, plain reports stay in memory as well.

A plain report is read again each time that it is asked for, so a caller that changes one has to put
it back into the table. Reports may come in any order, and are read in the order of the traces.
"""

from __future__ import annotations

import marshal
import os
import weakref
from array import array
from collections.abc import Iterable, Iterator, Sequence
from typing import IO, Any, Final, overload

from necp_replay.outcomes.trace_report import TraceReport, Verdict

_IN_MEMORY_BYTES: Final = 1 << 20
_READ_BYTES: Final = 512
"""Most plain reports are shorter."""
_LENGTH_BYTES: Final = 4
_MISSING: Final = -1
_KEPT: Final = -2
_EMPTY: Final = ("examples", "kinds", "hidden", "timeline", "unforeseen", "first_not_determined")
"""Fields that a plain report does not use."""
_STORED: Final = tuple(name for name in TraceReport.__annotations__ if name not in _EMPTY)


def is_plain(report: TraceReport) -> bool:
    """Whether a report says no more than counts, and so can be written to the file."""
    return report.verdict is Verdict.IDENTICAL and not any(getattr(report, name) for name in _EMPTY)


class ReportTable:
    """Reports by the number of their trace, from 0."""

    def __init__(self, traces: int) -> None:
        """Make an empty table for so many traces."""
        self._places = array("q", [_MISSING]) * traces
        self._kept: dict[int, TraceReport] = {}
        self._count = 0
        self._pending = bytearray()
        self._begin = 0
        """The place of the first pending byte."""
        self._file: IO[bytes] | None = None
        self._is_full = False

    def __len__(self) -> int:
        """How many reports there are."""
        return self._count

    def __contains__(self, number: int) -> bool:
        """Whether there is a report of a trace."""
        return self._places[number] != _MISSING

    def __setitem__(self, number: int, report: TraceReport) -> None:
        """Put the report of a trace, in place of an earlier one."""
        self._count += self._places[number] == _MISSING
        self._kept.pop(number, None)
        if self._is_full or not is_plain(report):
            self._places[number] = _KEPT
            self._kept[number] = report
            return
        content = marshal.dumps([getattr(report, name) for name in _STORED])
        self._places[number] = self._begin + len(self._pending)
        self._pending += len(content).to_bytes(_LENGTH_BYTES, "little") + content
        if len(self._pending) >= _IN_MEMORY_BYTES:
            self._write()

    def __getitem__(self, number: int) -> TraceReport:
        """The report of a trace. Raises KeyError."""
        place = self._places[number]
        if place == _MISSING:
            raise KeyError(number)
        if place == _KEPT:
            return self._kept[number]
        values: list[Any] = marshal.loads(self._content(place))
        report = TraceReport.__new__(TraceReport)
        for name, value in zip(_STORED, values, strict=True):
            setattr(report, name, value)
        report.examples, report.kinds, report.hidden = [], {}, {}
        report.timeline = report.first_not_determined = None
        report.unforeseen = ""
        return report

    def numbers(self) -> Iterator[int]:
        """The numbers of the traces that have a report, in order."""
        return (number for number, place in enumerate(self._places) if place != _MISSING)

    def missing(self) -> Iterator[int]:
        """The numbers of the traces without a report, in order."""
        return (number for number, place in enumerate(self._places) if place == _MISSING)

    def notable(self) -> Iterator[TraceReport]:
        """The reports that are not plain, in order."""
        return (self._kept[number] for number in self.notable_numbers())

    def notable_numbers(self) -> list[int]:
        """The numbers of the traces whose reports are not plain, in order."""
        return sorted(self._kept)

    def _content(self, place: int) -> bytes:
        """What was written at a place, without the bytes after it."""
        at = place - self._begin
        if at >= 0:
            length = int.from_bytes(self._pending[at : at + _LENGTH_BYTES], "little")
            return bytes(self._pending[at + _LENGTH_BYTES : at + _LENGTH_BYTES + length])
        assert self._file is not None
        content = os.pread(self._file.fileno(), _READ_BYTES, place)
        length = int.from_bytes(content[:_LENGTH_BYTES], "little")
        if length > _READ_BYTES - _LENGTH_BYTES:
            content = os.pread(self._file.fileno(), _LENGTH_BYTES + length, place)
        return content[_LENGTH_BYTES:]

    def _write(self) -> None:
        """Move what is pending to the file."""
        # Imported here because most runs need no file.
        import tempfile

        try:
            if self._file is None:
                # It has no name, so it is removed however the process ends.
                file = tempfile.TemporaryFile(buffering=0)  # noqa: SIM115 - lives with the table
                weakref.finalize(self, file.close)
                self._file = file
            written = 0
            while written < len(self._pending):
                rest = self._pending[written:]
                written += os.pwrite(self._file.fileno(), rest, self._begin + written)
        except OSError:
            self._is_full = True
            return
        self._begin += len(self._pending)
        self._pending.clear()


class ReportsInOrder(Sequence[TraceReport]):
    """The reports of a table that has some, in the order of their traces."""

    def __init__(self, table: ReportTable) -> None:
        """The table must not get more reports."""
        self._table = table
        complete = len(table) == len(table._places)
        self._numbers: Sequence[int] = (
            range(len(table)) if complete else array("q", table.numbers())
        )

    def __len__(self) -> int:
        """How many reports there are."""
        return len(self._numbers)

    @overload
    def __getitem__(self, index: int) -> TraceReport: ...
    @overload
    def __getitem__(self, index: slice) -> list[TraceReport]: ...
    def __getitem__(self, index: int | slice) -> TraceReport | list[TraceReport]:
        """A report by its place in this order."""
        if isinstance(index, slice):
            return [self._table[number] for number in self._numbers[index]]
        return self._table[self._numbers[index]]

    def __iter__(self) -> Iterator[TraceReport]:
        """Each report."""
        return map(self._table.__getitem__, self._numbers)

    def notable(self) -> Iterator[TraceReport]:
        """Those that are not plain."""
        return self._table.notable()


def notable_of(reports: Iterable[TraceReport]) -> Iterable[TraceReport]:
    """The reports that may be other than plain; for a list these are all."""
    return reports.notable() if isinstance(reports, ReportsInOrder) else reports
