"""Shows long output in a pager if standard output is a terminal."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, Final

from necp_replay.cli.termination import forgive_signal
from necp_replay.errors import Terminated
from necp_replay.processes.deferral import signals_deferred

DEFAULT_PAGER = "less -R"
_GRACE_S: Final = 2.0
"""How long a pager may take to end after SIGTERM."""


@contextmanager
def paged_output(*, wanted: bool) -> Iterator[IO[str]]:
    """Give the stream to write to: the pager, or standard output.

    The pager is ``$PAGER``, else less. It is used if ``wanted``, if standard output is a terminal
    that is not ``dumb``, and if the pager can be started. If the user leaves the pager early, the
    context ends silently. Ctrl-C is meant for the pager: it ends the output, and the user reads on.
    """
    command = os.environ.get("PAGER", DEFAULT_PAGER)
    is_dumb = os.environ.get("TERM") == "dumb"
    pager = _start(command) if wanted and sys.stdout.isatty() and not is_dumb else None
    if pager is None:
        yield sys.stdout
        return
    try:
        try:
            yield pager.stream
            pager.stream.flush()
        except BrokenPipeError:
            # The user left the pager.
            pass
        except KeyboardInterrupt:
            forgive_signal()
        except Exception:  # The user reads what came before it. The error is printed after that.
            pager.let_user_read()
            raise
        pager.let_user_read()
    except Terminated:
        pager.end()
        raise


class _Pager:
    """A running pager. It does not outlive this object."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        assert process.stdin is not None
        self.stream = process.stdin
        self._process = process
        weakref.finalize(self, process.terminate)

    def let_user_read(self) -> None:
        """Close the stream, and wait until the user leaves the pager."""
        while True:
            try:
                self.stream.close()
                break
            except BrokenPipeError:
                # The pager has ended before it read everything.
                break
            except KeyboardInterrupt:
                forgive_signal()
        while True:
            try:
                self._process.wait()
                break
            except KeyboardInterrupt:
                forgive_signal()

    def end(self) -> None:
        """End it, though its user may be reading."""
        self._process.terminate()
        try:
            self._process.wait(_GRACE_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


def _start(command: str) -> _Pager | None:
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
        # A signal in between would lose the process.
        with signals_deferred():
            pager = _Pager(
                subprocess.Popen(
                    words, stdin=subprocess.PIPE, text=True, encoding="utf-8", env=environment
                )
            )
    except OSError:
        return None
    return pager
