"""Worker processes: they end with the process that started them, and leave Ctrl-C to it."""

from __future__ import annotations

import multiprocessing
import multiprocessing.connection
import os
import signal
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing.context import BaseContext
from typing import Final

_ENDING: Final = ("SIGTERM", "SIGHUP")


@contextmanager
def worker_pool(count: int, context: BaseContext | None = None) -> Iterator[ProcessPoolExecutor]:
    """A pool of worker processes. Leaving the block by an exception kills them at once.

    ``context`` says how they are started; by default as the system usually does.
    """
    before = set(multiprocessing.active_children())
    pool = ProcessPoolExecutor(count, mp_context=context, initializer=_become_worker)
    try:
        yield pool
    except BaseException:  # Such as a signal: the workers may be in the middle of long work.
        for child in set(multiprocessing.active_children()) - before:
            child.kill()
        raise
    finally:
        pool.shutdown(cancel_futures=True)


def _become_worker() -> None:
    parent = multiprocessing.parent_process()
    take_signals()
    if parent is not None:
        sentinel = parent.sentinel
        end_after(lambda: multiprocessing.connection.wait([sentinel]))


def take_signals() -> None:
    """Ignore Ctrl-C, which goes to the parent process too. Other signals end this process."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    for name in _ENDING:
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), signal.SIG_DFL)


def end_after(wait: Callable[[], object]) -> None:
    """End this process as soon as ``wait`` returns, whatever it is doing then."""

    def end() -> None:
        wait()
        os.kill(os.getpid(), signal.SIGKILL)

    threading.Thread(target=end, daemon=True).start()
