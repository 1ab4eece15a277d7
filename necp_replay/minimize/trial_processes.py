"""Processes that try parts of a trace at once.

Each is a copy of this process, and so has the steps and the engines without anything being sent:
engines may be any callables. Where the system cannot copy a process, this one does all of the work.

Of a row, twice as many parts are tried in advance as there are processes. When one of them shows
the difference, the later ones are not needed, and their replays end.

A process that is ended by an engine in it takes the others of its pool with it. Then each part that
was being tried is tried alone; one that ends its process again does not show the difference.
"""

from __future__ import annotations

import ctypes
import multiprocessing
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from concurrent.futures.process import BrokenProcessPool, ProcessPoolExecutor
from contextlib import ExitStack
from multiprocessing.sharedctypes import RawValue
from typing import Any, Final, Self

from necp_replay.dataclass import dataclass
from necp_replay.minimize.part_comparison import NumberedStep
from necp_replay.minimize.trial_work import PartMessage, TrialWork
from necp_replay.processes.deferral import signals_deferred
from necp_replay.processes.worker import worker_pool, workers_starting

_AHEAD: Final = 2
"""Parts that are tried at once for each process, so that none waits for the next part."""
_LOOK_S: Final = 0.5
"""How long signals wait at most while results are waited for."""


class _Ended(Exception):
    """The processes are not needed any more, and end whatever they are doing."""


@dataclass(frozen=True, slots=True)
class _Shared:
    """What every process has from the start."""

    work: TrialWork
    wanted: Any
    """The number of the row that is wanted, in memory that all processes share."""


_shared: _Shared | None = None
"""Set right before processes are copied from this one."""


class TrialProcesses:
    """Processes that try parts of the same steps. Leaving the block ends them."""

    def __init__(self, jobs: int, work: TrialWork) -> None:
        self._jobs = jobs
        self._row = RawValue(ctypes.c_uint64, 0)
        self._shared = _Shared(work, self._row)
        self._best: Sequence[NumberedStep] = ()
        self._pool: ProcessPoolExecutor | None = None
        self._resources = ExitStack()

    @staticmethod
    def can_start() -> bool:
        """Whether the system can copy this process."""
        return "fork" in multiprocessing.get_all_start_methods()

    def __enter__(self) -> Self:
        """Enter the block. Processes start with the first part."""
        return self

    def __exit__(self, *_: object) -> None:
        """End all processes at once."""
        self._end()

    def answers(
        self,
        row: Iterator[Sequence[NumberedStep]],
        best: Sequence[NumberedStep],
        *,
        is_plain: bool,
    ) -> Iterator[tuple[Sequence[NumberedStep], int]]:
        """The answers of :class:`.TriesParts`."""
        pending: deque[tuple[Sequence[NumberedStep], Future[int]]] = deque()
        self._row.value += 1
        self._best = best
        try:
            while True:
                while len(pending) < _AHEAD * self._jobs:
                    part = next(row, None)
                    if part is None:
                        break
                    pending.append((part, self._submit(part, is_plain=is_plain)))
                if not pending:
                    return
                part, future = pending.popleft()
                yield part, self._result(part, future, is_plain=is_plain)
        finally:
            self._row.value += 1

    def _submit(self, part: Sequence[NumberedStep], *, is_plain: bool) -> Future[int]:
        if self._pool is None:
            self._pool = self._resources.enter_context(self._started(self._jobs))
        try:
            return self._pool.submit(_try, *self._message(part, is_plain=is_plain))
        except BrokenProcessPool as error:
            broken: Future[int] = Future()
            broken.set_exception(error)
            return broken

    def _result(self, part: Sequence[NumberedStep], future: Future[int], *, is_plain: bool) -> int:
        try:
            return _result_of(future)
        except BrokenProcessPool:
            self._end()
        try:
            with self._started(1) as pool:
                return _result_of(pool.submit(_try, *self._message(part, is_plain=is_plain)))
        except BrokenProcessPool:
            return 0

    def _message(self, part: Sequence[NumberedStep], *, is_plain: bool) -> tuple[int, PartMessage]:
        """What is sent of a part: the number of its row, and the part."""
        message = self._shared.work.message(part, self._best, is_plain=is_plain)
        return self._row.value, message

    def _started(self, jobs: int) -> _Pool:
        return _Pool(jobs, self._shared)

    def _end(self) -> None:
        self._pool = None
        self._resources.close()


class _Pool:
    """A pool of copies of this process, which are killed at the end, whatever they do."""

    def __init__(self, jobs: int, shared: _Shared) -> None:
        self._jobs = jobs
        self._shared = shared
        self._pool = worker_pool(jobs, multiprocessing.get_context("fork"))

    def __enter__(self) -> ProcessPoolExecutor:
        global _shared
        pool = self._pool.__enter__()
        _shared = self._shared
        try:
            # The first call starts the processes.
            with workers_starting():
                pool.submit(_nothing)
        finally:
            _shared = None
        return pool

    def __exit__(self, *_: object) -> None:
        ended = _Ended()
        # An exception makes the pool end its processes at once. It is not raised here.
        self._pool.__exit__(_Ended, ended, None)


def _result_of(future: Future[int]) -> int:
    while True:
        # A signal here would leave the future locked for ever.
        with signals_deferred():
            done = wait([future], _LOOK_S, FIRST_COMPLETED).done
        if done:
            return future.result()


def _nothing() -> None:
    """Work that only starts a process."""


def _try(row: int, message: PartMessage) -> int:
    """Try a part in a process that was copied. Returns the replay that showed the difference."""
    shared = _shared
    assert shared is not None
    return shared.work.answer(message, lambda: shared.wanted.value == row)
