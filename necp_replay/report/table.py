"""Tables of text: every table of a report is laid out here."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from tabulate import tabulate


@dataclass(frozen=True, slots=True)
class Column:
    """A column with its heading. Numbers are aligned to the right."""

    heading: str
    is_right: bool = False


def left(*headings: str) -> list[Column]:
    """Columns that are aligned to the left."""
    return [Column(heading) for heading in headings]


def right(*headings: str) -> list[Column]:
    """Columns that are aligned to the right."""
    return [Column(heading, is_right=True) for heading in headings]


def table(
    columns: Sequence[Column], rows: Iterable[Sequence[object]], *, markdown: bool = False
) -> str:
    """Lay out a table. Whole numbers are written as ``1,234``, every other cell with ``str``."""
    cells = [[_cell(value) for value in row] for row in rows]
    return tabulate(
        cells,
        headers=[column.heading for column in columns],
        tablefmt="pipe" if markdown else "simple",
        # A text such as 1e5 or 007 must not be printed as a number.
        disable_numparse=True,
        preserve_whitespace=True,
        colalign=["right" if column.is_right else "left" for column in columns] if cells else None,
    )


def label_table(rows: Iterable[tuple[str, str]]) -> str:
    """Lay out labels and their texts, without headings."""
    return tabulate(list(rows), tablefmt="plain", disable_numparse=True)


def _cell(value: object) -> str:
    return f"{value:,}" if isinstance(value, int) else str(value)
