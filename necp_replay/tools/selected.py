"""Reads the records of a trace that a selection selects, and as little else as possible."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final, assert_never

from necp_replay.abi.uuid import UUID_BYTES
from necp_replay.dataclass import dataclass
from necp_replay.errors import TraceError
from necp_replay.events.inputs import Step
from necp_replay.events.outcome import Outcome
from necp_replay.events.state_hash import StateHash
from necp_replay.outcomes.names import StableNames
from necp_replay.tools.matching import Matcher
from necp_replay.tools.select import (
    And,
    Clients,
    Effects,
    Errnos,
    Fds,
    Kinds,
    Not,
    Numbers,
    Or,
    Pids,
    Range,
    Selection,
    Times,
)
from necp_replay.trace.index import Index
from necp_replay.trace.reader import TraceReader
from necp_replay.trace.record_codec import NumberedRecord

EVERYTHING: Final[Selection] = Numbers((Range(1, None),))
"""Selects every record."""

Watch = Callable[[Iterator[NumberedRecord]], Iterator[NumberedRecord]]
"""Passes records on as they are read, to show progress."""


@dataclass(frozen=True, slots=True)
class SelectedRecord:
    """A record with its number and the clock in force during it, in nanoseconds."""

    number: int
    clock_ns: int
    step: Step
    outcome: Outcome | None
    state_hash: StateHash | None = None
    """That of the state after it, where the trace has one."""


def selected_records(
    reader: TraceReader,
    selection: Selection = EVERYTHING,
    names: StableNames | None = None,
    watch: Watch = iter,
) -> Iterator[SelectedRecord]:
    """The records that a selection selects, in order.

    ``names``, where given, learns every id up to the record that is given out, in whatever part of
    the trace. A file is entered through its index. Raises TraceError as the reader does.
    """
    index = _index(reader)
    span = _span(selection, index)
    last = span.last
    if last is not None and last < 1:
        return
    start = _seek(reader, 1 if index is None else span.first or 1)
    matcher = Matcher(selection, start.clock_ns)
    _learn_ids_before(reader, start.record, matcher, names)
    for number, step, outcome in watch(reader.records(start.record)):
        if last is not None and number > last:
            return
        if names is not None:
            names.learn(step)
        if matcher.selects(number, step, outcome):
            state_hash = reader.state_hashes.get(number)
            yield SelectedRecord(number, matcher.clock_ns, step, outcome, state_hash)


def records_to_read(reader: TraceReader, selection: Selection = EVERYTHING) -> int | None:
    """About how many records there are to read for a selection; None where nothing tells."""
    index = _index(reader)
    if index is None:
        return None
    span = _span(selection, index)
    last = index.records if span.last is None else min(span.last, index.records)
    return max(last - (span.first or 1) + 1, 0)


@dataclass(frozen=True, slots=True)
class Reading:
    """How far a selection makes one read: no record after ``last`` of ``records`` is selected."""

    last: int
    records: int


def reading_of(reader: TraceReader, selection: Selection) -> Reading | None:
    """How far to read for a selection; None where nothing tells."""
    index = _index(reader)
    last = None if index is None else _span(selection, index).last
    return None if index is None or last is None else Reading(last, index.records)


@dataclass(frozen=True, slots=True)
class _Start:
    """The first record of a chunk, and the clock before it."""

    record: int
    clock_ns: int


def _seek(reader: TraceReader, first: int) -> _Start:
    """The start of the chunk with a record, or of the trace."""
    if first > 1:
        for chunk in reader.chunks(first):
            return _Start(chunk.message.first_record, chunk.message.clock_ns)
    return _Start(1, reader.first_clock_ns)


def _learn_ids_before(
    reader: TraceReader, start: int, matcher: Matcher, names: StableNames | None
) -> None:
    """Names of ids count from the trace's first record, wherever reading begins."""
    if start == 1 or (names is None and not matcher.wants_ids):
        return
    for chunk in reader.chunks():
        if chunk.message.first_record >= start:
            return
        for record in chunk.message.records:
            if uuids := record.uuids:
                ids = [uuids[at : at + UUID_BYTES] for at in range(0, len(uuids), UUID_BYTES)]
                matcher.learn(ids)
                if names is not None:
                    names.learn_ids(ids)


def _span(selection: Selection, index: Index | None) -> Range:
    """A range of numbers that no selected record lies outside of; empty if ``last`` is 0."""
    match selection:
        case Numbers(ranges):
            return _hull(ranges)
        case Times(ranges):
            return _ALL if index is None else _records_at(_hull(ranges), index)
        case And(operands):
            spans = [_span(operand, index) for operand in operands]
            firsts = [span.first for span in spans if span.first is not None]
            lasts = [span.last for span in spans if span.last is not None]
            first, last = max(firsts, default=None), min(lasts, default=None)
            return _NOTHING if last is not None and (first or 1) > last else Range(first, last)
        case Or(operands):
            spans = [_span(operand, index) for operand in operands]
            return _hull([span for span in spans if span != _NOTHING] or [_NOTHING])
        case Kinds() | Pids() | Fds() | Clients() | Errnos() | Effects() | Not():
            return _ALL
        case _:
            assert_never(selection)


def _hull(ranges: tuple[Range, ...] | list[Range]) -> Range:
    firsts = [entry.first for entry in ranges]
    lasts = [entry.last for entry in ranges]
    first = None if None in firsts else min(each for each in firsts if each is not None)
    last = None if None in lasts else max(each for each in lasts if each is not None)
    return Range(first, last)


def _records_at(times_ns: Range, index: Index) -> Range:
    """The records from the first to the last chunk in which the clock stood in a range."""
    first_ns = 0 if times_ns.first is None else times_ns.first
    found = [
        position
        for position in range(len(index))
        if (entry := index.chunk(position)).clock_max_ns >= first_ns
        and (times_ns.last is None or entry.clock_min_ns <= times_ns.last)
    ]
    if not found:
        return _NOTHING
    after = found[-1] + 1
    last = index.chunk(after).first_record - 1 if after < len(index) else index.records
    return Range(index.chunk(found[0]).first_record, last)


def _index(reader: TraceReader) -> Index | None:
    """The index, unless there is none: a pipe, or a file that is cut short."""
    try:
        return reader.read_index()
    except TraceError:
        return None


_ALL: Final = Range(None, None)
_NOTHING: Final = Range(1, 0)
