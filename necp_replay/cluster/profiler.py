"""Pauses Dask's profiler of a worker while it works on a batch.

The profiler reads the stack of every thread a hundred times a second. While a batch runs, that
costs a fifth of the processor time, and nobody needs the result: it is the stack of the engine.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

_CALLBACK: Final = "profile"


@contextmanager
def profiler_paused() -> Iterator[None]:
    """Pause it for a block, in a thread of a worker. In other threads the block just runs.

    If the worker is killed in the block, its profiler ends too, and nothing has to be undone.
    """
    loop, callback = _found()
    if loop is None:
        yield
        return
    # Callbacks of a loop are started and stopped in its thread.
    loop.add_callback(callback.stop)
    try:
        yield
    finally:
        loop.add_callback(callback.start)


def _found() -> tuple[Any, Any]:
    """The loop of this thread's worker and its profiler's callback; None twice without them."""
    from distributed import get_worker

    try:
        worker = get_worker()
    except ValueError:
        return None, None
    callback = worker.periodic_callbacks.get(_CALLBACK)
    if callback is None or not callback.is_running():
        return None, None
    return worker.loop, callback
