"""Worker processes: they end with the process that started them, and leave Ctrl-C to it."""

from __future__ import annotations

import multiprocessing
import multiprocessing.connection
import os
import signal
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing.context import BaseContext
from typing import Final

from necp_replay.processes.deferral import signals_deferred

_NAMES: Final = ("SIGINT", "SIGTERM", "SIGHUP")
_SIGNALS: Final = tuple(getattr(signal, name) for name in _NAMES if hasattr(signal, name))


@contextmanager
def worker_pool(count: int, context: BaseContext | None = None) -> Iterator[ProcessPoolExecutor]:
    """A pool of worker processes. Leaving the block by an exception kills them at once.

    ``context`` says how they are started; by default as the system usually does.
    """
    before = set(multiprocessing.active_children())
    pool = ProcessPoolExecutor(count, mp_context=context, initializer=_become_worker)
    try:
        yield pool
        pool.shutdown()
    except BaseException:  # Such as a signal: the workers may be in the middle of long work.
        for child in set(multiprocessing.active_children()) - before:
            child.kill()
        pool.shutdown(cancel_futures=True)
        raise


@contextmanager
def workers_starting() -> Iterator[None]:
    """A block that starts workers, with the first call that it submits to a pool.

    A signal waits in a worker until :func:`take_signals`, and here until the block is left: in
    between it would lose a process, or print a traceback of Python's own.
    """
    with signals_deferred():
        before = _block(signal.SIG_BLOCK, _SIGNALS)
        try:
            yield
        finally:
            _block(signal.SIG_SETMASK, before)


def _block(how: int, signals: Iterable[int]) -> Iterable[int]:
    """Change which signals wait. Returns those that did before."""
    if not hasattr(signal, "pthread_sigmask"):
        return ()
    return signal.pthread_sigmask(how, signals)


def _become_worker() -> None:
    parent = multiprocessing.parent_process()
    take_signals()
    if parent is not None:
        sentinel = parent.sentinel
        end_after(lambda: multiprocessing.connection.wait([sentinel]))


def take_signals() -> None:
    """Ignore Ctrl-C, which goes to the parent process too. Other signals end this process."""
    for number in _SIGNALS:
        signal.signal(number, signal.SIG_IGN if number == signal.SIGINT else signal.SIG_DFL)
    _block(signal.SIG_UNBLOCK, _SIGNALS)


def end_after(wait: Callable[[], object]) -> None:
    """End this process as soon as ``wait`` returns."""

    def end() -> None:
        wait()
        os.kill(os.getpid(), signal.SIGKILL)

    threading.Thread(target=end, daemon=True).start()
