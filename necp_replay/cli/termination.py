"""Ends a command on SIGINT, SIGTERM and SIGHUP by an exception, so that it can tidy up.

By default SIGTERM and SIGHUP end a process at once, and temporary files and child processes remain.
SIGINT raises an exception, but it can be lost: Python drops it where it cannot pass it on (see
``processes/dropped_exceptions.py``), and other code may make another one of it, or catch it. So a
timer looks whether the exception is being handled, and raises it again where it is not.
"""

from __future__ import annotations

import signal
import sys
from types import FrameType, TracebackType
from typing import Any, Final, Self

from necp_replay.errors import Terminated
from necp_replay.processes.dropped_exceptions import DroppedExceptions, is_taking

_NAMES: Final = ("SIGINT", "SIGTERM", "SIGHUP")
_LOOK_S: Final = 0.1
"""How often to look whether the exception was lost."""
_HAS_TIMER: Final = hasattr(signal, "setitimer")


class Termination:
    """Raises KeyboardInterrupt for SIGINT, and Terminated for the others, while its block runs.

    Further signals do nothing until :func:`forgive_signal`, so that tidying up is not interrupted.
    A signal that is ignored, such as SIGHUP under nohup, stays ignored, and one with a handler of
    its own keeps it. Outside the main thread nothing changes, because Python allows signal
    handlers only there.
    """

    def __init__(self) -> None:
        self.signal_number: int | None = None
        """The signal that ends the command, if there was one."""
        self.is_over = False
        """No exception is raised any more."""
        self._raised: BaseException | None = None
        self._before: dict[int, Any] = {}
        self._outer: Termination | None = None
        self._dropped = DroppedExceptions((KeyboardInterrupt, Terminated), _leave_to_timer)

    def __enter__(self) -> Self:
        global _current
        self._outer, _current = _current, self
        self._dropped.__enter__()
        for name in _NAMES:
            number = getattr(signal, name, None)  # Windows has no SIGHUP.
            if number is None:
                continue
            if signal.getsignal(number) in (signal.SIG_DFL, signal.default_int_handler):
                self._handle(number, self._on_signal)
        if _HAS_TIMER:
            self._handle(signal.SIGALRM, self._on_time)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.end()

    def end(self, *, with_process: bool = False) -> None:
        """Raise nothing from now on, and restore the handlers of before.

        If the process ends next, Ctrl-C does nothing any more: Python would print a traceback.
        """
        global _current
        self.is_over = True
        self._stop_timer()
        for number, handler in self._before.items():
            is_ignored = with_process and number == signal.SIGINT
            signal.signal(number, signal.SIG_IGN if is_ignored else handler)
        self._dropped.__exit__(None, None, None)
        _current = self._outer

    def forgive(self) -> None:
        """Go on as if there had been no signal. The next one raises its exception again."""
        self._stop_timer()
        self._raised = self.signal_number = None

    def _handle(self, number: int, handler: Any) -> None:
        try:
            self._before[number] = signal.signal(number, handler)
        except ValueError:
            # This is not the main thread.
            return

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        if self.signal_number is None and not self.is_over:
            self.signal_number = number
            self._raise(frame)

    def _on_time(self, number: int, frame: FrameType | None) -> None:
        if self.signal_number is not None and not self.is_over and not _is_handled(self._raised):
            self._raise(frame)

    def _raise(self, frame: FrameType | None) -> None:
        if _HAS_TIMER:
            signal.setitimer(signal.ITIMER_REAL, _LOOK_S, _LOOK_S)
        if is_taking(frame) or self.signal_number is None:
            return
        is_interrupt = self.signal_number == signal.SIGINT
        self._raised = KeyboardInterrupt() if is_interrupt else Terminated(self.signal_number)
        raise self._raised

    def _stop_timer(self) -> None:
        if _HAS_TIMER and signal.SIGALRM in self._before:
            signal.setitimer(signal.ITIMER_REAL, 0)


def tidy_termination() -> Termination:
    """A block in which signals that end the command are exceptions (see :class:`Termination`)."""
    return Termination()


def forgive_signal() -> None:
    """Go on though a signal came: it was meant for another program."""
    if _current is not None:
        _current.forgive()


_current: Termination | None = None
"""The innermost block that runs."""


def _leave_to_timer(error: BaseException) -> None:
    """An exception of a signal that Python drops. The timer will notice."""


def _is_handled(error: BaseException | None) -> bool:
    """Whether an exception, or one that it caused, is being handled where the timer interrupts."""
    left = [sys.exc_info()[1]]
    seen = set()
    while left:
        found = left.pop()
        if found is None or id(found) in seen:
            continue
        if found is error:
            return True
        seen.add(id(found))
        left += (found.__cause__, found.__context__)
    return False
