"""Works on many traces, in one process or several, with the same result."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial

from tqdm import tqdm

from necp_replay.outcomes.trace_report import TraceReport
from necp_replay.replay.run import ReplayOptions, replay_trace
from necp_replay.trace.find import FoundTrace

_PROGRESS_DELAY_S = 2


def replay_all(
    traces: Sequence[FoundTrace], options: ReplayOptions, *, jobs: int = 1, progress: bool = False
) -> list[TraceReport]:
    """Replay every trace in up to ``jobs`` processes. Reports are in the order of ``traces``."""
    return report_all(traces, partial(_replay_one, options), jobs=jobs, progress=progress)


def report_all(
    traces: Sequence[FoundTrace],
    work: Callable[[FoundTrace], TraceReport],
    *,
    jobs: int = 1,
    progress: bool = False,
) -> list[TraceReport]:
    """The reports of ``work`` for every trace, in their order. Several processes must pickle it."""
    bar = tqdm(
        total=len(traces), unit="trace", disable=not progress, leave=False, delay=_PROGRESS_DELAY_S
    )
    with bar:
        reports = {}
        for index, report in _report_each(traces, work, jobs):
            reports[index] = report
            bar.update()
    return [reports[index] for index in range(len(traces))]


def _report_each(
    traces: Sequence[FoundTrace], work: Callable[[FoundTrace], TraceReport], jobs: int
) -> Iterator[tuple[int, TraceReport]]:
    # The largest first, so that no process is left with a long one at the end.
    order = sorted(range(len(traces)), key=lambda i: (-_size_bytes(traces[i]), i))
    if jobs == 1 or len(traces) < 2:
        for index in order:
            yield index, work(traces[index])
        return
    with ProcessPoolExecutor(max_workers=min(jobs, len(traces))) as pool:
        chunk = max(1, min(16, len(traces) // (jobs * 8)))
        yield from zip(
            order, pool.map(work, [traces[i] for i in order], chunksize=chunk), strict=True
        )


def _replay_one(options: ReplayOptions, trace: FoundTrace) -> TraceReport:
    return replay_trace(trace.path, trace.name, options)


def _size_bytes(trace: FoundTrace) -> int:
    try:
        return trace.path.stat().st_size
    except OSError:
        return 0
