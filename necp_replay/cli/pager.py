"""Long output page by page, on terminals only."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO

DEFAULT_PAGER = "less -R"


@contextmanager
def paged_output(*, wanted: bool) -> Iterator[IO[str]]:
    """Where to write: ``$PAGER`` or less on a terminal, if wanted and there is one; else stdout.

    Leaving the pager early ends the context quietly: the reader saw what they wanted.
    """
    command = os.environ.get("PAGER", DEFAULT_PAGER)
    pager = _start(command) if wanted and sys.stdout.isatty() else None
    if pager is None:
        yield sys.stdout
        return
    stream = pager.stdin
    assert stream is not None
    try:
        yield stream
        stream.flush()
    except (BrokenPipeError, KeyboardInterrupt):
        # The pager was left, or is asked to stop what it searches: either way it goes on by itself.
        pass
    finally:
        _close(stream)
        _wait(pager)


def _start(command: str) -> subprocess.Popen[str] | None:
    """The pager, unless it is none, or cannot be run."""
    try:
        words = shlex.split(command)
    except ValueError:
        return None
    if not words or words == ["cat"]:
        return None
    # As git does: leave at once where all fits on the screen, show colours, keep the screen.
    environment = {"LESS": "FRX", **os.environ}
    try:
        return subprocess.Popen(
            words, stdin=subprocess.PIPE, text=True, encoding="utf-8", env=environment
        )
    except OSError:
        return None


def _close(stream: IO[str]) -> None:
    try:
        stream.close()
    except BrokenPipeError:
        # What was not shown is not wanted.
        return


def _wait(pager: subprocess.Popen[str]) -> None:
    while True:
        try:
            pager.wait()
            return
        except KeyboardInterrupt:
            # It is the pager that Ctrl-C is meant for, as long as it runs.
            continue
