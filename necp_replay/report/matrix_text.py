"""Traces by releases, as text and JSON: in each row, releases with the same letter behave alike."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from pathlib import Path
from typing import Final, Literal, TypedDict

from necp_replay.dataclass import dataclass
from necp_replay.outcomes.safe_text import visible
from necp_replay.releases.published import PUBLISHED
from necp_replay.replay.many_releases import Behaviours
from necp_replay.report.json_schema import Count
from necp_replay.report.json_text import json_text
from necp_replay.report.style import Style
from necp_replay.report.table import left, table
from necp_replay.report.terminal import terminal_width, text_width
from necp_replay.report.words import counted

_WIDTH: Final = 80
"""The width of the legend, in characters."""
_NAME: Final = 34
"""Names are beside the cells if there is room for so many characters of them."""
_INDENT: Final = "  "
_KEPT: Final = "\N{NO-BREAK SPACE}"


@dataclass(frozen=True, slots=True)
class MatrixRow:
    """How releases behave in one trace."""

    path: Path
    behaviours: Behaviours


class MatrixTraceObject(TypedDict):
    """One trace. ``letters`` are in the order of the releases; null where not all is modelled.

    ``changed_in`` are the releases that differ from the one before them. ``not_modelled`` has the
    first record that a release does not model.
    """

    path: str
    records: Count
    letters: Sequence[str | None]
    changed_in: list[str]
    not_modelled: Mapping[str, str]


class MatrixDocument(TypedDict):
    """Which releases behave alike in which traces: those with the same letter."""

    schema_version: Literal[1]
    releases: list[str]
    traces: list[MatrixTraceObject]


def matrix_text(
    releases: Sequence[str], rows: Sequence[MatrixRow], style: Style, *, verbose: bool = False
) -> str:
    """The table, a legend of its columns, and the totals.

    Traces in one folder whose letters are the same are one row, unless ``verbose``.
    """
    majors = [list(tags) for _, tags in groupby(releases, key=_major)]
    headings = [_major(tags[0]).removeprefix("xnu-") for tags in majors]
    lines = [
        (name, list(_cells(letters, majors))) for name, letters in _shown_rows(rows, apart=verbose)
    ]
    parts = [_table(headings, lines)] if lines else []
    parts.append("\n".join(_legend(majors)))
    parts.append(_totals(rows, style))
    return "\n\n".join(parts)


def matrix_json(releases: Sequence[str], rows: Sequence[MatrixRow]) -> str:
    """The same for machines: the letters of each trace, in the order of the releases."""
    document: MatrixDocument = {
        "schema_version": 1,
        "releases": list(releases),
        "traces": [
            {
                "path": visible(str(row.path)),
                "records": row.behaviours.records,
                "letters": row.behaviours.letters,
                "changed_in": [change.new for change in row.behaviours.changes],
                "not_modelled": row.behaviours.not_modelled,
            }
            for row in rows
        ],
    }
    return json_text(document)


def _shown_rows(
    rows: Sequence[MatrixRow], *, apart: bool
) -> Iterator[tuple[str, list[str | None]]]:
    """Names and letters. Traces of one folder with the same letters share a row."""
    grouped: dict[tuple[Path, tuple[str | None, ...]], list[MatrixRow]] = {}
    for row in rows:
        key = (row.path if apart else row.path.parent, tuple(row.behaviours.letters))
        grouped.setdefault(key, []).append(row)
    for (folder, letters), members in grouped.items():
        alone = visible(str(members[0].path))
        together = f"{visible(str(folder))}/ ({len(members):,} traces)"
        yield (alone if len(members) == 1 else together), list(letters)


def _cells(letters: Sequence[str | None], majors: Sequence[Sequence[str]]) -> Iterator[str]:
    """The letters of each major version, joined."""
    left_over = iter(letters)
    for tags in majors:
        yield "".join(next(left_over) or "-" for _ in tags)


def _table(headings: Sequence[str], rows: Sequence[tuple[str, Sequence[str]]]) -> str:
    """The table. On a terminal with too little room for names, cells are below their names."""
    columns = [headings, *(cells for _, cells in rows)]
    widths = [max(map(len, each)) for each in zip(*columns, strict=True)]
    room = terminal_width()
    least = min(_NAME, max(len(name) for name, _ in rows))
    if room is None or least + len(_INDENT) + len(_spaced(headings, widths)) <= room:
        return table(
            left("trace", _spaced(headings, widths)),
            [(name, _spaced(cells, widths)) for name, cells in rows],
        )
    lines = ["trace", *_below(headings, widths, room), "-" * room]
    for name, cells in rows:
        lines += (_cut(name, room), *_below(cells, widths, room))
    return "\n".join(lines)


def _below(cells: Sequence[str], widths: Sequence[int], room: int) -> Iterator[str]:
    """Cells in as many lines as they take. Each is below its heading."""
    used = begin = 0
    for place, width in enumerate(widths):
        if place > begin and used + width > room - len(_INDENT):
            yield _INDENT + _spaced(cells[begin:place], widths[begin:place])
            used, begin = 0, place
        used += width + 1
    yield _INDENT + _spaced(cells[begin:], widths[begin:])


def _cut(name: str, room: int) -> str:
    """A name without its beginning, where it is longer than a line."""
    return name if len(name) <= room else f"...{name[-max(1, room - 3) :]}"


def _spaced(cells: Iterable[str], widths: Sequence[int]) -> str:
    """Cells with one space between them. Separate columns of a table would be too wide."""
    return " ".join(map(str.ljust, cells, widths)).rstrip()


def _legend(majors: Sequence[Sequence[str]]) -> Iterator[str]:
    for tags in majors:
        named = (
            f"{tag} (macOS {PUBLISHED[tag].macos})" if tag in PUBLISHED else tag for tag in tags
        )
        name = _major(tags[0]).removeprefix("xnu-")
        # A release and its system stay on one line.
        line = f"{name}: {', '.join(each.replace(' ', _KEPT) for each in named)}"
        yield textwrap.fill(
            line, text_width(_WIDTH), subsequent_indent="  ", break_on_hyphens=False
        ).replace(_KEPT, " ")


def _totals(rows: Sequence[MatrixRow], style: Style) -> str:
    different = sum(bool(row.behaviours.changes) for row in rows)
    text = f"{counted(len(rows), 'trace')}: {different:,} on which releases differ"
    none = sum(not any(row.behaviours.letters) for row in rows)
    if none:
        text += f", {none:,} that no release models whole"
    return style.paint(text, "red" if different else "green")


def _major(tag: str) -> str:
    """``xnu-4570`` of ``xnu-4570.1.46``."""
    return tag.partition(".")[0]
