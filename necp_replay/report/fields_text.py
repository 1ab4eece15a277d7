"""Fields that differ: both values below each other, or in one line.

Long values are cut to the part in which they differ.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from necp_replay.outcomes.field_difference import FieldDifference
from necp_replay.outcomes.layers import Layer
from necp_replay.outcomes.title_words import with_quotes
from necp_replay.report.by_meaning import by_meaning, most_meaningful
from necp_replay.report.style import Style
from necp_replay.report.words import counted

SHOWN_FIELDS: Final = 12
"""The most fields of one record that are shown, about one screen. The others are counted."""

# The most characters that are shown: of a value on a line of its own, of each value of `field_line`
# and `labelled_line`, which have to fit into one line, and of a path.
_SHOWN_VALUE: Final = 400
_SHOWN_IN_LINE: Final = 40
_SHOWN_LABELLED: Final = 60
_SHOWN_PATH: Final = 120

_KEPT_BEFORE: Final = 8
"""Characters that are shown before the first one that differs, to recognize the place."""
_CUT: Final = "..."
_LACKING: Final = "-"
"""The value of a side that lacks the field."""


def field_lines(
    fields: Sequence[FieldDifference],
    labels: tuple[str, str],
    style: Style,
    indent: str = "    ",
) -> Iterator[str]:
    """The fields below their layers, each with its path, its expected and its actual value."""
    layer: Layer | None = None
    for field in most_meaningful(fields, SHOWN_FIELDS):
        if field.layer is not layer:
            layer = field.layer
            yield f"{indent}{layer.value}"
        yield from two_values(field, labels, style, f"{indent}  ", _SHOWN_VALUE)
    hidden = len(fields) - SHOWN_FIELDS
    if hidden > 0:
        yield f"{indent}  and {counted(hidden, 'more field')}"


def two_values(
    field: FieldDifference, labels: tuple[str, str], style: Style, indent: str, limit: int
) -> Iterator[str]:
    """The path of a field, then its expected and its actual value, cut to ``limit`` characters.

    The change of a counter is written after its actual value.
    """
    width = max(map(len, labels))
    expected, actual = clipped_pair(field.expected, field.actual, limit)
    change = "" if field.delta is None else f" ({field.delta:+,})"
    yield f"{indent}{clipped(field.path, limit)}"
    yield f"{indent}  {labels[0]:{width}} {style.paint(expected, 'expected')}"
    yield f"{indent}  {labels[1]:{width}} {style.paint(actual, 'actual')}{change}"


def field_line(fields: Sequence[FieldDifference], style: Style) -> str:
    """The field that says most as ``status ENOENT -> ok (+2)``, with the number of others."""
    first = by_meaning(fields)[0]
    expected, actual = clipped_pair(first.expected, first.actual, _SHOWN_IN_LINE)
    more = f" (+{len(fields) - 1})" if len(fields) > 1 else ""
    changed = f"{style.paint(expected, 'expected')} -> {style.paint(actual, 'actual')}"
    return f"{first.path} {changed}{more}"


def labelled_line(fields: Sequence[FieldDifference], labels: tuple[str, str]) -> str:
    """The field that says most as ``status recorded ENOENT, replayed ok``. Empty without any."""
    if not fields:
        return ""
    first = by_meaning(fields)[0]
    expected, actual = clipped_pair(first.expected, first.actual, _SHOWN_LABELLED)
    return f"{clipped(first.path, _SHOWN_PATH)} {labels[0]} {expected}, {labels[1]} {actual}"


def clipped_pair(expected: str | None, actual: str | None, limit: int) -> tuple[str, str]:
    """Both values. If one is longer than ``limit``, both are cut to where they begin to differ."""
    expected, actual = (each and with_quotes(each) for each in (expected, actual))
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
    """The length of the common beginning of both values."""
    pairs = zip(expected, actual, strict=False)
    shorter = min(len(expected), len(actual))
    return next((at for at, (one, other) in enumerate(pairs) if one != other), shorter)


def clipped(value: str | None, limit: int) -> str:
    """A value, cut to ``limit`` characters. ``-`` if there is none."""
    if value is None:
        return _LACKING
    if len(value) <= limit:
        return value
    return f"{value[: limit - len(_CUT)]}{_CUT}"
