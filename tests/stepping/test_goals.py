"""Searches stop at the records that reach their goal, forward and backwards."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from necp_replay.errors import UsageError
from necp_replay.events.effects import Wake
from necp_replay.explain.observed_machine import ObservedMachine
from necp_replay.history.history import StateHistory
from necp_replay.stepping.goals import find, parse_goal
from necp_replay.stepping.stepper import Stepper
from necp_replay.trace.reader import TraceReader
from necp_replay.trace.writer import TraceWriter

TRACES = Path(__file__).parents[2] / "traces"
DAEMON = TRACES / "sessions/daemon_watches_everything.necptrace"


@pytest.fixture
def stepper() -> Iterator[Stepper]:
    with StateHistory(DAEMON, machine=ObservedMachine) as history:
        yield Stepper(history)


def _expected(goal: str) -> list[int]:
    """The records that reach a goal, found in the recorded outcomes."""
    found = []
    with TraceReader(DAEMON) as reader:
        for number, _, outcome in reader:
            assert outcome is not None
            wakes = any(isinstance(effect, Wake) for effect in outcome.effects)
            if (goal == "wake-up" and wakes) or (goal != "wake-up" and outcome.errno):
                found.append(number)
    return found


@pytest.mark.parametrize("goal", ["wake-up", "error", "errno any"])
def test_a_search_visits_each_record_in_both_directions(stepper: Stepper, goal: str) -> None:
    expected = _expected(goal)
    assert expected
    parsed = parse_goal(goal.split())
    forward = []
    while find(stepper, parsed):
        forward.append(stepper.history.number)
    assert forward == expected
    stepper.to(None)
    end = stepper.history.number
    backward = []
    while find(stepper, parsed, backwards=True):
        backward.append(stepper.history.number)
    assert backward == [number for number in reversed(expected) if number < end]


def test_a_change_of_a_client_is_found_in_both_directions(stepper: Stepper) -> None:
    goal = parse_goal(["change", "#1"])
    assert find(stepper, goal)
    first = stepper.history.number
    assert "#1" in str([field.path + str(field.actual) for field in stepper.look().changed])
    assert find(stepper, goal)
    assert find(stepper, goal, backwards=True)
    assert stepper.history.number == first
    assert not find(stepper, goal, backwards=True)
    assert stepper.history.number == first, "the place is kept"


def test_a_difference_is_one_from_what_was_recorded(tmp_path: Path) -> None:
    remove = TRACES / "differences/remove_unknown_client.necptrace"
    with StateHistory(remove, machine=ObservedMachine, release="xnu-4570.41.2") as history:
        stepper = Stepper(history)
        assert find(stepper, parse_goal(["difference"]))
        assert history.number == 5
        assert stepper.look().differing[0].expected == "ENOENT"


def test_a_trace_without_outcomes_has_no_differences_to_find(tmp_path: Path) -> None:
    bare = tmp_path / "bare.necptrace"
    with TraceReader(DAEMON) as reader, TraceWriter.create(bare, reader.header) as writer:
        for number, step, _ in reader:
            if number <= 20:
                writer.write(step)
    with (
        StateHistory(bare, machine=ObservedMachine) as history,
        pytest.raises(UsageError, match="no outcomes are recorded"),
    ):
        find(Stepper(history), parse_goal(["difference"]))


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        ([], "Goals are wake-up"),
        (["wakeup"], "Did you mean wake-up?"),
        (["change"], "find change '#1'"),
        (["REMOV"], "Goals are"),
    ],
)
def test_an_unknown_goal_is_refused(words: list[str], hint: str) -> None:
    with pytest.raises(UsageError) as refused:
        parse_goal(words)
    assert hint in refused.value.hint
