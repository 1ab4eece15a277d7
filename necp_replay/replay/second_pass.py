"""Replays a trace that differs once more, to add details to its report: both sides, a timeline.

Most traces do not differ, so the first replay keeps nothing but the fields that differ. A report
that shows more is completed by a second replay of just the traces that differ.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from necp_replay.engines.engine import Engine
from necp_replay.errors import NecpReplayError
from necp_replay.events.inputs import Step
from necp_replay.events.outcome import Outcome
from necp_replay.events.unmeasured import comparable
from necp_replay.outcomes.names import StableNames
from necp_replay.outcomes.record_difference import FINAL_TITLE, RecordDifference, Truth
from necp_replay.outcomes.render_outcome import Rendered
from necp_replay.outcomes.render_snapshot import snapshot_nodes
from necp_replay.outcomes.sides import SIDES_KEPT, Sides, sides_of_outcomes, sides_of_text
from necp_replay.outcomes.timeline import TimelineBuilder
from necp_replay.outcomes.trace_report import TraceReport
from necp_replay.releases.names import session_priorities
from necp_replay.trace.header import Header
from necp_replay.trace.knowledge import compares_beyond_vectors, is_full
from necp_replay.trace.reader import TraceReader


def add_details(
    path: Path, report: TraceReport, actual: Engine, expected: Engine | None = None
) -> None:
    """Replay a trace, and add both sides of its kept differences and the timeline to its report.

    ``expected`` is the engine of the older release if two releases are compared. Without it the
    expected side is what the trace recorded. What a golden expected is in the report already. If
    the engine fails this time, which an external program may, the report stays as it was.
    """
    with suppress(NecpReplayError):
        _replay(path, report, actual, expected)


def _replay(path: Path, report: TraceReport, actual: Engine, expected: Engine | None) -> None:
    wanted: dict[int, list[RecordDifference]] = {}
    for difference in report.examples[:SIDES_KEPT]:
        if difference.record is not None:
            wanted.setdefault(difference.record, []).append(difference)
    names = StableNames(session_priorities(report.release))
    builder = TimelineBuilder(actual.snapshot, names, frozenset(wanted))
    with TraceReader(path) as reader:
        header = reader.header
        for number, step, recorded in reader:
            outcome = actual.submit(step)
            before = recorded if expected is None else expected.submit(step)
            names.learn(step)
            builder.add(number, step, outcome)
            for difference in wanted.get(number, ()):
                difference.shown.sides = _sides(step, before, outcome, names, difference, header)
    report.timeline = builder.timeline
    if expected is not None:
        _fill_final_state(report, expected, actual, names)


def _fill_final_state(
    report: TraceReport, expected: Engine, actual: Engine, names: StableNames
) -> None:
    """Add both sides of a difference between the final states of two releases."""
    for difference in report.examples:
        if difference.record is None and difference.title == FINAL_TITLE:
            old, new = (
                Rendered("", snapshot_nodes(engine.snapshot(), names, beyond_vectors=True))
                for engine in (expected, actual)
            )
            difference.shown.sides = sides_of_text(old, new)


def _sides(
    step: Step,
    before: Outcome | None,
    outcome: Outcome,
    names: StableNames,
    difference: RecordDifference,
    header: Header,
) -> Sides:
    beyond = True
    if difference.truth is Truth.RECORDED and before is not None:
        beyond = compares_beyond_vectors(header)
        before, outcome = comparable(before, outcome, shown_only=not is_full(header))
    expected = None if difference.truth is Truth.GOLDEN else (step, before)
    found = sides_of_outcomes(expected, (step, outcome), names, beyond_vectors=beyond)
    if difference.truth is not Truth.GOLDEN:
        return found
    known = difference.shown.sides or Sides((), ())
    return replace(found, expected=known.expected, actual=known.actual)
