"""The terminal that standard output is, if it is one."""

from __future__ import annotations

import re
import shutil
import sys
from typing import Final

_COLOURS: Final = re.compile("\x1b\\[[0-9;]*m")
_COMMAND: Final = "necp-replay "


def terminal_width() -> int | None:
    """The columns of the terminal that standard output is, None if it is none."""
    return shutil.get_terminal_size().columns if sys.stdout.isatty() else None


def text_width(most: int) -> int:
    """How wide prose is printed: ``most`` characters, or fewer on a narrower terminal."""
    return min(most, terminal_width() or most)


def fitted(text: str, width: int | None = None) -> str:
    """Prose with the lines that are too long for the terminal broken between words.

    What goes on is indented a little more than its line. A line with a command stays whole: it is
    pasted. ``width`` is by default that of the terminal; a file or a pipe gets the text as it is.
    """
    room = terminal_width() if width is None else width
    if room is None:
        return text
    lines = text.split("\n")
    return "\n".join(line for each in lines for line in _broken(each, room))


def _broken(line: str, room: int) -> list[str]:
    if seen_length(line) <= room or _COMMAND in line:
        return [line]
    seen = _COLOURS.sub("", line)
    indent = " " * (len(seen) - len(seen.lstrip(" ")) + 2)
    parts = [""]
    for piece in re.split("( +)", line):
        is_begun = bool(_COLOURS.sub("", parts[-1]).strip())
        if is_begun and not piece.isspace() and seen_length(parts[-1] + piece) > room:
            parts[-1] = parts[-1].rstrip(" ")
            parts.append(indent)
        parts[-1] += piece
    return parts


def seen_length(text: str) -> int:
    """How many characters of a text are seen: colours are not."""
    return len(_COLOURS.sub("", text))
