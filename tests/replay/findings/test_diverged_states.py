"""A state whose hash is not the recorded one differs, though all outcomes are the same."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from necp_replay.events.state_hash import StateHash
from necp_replay.outcomes.record_difference import STATE_KIND
from necp_replay.outcomes.trace_report import TraceReport, Verdict
from necp_replay.releases.lineage import NEWEST
from necp_replay.replay.run import ReplayOptions, replay_trace
from necp_replay.replay.two_files.diff import diff_files
from necp_replay.tools.state_hashes import hash_states
from necp_replay.trace.reader import TraceReader
from necp_replay.trace.writer import TraceWriter

VPN = Path(__file__).parents[3] / "traces/policies/vpn.necptrace"
WRONG = bytes(32)
Changed = Callable[[int, StateHash], StateHash]


@pytest.fixture
def hashed(tmp_path: Path) -> Path:
    path = tmp_path / "hashed.necptrace"
    hash_states(VPN, path, 5)
    return path


def with_hashes(path: Path, changed: Changed, *, records: int | None = None) -> Path:
    """A copy of a trace with other hashes, and of its first records only if so many are named."""
    output = path.with_name("other.necptrace")
    with TraceReader(path) as reader, TraceWriter.create(output, reader.header) as writer:
        for number, step, outcome in reader:
            found = reader.state_hashes.get(number)
            writer.write(step, outcome, None if found is None else changed(number, found))
            if number == records:
                break
    return output


def diverged_from(first: int) -> Changed:
    return lambda number, found: StateHash(1, WRONG) if number >= first else found


def replay(path: Path, release: str | None = None) -> TraceReport:
    return replay_trace(path, "other", ReplayOptions(release, recorded_only=True))


def test_the_hashes_of_a_recorded_trace_match_in_a_replay(hashed: Path) -> None:
    report = replay(hashed)
    assert report.verdict is Verdict.IDENTICAL
    assert report.diverged_states == 0


def test_the_first_hash_that_does_not_match_is_a_difference_of_its_own_kind(hashed: Path) -> None:
    report = replay(with_hashes(hashed, diverged_from(20)))
    assert report.verdict is Verdict.DIFFERENT
    assert (report.diverged_states, report.different, report.identical) == (1, 0, 35)
    (difference,) = report.examples
    assert difference.kind == STATE_KIND
    assert difference.title == "state after record 20, the same after record 15"
    assert [each.expected for each in difference.fields] == [WRONG.hex()]


def test_a_difference_at_the_first_hash_names_no_earlier_one(hashed: Path) -> None:
    report = replay(with_hashes(hashed, diverged_from(1)))
    assert report.examples[0].title == "state after record 5"


def test_a_hash_of_another_form_and_another_release_say_nothing(hashed: Path) -> None:
    newer = with_hashes(hashed, lambda number, found: StateHash(2, WRONG))
    assert replay(newer).diverged_states == 0
    assert replay(with_hashes(hashed, diverged_from(5)), NEWEST).diverged_states == 0


def test_a_diff_says_between_which_records_states_diverge(hashed: Path) -> None:
    diff = diff_files(hashed, with_hashes(hashed, diverged_from(20)))
    assert diff.states is not None
    assert (diff.states.same_until, diff.states.diverged_at) == (15, 20)
    assert diff.states.same_outcomes
    assert diff.differing == 0
    assert diff.is_different


def test_two_traces_with_the_same_states_are_the_same(hashed: Path) -> None:
    diff = diff_files(hashed, with_hashes(hashed, lambda number, found: found))
    assert diff.states is not None
    assert (diff.states.compared, diff.states.same_until, diff.states.diverged_at) == (7, 35, None)
    assert not diff.is_different


def test_hashes_are_compared_only_after_the_same_inputs(hashed: Path, tmp_path: Path) -> None:
    other = tmp_path / "shorter.necptrace"
    with TraceReader(hashed) as reader, TraceWriter.create(other, reader.header) as writer:
        for number, step, outcome in reader:
            if number != 12:
                writer.write(step, outcome, StateHash(1, WRONG) if number > 12 else None)
    diff = diff_files(hashed, other)
    assert diff.states is not None
    assert diff.states.inputs_differ_at == 12
    assert diff.states.diverged_at is None


def test_a_trace_without_hashes_is_compared_as_before(hashed: Path) -> None:
    assert diff_files(hashed, VPN).states is None
