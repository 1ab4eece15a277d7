"""SIGTERM and SIGHUP end a command as Ctrl-C does, so that it tidies up on its way out."""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Final, NoReturn

_SIGNAL_STATUS: Final = 128
"""A shell reports a program that a signal ended as this and the number of the signal."""
_NAMES: Final = ("SIGTERM", "SIGHUP")


@contextmanager
def tidy_termination() -> Iterator[None]:
    """Turn signals that ask the process to end into SystemExit, while the block runs.

    By default they end it on the spot: temporary files and child processes stay. A signal that
    is ignored, as SIGHUP is under nohup, stays ignored. In other threads than the main one, where
    Python sets no handlers, nothing changes.
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
    """Leave by an exception, which runs what is to run at the end."""
    sys.exit(_SIGNAL_STATUS + number)
