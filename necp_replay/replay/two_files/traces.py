"""Compares two traces record by record."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from necp_replay.align.sequences import align
from necp_replay.events.inputs import Input, Step
from necp_replay.events.outcome import Outcome
from necp_replay.outcomes.compare import outcome_differences
from necp_replay.outcomes.field_difference import FieldDifference
from necp_replay.outcomes.hidden_bytes import field_differences
from necp_replay.outcomes.layers import Layer, layer_of_passed
from necp_replay.outcomes.names import StableNames
from necp_replay.outcomes.node_differences import node_differences
from necp_replay.outcomes.render_input import title
from necp_replay.outcomes.render_outcome import render_outcome
from necp_replay.outcomes.render_passed import passed_nodes
from necp_replay.outcomes.safe_text import escape
from necp_replay.outcomes.sides import Sides, sides_of_outcomes
from necp_replay.releases.names import session_priorities
from necp_replay.replay.two_files.comparison import (
    Describer,
    FileComparison,
    FileDiff,
    FileOptions,
    LoneRecord,
)
from necp_replay.replay.two_files.records import (
    RecordComparator,
    RecordEntry,
    Side,
    entries,
    known_outcomes,
    same_outcome,
)
from necp_replay.replay.two_files.state_hashes import compare_states
from necp_replay.trace.header import Header, OutcomeDetail
from necp_replay.trace.knowledge import compares_beyond_vectors, is_full
from necp_replay.trace.reader import TraceReader


def diff_traces(left: Path, right: Path, options: FileOptions | None = None) -> FileDiff:
    """Compare inputs, generated ids, times and outcomes of two traces.

    Ids that were renamed consistently count as equal. If one of the traces was measured, only what
    conformance vectors measure is compared; if one has no outcomes, only inputs are. What one of
    them does not know is not compared. Raises TraceError for a file that is damaged or no trace.
    """
    names = (escape(str(left)), escape(str(right)))
    comparison = FileComparison(*names, options or FileOptions())
    with TraceReader(left) as old, TraceReader(right) as new:
        headers = (old.header, new.header)
        indexes = (old.read_index(), new.read_index())
        has_outcomes = all(index.outcomes for index in indexes)
        comparison.diff.states = compare_states(old, new)
        comparison.diff.notes += _notes(*headers, has_outcomes=has_outcomes)
        measured = not all(map(compares_beyond_vectors, headers))
        is_partial = any(index.partial or index.outcomes < index.records for index in indexes)
        comparator = RecordComparator()
        comparator.names.priorities = session_priorities(old.header.release)
        sides = [
            Side(measured, has_outcomes, is_partial, is_partial and not is_full(header))
            for header in headers
        ]
        edits = align(entries(old, sides[0]), entries(new, sides[1]), comparator)
        comparison.take(edits, _RecordDescriptions(comparator, measured=measured).describer())
    if has_outcomes:
        comparison.diff.report.in_part = comparator.in_part
        comparison.diff.report.not_compared = comparator.not_compared
    return comparison.diff


def _notes(left: Header, right: Header, *, has_outcomes: bool) -> Iterator[str]:
    """Differences of the headers that a reader of the comparison must know."""
    if left.release != right.release:
        yield f"release: {escape(left.release)} and {escape(right.release)}"
    if left.meaning != right.meaning:
        yield f"meaning of records: {left.meaning} and {right.meaning}"
    details = (left.outcome_detail, right.outcome_detail)
    if not has_outcomes:
        yield "one has no outcomes, so only inputs are compared"
    elif details[0] is not details[1] and OutcomeDetail.VECTORS in details:
        yield "one was measured, so only what conformance vectors measure is compared"


class _RecordDescriptions:
    """Describes records of both sides, with the ids of the left."""

    def __init__(self, comparator: RecordComparator, *, measured: bool) -> None:
        self._comparator = comparator
        self._measured = measured

    def describer(self) -> Describer[RecordEntry]:
        """The functions that describe records."""
        return Describer(
            number=lambda entry: entry.number,
            title=lambda entry: title(entry.step.input, self._comparator.names),
            kind=lambda entry: entry.kind,
            fields=self._fields,
            lone=self._lone,
            sides=self._sides,
        )

    def _lone(self, entry: RecordEntry, is_left: bool) -> LoneRecord:
        names = self._comparator.names
        step, outcome = self._shown(entry, is_left=is_left)
        status = "not recorded"
        if outcome is not None:
            beyond = not self._measured
            status = render_outcome(step.input, outcome, names, beyond_vectors=beyond).status
        return LoneRecord(
            title(step.input, names), entry.kind, status, " ".join(map(names.name, step.uuids))
        )

    def _sides(self, left: RecordEntry | None, right: RecordEntry | None) -> Sides:
        expected = None if left is None else self._shown(left, is_left=True)
        actual = None if right is None else self._shown(right, is_left=False)
        names = self._comparator.names
        return sides_of_outcomes(expected, actual, names, beyond_vectors=not self._measured)

    def _shown(self, entry: RecordEntry, *, is_left: bool) -> tuple[Step, Outcome | None]:
        """A record with the ids of the left."""
        if is_left:
            return entry.step, entry.outcome
        return self._comparator.in_left_ids(entry)

    def _fields(self, left: RecordEntry, right: RecordEntry) -> list[FieldDifference]:
        step, outcome = self._comparator.in_left_ids(right)
        names, event = self._comparator.names, left.step.input
        found = _input_differences(event, step.input, names)
        old, new = (" ".join(map(names.name, each)) for each in (left.step.uuids, step.uuids))
        if old != new:
            found.append(FieldDifference(Layer.INPUT, "generated ids", old or None, new or None))
        found += _clock_difference(left.step.now_ns, step.now_ns)
        if left.outcome is not None and outcome is not None:
            both = known_outcomes(left, right, outcome)
            if not same_outcome(*both, measured=self._measured):
                found += outcome_differences(event, *both, names, beyond_vectors=not self._measured)
        if not found:
            # The records look the same, but an id corresponds to another one elsewhere.
            old, new = (
                " ".join(uuid.hex() for uuid in each.canonical.ids) for each in (left, right)
            )
            found.append(FieldDifference(Layer.INPUT, "ids", old, new))
        return found


def _input_differences(left: Input, right: Input, names: StableNames) -> list[FieldDifference]:
    if left == right:
        return []
    found = []
    old, new = title(left, names), title(right, names)
    if old != new:
        found.append(FieldDifference(Layer.INPUT, "input", old, new))
    found += node_differences(
        passed_nodes(left, names), passed_nodes(right, names), layer_of_passed
    )
    return found or field_differences(left, right, Layer.INPUT)


def _clock_difference(left: int | None, right: int | None) -> list[FieldDifference]:
    if left == right:
        return []
    delta = None if left is None or right is None else right - left
    old, new = (None if each is None else str(each) for each in (left, right))
    return [FieldDifference(Layer.INPUT, "now_ns", old, new, delta)]
