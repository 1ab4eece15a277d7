"""Splits a trace by process or by fd: one cut trace for each, with the world it needs."""

from __future__ import annotations

import enum
from collections.abc import Iterator
from pathlib import Path

from necp_replay.errors import UsageError
from necp_replay.replay.engine import EngineFactory, open_machine
from necp_replay.tools.cut import CutReport, Cutter
from necp_replay.tools.dependencies import OPENS
from necp_replay.tools.derived import OnRecords, check_output
from necp_replay.tools.select import And, Fds, Pids, Selection, selection_text
from necp_replay.tools.survey import survey_trace
from necp_replay.trace.reader import TraceReader

TRACE_SUFFIX = ".necptrace"


class SplitBy(enum.Enum):
    """What makes the parts of a split."""

    PID = "pid"
    FD = "fd"


def split(
    path: Path,
    by: SplitBy,
    folder: Path,
    *,
    open_engine: EngineFactory = open_machine,
    on_records: OnRecords | None = None,
) -> Iterator[CutReport]:
    """Cut a trace for each process, or each fd number of a process, in order of numbers.

    The parts are ``folder``/NAME-pid-100.necptrace or NAME-pid-100-fd-3.necptrace; each report
    comes when its part is written. Raises UsageError where a part is there already, before any is
    written, and where the trace has no process or fd.
    """
    parts = _parts(path, by)
    outputs = [folder / f"{path.stem}-{name}{TRACE_SUFFIX}" for name, _ in parts]
    for output in outputs:
        check_output(output)
    folder.mkdir(parents=True, exist_ok=True)
    with TraceReader(path) as reader:
        release = reader.header.release
        for (_, selection), output in zip(parts, outputs, strict=True):
            survey = survey_trace(reader, selection, open_engine(release), on_records)
            report = CutReport(output, selection_text(selection), release)
            Cutter(reader, survey, report, open_engine, on_records).cut()
            yield report


def _parts(path: Path, by: SplitBy) -> list[tuple[str, Selection]]:
    """The name and the selection of each part."""
    pids: set[int] = set()
    fds: set[tuple[int, int]] = set()
    with TraceReader(path) as reader:
        for _, step, recorded in reader:
            pid = getattr(step.input, "pid", 0)
            if pid == 0:
                continue
            pids.add(pid)
            fd = getattr(step.input, "fd", None)
            if isinstance(step.input, OPENS):
                fd = step.input.assigned_fd if recorded is None else recorded.retval
            if fd is not None:
                fds.add((pid, fd))
    if by is SplitBy.PID:
        found: list[tuple[str, Selection]] = [(f"pid-{pid}", Pids((pid,))) for pid in sorted(pids)]
    else:
        found = [(f"pid-{pid}-fd-{fd}", And((Pids((pid,)), Fds((fd,))))) for pid, fd in sorted(fds)]
    if not found:
        raise UsageError(f"{path}: no record is of a process", hint="There is nothing to split.")
    return found
