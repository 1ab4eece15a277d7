"""Ends a command on SIGTERM and SIGHUP by an exception, so that temporary files are removed."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Final, NoReturn

from necp_replay.errors import Terminated

_NAMES: Final = ("SIGTERM", "SIGHUP")


@contextmanager
def tidy_termination() -> Iterator[None]:
    """Turn SIGTERM and SIGHUP into Terminated, a SystemExit, while the block runs.

    By default these signals end the process at once, and temporary files and child processes
    remain. Further signals of these do nothing, so that tidying up is not interrupted.
    A signal that is ignored, such as SIGHUP under nohup, stays ignored. Outside the main
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
    for name in _NAMES:
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), signal.SIG_IGN)
    raise Terminated(number)
