"""Colours for terminals. There are none if the output is not a terminal or NO_COLOR is set."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TextIO

_CODES = {"red": "31", "green": "32", "yellow": "33", "bold": "1", "dim": "2"}


@dataclass(frozen=True, slots=True)
class Style:
    """Adds escape sequences for colours to text if ``coloured``."""

    coloured: bool

    def paint(self, text: str, colour: str) -> str:
        """The text in a colour of the table above."""
        return f"\x1b[{_CODES[colour]}m{text}\x1b[0m" if self.coloured else text


def style_for(stream: TextIO) -> Style:
    """The style for a stream (https://no-color.org)."""
    return Style(stream.isatty() and not os.environ.get("NO_COLOR"))
