"""Both outcomes of a record that differs, whole: as lines of text, and as they are."""

from __future__ import annotations

import dataclasses
import enum
from collections.abc import Iterable
from typing import Final

from necp_replay.dataclass import dataclass
from necp_replay.events.inputs import Step
from necp_replay.events.outcome import Outcome
from necp_replay.events.snapshot import Snapshot
from necp_replay.outcomes.names import StableNames
from necp_replay.outcomes.node import lines_of
from necp_replay.outcomes.render_outcome import Rendered, render_outcome
from necp_replay.outcomes.render_passed import passed_nodes

SIDES_KEPT: Final = 10_000
"""Both sides are kept of at most this many differences of a trace, so that memory is bounded."""
SIDE_LINES: Final = 1_500
"""Lines of decoded text that are kept of a side. A page with more is slow to open."""
LINE_CHARACTERS: Final = 4_000
"""Characters that are kept of a line."""
KEPT_BYTES: Final = 128 * 1024
"""A step or an outcome with more content than this is not kept as it is, only as text."""


@dataclass(frozen=True, slots=True)
class Sides:
    """Both outcomes of a record, whole. Kept only if a report asks for it.

    ``expected`` and ``actual`` are lines of decoded text, ``passed`` is what the process passed,
    decoded. ``step`` and the outcomes are None if a side has none (a golden is only text) or they
    are larger than ``KEPT_BYTES``. ``measured_only`` says that the comparison left out what
    conformance vectors do not measure.
    """

    expected: tuple[str, ...]
    actual: tuple[str, ...]
    passed: tuple[str, ...] = ()
    step: Step | None = None
    expected_outcome: Outcome | None = None
    actual_outcome: Outcome | None = None
    measured_only: bool = False


def sides_of_text(
    expected: Rendered | None, actual: Rendered | None, passed: Iterable[str] = ()
) -> Sides:
    """Both sides of outcomes that are text already, such as a golden's."""
    return Sides(_lines(expected), _lines(actual), _shortened(passed))


def sides_of_outcomes(
    expected: tuple[Step, Outcome | None] | None,
    actual: tuple[Step, Outcome | None] | None,
    names: StableNames,
    *,
    beyond_vectors: bool,
) -> Sides:
    """Both sides of a record. A side is None if it has no such record.

    ``passed`` and ``step`` are those of ``expected`` if it has the record.
    """
    first = expected or actual
    if first is None:
        return Sides((), ())

    def lines_of_side(side: tuple[Step, Outcome | None] | None) -> tuple[str, ...]:
        step, outcome = side or (None, None)
        if step is None or outcome is None:
            return ()
        return _lines(render_outcome(step.input, outcome, names, beyond_vectors=beyond_vectors))

    step = first[0]
    return Sides(
        lines_of_side(expected),
        lines_of_side(actual),
        _shortened(lines_of(passed_nodes(step.input, names))),
        step if _content_bytes(step) <= KEPT_BYTES else None,
        None if expected is None else _kept(expected[1]),
        None if actual is None else _kept(actual[1]),
        measured_only=not beyond_vectors,
    )


def _kept(outcome: Outcome | None) -> Outcome | None:
    # A snapshot is decoded completely, and it is large.
    if outcome is None or isinstance(outcome.answer, Snapshot):
        return None
    return outcome if _content_bytes(outcome) <= KEPT_BYTES else None


def _content_bytes(value: object) -> int:
    """How many bytes and characters a value of the vocabulary holds, in all its parts."""
    if isinstance(value, bytes | str):
        return len(value)
    if isinstance(value, tuple):
        return sum(map(_content_bytes, value))
    if dataclasses.is_dataclass(value) and not isinstance(value, enum.Enum):
        parts = (getattr(value, entry.name) for entry in dataclasses.fields(value))
        return sum(map(_content_bytes, parts))
    return 0


def _lines(rendered: Rendered | None) -> tuple[str, ...]:
    if rendered is None:
        return ()
    lines = _shortened(lines_of(rendered.nodes))
    return (f"status: {rendered.status}", *lines) if rendered.status else lines


def _shortened(lines: Iterable[str]) -> tuple[str, ...]:
    kept: list[str] = []
    for line in lines:
        if len(kept) == SIDE_LINES:
            kept.append("(the rest is left out)")
            break
        hidden = len(line) - LINE_CHARACTERS
        kept.append(line if hidden <= 0 else f"{line[:LINE_CHARACTERS]}... ({hidden:,} more)")
    return tuple(kept)
