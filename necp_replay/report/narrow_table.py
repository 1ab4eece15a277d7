"""Tables that fit a narrow terminal.

The least important columns are left out first: those in which every number is zero, then those with
a ``turn``, in its order. Then texts are shortened: prose is broken into lines, and a name without
spaces is cut in the middle, because its beginning and its end tell it from others. Headings are
broken into lines last.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping, Sequence
from itertools import zip_longest
from typing import Final, Protocol

from necp_replay.report.terminal import seen_length

_GAP: Final = "  "
_CUT: Final = "..."
_TRACE_SUFFIX: Final = ".necptrace"
_LEAST: Final = (20, 12)
"""The least width of a column; the second value is used if the first is not enough."""
_LEAST_AT_ALL: Final = 7
"""The least width of a column where headings are broken too."""
_ZEROS: Final = frozenset({"0", "0.00", "", "-"})


class _Column(Protocol):
    """What is asked of a column (:class:`necp_replay.report.table.Column`)."""

    @property
    def heading(self) -> str: ...
    @property
    def is_right(self) -> bool: ...
    @property
    def turn(self) -> int: ...


def narrow_table(columns: Sequence[_Column], cells: Sequence[Sequence[str]], room: int) -> str:
    """A table of at most ``room`` characters, wider only if every text is as short as it gets."""
    kept = _kept_columns(columns, cells, room)
    shown = [columns[place] for place in kept]
    rows = [[row[place] for place in kept] for row in cells]
    widths = _shrunk(shown, rows, room)
    return "\n".join(
        [
            *_lines(shown, [column.heading for column in shown], widths),
            _GAP.join("-" * width for width in widths),
            *(line for row in rows for line in _lines(shown, row, widths)),
        ]
    )


def _kept_columns(
    columns: Sequence[_Column], cells: Sequence[Sequence[str]], room: int
) -> list[int]:
    """The places of the columns that are shown."""
    kept = list(range(len(columns)))
    for place in _leaving(columns, cells):
        rows = [[row[each] for each in kept] for row in cells]
        needed = sum(_widths([columns[each] for each in kept], rows)) + len(_GAP) * (len(kept) - 1)
        if needed <= room:
            break
        kept.remove(place)
    return kept


def _leaving(columns: Sequence[_Column], cells: Sequence[Sequence[str]]) -> Iterator[int]:
    """The places of the columns that may be left out, in this order."""
    zeros = [
        place
        for place, column in enumerate(columns)
        if column.is_right and all(row[place] in _ZEROS for row in cells)
    ]
    yield from reversed(zeros)
    turns = sorted((column.turn, place) for place, column in enumerate(columns) if column.turn)
    yield from (place for _, place in turns if place not in zeros)


def _widths(columns: Sequence[_Column], rows: Sequence[Sequence[str]]) -> list[int]:
    return [
        max([len(column.heading), *(seen_length(row[place]) for row in rows)])
        for place, column in enumerate(columns)
    ]


def _shrunk(columns: Sequence[_Column], rows: Sequence[Sequence[str]], room: int) -> list[int]:
    """The widths of the columns after the widest ones were made narrower."""
    widths = _widths(columns, rows)
    shrinkable = [
        place
        for place, column in enumerate(columns)
        if not column.is_right
        and not any(seen_length(row[place]) < len(row[place]) for row in rows)
    ]
    headings = [len(column.heading) for column in columns]
    words = [max(map(len, column.heading.split()), default=0) for column in columns]
    for least in _LEAST:
        limits = {place: max(least, headings[place]) for place in shrinkable}
        _shrink(widths, limits, room)
    # Cells of columns that are not shrinkable keep their width.
    cells = [
        max((seen_length(row[place]) for row in rows), default=0) for place in range(len(words))
    ]
    limits = {
        place: max(_LEAST_AT_ALL if place in shrinkable else cells[place], word)
        for place, word in enumerate(words)
    }
    _shrink(widths, limits, room)
    return widths


def _shrink(widths: list[int], limits: Mapping[int, int], room: int) -> None:
    """Make the widest columns narrower, one character at a time.

    ``limits`` has the least width of each column that may be made narrower, by its place.
    """
    excess = sum(widths) + len(_GAP) * (len(widths) - 1) - room
    wide = list(limits)
    while excess > 0 and wide:
        widest = max(wide, key=lambda place: widths[place])
        if widths[widest] <= limits[widest]:
            wide.remove(widest)
            continue
        widths[widest] -= 1
        excess -= 1


def _broken(cell: str, width: int) -> list[str]:
    """A cell as lines that are at most as long as its column is wide."""
    if seen_length(cell) <= width:
        return [cell]
    if " " in cell.strip():
        return [_cut(line, width) for line in textwrap.wrap(cell, width, break_long_words=False)]
    return [_cut(cell, width)]


def _cut(text: str, width: int) -> str:
    """A text without its middle; the end of a name says more than its beginning."""
    if len(text) <= width:
        return text
    # Every trace ends so: that says nothing.
    text = text.removesuffix(_TRACE_SUFFIX)
    if len(text) <= width:
        return text
    kept = width - len(_CUT)
    before = kept // 3
    return f"{text[:before]}{_CUT}{text[len(text) - (kept - before) :]}"


def _lines(
    columns: Sequence[_Column], cells: Sequence[str], widths: Sequence[int]
) -> Iterator[str]:
    """The lines of a row: a text that is longer than its column is wide has several."""
    broken = [_broken(cell, width) for cell, width in zip(cells, widths, strict=True)]
    for part in zip_longest(*broken, fillvalue=""):
        yield _line(columns, part, widths)


def _line(columns: Sequence[_Column], cells: Sequence[str], widths: Sequence[int]) -> str:
    padded = []
    for column, cell, width in zip(columns, cells, widths, strict=True):
        space = " " * (width - seen_length(cell))
        padded.append(space + cell if column.is_right else cell + space)
    return _GAP.join(padded).rstrip()
