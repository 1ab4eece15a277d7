"""A trace is split into one for each process or fd, and each part still replays the same."""

from __future__ import annotations

from pathlib import Path

import pytest

from necp_replay.errors import UsageError
from necp_replay.tools.split import SplitBy, split
from tests.tools.recorded import MEASURED, record, verdict
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
    with pytest.raises(UsageError, match=r"pid-200\.necptrace: is there already"):
        list(split(trace, SplitBy.PID, tmp_path))
    assert not (tmp_path / "whole-pid-1.necptrace").exists()


def test_a_trace_without_processes_cannot_be_split(tmp_path: Path) -> None:
    trace = record(tmp_path / "whole.necptrace", lambda system: system.advance(1))
    with pytest.raises(UsageError, match="no record is of a process"):
        list(split(trace, SplitBy.PID, tmp_path))
