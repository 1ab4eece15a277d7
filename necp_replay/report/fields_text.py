"""Fields that differ, both sides under each other or in one line; of long values the change."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from necp_replay.outcomes.field_difference import FieldDifference
from necp_replay.outcomes.layers import Layer
from necp_replay.report.style import Style

SHOWN_FIELDS: Final = 12
"""Fields of a record that are shown; the rest is counted."""
_SHOWN_VALUE: Final = 400
_SHOWN_IN_LINE: Final = 40
_KEPT_BEFORE: Final = 8
"""Characters before the first difference of long values that stay."""
_CUT: Final = "..."
_LACKING: Final = "-"
"""What stands for the value of a side that lacks the field."""


def field_lines(
    differences: Sequence[FieldDifference],
    labels: tuple[str, str],
    style: Style,
    indent: str = "    ",
) -> Iterator[str]:
    """Fields that differ, under their layers, the expected value above the actual one.

    Behind the actual value of a counter stands how much more it is.
    """
    width = max(map(len, labels))
    layer: Layer | None = None
    for difference in differences[:SHOWN_FIELDS]:
        if difference.layer is not layer:
            layer = difference.layer
            yield f"{indent}{layer.value}"
        yield f"{indent}  {difference.path}"
        expected, actual = clipped_pair(difference.expected, difference.actual, _SHOWN_VALUE)
        yield f"{indent}    {labels[0]:{width}} {style.paint(expected, 'red')}"
        change = "" if difference.delta is None else f" ({difference.delta:+,})"
        yield f"{indent}    {labels[1]:{width}} {style.paint(actual, 'green')}{change}"
    hidden = len(differences) - SHOWN_FIELDS
    if hidden > 0:
        yield f"{indent}  and {hidden:,} more fields"


def field_line(differences: Sequence[FieldDifference], style: Style) -> str:
    """The first field that differs in one line, and how many more there are."""
    first = differences[0]
    expected, actual = clipped_pair(first.expected, first.actual, _SHOWN_IN_LINE)
    more = f" (+{len(differences) - 1})" if len(differences) > 1 else ""
    changed = f"{style.paint(expected, 'red')} -> {style.paint(actual, 'green')}"
    return f"{first.path} {changed}{more}"


def clipped_pair(expected: str | None, actual: str | None, limit: int) -> tuple[str, str]:
    """Both values, those longer than ``limit`` cut to the part in which they differ."""
    if expected is None or actual is None:
        return clipped(expected, limit), clipped(actual, limit)
    if max(len(expected), len(actual)) <= limit:
        return expected, actual
    start = max(0, _common(expected, actual) - _KEPT_BEFORE)
    if start <= len(_CUT) + _KEPT_BEFORE:
        start = 0
    head = _CUT if start else ""
    return (
        head + clipped(expected[start:], limit),
        head + clipped(actual[start:], limit),
    )


def _common(expected: str, actual: str) -> int:
    """How many characters both begin with."""
    pairs = zip(expected, actual, strict=False)
    shorter = min(len(expected), len(actual))
    return next((at for at, (one, other) in enumerate(pairs) if one != other), shorter)


def clipped(value: str | None, limit: int) -> str:
    """A value, cut where it is longer than ``limit``; ``-`` where there is none."""
    if value is None:
        return _LACKING
    if len(value) <= limit:
        return value
    return f"{value[: limit - len(_CUT)]}{_CUT}"
