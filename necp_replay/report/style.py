"""Colours for terminals. There are none if the output is no terminal, or NO_COLOR is set."""

from __future__ import annotations

import os
from typing import Final, TextIO

from necp_replay.dataclass import dataclass

_CODES: Final = {
    "red": "31",
    "green": "32",
    "yellow": "33",
    "bold": "1",
    "dim": "2",
    # The sides of a difference, in the colours of the HTML page: orange and blue. Red and green say
    # what passes and what does not.
    "expected": "33",
    "actual": "36",
}
COLOURS: Final = tuple(_CODES)
"""What :meth:`Style.paint` knows; safe_text lets exactly their sequences pass."""
_OF_256: Final = {"expected": "38;5;172", "actual": "38;5;33"}
"""The same on terminals with 256 colours: those that are legible on black and on white."""


@dataclass(frozen=True, slots=True)
class Style:
    """Adds escape sequences for colours to text if ``coloured``."""

    coloured: bool
    has_256: bool = False

    def paint(self, text: str, colour: str) -> str:
        """The text in a colour of the table above."""
        if not self.coloured:
            return text
        code = _OF_256.get(colour) if self.has_256 else None
        return f"\x1b[{code or _CODES[colour]}m{text}\x1b[0m"


def style_for(stream: TextIO) -> Style:
    """The style for a stream (https://no-color.org). A terminal that is ``dumb`` has no colours."""
    terminal = os.environ.get("TERM", "")
    plain = bool(os.environ.get("NO_COLOR")) or terminal == "dumb"
    return Style(stream.isatty() and not plain, "256color" in terminal)
