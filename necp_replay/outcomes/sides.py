"""Both outcomes of a record that differs, whole, as lines of text: what reports show of it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from necp_replay.events.inputs import Step
from necp_replay.events.json_form import outcome_to_json, step_to_json
from necp_replay.events.outcome import Outcome
from necp_replay.events.snapshot import Snapshot
from necp_replay.outcomes.names import StableNames
from necp_replay.outcomes.node import lines_of
from necp_replay.outcomes.render_outcome import Rendered, render_outcome
from necp_replay.outcomes.render_passed import passed_nodes

SIDES_KEPT: Final = 10_000
"""Differences of one trace whose sides are kept."""
SIDE_LINES: Final = 1_500
"""Lines of decoded text that a side keeps."""
LINE_CHARACTERS: Final = 4_000
"""Characters that a line keeps."""
RAW_CHARACTERS: Final = 256 * 1024
"""A record in JSON lines that is longer is left out."""


@dataclass(frozen=True, slots=True)
class Sides:
    """Both outcomes whole, as lines of decoded text, and the record's bytes in JSON lines.

    Kept only where a report asks for it. ``passed`` is what the process passed, decoded. ``raw_*``
    is None where a side has nothing of the kind.
    """

    expected: tuple[str, ...]
    actual: tuple[str, ...]
    raw_input: str | None = None
    raw_expected: str | None = None
    raw_actual: str | None = None
    passed: tuple[str, ...] = ()


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
