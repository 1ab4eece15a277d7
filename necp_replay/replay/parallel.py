"""Works on many traces, in one process or several, with the same result."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import replace
from functools import partial
from typing import TypeAlias

from necp_replay.errors import error_of_trace
from necp_replay.outcomes.safe_text import escape
from necp_replay.outcomes.trace_report import TraceReport
from necp_replay.processes.dropped import DroppedExceptions
from necp_replay.processes.worker import worker_pool, workers_starting
from necp_replay.replay.progress import REDRAW_S, OnRecords, TraceProgress
from necp_replay.replay.run import ReplayOptions, replay_trace
from necp_replay.trace.find import FoundTrace

Work: TypeAlias = Callable[[OnRecords | None, FoundTrace], TraceReport]
"""Works on a trace, and tells of its records on the way if it is told to."""


def replay_all(
    traces: Sequence[FoundTrace], options: ReplayOptions, *, jobs: int = 1, progress: bool = False
) -> list[TraceReport]:
    """Replay every trace in up to ``jobs`` processes. Reports are in the order of ``traces``."""
    return report_all(traces, partial(_replay_one, options), jobs=jobs, progress=progress)


def report_all(
    traces: Sequence[FoundTrace], work: Work, *, jobs: int = 1, progress: bool = False
) -> list[TraceReport]:
    """The reports of ``work`` for every trace, in their order. Several processes must pickle it."""
    with TraceProgress(len(traces), is_shown=progress) as bar:
        reports = {}
        for index, report in _report_each(traces, work, jobs, bar):
            reports[index] = report
            bar.on_trace()
    return [reports[index] for index in range(len(traces))]


def _report_each(
    traces: Sequence[FoundTrace], work: Work, jobs: int, bar: TraceProgress
) -> Iterator[tuple[int, TraceReport]]:
    # The largest first, so that no process is left with a long one at the end.
    order = sorted(range(len(traces)), key=lambda i: (-_size_bytes(traces[i]), i))
    if jobs == 1 or len(traces) < 2:
        for index in order:
            yield index, _report_of(work, bar.on_records, traces[index])
        return
    left = dict.fromkeys(order)
    try:
        for index, report in _in_workers(traces, work, jobs, bar, order):
            del left[index]
            yield index, report
    except BrokenProcessPool:
        # It is not known on which trace the worker was that ended. Alone each of them tells.
        for index in left:
            yield index, _alone(work, traces[index])


def _in_workers(
    traces: Sequence[FoundTrace], work: Work, jobs: int, bar: TraceProgress, order: Sequence[int]
) -> Iterator[tuple[int, TraceReport]]:
    with worker_pool(min(jobs, len(traces))) as pool:
        size = max(1, min(16, len(traces) // (jobs * 8)))
        parts = [order[at : at + size] for at in range(0, len(order), size)]
        # The first call starts the processes.
        with workers_starting():
            running = {
                pool.submit(_work_on, work, [traces[index] for index in part]): part
                for part in parts
            }
        while running:
            done, _ = wait(running, REDRAW_S, FIRST_COMPLETED)
            bar.on_time()
            for future in done:
                yield from zip(running.pop(future), future.result(), strict=True)


def _alone(work: Work, trace: FoundTrace) -> TraceReport:
    """Work on one trace in a process of its own. If the process ends, that is the verdict."""
    try:
        with worker_pool(1) as pool:
            with workers_starting():
                future = pool.submit(_work_on, work, [trace])
            return future.result()[0]
    except BrokenProcessPool:
        return TraceReport(
            escape(str(trace.path)),
            "",
            error=f"{escape(str(trace.path))}: the process that worked on it was killed",
            hint="Systems kill processes that take too much memory. Run it alone with --jobs 1.",
        )


def _work_on(work: Work, traces: Sequence[FoundTrace]) -> list[TraceReport]:
    """Work on a part of the traces; worker processes call this."""
    return [_report_of(work, None, trace) for trace in traces]


def _report_of(work: Work, on_records: OnRecords | None, trace: FoundTrace) -> TraceReport:
    """Work on a trace. An exception that Python drops meanwhile is a verdict as well."""
    dropped: list[Exception] = []
    with DroppedExceptions(Exception, dropped.append):
        report = work(on_records, trace)
    if dropped and report.error is None:
        report.fail(error_of_trace(dropped[0], str(trace.path)))
    return report


def _replay_one(
    options: ReplayOptions, on_records: OnRecords | None, trace: FoundTrace
) -> TraceReport:
    return replay_trace(trace.path, trace.name, replace(options, on_records=on_records))


def _size_bytes(trace: FoundTrace) -> int:
    try:
        return trace.path.stat().st_size
    except OSError:
        return 0
