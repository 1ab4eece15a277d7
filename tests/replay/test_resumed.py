"""A replay of a trace whose beginning was replayed before reports what a whole one would."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Final

import pytest

from necp_replay.events.inputs import Step
from necp_replay.events.outcome import Outcome
from necp_replay.history.checkpoints import Checkpoints
from necp_replay.outcomes.trace_report import TraceReport, Verdict
from necp_replay.releases.lineage import NEWEST
from necp_replay.replay.run import ReplayOptions, replay_trace
from necp_replay.replay.segments import ProvedCounts, counts_of
from tests.history.long_traces import checkpoints, generated, moved, rewritten
from tests.submitted import submitted_steps

RECORDS: Final = 130


@pytest.fixture(scope="module")
def trace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return generated(tmp_path_factory.mktemp("resumed"), NEWEST, 8, RECORDS)


@pytest.fixture
def folder(trace: Path, tmp_path: Path) -> Path:
    assert replay(trace, checkpoints(trace, tmp_path)).verdict is Verdict.IDENTICAL
    return tmp_path


def replay(trace: Path, found: Checkpoints | None) -> TraceReport:
    options = ReplayOptions(recorded_only=True, checkpoints=found)
    return replace(replay_trace(trace, "generated", options), seconds=0.0)


@pytest.fixture
def submitted(monkeypatch: pytest.MonkeyPatch) -> list[Step]:
    """The steps that engines get."""
    return submitted_steps(monkeypatch)


def changed(number: int, outcome: Outcome | None) -> Outcome | None:
    """The tail differs in a record that follows a checkpoint at once, and in a later one."""
    return replace(outcome, errno=77) if number in (82, 110) and outcome else outcome


@pytest.mark.parametrize("records", [85, 130])
def test_a_changed_tail_is_replayed_from_the_last_checkpoint_of_the_beginning(
    trace: Path, folder: Path, submitted: list[Step], records: int
) -> None:
    # The chunk of record 80 has those up to 90: no difference comes before it.
    other = rewritten(
        trace,
        folder / "other.necptrace",
        records,
        lambda n, o: changed(n, o) if n > 90 else o,
    )
    expected = replay(other, None)
    assert expected.different == (records > 110)
    submitted.clear()
    assert replay(other, checkpoints(other, folder)) == expected
    assert len(submitted) == records - (80 if records > 90 else 40)


def test_a_difference_has_the_records_before_the_checkpoint_as_its_context(
    trace: Path, folder: Path, submitted: list[Step]
) -> None:
    other = rewritten(trace, folder / "other.necptrace", change=changed)
    # As if the beginning had been written in chunks that end at the checkpoint.
    known = checkpoints(trace, folder).known[:2]
    found = checkpoints(other, None)
    found.known = moved(known, other)
    expected = replay(other, None)
    submitted.clear()
    assert replay(other, found) == expected
    assert len(submitted) == RECORDS - 80
    assert expected.examples[0].shown.context


def test_nothing_is_remembered_after_a_record_that_differs(trace: Path, tmp_path: Path) -> None:
    other = rewritten(trace, tmp_path / "other.necptrace", change=changed)
    found = checkpoints(other, tmp_path)
    replay(other, found)
    assert [bool(each.note) for each in found.known] == [True, True, False]


@pytest.mark.parametrize(
    "note",
    [b"", b"{", b"[]", b'{"records": 80}', json.dumps([1] * 5).encode(), b"[" * 100_000],
    ids=["none", "cut", "list", "few", "numbers", "deep"],
)
def test_a_note_that_says_something_else_is_not_used(note: bytes) -> None:
    assert counts_of(note) is None
    wrong = ProvedCounts(80, 80).as_note().replace(b"80", b"-80")
    assert counts_of(wrong) is None
    assert counts_of(ProvedCounts(80, 79, 3, 1, 40).as_note()) == ProvedCounts(80, 79, 3, 1, 40)
