"""Worker processes that share out traces, and return a report or another result for each."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from concurrent.futures.process import BrokenProcessPool
from functools import partial
from pathlib import Path
from typing import Final, Protocol, TypeVar

from necp_replay.errors import TraceError
from necp_replay.outcomes.safe_text import escape
from necp_replay.outcomes.trace_report import TraceReport
from necp_replay.processes.deferral import signals_deferred
from necp_replay.processes.worker import worker_pool, workers_starting
from necp_replay.replay.one_trace import Work, report_of
from necp_replay.replay.progress import REDRAW_S, TraceProgress
from necp_replay.trace.find import FoundTrace

Item = TypeVar("Item")
Result = TypeVar("Result")
_AHEAD: Final = 8
"""How many parts wait for each process."""


def report_in_processes(
    traces: Sequence[FoundTrace],
    work: Work,
    jobs: int,
    bar: TraceProgress,
    order: Sequence[int],
    most: int,
) -> Iterator[tuple[int, TraceReport]]:
    """The reports of traces with their indices, as they are finished. ``order`` has the indices.

    A process is given at most ``most`` traces at a time.
    """
    report = partial(report_of, work, None)
    yield from work_in_processes(traces, report, _report_of_killed, jobs, bar, order, most)


def work_in_processes(
    traces: Sequence[Item],
    work: Callable[[Item], Result],
    killed: Callable[[Item], Result],
    jobs: int,
    bar: TraceProgress,
    order: Sequence[int],
    most: int,
) -> Iterator[tuple[int, Result]]:
    """The same for any items and work. These can be pickled, as results can; it raises nothing.

    ``killed`` gives the result of a trace on which a process was killed.
    """
    done = bytearray(len(traces))
    try:
        for index, result in _in_workers(traces, work, jobs, bar, order, most):
            done[index] = True
            yield index, result
    except BrokenProcessPool:
        # It is not known which trace the worker that ended had. Each one left is tried alone.
        for index in order:
            if not done[index]:
                yield index, _alone(work, killed, traces[index])


class HasPath(Protocol):
    """What is worked on, by the path of its file."""

    @property
    def path(self) -> Path:
        """The file."""


def why_killed(trace: HasPath) -> TraceError:
    """Why there is no result of a trace on which a process was killed."""
    return TraceError(
        "the process that worked on it was killed",
        file=str(trace.path),
        hint="Systems kill processes that take too much memory. Run it alone with --jobs 1.",
    )


def _report_of_killed(trace: FoundTrace) -> TraceReport:
    error = why_killed(trace)
    return TraceReport(escape(str(trace.path)), "", error=escape(str(error)), hint=error.hint)


def _in_workers(
    traces: Sequence[Item],
    work: Callable[[Item], Result],
    jobs: int,
    bar: TraceProgress,
    order: Sequence[int],
    most: int,
) -> Iterator[tuple[int, Result]]:
    with worker_pool(min(jobs, len(order))) as pool:
        size = max(1, min(most, len(order) // (jobs * 8)))
        parts = (order[at : at + size] for at in range(0, len(order), size))
        running: dict[Future[list[Result]], Sequence[int]] = {}

        def submit(count: int) -> None:
            for part in itertools.islice(parts, count):
                chosen = [traces[index] for index in part]
                running[pool.submit(_work_on, work, chosen)] = part

        # The first call starts the processes. More parts than this would only take memory.
        with workers_starting():
            submit(_AHEAD * jobs)
        while running:
            done = _done_of(running)
            submit(len(done))
            bar.on_time()
            for future in done:
                yield from zip(running.pop(future), future.result(), strict=True)


def _done_of(running: Iterable[Future[list[Result]]]) -> set[Future[list[Result]]]:
    """Those that are done soon. A signal waits for that: it would leave a future locked for ever,
    and the thread of the pool would wait for it, and this process for the thread."""
    with signals_deferred():
        return wait(running, REDRAW_S, FIRST_COMPLETED).done


def _alone(
    work: Callable[[Item], Result],
    killed: Callable[[Item], Result],
    trace: Item,
) -> Result:
    """Work on one trace in a process of its own. If the process ends, that is the verdict."""
    try:
        with worker_pool(1) as pool:
            with workers_starting():
                future = pool.submit(_work_on, work, [trace])
            while not _done_of([future]):
                continue
            return future.result()[0]
    except BrokenProcessPool:
        return killed(trace)


def _work_on(work: Callable[[Item], Result], traces: Sequence[Item]) -> list[Result]:
    """Work on a part of the traces; worker processes call this."""
    return [work(trace) for trace in traces]
