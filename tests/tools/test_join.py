"""Traces are concatenated and merged; outcomes are kept where they still hold."""

from __future__ import annotations

from pathlib import Path

import pytest

from necp_replay.errors import UsageError
from necp_replay.events import clock, processes, syscalls
from necp_replay.events.inputs import Step
from necp_replay.scenario import System
from necp_replay.tools.cat import concatenate
from necp_replay.tools.merge import merge
from necp_replay.trace.header import Header, OutcomeDetail
from necp_replay.trace.writer import TraceWriter
from tests.tools.recorded import MEASURED, NEW, OLD, header_of, record, records_of, verdict


def app(pid: int, *times_ns: int) -> list[Step]:
    """A process that opens an fd at each of some times."""
    steps = [Step(clock.Now(2_000_000_000)), Step(processes.ProcAdd(pid))]
    return steps + [Step(syscalls.NecpOpen(pid), now_ns=time_ns) for time_ns in times_ns]


def write(path: Path, steps: list[Step], release: str = NEW) -> Path:
    with TraceWriter.create(path, Header(release)) as writer:
        for step in steps:
            writer.write(step)
    return path


def test_cat_puts_one_trace_after_the_other(tmp_path: Path) -> None:
    one = write(tmp_path / "one.necptrace", app(100, 3_000_000_000))
    two = write(tmp_path / "two.necptrace", app(200, 4_000_000_000))
    report = concatenate([one, two], tmp_path / "both.necptrace")
    steps = [step for _, step, _ in records_of(report.output)]
    assert steps == [step for path in (one, two) for _, step, _ in records_of(path)]
    assert report.records == {str(one): 3, str(two): 3}


def test_the_second_trace_starts_in_the_state_that_the_first_left(tmp_path: Path) -> None:
    def opens(system: System) -> None:
        system.add_process(100).necp_open()

    one = record(tmp_path / "one.necptrace", opens)
    two = record(tmp_path / "two.necptrace", opens)
    report = concatenate([one, two], tmp_path / "both.necptrace")
    outcomes = [outcome for _, _, outcome in records_of(report.output)]
    # The process is there already, and its fd 3 is open.
    assert [outcome is None for outcome in outcomes] == [False, False, True, True]
    assert (report.outcomes.kept, report.outcomes.first_dropped) == (2, [3, 4])
    assert verdict(report.output).different == 0


def test_parts_that_follow_each_other_lose_nothing(tmp_path: Path) -> None:
    trace = MEASURED / "named" / "add_remove_basic.necptrace"
    records, header = records_of(trace), header_of(trace)
    middle = len(records) // 2
    for name, part in (("one", records[:middle]), ("two", records[middle:])):
        with TraceWriter.create(tmp_path / f"{name}.necptrace", header) as writer:
            for _, step, outcome in part:
                writer.write(step, outcome)
    paths = [tmp_path / "one.necptrace", tmp_path / "two.necptrace"]
    report = concatenate(paths, tmp_path / "both.necptrace")
    joined = [(step, outcome) for _, step, outcome in records_of(report.output)]
    # What the second part does by itself is nothing like what was recorded of it.
    assert joined[:middle] == [(step, outcome) for _, step, outcome in records[:middle]]
    assert [step for step, _ in joined] == [step for _, step, _ in records]
    assert verdict(report.output).different == 0


def test_traces_of_different_releases_do_not_go_together(tmp_path: Path) -> None:
    one = write(tmp_path / "one.necptrace", app(100))
    two = write(tmp_path / "two.necptrace", app(200), OLD)
    with pytest.raises(UsageError, match=f"{OLD}"):
        concatenate([one, two], tmp_path / "both.necptrace")


def test_measured_and_modelled_outcomes_do_not_mix(tmp_path: Path) -> None:
    one = record(tmp_path / "one.necptrace", lambda system: system.advance(1))
    two = MEASURED / "named" / "add_remove_basic.necptrace"
    with pytest.raises(UsageError, match="measured"):
        concatenate([one, two], tmp_path / "both.necptrace")


def test_nothing_follows_a_panic(tmp_path: Path) -> None:
    down = [Step(processes.ProcAdd(100)), Step(syscalls.NecpOpen(100))]
    down.append(Step(syscalls.NecpSessionAction(100, 3, 1)))
    one = write(tmp_path / "one.necptrace", down)
    two = write(tmp_path / "two.necptrace", app(200))
    with pytest.raises(UsageError, match=r"one\.necptrace: record 3: the system goes down, and"):
        concatenate([one, two], tmp_path / "both.necptrace")
    assert not (tmp_path / "both.necptrace").exists()


