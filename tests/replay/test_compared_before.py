"""A comparison of releases that goes on from a checkpoint reports what a whole one does."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Final

import pytest

from necp_replay.events.clock import Now
from necp_replay.events.inputs import Step
from necp_replay.events.outcome import Outcome
from necp_replay.history.checkpoints import Checkpoints
from necp_replay.outcomes.trace_report import TraceReport
from necp_replay.releases.names import find_release
from necp_replay.replay.two_releases import DiffOptions, diff_trace
from necp_replay.trace.reader import TraceReader
from necp_replay.trace.writer import TraceWriter
from tests.history.long_traces import checkpoints, generated, rewritten
from tests.submitted import submitted_steps

RECORDS: Final = 130
OLD: Final = "xnu-4570.41.2"
NEW: Final = "xnu-4570.51.1"


@pytest.fixture(scope="module", params=[1, 2, 5])
def trace(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return generated(tmp_path_factory.mktemp("compared"), NEW, request.param, RECORDS)


def diff(trace: Path, found: Checkpoints | None, old: str = OLD, new: str = NEW) -> TraceReport:
    options = DiffOptions(
        find_release(old), find_release(new), new, keep=None, extra_examples=3, checkpoints=found
    )
    return replace(diff_trace(trace, "generated", options), seconds=0.0, path="")


@pytest.fixture
def submitted(monkeypatch: pytest.MonkeyPatch) -> list[Step]:
    """The steps that engines get."""
    return submitted_steps(monkeypatch)


@pytest.mark.parametrize("pair", [(OLD, NEW), (NEW, NEW), (NEW, "xnu-6153.11.26")], ids=str)
def test_the_report_is_the_same_from_checkpoints(
    trace: Path, tmp_path: Path, submitted: list[Step], pair: tuple[str, str]
) -> None:
    of = f"{pair[0]} {pair[1]}"
    expected = diff(trace, None, *pair)
    whole = len(submitted)
    assert diff(trace, checkpoints(trace, tmp_path, of=of), *pair) == expected
    assert len(submitted) == 2 * whole
    submitted.clear()
    known = checkpoints(trace, tmp_path, of=of)
    assert [each.number for each in known.known] == [40, 80, 120]
    assert diff(trace, known, *pair) == expected
    different = [each.record for each in expected.examples if each.record is not None]
    begun = [at for at in (0, 40, 80, 120) if 2 * max(_up_to(at, different), default=0) <= at][-1]
    if not _up_to(begun, different):
        # The first of the two replays begins there.
        assert len(submitted) == whole - 2 * begun


def _up_to(place: int, records: list[int]) -> list[int]:
    return [record for record in records if record <= place]


def test_a_long_trace_with_early_differences_is_compared_from_the_last_checkpoint(
    trace: Path, tmp_path: Path, submitted: list[Step]
) -> None:
    # Whatever differs does so in the first records.
    path = tmp_path / "early"
    with TraceReader(trace) as reader, TraceWriter.create(path, reader.header) as writer:
        first = [(step, outcome) for _, step, outcome in reader][:45]
        for step, outcome in first:
            writer.write(step, outcome)
        for _ in range(RECORDS):
            writer.write(Step(Now(1_000_000_000)), Outcome())
    of = f"{OLD} {NEW}"
    expected = diff(path, None)
    diff(path, checkpoints(path, tmp_path, of=of))
    whole = len(submitted) // 2
    submitted.clear()
    assert diff(path, checkpoints(path, tmp_path, of=of)) == expected
    assert len(submitted) < whole


def test_a_trace_that_ends_at_a_checkpoint_has_no_record_left(
    trace: Path, tmp_path: Path, submitted: list[Step]
) -> None:
    shorter = rewritten(trace, tmp_path / "shorter", 120)
    expected = diff(shorter, None, NEW, NEW)
    assert diff(shorter, checkpoints(shorter, tmp_path, of="same"), NEW, NEW) == expected
    submitted.clear()
    assert diff(shorter, checkpoints(shorter, tmp_path, of="same"), NEW, NEW) == expected
    assert not submitted


def test_a_changed_tail_is_compared_from_the_common_beginning(
    trace: Path, tmp_path: Path, submitted: list[Step]
) -> None:
    other = rewritten(trace, tmp_path / "other", change=lambda n, o: None if n > 90 else o)
    diff(trace, checkpoints(trace, tmp_path, of="same"), NEW, NEW)
    expected = diff(other, None, NEW, NEW)
    submitted.clear()
    assert diff(other, checkpoints(other, tmp_path, of="same"), NEW, NEW) == expected
    assert len(submitted) == 2 * 50
