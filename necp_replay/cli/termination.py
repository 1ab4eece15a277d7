"""Ends a command on SIGTERM and SIGHUP by an exception, so that temporary files are removed."""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Final, NoReturn

_SIGNAL_STATUS: Final = 128
"""Shells report 128 plus the number of the signal for a program that a signal ended."""
_NAMES: Final = ("SIGTERM", "SIGHUP")


@contextmanager
def tidy_termination() -> Iterator[None]:
    """Turn SIGTERM and SIGHUP into SystemExit while the block runs.

    By default these signals end the process at once, and temporary files and child processes
    remain. A signal that is ignored, such as SIGHUP under nohup, stays ignored. Outside the main
    thread nothing changes, because Python allows signal handlers only there.
    """
    before = {}
    if threading.current_thread() is threading.main_thread():
        for name in _NAMES:
            number = getattr(signal, name, None)  # Windows has no SIGHUP.
            if number is not None and signal.getsignal(number) is signal.SIG_DFL:
                before[number] = signal.signal(number, _end)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _end(number: int, frame: FrameType | None) -> NoReturn:
    """End the process by an exception, so that context managers run."""
    sys.exit(_SIGNAL_STATUS + number)
