"""The terminal that standard output is, if it is one."""

from __future__ import annotations

import shutil
import sys


def terminal_width() -> int | None:
    """The columns of the terminal that standard output is, None if it is none."""
    return shutil.get_terminal_size().columns if sys.stdout.isatty() else None


def text_width(most: int) -> int:
    """How wide prose is printed: ``most`` characters, or fewer on a narrower terminal."""
    return min(most, terminal_width() or most)
