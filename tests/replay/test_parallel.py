"""Work on many traces, in one process and in several."""

from __future__ import annotations

from pathlib import Path

import pytest

from necp_replay.engines.engine import Engine, open_machine
from necp_replay.events.inputs import Step
from necp_replay.events.outcome import Outcome
from necp_replay.events.snapshot import Snapshot
from necp_replay.outcomes.trace_report import TraceReport, Verdict
from necp_replay.replay.parallel import replay_all, report_all
from necp_replay.replay.progress import OnRecords
from necp_replay.replay.run import ReplayOptions
from necp_replay.trace.find import FoundTrace
from tests.tools.recorded import generate


class FailsWhenFreed:
    def __del__(self) -> None:
        raise ValueError("while it was freed")


class FreesAtTenth:
    """Our engine, and with the tenth record an object is freed that fails."""

    def __init__(self, release: str) -> None:
        self.engine: Engine = open_machine(release)
        self.records = 0

    def submit(self, step: Step) -> Outcome:
        self.records += 1
        if self.records == 10:
            FailsWhenFreed()
        return self.engine.submit(step)

    def snapshot(self) -> Snapshot:
        return self.engine.snapshot()


@pytest.mark.parametrize("jobs", [1, 2])
def test_an_exception_that_python_drops_is_the_verdict_on_the_trace(
    tmp_path: Path, jobs: int
) -> None:
    traces = [
        FoundTrace(generate(tmp_path / f"{count}.necptrace", seed=1, records=count), str(count))
        for count in (9, 40)
    ]
    short, long = replay_all(traces, ReplayOptions(open_engine=FreesAtTenth), jobs=jobs)
    assert short.verdict is Verdict.IDENTICAL
    assert long.verdict is Verdict.ERROR
    assert "unforeseen error: ValueError: while it was freed" in (long.error or "")
    assert long.unforeseen.startswith("Traceback")


def report_of_name(on_records: OnRecords | None, trace: FoundTrace) -> TraceReport:
    """A report that says on which trace was worked."""
    error = "no trace" if trace.name == "broken" else None
    return TraceReport(str(trace.path), trace.name, seconds=1.0, error=error)


@pytest.mark.parametrize("jobs", [1, 2])
def test_of_traces_with_one_key_the_first_is_worked_on(tmp_path: Path, jobs: int) -> None:
    names = ["a", "b", "c", "d", "broken", "e"]
    traces = [FoundTrace(tmp_path / name, name) for name in names]
    keys = [None, 1, 2, 1, 3, 3]
    reports = report_all(traces, report_of_name, jobs=jobs, keys=keys)
    assert [report.path for report in reports] == [str(trace.path) for trace in traces]
    assert [report.release for report in reports] == ["a", "b", "c", "b", "broken", "e"]
    assert [report.seconds for report in reports] == [1.0, 1.0, 1.0, 0.0, 1.0, 1.0]
    # What is wrong with a file is said of each file.
    assert [report.error for report in reports] == [None, None, None, None, "no trace", None]
