"""A trace that is replayed from checkpoint to checkpoint has the report of a replay in sequence."""

from __future__ import annotations

import zlib
from dataclasses import replace
from pathlib import Path
from typing import Final

import pytest

from necp_replay.generate.trace import write_generated
from necp_replay.history.checkpoints import Checkpoint, Checkpoints
from necp_replay.outcomes.trace_report import TraceReport, Verdict
from necp_replay.releases.lineage import NEWEST
from necp_replay.replay import run, segments
from necp_replay.replay.run import ReplayOptions, replay_trace
from necp_replay.trace.reader import TraceReader
from necp_replay.trace.writer import TraceWriter

RECORDS: Final = 130
EVERY: Final = 40


@pytest.fixture(scope="module")
def trace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("segments") / "generated.necptrace"
    write_generated(path, NEWEST, seed=8, records=RECORDS, mix="everything")
    return path


@pytest.fixture
def file(trace: Path, tmp_path: Path) -> Path:
    """The file with the checkpoints that a replay in sequence notes."""
    found = tmp_path / "checkpoints-x.bin"
    report = replay(trace, checkpoints_in(found), jobs=1)
    assert report.verdict is Verdict.IDENTICAL
    assert [each.number for each in checkpoints_in(found).known] == [40, 80, 120]
    return found


def checkpoints_in(file: Path, engine: str = "this") -> Checkpoints:
    return Checkpoints(file, engine=engine, every=EVERY)


def replay(trace: Path, checkpoints: Checkpoints | None, jobs: int = 2) -> TraceReport:
    options = ReplayOptions(recorded_only=True, checkpoints=checkpoints, jobs=jobs)
    return replace(replay_trace(trace, "generated", options), seconds=0.0)


@pytest.fixture
def proved(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """Whether segments decided, for each time that they were tried."""
    tried: list[bool] = []

    def noted(*arguments: object) -> object:
        found = segments.replay_in_segments(*arguments)  # type: ignore[arg-type] # Passed on.
        tried.append(found is not None)
        return found

    monkeypatch.setattr(run, "replay_in_segments", noted)
    return tried


def test_segments_prove_what_a_replay_in_sequence_finds(
    trace: Path, file: Path, proved: list[bool]
) -> None:
    assert replay(trace, checkpoints_in(file)) == replay(trace, None)
    assert proved == [True]


def test_checkpoints_of_another_engine_are_proved_and_taken(
    trace: Path, file: Path, proved: list[bool]
) -> None:
    assert replay(trace, checkpoints_in(file, "newer")) == replay(trace, None)
    assert proved == [True]
    assert [each.number for each in checkpoints_in(file, "newer").known] == [40, 80, 120]


def test_a_wrong_checkpoint_decides_nothing(trace: Path, file: Path, proved: list[bool]) -> None:
    for wrong in (1, 2):
        guessed = checkpoints_in(file, f"newer {wrong}")
        packed = guessed.guesses[wrong - 1].packed
        old = guessed.guesses[wrong]
        guessed.guesses[wrong] = Checkpoint(old.number, old.ids, packed)
        assert replay(trace, guessed) == replay(trace, None)
    broken = checkpoints_in(file, "newer 2")
    broken.known[0] = Checkpoint(40, b"", zlib.compress(b"no state"))
    assert replay(trace, broken) == replay(trace, None)
    assert proved == [False, False, False]


def test_a_record_that_differs_is_found_in_sequence(
    trace: Path, file: Path, tmp_path: Path, proved: list[bool]
) -> None:
    other = tmp_path / "other.necptrace"
    with TraceReader(trace) as reader, TraceWriter.create(other, reader.header) as writer:
        for number, step, outcome in reader:
            if number == 95 and outcome is not None:
                outcome = replace(outcome, errno=77)
            writer.write(step, outcome)
    report = replay(other, checkpoints_in(file))
    assert report == replay(other, None)
    assert report.different == 1
    assert proved == [False]
