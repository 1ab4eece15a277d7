"""Reads a trace once for cutting it: which records are selected, and what each of them touches."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import field, replace

from necp_replay.dataclass import dataclass
from necp_replay.engines.engine import EngineFactory
from necp_replay.events.clock import CLOCK_START_NS
from necp_replay.events.inputs import Step
from necp_replay.events.outcome import Outcome
from necp_replay.events.references import opened_fd
from necp_replay.events.snapshot import Snapshot
from necp_replay.events.state_hash import canonical_form
from necp_replay.releases.names import canonical_tag
from necp_replay.tools.dependencies import Tracker
from necp_replay.tools.derived_header import PROGRESS_RECORDS, OnRecords
from necp_replay.tools.matching import Matcher
from necp_replay.tools.packed_keys import History
from necp_replay.tools.select import Selection
from necp_replay.tools.selected import reading_of
from necp_replay.trace.reader import TraceReader
from necp_replay.trace.record_codec import NumberedRecord


@dataclass(slots=True)
class TouchedKeys:
    """What is known of a trace, and of what an engine does with it, if one was asked."""

    history: History = field(default_factory=History)
    fingerprints: dict[int, int] | None = None
    """What the engine did with each record of the whole trace, as :func:`fingerprint_of` says it;
    None where no engine was asked."""


def touched_keys(
    reader: TraceReader,
    selection: Selection,
    open_engine: EngineFactory,
    release: str,
    on_records: OnRecords | None = None,
) -> TouchedKeys:
    """Take notes from what a trace recorded; where that is not enough, from a replay."""
    found = None
    if release == canonical_tag(reader.header.release):
        found = touched_in_trace(reader, selection, on_records)
    return found or touched_in_replay(reader, selection, open_engine, release, on_records)


def touched_in_trace(
    reader: TraceReader, selection: Selection, on_records: OnRecords | None = None
) -> TouchedKeys | None:
    """Read a trace and take notes from what it recorded. None where an outcome is missing."""
    noting = _Noting(selection)
    for number, step, recorded in _up_to_the_last(reader, selection, noting.found.history):
        if recorded is None:
            return None
        noting.note(number, step, recorded, recorded)
        _tell(on_records, number)
    return noting.found


def touched_in_replay(
    reader: TraceReader,
    selection: Selection,
    open_engine: EngineFactory,
    release: str,
    on_records: OnRecords | None = None,
) -> TouchedKeys:
    """Replay a trace and take notes from what the engine does.

    A selection that asks for outcomes sees what was recorded, and where nothing was, what the
    engine does.
    """
    engine = open_engine(release)
    noting = _Noting(selection)
    noting.found.fingerprints = {}
    for number, step, recorded in _up_to_the_last(reader, selection, noting.found.history):
        outcome = engine.submit(step)
        noting.found.fingerprints[number] = fingerprint_of(outcome)
        noting.note(number, step, outcome, outcome if recorded is None else recorded)
        _tell(on_records, number)
    return noting.found


def fingerprint_of(outcome: Outcome) -> int:
    """A number that is the same for equal outcomes, and for others most likely not."""
    answer = outcome.answer
    if not isinstance(answer, Snapshot):
        return hash(repr(outcome))
    # The text of a snapshot is for people: different ones can have the same.
    return hash((canonical_form(answer), repr(replace(outcome, answer=None))))


class _Noting:
    """Takes notes of records in order."""

    def __init__(self, selection: Selection) -> None:
        self.found = TouchedKeys()
        self._matcher = Matcher(selection, CLOCK_START_NS)
        self._tracker = Tracker(self.found.history.objects)

    def note(self, number: int, step: Step, outcome: Outcome, shown: Outcome) -> None:
        """Take in a record: ``shown`` is the outcome that the selection sees."""
        history = self.found.history
        if step.sets_clock_ns is not None:
            history.set_clock(step.sets_clock_ns)
        opened = opened_fd(step.input, outcome)
        if opened is not None:
            history.opened[number] = opened[1]
        is_selected = self._matcher.selects(number, step, shown)
        history.append(self._tracker.take(number, step, outcome), is_selected=is_selected)


def _up_to_the_last(
    reader: TraceReader, selection: Selection, history: History
) -> Iterator[NumberedRecord]:
    """The records up to the last one that may be selected, and what they are of."""
    reading = reading_of(reader, selection)
    if reading is None:
        yield from reader
        return
    for record in reader:
        if record[0] > reading.last:
            break
        yield record
    history.records = max(history.records, reading.records)


def _tell(on_records: OnRecords | None, number: int) -> None:
    if on_records is not None and number % PROGRESS_RECORDS == 0:
        on_records(PROGRESS_RECORDS)
