"""A second replay of a trace that differs, for what reports show of it: both sides, and a timeline.

Most traces do not differ, so a replay keeps nothing of what it did. Where a report asks for more
than the fields that differ, the trace is replayed once more, and what differed is kept whole.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Final

from necp_replay.errors import NecpReplayError
from necp_replay.events.inputs import Step
from necp_replay.events.json_form import outcome_to_json, step_to_json
from necp_replay.events.outcome import Outcome
from necp_replay.events.snapshot import Snapshot
from necp_replay.replay.engine import Engine
from necp_replay.replay.names import StableNames
from necp_replay.replay.node import lines_of
from necp_replay.replay.render_outcome import Rendered, render_outcome
from necp_replay.replay.render_passed import passed_nodes
from necp_replay.replay.render_snapshot import snapshot_nodes
from necp_replay.replay.report_model import (
    FINAL_TITLE,
    RecordDifference,
    Sides,
    TraceReport,
    Truth,
)
from necp_replay.replay.timeline import TimelineBuilder
from necp_replay.trace.header import OutcomeDetail
from necp_replay.trace.reader import TraceReader

SIDES_KEPT: Final = 10_000
"""Differences of one trace whose sides are kept."""
SIDE_LINES: Final = 1_500
"""Lines of decoded text that a side keeps."""
LINE_CHARACTERS: Final = 4_000
"""Characters that a line keeps."""
RAW_CHARACTERS: Final = 256 * 1024
"""A record in JSON lines that is longer is left out."""


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


def sides_of_text(expected: Rendered | None, actual: Rendered | None) -> Sides:
    """Both sides of outcomes that are text already, such as a golden's."""
    return Sides(_lines(expected), _lines(actual))


def sides_of_outcomes(
    expected: tuple[Step, Outcome | None] | None,
    actual: tuple[Step, Outcome | None] | None,
    names: StableNames,
    *,
    beyond_vectors: bool,
) -> Sides:
    """Both sides of a record of two traces; None where a trace has no such record.

    What was passed is that of ``expected`` where there is one.
    """
    first = expected or actual
    if first is None:
        return Sides((), ())

    def side_of(side: tuple[Step, Outcome | None] | None) -> tuple[tuple[str, ...], str | None]:
        step, outcome = side or (None, None)
        if step is None or outcome is None:
            return (), None
        rendered = render_outcome(step.input, outcome, names, beyond_vectors=beyond_vectors)
        return _lines(rendered), _raw(step, outcome, beyond_vectors)

    (old_lines, old_raw), (new_lines, new_raw) = side_of(expected), side_of(actual)
    raw_input = _short(json.dumps(step_to_json(first[0]), separators=(",", ":")))
    passed = _cut(lines_of(passed_nodes(first[0].input, names)))
    return Sides(old_lines, new_lines, raw_input, old_raw, new_raw, passed)


def _look(path: Path, report: TraceReport, actual: Engine, expected: Engine | None) -> None:
    wanted: dict[int, list[RecordDifference]] = {}
    for difference in report.examples[:SIDES_KEPT]:
        if difference.record is not None:
            wanted.setdefault(difference.record, []).append(difference)
    names = StableNames()
    builder = TimelineBuilder(actual, names, frozenset(wanted))
    with TraceReader(path) as reader:
        measured = reader.header.outcome_detail is OutcomeDetail.VECTORS
        for number, step, recorded in reader:
            outcome = actual.submit(step)
            before = recorded if expected is None else expected.submit(step)
            names.learn(step)
            builder.add(number, step, outcome)
            for difference in wanted.get(number, ()):
                difference.sides = _sides(step, before, outcome, names, difference, measured)
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
            difference.sides = sides_of_text(*states)


def _sides(
    step: Step,
    before: Outcome | None,
    outcome: Outcome,
    names: StableNames,
    difference: RecordDifference,
    measured: bool,
) -> Sides:
    beyond = not (measured and difference.truth is Truth.RECORDED)
    event = step.input
    raw_input = json.dumps(step_to_json(step), separators=(",", ":"))
    passed = _cut(lines_of(passed_nodes(event, names)))
    if difference.truth is Truth.GOLDEN:
        known = difference.sides or Sides((), ())
        raw = _raw(step, outcome, beyond)
        return replace(known, raw_input=_short(raw_input), raw_actual=raw, passed=passed)

    def rendered(side: Outcome) -> tuple[str, ...]:
        return _lines(render_outcome(event, side, names, beyond_vectors=beyond))

    return Sides(
        () if before is None else rendered(before),
        rendered(outcome),
        _short(raw_input),
        None if before is None else _raw(step, before, beyond),
        _raw(step, outcome, beyond),
        passed,
    )


def _raw(step: Step, outcome: Outcome, beyond: bool) -> str | None:
    if isinstance(outcome.answer, Snapshot):
        # All of it is decoded, and there is much of it.
        return None
    written = outcome_to_json(outcome, step.input, measured_only=not beyond)
    return _short(json.dumps(written, separators=(",", ":")))


def _short(text: str) -> str | None:
    return text if len(text) <= RAW_CHARACTERS else None


def _lines(rendered: Rendered | None) -> tuple[str, ...]:
    if rendered is None:
        return ()
    lines = _cut(lines_of(rendered.nodes))
    return (f"status: {rendered.status}", *lines) if rendered.status else lines


def _cut(lines: Iterator[str]) -> tuple[str, ...]:
    kept: list[str] = []
    for line in lines:
        if len(kept) == SIDE_LINES:
            kept.append("(the rest is left out)")
            break
        hidden = len(line) - LINE_CHARACTERS
        kept.append(line if hidden <= 0 else f"{line[:LINE_CHARACTERS]}... ({hidden:,} more)")
    return tuple(kept)
