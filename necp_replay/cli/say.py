"""The function with which commands print. It escapes what is not safe for a terminal.

A test of the source finds code that prints without it.
"""

from __future__ import annotations

import sys
from typing import IO

from necp_replay.outcomes.safe_text import safe_lines


def say(text: str = "", *, end: str = "\n", stream: IO[str] | None = None) -> None:
    """Print text with what is unsafe in it escaped, on standard output or ``stream``.

    Raises OSError where the stream cannot be written.
    """
    (sys.stdout if stream is None else stream).write(safe_lines(text) + end)
