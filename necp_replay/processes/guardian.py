"""Ends groups of processes with this process, also when SIGKILL ends it.

A small program waits at the end of a pipe. The system closes the pipe when this process ends,
however that happens; the program then kills the groups that are still on its list. It works on
every system with pipes and process groups.

A process can leave its group. Where the system shows the environment of processes (Linux), a mark
in it tells which those are: programs get it from :func:`guarded_environment`, and whatever they
start inherits it.
"""

from __future__ import annotations

import atexit
import contextlib
import os
import secrets
import subprocess
import sys
from pathlib import Path
from typing import Final

_PROGRAM: Final = Path(__file__).with_name("guardian_program.py")
_ENDING_S: Final = 5.0
"""How long the program may take to end. It takes milliseconds, on a busy machine more."""

_MARK_VARIABLE: Final = "NECP_REPLAY_GUARDED"
"""Its value has a mark of each command that guards the process, as commands can start others."""
_MARK_BYTES: Final = 16

_GUARDIANS: Final[dict[int, subprocess.Popen[bytes]]] = {}
"""The guardian of this process. The key is its pid, since a fork must not share it."""
_MARKS: Final[dict[int, str]] = {}
"""The mark that the guardian of this process knows, with the same key."""


def guard(group: int) -> None:
    """End a process group when this process ends. Raises OSError if no guardian can be started."""
    _tell(_guardian(), f"+{group}\n")


def release(group: int) -> None:
    """Forget a process group that has ended."""
    guardian = _GUARDIANS.get(os.getpid())
    if guardian is not None:
        _tell(guardian, f"-{group}\n")


def guarded_environment() -> dict[str, str]:
    """The environment for a program that ends with this process, and whatever it starts.

    Raises OSError if no guardian can be started.
    """
    guardian = _guardian()
    mark = _MARKS.get(os.getpid())
    if mark is None:
        mark = _MARKS[os.getpid()] = secrets.token_hex(_MARK_BYTES)
        _tell(guardian, f"={mark}\n")
    outer = os.environ.get(_MARK_VARIABLE)
    return {**os.environ, _MARK_VARIABLE: f"{outer} {mark}" if outer else mark}


def _guardian() -> subprocess.Popen[bytes]:
    guardian = _GUARDIANS.get(os.getpid())
    if guardian is None or guardian.poll() is not None:
        guardian = _GUARDIANS[os.getpid()] = subprocess.Popen(
            # Without the site packages it starts in a few milliseconds.
            [sys.executable, "-I", "-S", str(_PROGRAM)],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            bufsize=0,
            # It must not get the signals of the terminal.
            start_new_session=True,
        )
        if (mark := _MARKS.get(os.getpid())) is not None:
            # The one that knew it was killed.
            _tell(guardian, f"={mark}\n")
    return guardian


def _tell(guardian: subprocess.Popen[bytes], line: str) -> None:
    # It may have been killed. Then there is nothing to tell it.
    with contextlib.suppress(BrokenPipeError):
        if guardian.stdin is not None:
            guardian.stdin.write(line.encode("ascii"))


def _end() -> None:
    guardian = _GUARDIANS.pop(os.getpid(), None)
    if guardian is None or guardian.stdin is None:
        return
    guardian.stdin.close()
    with contextlib.suppress(subprocess.TimeoutExpired):
        guardian.wait(_ENDING_S)


atexit.register(_end)
