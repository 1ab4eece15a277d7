"""Draws as an SVG picture what a command prints on a terminal of 80 columns.

Only what this project prints has to be understood: lines, and the escape sequences of its colours.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from html import escape

COLUMNS = 80
_ADVANCE, _LINE, _MARGIN = 8.4, 18, 14
_SEQUENCE = re.compile("\x1b\\[([0-9;]*)m")
_FILLS = {
    "31": "#ff7b72",
    "32": "#7ee787",
    "33": "#e3b341",
    "36": "#56d4dd",
    "38;5;172": "#d78700",
    "38;5;33": "#0087ff",
}
_SPACE = "\N{NO-BREAK SPACE}"
"""SVG shows several spaces as one."""
_INK, _PAPER, _DIM = "#d7dde4", "#10151c", "#8b98a7"


class Terminal(io.StringIO):
    """A stream that is a terminal."""

    encoding = "utf-8"

    def isatty(self) -> bool:
        """Whether it is one."""
        return True


def picture(printed: str, what: str) -> str:
    """The picture of some output; ``what`` tells people who cannot see it what it shows."""
    lines = list(_lines(printed))
    width = round(COLUMNS * _ADVANCE) + 2 * _MARGIN
    height = len(lines) * _LINE + 2 * _MARGIN
    drawn = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}"'
        f' viewBox="0 0 {width} {height}" role="img" aria-label="{escape(what)}">',
        f"<title>{escape(what)}</title>",
        f'<rect width="{width}" height="{height}" rx="8" fill="{_PAPER}"/>',
        '<g font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, DejaVu Sans Mono,'
        f' monospace" font-size="14" fill="{_INK}">',
    ]
    for number, line in enumerate(lines, 1):
        y = _MARGIN + number * _LINE - 5
        drawn += (_text(text, column, y, look) for column, text, look in line if text.strip())
    return "\n".join([*drawn, "</g>", "</svg>", ""])


def _text(text: str, column: int, y: int, look: frozenset[str]) -> str:
    lead = len(text) - len(text.lstrip(" "))
    shown = text.strip(" ")
    fill = next((_FILLS[code] for code in sorted(look) if code in _FILLS), None)
    attributes = f' fill="{fill or _DIM}"' if fill or "2" in look else ""
    if "1" in look:
        attributes += ' font-weight="bold"'
    x = _MARGIN + (column + lead) * _ADVANCE
    length = len(shown) * _ADVANCE
    text = escape(shown).replace(" ", _SPACE)
    return f'<text x="{x:.1f}" y="{y}" textLength="{length:.1f}"{attributes}>{text}</text>'


def _lines(printed: str) -> Iterator[list[tuple[int, str, frozenset[str]]]]:
    """The lines as the terminal shows them: parts with their column and look."""
    look = frozenset[str]()
    for line in printed.rstrip("\n").split("\n"):
        parts: list[tuple[int, str, frozenset[str]]] = []
        column = 0
        for place, piece in enumerate(_SEQUENCE.split(line)):
            if place % 2:
                look = frozenset() if piece in ("", "0") else look | {piece}
                continue
            for character in piece:
                if column == COLUMNS:
                    yield parts
                    parts, column = [], 0
                if parts and parts[-1][2] == look:
                    parts[-1] = (parts[-1][0], parts[-1][1] + character, look)
                else:
                    parts.append((column, character, look))
                column += 1
        yield parts
