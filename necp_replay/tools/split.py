"""Splits a trace by process or by fd: one cut trace for each."""

from __future__ import annotations

import enum
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from necp_replay.engines.engine import EngineFactory, open_machine
from necp_replay.errors import UsageError
from necp_replay.events.references import OPENINGS, fd_of, process_of
from necp_replay.files.atomic import refuse_existing
from necp_replay.files.folders import make_folder
from necp_replay.releases.names import canonical_tag
from necp_replay.tools.cut import CutReport, Cutter
from necp_replay.tools.dependencies import Mark
from necp_replay.tools.derived_header import OnRecords
from necp_replay.tools.packed_keys import History
from necp_replay.tools.select import And, Fds, Pids, Selection, selection_text
from necp_replay.tools.selected import EVERYTHING
from necp_replay.tools.touched_keys import touched_keys
from necp_replay.trace.find import TRACE_SUFFIX
from necp_replay.trace.reader import TraceReader

MAX_PARTS: Final = 1000
"""Each part takes several replays of the whole trace."""


class SplitBy(enum.Enum):
    """What makes the parts of a split."""

    PID = "pid"
    FD = "fd"


def split(
    path: Path,
    by: SplitBy,
    folder: Path,
    selection: Selection = EVERYTHING,
    *,
    open_engine: EngineFactory = open_machine,
    on_records: OnRecords | None = None,
) -> Iterator[CutReport]:
    """Cut a trace for each process, or each fd number of a process, in order of numbers.

    The parts are ``folder``/NAME-pid-100.necptrace or NAME-pid-100-fd-3.necptrace; each report
    comes when its part is written. Only selected records make parts, and are selected in them.
    Raises WriteError where a part is there already, before any is written, and UsageError where no
    selected record is of a process or fd and for more than :data:`MAX_PARTS` parts.
    """
    with TraceReader(path) as reader:
        release = canonical_tag(reader.header.release)
        history = touched_keys(reader, selection, open_engine, release, on_records).history
        parts = _parts(path, history, by, None if selection is EVERYTHING else selection)
        outputs = [folder / f"{path.stem}-{name}{TRACE_SUFFIX}" for name, _ in parts]
        for output in outputs:
            refuse_existing(output)
        make_folder(folder)
        for (_, part), output in zip(parts, outputs, strict=True):
            report = CutReport(output, selection_text(part), release)
            Cutter(reader, part, report, open_engine, on_records).cut()
            yield report


def _parts(
    path: Path, history: History, by: SplitBy, selection: Selection | None
) -> list[tuple[str, Selection]]:
    """The name and the selection of each part."""
    found: set[tuple[int, ...]] = set()
    with TraceReader(path) as reader:
        for number, step, _ in reader:
            pid = process_of(step.input)
            # To the calls that the rest of the kernel makes, 0 is any process.
            if not pid or not history.has(number, Mark.SELECTED):
                continue
            if by is SplitBy.PID:
                found.add((pid,))
            elif isinstance(step.input, OPENINGS):
                if number in history.opened:
                    found.add((pid, history.opened[number]))
            else:
                used = fd_of(step.input, None)
                if used is not None:
                    found.add(used)
    if not found:
        selected = "" if selection is None else f" that {selection_text(selection)} selects"
        raise UsageError(
            f"no record{selected} is of a process or fd",
            file=str(path),
            hint="There is nothing to split.",
        )
    if len(found) > MAX_PARTS:
        raise UsageError(
            f"{len(found):,} parts, more than {MAX_PARTS:,}",
            file=str(path),
            hint="Say with --select of which records to make parts.",
        )
    return [_part(part, selection) for part in sorted(found)]


def _part(part: tuple[int, ...], selection: Selection | None) -> tuple[str, Selection]:
    tests: tuple[Selection, ...] = (Pids(part[:1]), *(Fds((fd,)) for fd in part[1:]))
    if selection is not None:
        tests += (selection,)
    name = "-".join(f"{kind}-{number}" for kind, number in zip(("pid", "fd"), part, strict=False))
    return name, tests[0] if len(tests) == 1 else And(tests)
