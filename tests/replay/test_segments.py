"""A trace that is replayed from checkpoint to checkpoint has the report of a replay in sequence."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import pytest

from necp_replay.events.outcome import Outcome
from necp_replay.history.checkpoint_file import decoded
from necp_replay.history.checkpoints import Checkpoints
from necp_replay.outcomes.trace_report import TraceReport, Verdict
from necp_replay.processes import worker
from necp_replay.releases.lineage import NEWEST
from necp_replay.replay import resumed, segments
from necp_replay.replay.run import ReplayOptions, replay_trace
from tests.history.long_traces import checkpoints, generated, moved, rewritten

RECORDS: Final = 130


@pytest.fixture(scope="module")
def trace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return generated(tmp_path_factory.mktemp("segments"), NEWEST, 8, RECORDS)


@pytest.fixture
def folder(trace: Path, tmp_path: Path) -> Path:
    """The folder with the checkpoints that a replay in sequence notes."""
    report = replay(trace, checkpoints(trace, tmp_path), jobs=1)
    assert report.verdict is Verdict.IDENTICAL
    assert numbers(checkpoints(trace, tmp_path)) == [40, 80, 120]
    return tmp_path


def numbers(found: Checkpoints) -> list[int]:
    return [each.number for each in found.known]


def replay(trace: Path, found: Checkpoints | None, jobs: int = 2) -> TraceReport:
    options = ReplayOptions(recorded_only=True, checkpoints=found, jobs=jobs)
    return replace(replay_trace(trace, "generated", options), seconds=0.0, path="")


@pytest.fixture
def proved(monkeypatch: pytest.MonkeyPatch) -> list[int | str]:
    """Up to which record segments proved the trace, for each time that they were tried.

    They run in this process, which is faster.
    """
    tried: list[int | str] = []

    class Pool:
        def submit(self, work: Callable[[object], object], segment: object) -> Done:
            return Done(work(segment))

    class Done:
        def __init__(self, found: object) -> None:
            self.result = lambda: found
            self.cancel = lambda: True

    class Entered(Pool):
        def __init__(self, _: int) -> None: ...

        def __enter__(self) -> Pool:
            return Pool()

        def __exit__(self, *_: object) -> None: ...

    plain = segments.prove_segments

    def noted(*arguments: Any, **named: Any) -> segments.Proved:
        found = plain(*arguments, **named)
        last = found.places[-1][0].number if found.places else 0
        tried.append("whole" if found.whole is not None else last)
        return found

    monkeypatch.setattr(worker, "worker_pool", Entered)
    monkeypatch.setattr(resumed, "prove_segments", noted)
    return tried


def as_guesses(trace: Path, folder: Path, engine: str) -> Checkpoints:
    """The same states as another engine would find them: guesses, without notes."""
    return checkpoints(trace, folder, engine)


def test_worker_processes_prove_what_a_replay_in_sequence_finds(trace: Path, folder: Path) -> None:
    newer = as_guesses(trace, folder, "newer")
    assert replay(trace, newer) == replay(trace, None)
    assert newer.known and not newer.guesses


def test_checkpoints_of_another_engine_are_proved_and_taken(
    trace: Path, folder: Path, proved: list[int | str]
) -> None:
    assert replay(trace, as_guesses(trace, folder, "newer")) == replay(trace, None)
    assert proved == ["whole"]
    again = checkpoints(trace, folder, "newer")
    assert numbers(again) == [40, 80, 120]
    assert all(each.note for each in again.known)


def test_after_a_wrong_checkpoint_the_replay_goes_on_from_the_last_that_was_proved(
    trace: Path, folder: Path, proved: list[int | str], monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = replay(trace, None)
    for wrong in (0, 1, 2):
        newer = as_guesses(trace, folder, f"newer {wrong}")
        newer.guesses[wrong] = replace(newer.guesses[wrong], packed=zlib.compress(b"no state"))
        began = where_it_began(monkeypatch, newer)
        assert replay(trace, newer) == expected
        assert began == ([40 * wrong] if wrong else [])
        assert numbers(newer) == [40, 80, 120]
        assert not newer.guesses
        assert newer.known == as_guesses(trace, folder, f"newer {wrong}").known
    assert proved == [0, 40, 80]


def where_it_began(monkeypatch: pytest.MonkeyPatch, found: Checkpoints) -> list[int]:
    """After which records a replay in sequence goes on with these checkpoints."""
    began: list[int] = []
    plain = found.restored_before

    def noted(number: int, restore: Callable[[bytes], Any]) -> Any:
        began.append(number)
        return plain(number, restore)

    monkeypatch.setattr(found, "restored_before", noted)
    return began


def test_segments_begin_after_the_last_record_that_was_replayed_before(
    trace: Path, folder: Path, proved: list[int | str], monkeypatch: pytest.MonkeyPatch
) -> None:
    known = checkpoints(trace, folder)
    # As if another command had stored the last one.
    known.known[2] = replace(known.known[2], note=b"")
    begun: list[int] = []
    plain = segments.replay_segment

    def replay_segment(segment: segments.Segment) -> segments.SegmentResult:
        begun.append(0 if segment.first is None else segment.first.number)
        return plain(segment)

    monkeypatch.setattr(segments, "replay_segment", replay_segment)
    assert replay(trace, known) == replay(trace, None)
    assert begun == [80, 120]
    assert proved == ["whole"]


@pytest.mark.parametrize(("differing", "decided"), [(20, 0), (95, 80), (125, 120)])
def test_a_record_that_differs_is_found_in_sequence(
    trace: Path, folder: Path, proved: list[int | str], differing: int, decided: int
) -> None:
    def changed(number: int, outcome: Outcome | None) -> Outcome | None:
        return replace(outcome, errno=77) if number == differing and outcome else outcome

    other = rewritten(trace, folder / "other.necptrace", change=changed)
    expected = replay(other, None)
    assert expected.different == 1
    # States do not depend on recorded outcomes.
    claims = moved(checkpoints(trace, folder).known, other)
    found = checkpoints(other, None, claims=claims)
    assert replay(other, found) == expected
    assert proved == [decided]
    assert numbers(found) == [40, 80, 120]


def test_what_a_stranger_puts_beside_the_trace_never_changes_the_report(
    trace: Path, folder: Path, proved: list[int | str]
) -> None:
    expected = replay(trace, None)
    found = decoded(checkpoints(trace, folder).as_file(), is_claimed=True).checkpoints
    other = checkpoints(trace, folder).known[2].packed

    def claimed(place: int, packed: bytes) -> Checkpoints:
        claims = list(found)
        claims[place] = replace(claims[place], packed=packed)
        return checkpoints(trace, None, claims=claims)

    # The state of another record, no state, one without end, and none at all.
    hostile = [other, b"", zlib.compress(bytes(40 << 20)), zlib.compress(b"NECP state\r\n")]
    for packed in hostile:
        assert replay(trace, claimed(1, packed)) == expected
    assert proved == [40] * 4
    assert replay(trace, checkpoints(trace, None, claims=found)) == expected
    assert proved[-1] == "whole"
