"""The function with which commands print. It escapes what is not safe for a terminal.

A test of the source finds code that prints without it.
"""

from __future__ import annotations

import sys
from typing import IO

from necp_replay.cli.streams import drop_output
from necp_replay.outcomes.safe_text import safe_lines


def say(
    text: str = "",
    *,
    end: str = "\n",
    stream: IO[str] | None = None,
    ends_unread: bool = False,
) -> None:
    """Print text with what is unsafe in it escaped, on standard output or ``stream``.

    Where the reader of a standard stream has left, as ``head`` does, what is printed from then on
    is dropped: the command goes on to its status. ``ends_unread`` is for one of many lines, which
    nobody needs then: BrokenPipeError is raised instead, which ends the command with the status so
    far. Raises OSError where the stream cannot be written.
    """
    to = sys.stdout if stream is None else stream
    try:
        to.write(safe_lines(text) + end)
    except BrokenPipeError:
        if ends_unread or to not in (sys.stdout, sys.stderr):
            raise
        drop_output(to)


def say_prose(text: str) -> None:
    """Print text for people on standard output; a terminal breaks long lines between words."""
    from necp_replay.report.terminal import fitted

    say(fitted(text))
