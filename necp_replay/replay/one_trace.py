"""Works on one trace of many. It has a report in every case, also after an exception."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from necp_replay.errors import error_of_trace
from necp_replay.outcomes.trace_report import TraceReport
from necp_replay.processes.dropped_exceptions import DroppedExceptions
from necp_replay.replay.progress import OnRecords
from necp_replay.trace.find import FoundTrace

Work: TypeAlias = Callable[[OnRecords | None, FoundTrace], TraceReport]
"""Works on a trace, and reports how many records it has worked on if asked to."""


def report_of(work: Work, on_records: OnRecords | None, trace: FoundTrace) -> TraceReport:
    """Work on a trace. An exception that Python drops meanwhile is a verdict as well."""
    dropped: list[Exception] = []
    with DroppedExceptions(Exception, dropped.append):
        report = work(on_records, trace)
    if dropped and report.error is None:
        report.fail(error_of_trace(dropped[0], str(trace.path)))
    return report