def test_traces_that_cannot_be_joined_are_refused(tmp_path: Path) -> None:
    one = write(tmp_path / "one.necptrace", app(100, 3_000_000_000))
    use = [Step(processes.ProcAdd(100)), Step(syscalls.NecpSessionOpen(100))]
    use += [Step(syscalls.NecpSessionAction(100, 3, 1)), Step(syscalls.Close(100, 3))]
    two = write(tmp_path / "two.necptrace", use)
    with pytest.raises(UsageError, match=r"two\.necptrace: record 3: .* but not alone"):
        concatenate([one, two], tmp_path / "both.necptrace")


def test_a_single_trace_or_one_given_twice_is_refused(tmp_path: Path) -> None:
    one = write(tmp_path / "one.necptrace", app(100))
    with pytest.raises(UsageError, match="alone"):
        concatenate([one], tmp_path / "both.necptrace")
    with pytest.raises(UsageError, match="twice"):
        concatenate([one, one], tmp_path / "both.necptrace")


def test_merge_orders_records_by_time(tmp_path: Path) -> None:
    one = write(tmp_path / "one.necptrace", app(100, 3_000_000_000, 5_000_000_000))
    two = write(tmp_path / "two.necptrace", app(200, 4_000_000_000))
    report = merge([one, two], tmp_path / "both.necptrace")
    opens = [
        (step.input.pid, step.now_ns)
        for _, step, _ in records_of(report.output)
        if isinstance(step.input, syscalls.NecpOpen)
    ]
    assert opens == [(100, 3_000_000_000), (200, 4_000_000_000), (100, 5_000_000_000)]


def test_merge_sets_the_clock_back_to_each_record(tmp_path: Path) -> None:
    late = [*app(100, 3_000_000_000), Step(syscalls.OpenOther(100))]
    one = write(tmp_path / "one.necptrace", late)
    two = write(tmp_path / "two.necptrace", app(200, 2_500_000_000, 3_000_000_000))
    report = merge([one, two], tmp_path / "both.necptrace")
    clock_ns = 0
    times = []
    for _, step, _ in records_of(report.output):
        clock_ns = step.input.ns if isinstance(step.input, clock.Now) else step.now_ns or clock_ns
        times.append(clock_ns)
    assert times == sorted(times)
    assert times[-3:] == [3_000_000_000] * 3


def test_merge_writes_a_shared_change_of_the_system_once(tmp_path: Path) -> None:
    shared = [Step(processes.ProcAdd(1)), Step(processes.ProcExit(1)), Step(processes.ProcAdd(1))]
    one = write(tmp_path / "one.necptrace", [*shared, *app(100, 3_000_000_000)])
    two = write(tmp_path / "two.necptrace", [*shared, *app(200, 3_000_000_000)])
    report = merge([one, two], tmp_path / "both.necptrace")
    inputs = [step.input for _, step, _ in records_of(report.output)]
    assert inputs.count(processes.ProcAdd(1)) == 2
    assert inputs.count(clock.Now(2_000_000_000)) == 1
    assert report.shared == 4


def test_traces_without_time_cannot_be_merged(tmp_path: Path) -> None:
    one = write(tmp_path / "one.necptrace", app(100))
    two = write(tmp_path / "two.necptrace", [Step(processes.ProcAdd(200))])
    with pytest.raises(UsageError, match=r"two\.necptrace: the records carry no time"):
        merge([one, two], tmp_path / "both.necptrace")


def test_a_trace_whose_time_goes_backwards_cannot_be_merged(tmp_path: Path) -> None:
    one = write(tmp_path / "one.necptrace", app(100, 4_000_000_000, 3_000_000_000))
    two = write(tmp_path / "two.necptrace", app(200))
    with pytest.raises(UsageError, match="record 4: the time goes backwards"):
        merge([one, two], tmp_path / "both.necptrace")


def test_the_joined_header_names_what_was_joined(tmp_path: Path) -> None:
    one = record(tmp_path / "one.necptrace", lambda system: system.advance(1))
    two = record(tmp_path / "two.necptrace", lambda system: system.advance(2))
    header = header_of(concatenate([one, two], tmp_path / "both.necptrace").output)
    assert header.name == "one+two"
    assert dict(header.properties)["cat"] == "one.necptrace, two.necptrace"
    assert header.outcome_detail is OutcomeDetail.FULL
