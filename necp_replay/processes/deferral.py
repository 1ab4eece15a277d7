"""Holds back signals for a moment in which an exception would lose a process."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Final

_NAMES: Final = ("SIGINT", "SIGTERM", "SIGHUP", "SIGALRM")
"""SIGALRM raises the exceptions of the others again (``cli/termination.py``)."""


@contextmanager
def signals_deferred() -> Iterator[None]:
    """Deliver signals that raise exceptions only when the block is left.

    Processes that are started in the block do not inherit this: a program gets the default of each
    signal. Outside the main thread nothing changes, because handlers run in the main thread.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    arrived: list[int] = []

    def note(number: int, frame: FrameType | None) -> None:
        arrived.append(number)

    before = {}
    try:
        for name in _NAMES:
            number = getattr(signal, name, None)
            handler = None if number is None else signal.getsignal(number)
            if number is not None and callable(handler):
                before[number] = handler
                signal.signal(number, note)
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        for number in dict.fromkeys(arrived):
            os.kill(os.getpid(), number)
