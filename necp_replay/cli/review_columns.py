"""Prints two texts for comparison: side by side, or one above the other on a narrow terminal.

Within a changed block, lines with the same key are paired and compared word by word.
"""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from typing import Final, TypeAlias

from necp_replay.align.lines import LineMatcher, line_opcodes
from necp_replay.dataclass import dataclass
from necp_replay.outcomes.safe_text import visible
from necp_replay.report.style import Style

SIDE_BY_SIDE_WIDTH: Final = 100
"""On terminals with fewer columns old and new are shown one above the other."""
_CONTEXT_LINES: Final = 3
_WORDS: Final = re.compile(r"\w+|\W")
_MARKED_CHARACTERS: Final = 2_000
"""Longer lines are marked as a whole, since comparing words takes quadratic time."""


@dataclass(frozen=True, slots=True)
class _Row:
    """A line of each side, to be shown side by side. None if a side has no line here."""

    old: str | None
    new: str | None
    same: bool = False


def compared_lines(
    old: Sequence[str], new: Sequence[str], width: int, style: Style
) -> Iterator[str]:
    """The changed lines of two texts with a few equal lines around them, ``width`` columns wide.

    Changed lines have a mark in a column of its own, so that colour is not needed.
    """
    before, after = [visible(line) for line in old], [visible(line) for line in new]
    show = _one_above_the_other
    if width >= SIDE_BY_SIDE_WIDTH:
        show = _side_by_side
        yield style.paint(f"{'golden':{(width - 3) // 2}}   now", "dim")
    for rows in _hunks(before, after):
        if isinstance(rows, int):
            yield style.paint(f"  ... {rows:,} lines the same", "dim")
        else:
            yield from show(rows, width, style)


def _hunks(old: list[str], new: list[str]) -> Iterator[list[_Row] | int]:
    """Give blocks of changed rows with context, and between them how many rows are equal."""
    at = 0
    for group in LineMatcher(line_opcodes(old, new)).get_grouped_opcodes(_CONTEXT_LINES):
        begin = group[0][1]
        if begin > at:
            yield begin - at
        rows: list[_Row] = []
        for tag, o1, o2, n1, n2 in group:
            if tag == "equal":
                rows += [_Row(line, line, same=True) for line in old[o1:o2]]
            else:
                rows += _paired(old[o1:o2], new[n1:n2])
        yield rows
        at = group[-1][2]
    if len(old) > at:
        yield len(old) - at


def _paired(old: list[str], new: list[str]) -> Iterator[_Row]:
    """Pair lines with the same key. Every other line has a row of its own, old lines first."""
    keys = [[_key(line) for line in side] for side in (old, new)]
    for tag, o1, o2, n1, n2 in line_opcodes(*keys):
        if tag == "equal":
            yield from (_Row(*pair) for pair in zip(old[o1:o2], new[n1:n2], strict=True))
        else:
            yield from (_Row(line, None) for line in old[o1:o2])
            yield from (_Row(None, line) for line in new[n1:n2])


def _key(line: str) -> str:
    """The part of a line before its value: indentation and key, or the title of a record."""
    return line.partition(": ")[0] if line.startswith(" ") else line.partition(" -> ")[0]


def _one_above_the_other(rows: list[_Row], width: int, style: Style) -> Iterator[str]:
    for row in rows:
        old, new = _pieces(row)
        if row.same:
            for line in _wrapped(old, width - 2):
                yield "  " + _painted(line, style)
            continue
        for mark, side, colour in (("-", old, "expected"), ("+", new, "actual")):
            for line in _wrapped(side, width - 2):
                yield f"{style.paint(mark, colour)} {_painted(line, style)}"


def _side_by_side(rows: list[_Row], width: int, style: Style) -> Iterator[str]:
    column = (width - 3) // 2
    for row in rows:
        mark = " " if row.same else "|"
        if row.old is None or row.new is None:
            mark = ">" if row.old is None else "<"
        old, new = (list(_wrapped(side, column)) for side in _pieces(row))
        for number in range(max(len(old), len(new))):
            left = old[number] if number < len(old) else []
            right = new[number] if number < len(new) else []
            padding = " " * (column - sum(cells(text) for text, _ in left))
            edge = f"{_painted(left, style)}{padding} {style.paint(mark, 'bold')} "
            yield f"{edge}{_painted(right, style)}".rstrip()


_Piece: TypeAlias = tuple[str, str | None]
"""A part of a line and its colour."""


def _pieces(row: _Row) -> tuple[list[_Piece], list[_Piece]]:
    """Split both lines of a row into words, with a colour for each changed one."""
    if row.same or row.old is None or row.new is None:
        old_colour, new_colour = ("dim", "dim") if row.same else ("expected", "actual")
        old = [] if row.old is None else [(row.old, old_colour)]
        new = [] if row.new is None else [(row.new, new_colour)]
        return [*old], [*new]
    if max(len(row.old), len(row.new)) > _MARKED_CHARACTERS:
        return [(row.old, "expected")], [(row.new, "actual")]
    olds, news = _WORDS.findall(row.old), _WORDS.findall(row.new)
    before: list[_Piece] = []
    after: list[_Piece] = []
    matcher = difflib.SequenceMatcher(a=olds, b=news, autojunk=False)
    for tag, o1, o2, n1, n2 in matcher.get_opcodes():
        same = tag == "equal"
        before.append(("".join(olds[o1:o2]), None if same else "expected"))
        after.append(("".join(news[n1:n2]), None if same else "actual"))
    return before, after


def _wrapped(pieces: Iterable[_Piece], width: int) -> Iterator[list[_Piece]]:
    """Break a line into lines of at most ``width`` columns."""
    line: list[_Piece] = []
    left = width
    for text, colour in pieces:
        start = 0
        for end, character in enumerate(text):
            taken = cells(character)
            if taken > left:
                line.append((text[start:end], colour))
                yield line
                line, left, start = [], width, end
            left -= taken
        line.append((text[start:], colour))
    if line:
        yield line


def _painted(line: Iterable[_Piece], style: Style) -> str:
    return "".join(style.paint(text, colour) if colour and text else text for text, colour in line)


def cells(text: str) -> int:
    """The number of terminal columns that a text takes."""
    if text.isascii():
        return len(text)
    return sum(_cells(character) for character in text)


def _cells(character: str) -> int:
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1
