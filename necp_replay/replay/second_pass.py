"""A second replay of a trace that differs, for what reports show of it: both sides, and a timeline.

Most traces do not differ, so a replay keeps nothing of what it did. Where a report asks for more
than the fields that differ, the trace is replayed once more, and what differed is kept whole.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from necp_replay.engines.engine import Engine
from necp_replay.errors import NecpReplayError
from necp_replay.events.inputs import Step
from necp_replay.events.outcome import Outcome
from necp_replay.outcomes.names import StableNames
from necp_replay.outcomes.record_difference import FINAL_TITLE, RecordDifference, Truth
from necp_replay.outcomes.render_outcome import Rendered
from necp_replay.outcomes.render_snapshot import snapshot_nodes
from necp_replay.outcomes.sides import SIDES_KEPT, Sides, sides_of_outcomes, sides_of_text
from necp_replay.outcomes.timeline import TimelineBuilder
from necp_replay.outcomes.trace_report import TraceReport
from necp_replay.trace.header import OutcomeDetail
from necp_replay.trace.reader import TraceReader


def look_again(
    path: Path, report: TraceReport, actual: Engine, expected: Engine | None = None
) -> None:
    """Replay a trace and fill in its report: the sides of kept differences, and the timeline.

    ``expected`` is the other engine where two releases are compared; without it the expected side
    is what the trace recorded. What a golden expected is in the sides already. An engine that fails
    this time, as a program may, leaves the report as it was: the first replay counts.
    """
    with suppress(NecpReplayError):
        _look(path, report, actual, expected)


def _look(path: Path, report: TraceReport, actual: Engine, expected: Engine | None) -> None:
    wanted: dict[int, list[RecordDifference]] = {}
    for difference in report.examples[:SIDES_KEPT]:
        if difference.record is not None:
            wanted.setdefault(difference.record, []).append(difference)
    names = StableNames()
    builder = TimelineBuilder(actual.snapshot, names, frozenset(wanted))
    with TraceReader(path) as reader:
        measured = reader.header.outcome_detail is OutcomeDetail.VECTORS
        for number, step, recorded in reader:
            outcome = actual.submit(step)
            before = recorded if expected is None else expected.submit(step)
            names.learn(step)
            builder.add(number, step, outcome)
            for difference in wanted.get(number, ()):
                difference.shown.sides = _sides(step, before, outcome, names, difference, measured)
    report.timeline = builder.timeline
    if expected is not None:
        _fill_final_state(report, expected, actual, names)


def _fill_final_state(
    report: TraceReport, expected: Engine, actual: Engine, names: StableNames
) -> None:
    """The sides of the difference between two releases that no record has, but the last state."""
    for difference in report.examples:
        if difference.record is None and difference.title == FINAL_TITLE:
            states = (
                Rendered("", snapshot_nodes(engine.snapshot(), names, beyond_vectors=True))
                for engine in (expected, actual)
            )
            difference.shown.sides = sides_of_text(*states)


def _sides(
    step: Step,
    before: Outcome | None,
    outcome: Outcome,
    names: StableNames,
    difference: RecordDifference,
    measured: bool,
) -> Sides:
    beyond = not (measured and difference.truth is Truth.RECORDED)
    expected = None if difference.truth is Truth.GOLDEN else (step, before)
    found = sides_of_outcomes(expected, (step, outcome), names, beyond_vectors=beyond)
    if difference.truth is not Truth.GOLDEN:
        return found
    known = difference.shown.sides or Sides((), ())
    return replace(found, expected=known.expected, actual=known.actual)
