"""Shows long output in a pager if standard output is a terminal."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO

from necp_replay.errors import Terminated

DEFAULT_PAGER = "less -R"


@contextmanager
def paged_output(*, wanted: bool) -> Iterator[IO[str]]:
    """Give the stream to write to: the pager, or standard output.

    The pager is ``$PAGER``, else less. It is used if ``wanted``, if standard output is a terminal
    and if the pager can be started. If the user leaves the pager early, the context ends silently.
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
        # The user left the pager, or pressed Ctrl-C, which is meant for the pager.
        pass
    except Terminated:
        pager.terminate()
        raise
    finally:
        _close(stream)
        _wait(pager)


def _start(command: str) -> subprocess.Popen[str] | None:
    """Start the pager. None if there is none, or if it cannot be started."""
    try:
        words = shlex.split(command)
    except ValueError:
        return None
    if not words or words == ["cat"]:
        return None
    # The same as in git. F: exit if the output fits on one screen. R: show colours. X: do not clear
    # the screen.
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
        # The pager has ended before it read everything.
        return


def _wait(pager: subprocess.Popen[str]) -> None:
    while True:
        try:
            pager.wait()
            return
        except KeyboardInterrupt:
            # Ctrl-C is meant for the pager while it runs.
            continue
        except Terminated:
            # The pager would wait for its user.
            pager.terminate()
            raise
