"""A replay compares every record with its recorded outcome."""

from dataclasses import replace
from pathlib import Path

import pytest

from necp_replay.events.effects import Log
from necp_replay.events.outcome import Outcome
from necp_replay.trace.reader import TraceReader
from necp_replay.trace.writer import TraceWriter
from tests.cli.workplace import Workplace


def rewrite(path: Path, number: int, outcome: Outcome) -> None:
    """Replace the recorded outcome of one record of a trace."""
    with TraceReader(path) as reader:
        records = list(reader)
        header = reader.header
    path.unlink()
    with TraceWriter.create(path, header) as writer:
        for index, step, recorded in records:
            writer.write(step, outcome if index == number else recorded)


def recorded(path: Path, number: int) -> Outcome:
    with TraceReader(path) as reader:
        for index, _, outcome in reader:
            if index == number and outcome is not None:
                return outcome
    raise AssertionError(f"record {number} has no outcome")


@pytest.mark.parametrize("number", [1, 5, 8, 9])
def test_a_different_errno_is_reported_with_its_record(workplace: Workplace, number: int) -> None:
    path = workplace.record()
    workplace.run("accept", "traces")
    before = recorded(path, number)
    rewrite(path, number, replace(before, errno=9, retval=None))
    printed = workplace.run("replay", "traces", "--format", "json")
    assert printed.status == 1
    report = printed.json()["per_trace"][0]
    assert report["different"] == 1
    (example,) = report["examples"]
    assert example["record"] == number
    assert example["differences"][0]["expected"] == "EBADF"


def test_a_different_log_record_is_a_difference(workplace: Workplace) -> None:
    path = workplace.record()
    workplace.run("accept", "traces")
    before = recorded(path, 9)
    (log,) = before.effects
    assert isinstance(log, Log)
    changed = replace(before, effects=(replace(log, error=77),))
    rewrite(path, 9, changed)
    report = workplace.run("replay", "traces", "--format", "json").json()["per_trace"][0]
    assert report["examples"][0]["record"] == 9


def test_the_report_names_the_command_for_this_trace_alone(workplace: Workplace) -> None:
    path = workplace.record()
    workplace.run("accept", "traces")
    rewrite(path, 8, Outcome(errno=22))
    printed = workplace.run("replay", "traces")
    assert printed.status == 1
    assert "> record 8 necp_client_action REMOVE" in printed.out
    assert "Run again:  necp-replay replay traces/remove_twice.necptrace" in printed.out


def test_a_trace_without_records_does_not_pass(workplace: Workplace) -> None:
    path = workplace.record()
    with TraceReader(path) as reader:
        header = reader.header
    path.unlink()
    with TraceWriter.create(path, header):
        pass
    printed = workplace.run("replay", "traces")
    assert printed.status == 2
    assert "no records" in printed.out
