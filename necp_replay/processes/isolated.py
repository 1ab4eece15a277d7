"""Runs other people's code in a process of its own: it may end that process, but not this one."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import pickle
import signal
import sys
import time
import traceback
import warnings
from collections.abc import Callable, Iterator
from multiprocessing.connection import Connection
from typing import Any, Final, NoReturn, TypeVar

from necp_replay.processes.deferral import signals_deferred
from necp_replay.processes.guardian import guarded_environment
from necp_replay.processes.worker import end_after, take_signals

T = TypeVar("T")
E = TypeVar("E", bound=Exception)

_ITEM, _ERROR, _ENDED, _DONE = "item", "error", "ended", "done"
_GRACE_S: Final = 1.0
"""How long a process may take to end after it has closed its end of the pipe."""
_PAUSE_S: Final = 0.01
"""Between two looks at the process: ``os.waitpid`` has no time limit."""
_CAN_FORK: Final = hasattr(os, "fork")


class EndedEarly(Exception):
    """The process ended before the work was done. ``str()`` says how, such as "exit status 0"."""


def results_of_process(work: Callable[[Callable[[T], None]], None]) -> Iterator[T]:
    """Run ``work`` in a process of its own, and give what it passes to its argument.

    An exception in it is raised here. Raises EndedEarly where the process ends in between. The
    process ends at the latest when the iteration does, and programs that it started when this
    process ends. It shares the standard streams. Where the system cannot copy a process, the work
    runs in this one.
    """
    if not _CAN_FORK:
        results: list[T] = []
        work(results.append)
        yield from results
        return
    receiver, sender = multiprocessing.Pipe(duplex=False)
    alive, kept_open = os.pipe()
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
    with signals_deferred():
        environment = guarded_environment()
        child = _Child(_fork())
        if child.pid == 0:
            os.environ.update(environment)
            receiver.close()
            os.close(kept_open)
            _be_child(work, sender, alive)
    sender.close()
    os.close(alive)
    try:
        yield from _received(receiver, child)
    finally:
        os.close(kept_open)
        receiver.close()
        child.end()


class _Child:
    """The other process, and its status once it has ended."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self._status: int | None = None

    def end(self) -> int:
        """End the process if it is still there, and return its status as of ``os.waitpid``."""
        if self._status is None:
            # A process that has ended keeps its own status.
            os.kill(self.pid, signal.SIGKILL)
            _, self._status = os.waitpid(self.pid, 0)
        return self._status

    def _has_ended(self) -> bool:
        if self._status is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            self._status = status if pid else None
        return self._status is not None

    def how_it_ended(self) -> str:
        """The exit status or the signal, in words."""
        deadline_s = time.monotonic() + _GRACE_S
        while not self._has_ended():
            if time.monotonic() > deadline_s:
                return "it went on running"
            time.sleep(_PAUSE_S)
        status = os.waitstatus_to_exitcode(self.end())
        return f"exit status {status}" if status >= 0 else signal.Signals(-status).name


def _received(receiver: Connection, child: _Child) -> Iterator[Any]:
    while True:
        try:
            kind, content = receiver.recv()
        except (EOFError, OSError, pickle.UnpicklingError):
            raise EndedEarly(child.how_it_ended()) from None
        if kind == _DONE:
            return
        if kind == _ERROR:
            raise content
        if kind == _ENDED:
            raise EndedEarly(content)
        yield content


def _fork() -> int:
    with warnings.catch_warnings():
        # Python warns of locks that other threads hold. The child uses none of theirs.
        warnings.simplefilter("ignore", DeprecationWarning)
        return os.fork()


def _be_child(
    work: Callable[[Callable[[T], None]], None], sender: Connection, alive: int
) -> NoReturn:
    """Do the work, and end without running what belongs to the parent process."""
    this_process = os.getpid()

    def send(kind: str, content: object) -> None:
        # The work can fork. What the child does is not the result.
        if os.getpid() == this_process:
            sender.send((kind, content))

    try:
        take_signals()
        end_after(lambda: os.read(alive, 1))
        work(lambda item: send(_ITEM, item))
        _flush_streams()
        send(_DONE, None)
    except Exception as error:  # The parent process raises it again.
        send(_ERROR, _that_can_be_sent(error))
    except BaseException as ending:  # No signal raises here, so the work itself did.
        send(_ENDED, type(ending).__name__)
    finally:
        os._exit(0)


def _flush_streams() -> None:
    for stream in (sys.stdout, sys.stderr):
        # The work may have closed it, or put something else in its place.
        with contextlib.suppress(ValueError, AttributeError):
            stream.flush()


def without_causes(error: E) -> E:
    """The error without its traceback and the exceptions that caused it.

    These can be of classes that only the process of the work knows. Pickles leave them out, unless
    a library that the work imported has changed that, as ``tblib`` does for all exceptions.
    """
    error.__cause__ = error.__context__ = None
    return error.with_traceback(None)


def _that_can_be_sent(error: Exception) -> Exception:
    text = "".join(traceback.format_exception(error))
    alone = without_causes(error)
    try:
        pickle.loads(pickle.dumps(alone))
    except Exception:  # Exceptions of other people's code can refuse in any way.
        return RuntimeError(text)
    return alone
