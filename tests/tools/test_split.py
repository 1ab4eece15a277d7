"""A trace is split into one for each process or fd, and each part still replays the same."""

from __future__ import annotations

from pathlib import Path

import pytest

from necp_replay.errors import UsageError, WriteError
from necp_replay.events.inputs import Step
from necp_replay.events.processes import ProcAdd
from necp_replay.tools.select import parse_selection
from necp_replay.tools.split import MAX_PARTS, SplitBy, split
from necp_replay.trace.header import Header
from necp_replay.trace.writer import TraceWriter
from tests.tools.recorded import MEASURED, NEW, record, verdict
from tests.tools.test_cut import two_processes


def test_every_process_gets_a_part(tmp_path: Path) -> None:
    trace = record(tmp_path / "whole.necptrace", two_processes)
    reports = list(split(trace, SplitBy.PID, tmp_path / "parts"))
    assert [report.output.name for report in reports] == [
        "whole-pid-1.necptrace",
        "whole-pid-100.necptrace",
        "whole-pid-200.necptrace",
    ]
    for report in reports:
        assert verdict(report.output).different == 0


def test_every_fd_gets_a_part(tmp_path: Path) -> None:
    trace = record(tmp_path / "whole.necptrace", two_processes)
    reports = list(split(trace, SplitBy.FD, tmp_path / "parts"))
    assert [report.selection for report in reports] == [
        "pid 1 and fd 3",
        "pid 100 and fd 3",
        "pid 100 and fd 4",
        "pid 200 and fd 3",
    ]


def test_measured_traces_can_be_split(tmp_path: Path) -> None:
    trace = MEASURED / "named" / "socket_flow.necptrace"
    reports = list(split(trace, SplitBy.PID, tmp_path))
    assert reports
    for report in reports:
        assert verdict(report.output).different == 0


def test_nothing_is_written_when_a_part_is_there_already(tmp_path: Path) -> None:
    trace = record(tmp_path / "whole.necptrace", two_processes)
    (tmp_path / "whole-pid-200.necptrace").write_bytes(b"")
    with pytest.raises(WriteError, match=r"pid-200\.necptrace: exists already"):
        list(split(trace, SplitBy.PID, tmp_path))
    assert not (tmp_path / "whole-pid-1.necptrace").exists()


def test_a_trace_without_processes_cannot_be_split(tmp_path: Path) -> None:
    trace = record(tmp_path / "whole.necptrace", lambda system: system.advance(1))
    with pytest.raises(UsageError, match="no record is of a process"):
        list(split(trace, SplitBy.PID, tmp_path))


def test_only_selected_records_make_parts(tmp_path: Path) -> None:
    trace = record(tmp_path / "whole.necptrace", two_processes)
    selection = parse_selection("pid 100 and ADD")
    reports = list(split(trace, SplitBy.FD, tmp_path / "parts", selection))
    assert [report.selection for report in reports] == [
        "pid 100 and fd 4 and (pid 100 and ADD)",
    ]
    for report in reports:
        assert report.selected == 1
        assert verdict(report.output).different == 0


def test_a_split_into_very_many_parts_is_refused(tmp_path: Path) -> None:
    trace = tmp_path / "whole.necptrace"
    with TraceWriter.create(trace, Header(NEW)) as writer:
        for pid in range(1, MAX_PARTS + 2):
            writer.write(Step(ProcAdd(pid)))
    with pytest.raises(UsageError, match=f"{MAX_PARTS + 1:,} parts"):
        list(split(trace, SplitBy.PID, tmp_path / "parts"))
    assert not (tmp_path / "parts").exists()
