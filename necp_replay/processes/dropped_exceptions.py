"""Catches the exceptions that Python would print and ignore.

Python cannot pass on an exception that is raised while it frees an object, calls back for a weak
reference or collects garbage. It prints a traceback then, and goes on as if nothing had happened.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType, TracebackType
from typing import Final, Generic, Self, TypeVar

_E = TypeVar("_E", bound=BaseException)


class DroppedExceptions(Generic[_E]):
    """Gives the exceptions of a kind that Python drops in its block to ``take``.

    Others go to whoever took them before: to the block around this one, or to Python, which prints
    them. ``take`` should not keep the exception for long, because its traceback holds objects that
    were about to be freed.
    """

    __slots__ = ("_before", "_kind", "_take")

    def __init__(
        self,
        kind: type[_E] | tuple[type[_E], ...],
        take: Callable[[_E], object],
        /,
    ) -> None:
        self._kind = kind
        self._take = take
        self._before = sys.unraisablehook

    def __enter__(self) -> Self:
        self._before = sys.unraisablehook
        sys.unraisablehook = self._on_dropped
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        sys.unraisablehook = self._before

    def _on_dropped(self, unraisable: sys.UnraisableHookArgs) -> None:
        if isinstance(unraisable.exc_value, self._kind):
            self._take(unraisable.exc_value)
        else:
            self._before(unraisable)


@contextmanager
def dropped_raised() -> Iterator[None]:
    """A block that raises at its end the first exception that Python dropped in it.

    An exception that ended another thread is dropped too.
    """
    import threading

    dropped: list[Exception] = []

    def on_thread(ended: threading.ExceptHookArgs) -> None:
        if isinstance(ended.exc_value, Exception):
            dropped.append(ended.exc_value)

    before, threading.excepthook = threading.excepthook, on_thread
    try:
        with DroppedExceptions(Exception, dropped.append):
            yield
    finally:
        threading.excepthook = before
    for error in dropped:
        raise error


_TAKING: Final = DroppedExceptions._on_dropped.__code__


def is_taking(frame: FrameType | None) -> bool:
    """Whether an exception is being taken in a frame that a signal interrupts.

    Python would print an exception that is raised there.
    """
    while frame is not None:
        if frame.f_code is _TAKING:
            return True
        frame = frame.f_back
    return False
