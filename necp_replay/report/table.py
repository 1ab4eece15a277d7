"""Tables of text: every table of a report is laid out here."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from tabulate import tabulate

from necp_replay.dataclass import dataclass
from necp_replay.report.narrow_table import narrow_table
from necp_replay.report.terminal import terminal_width


@dataclass(frozen=True, slots=True)
class Column:
    """A column with its heading. Numbers are aligned to the right.

    ``turn`` is the order in which columns are left out if the terminal is too narrow: 1 before 2, 0
    never. A column of numbers that are all zero is left out before any other.
    """

    heading: str
    is_right: bool = False
    turn: int = 0


def left(*headings: str, turn: int = 0) -> list[Column]:
    """Columns that are aligned to the left."""
    return [Column(heading, turn=turn) for heading in headings]


def right(*headings: str, turn: int = 0) -> list[Column]:
    """Columns that are aligned to the right."""
    return [Column(heading, is_right=True, turn=turn) for heading in headings]


def table(
    columns: Sequence[Column],
    rows: Iterable[Sequence[object]],
    *,
    markdown: bool = False,
    width: int | None = None,
) -> str:
    """Lay out a table. Whole numbers are written as ``1,234``, every other cell with ``str``.

    A table that is wider than ``width`` is made to fit. By default that is the width of the
    terminal; a file or a pipe gets the whole table.
    """
    cells = [[_cell(value) for value in row] for row in rows]
    laid_out = tabulate(
        cells,
        headers=[column.heading for column in columns],
        tablefmt="pipe" if markdown else "simple",
        # A text such as 1e5 or 007 must not be printed as a number.
        disable_numparse=True,
        preserve_whitespace=True,
        colalign=["right" if column.is_right else "left" for column in columns] if cells else None,
    )
    room = terminal_width() if width is None else width
    if markdown or room is None or _rule_length(laid_out) <= room:
        return laid_out
    return narrow_table(columns, cells, room)


def label_table(rows: Iterable[tuple[str, str]]) -> str:
    """Lay out labels and their texts, without headings."""
    return tabulate(list(rows), tablefmt="plain", disable_numparse=True)


def _rule_length(laid_out: str) -> int:
    """The width of a table: that of the rule below its headings, which has no colours."""
    return len(laid_out.split("\n", 2)[1])


def _cell(value: object) -> str:
    return f"{value:,}" if isinstance(value, int) else str(value)
