"""Works on many traces, in one process or several, with the same result."""

from __future__ import annotations

from collections.abc import Callable, Generator, Hashable, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from functools import partial
from typing import Final, TypeAlias

from necp_replay.outcomes.report_table import ReportTable
from necp_replay.outcomes.safe_text import escape
from necp_replay.outcomes.trace_report import TraceReport
from necp_replay.processes.collector import collect_rarely
from necp_replay.replay.one_trace import Work, report_of
from necp_replay.replay.progress import OnRecords, TraceProgress
from necp_replay.replay.run import ReplayOptions, replay_trace
from necp_replay.trace.find import FoundTrace

Elsewhere: TypeAlias = Callable[[Sequence[int]], Iterable[tuple[int, TraceReport]]]
"""Works on the traces with these indices, and gives their reports in any order."""
MOST_IN_PART: Final = 16
"""The most traces that a process is given at a time: each time costs as much as a small trace."""


def replay_all(
    traces: Sequence[FoundTrace], options: ReplayOptions, *, jobs: int = 1, progress: bool = False
) -> list[TraceReport]:
    """Replay every trace in up to ``jobs`` processes. Reports are in the order of ``traces``."""
    return report_all(traces, partial(replay_one, options), jobs=jobs, progress=progress)


def replay_some(
    traces: Sequence[FoundTrace],
    options: ReplayOptions,
    order: Sequence[int],
    *,
    until: Callable[[TraceReport], bool] | None = None,
    jobs: int = 1,
    progress: bool = False,
    table: ReportTable | None = None,
) -> ReportTable:
    """Replay the traces with the indices ``order``, in that order. Reports by index.

    They are added to ``table`` if there is one. It stops after the first report of which ``until``
    is true; the others are missing then.
    """
    work = partial(replay_one, options)
    reports = ReportTable(len(traces)) if table is None else table
    with (
        TraceProgress(len(order), is_shown=progress) as bar,
        # Closing ends the worker processes, also those in the middle of a trace.
        closing(_work_in_order(traces, work, jobs, bar, order, until is not None)) as working,
    ):
        for index, report in working:
            reports[index] = report
            bar.on_trace()
            if until is not None and until(report):
                break
    return reports


def report_all(
    traces: Sequence[FoundTrace],
    work: Work,
    *,
    jobs: int = 1,
    progress: bool = False,
    keys: Sequence[Hashable] | None = None,
) -> list[TraceReport]:
    """The reports of ``work`` for every trace, in their order. Several processes must pickle it.

    ``keys`` has a key for each trace. Of traces with the same key the first is worked on, and the
    others get its report; None is no key.
    """
    found = report_each(traces, work, jobs=jobs, progress=progress, keys=keys)
    return [found[index] for index in range(len(traces))]


def report_each(
    traces: Sequence[FoundTrace],
    work: Work,
    *,
    jobs: int = 1,
    progress: bool = False,
    keys: Sequence[Hashable] | None = None,
    elsewhere: Elsewhere | None = None,
) -> dict[int, TraceReport]:
    """The same by index. ``elsewhere`` works on traces in place of processes here.

    What it does not give is missing, as are the traces with the key of such a one.
    """
    alike = _alike(traces, keys)
    with TraceProgress(len(traces), is_shown=progress) as bar:
        reports = {}
        here = partial(_report_each, traces, work, jobs, bar)
        for index, report in (elsewhere or here)(list(alike)):
            reports[index] = report
            bar.on_trace()
            for other in alike[index]:
                reports[other] = _same_report(report, traces[other], work, bar)
                bar.on_trace()
    return reports


def _alike(traces: Sequence[FoundTrace], keys: Sequence[Hashable] | None) -> dict[int, list[int]]:
    """The traces to work on, each with the later ones that get its report."""
    alike: dict[int, list[int]] = {}
    first_of: dict[Hashable, int] = {}
    for index in range(len(traces)):
        key = None if keys is None else keys[index]
        first = index if key is None else first_of.setdefault(key, index)
        if first == index:
            alike[index] = []
        else:
            alike[first].append(index)
    return alike


def _same_report(
    report: TraceReport, trace: FoundTrace, work: Work, bar: TraceProgress
) -> TraceReport:
    """The report of another trace that is like the one of a report."""
    if report.error is not None:
        # What it says is about the file.
        return report_of(work, bar.on_records, trace)
    bar.on_records(report.records)
    examples = list(report.examples)
    return replace(report, path=escape(str(trace.path)), seconds=0.0, examples=examples)


def _report_each(
    traces: Sequence[FoundTrace], work: Work, jobs: int, bar: TraceProgress, indices: Sequence[int]
) -> Iterator[tuple[int, TraceReport]]:
    # The largest first, so that no process is left with a long one at the end.
    order = sorted(indices, key=lambda i: (-_size_bytes(traces[i]), i))
    yield from _work_in_order(traces, work, jobs, bar, order, False)


def _work_in_order(
    traces: Sequence[FoundTrace],
    work: Work,
    jobs: int,
    bar: TraceProgress,
    order: Sequence[int],
    one_by_one: bool,
) -> Generator[tuple[int, TraceReport], None, None]:
    """The reports as they are finished. ``one_by_one`` gives a process one trace at a time."""
    collect_rarely()
    if jobs == 1 or len(order) < 2:
        for index in order:
            yield index, report_of(work, bar.on_records, traces[index])
        return
    # Importing what processes need takes longer than replaying one small trace.
    from necp_replay.replay.many_processes import report_in_processes

    most = 1 if one_by_one else MOST_IN_PART
    yield from report_in_processes(traces, work, jobs, bar, order, most)


def replay_one(
    options: ReplayOptions, on_records: OnRecords | None, trace: FoundTrace
) -> TraceReport:
    """Replay one trace; other processes call this."""
    stored, find = options.checkpoints, options.find_checkpoints
    if stored is None and find is not None:
        stored = find(trace.path)
    options = replace(options, on_records=on_records, checkpoints=stored, find_checkpoints=None)
    return replay_trace(trace.path, trace.name, options)


def _size_bytes(trace: FoundTrace) -> int:
    try:
        return trace.path.stat().st_size
    except OSError:
        return 0
