"""Searches in a trace: for the next or the previous record that reaches a goal."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from difflib import get_close_matches
from typing import Final, TypeAlias

from necp_replay.dataclass import dataclass
from necp_replay.errors import UsageError
from necp_replay.events.effects import Wake
from necp_replay.events.outcome import Panicked, TypeConfused
from necp_replay.explain.observed_machine import ObservedMachine
from necp_replay.history.history import Moment, StateHistory
from necp_replay.history.paths import Pattern, near_paths
from necp_replay.history.watch import Watch
from necp_replay.outcomes.safe_text import escape
from necp_replay.stepping.stepper import Stepper, differing_fields
from necp_replay.tools.matching import Matcher
from necp_replay.tools.select import Selection, parse_selection

GOALS: Final = {
    "wake-up": "the waiters of an fd were woken",
    "error": "a call failed, or the system went down",
    "difference": "the outcome is not the recorded one",
    "change": "a part of the state changed: change '#3', change client/#3/result",
}
"""The goals of a search besides a selection, and what they mean."""
_FIRST_BLOCK: Final = 64
"""Records in the first block of a search backwards. Each further block is twice as long."""


@dataclass(frozen=True, slots=True)
class Goal:
    """The goal of a search: a name of the table, a pattern of places, or a selection."""

    text: str
    watched: str | None = None
    selection: Selection | None = None


_Test: TypeAlias = Callable[[StateHistory, Moment], bool]


def parse_goal(words: list[str]) -> Goal:
    """The goal that words name. Raises UsageError for an unknown goal or invalid selection."""
    text = " ".join(words)
    if not words:
        raise UsageError("find needs a goal", hint=f"{_known()}.")
    name = words[0]
    if name == "change":
        if len(words) != 2:
            raise UsageError(
                "change needs one client or path", hint="Try: find change '#1', or a path."
            )
        path = f"client/{words[1]}" if words[1].startswith("#") else words[1]
        return Goal(text, watched=path)
    if name in GOALS and len(words) == 1:
        return Goal(text)
    near = get_close_matches(name, GOALS, 1, 0.75)
    if near and len(words) == 1:
        raise UsageError(f"there is no goal {escape(name)}", hint=f"Did you mean {near[0]}?")
    try:
        return Goal(text, selection=parse_selection(text, given_as="find"))
    except UsageError as error:
        raise UsageError(
            f"neither a goal nor a selection: {error.reason}", hint=f"{_known()}."
        ) from None


def find(stepper: Stepper, goal: Goal, *, backwards: bool = False) -> bool:
    """Go to the next record that reaches a goal, or to the previous one.

    Returns False, without a move, if there is none. Raises UsageError for a difference in a trace
    without outcomes, and for a path that no state of the search has.
    """
    history = stepper.history
    start = history.number
    found = _previous(history, goal) if backwards else next(_reached(history, goal, None), None)
    if found is None:
        history.go_to(start)
        return False
    history.go_to(found)
    return True


def _previous(history: StateHistory, goal: Goal) -> int | None:
    """The last record before the place that reaches a goal, searched in blocks, the last first."""
    end = history.number - 1
    block = _FIRST_BLOCK
    while end > 0:
        begin = max(0, end - block)
        history.go_to(begin)
        found = None
        for number in _reached(history, goal, end):
            found = number
        if found is not None:
            return found
        end, block = begin, block * 2
    return None


def _reached(history: StateHistory, goal: Goal, last: int | None) -> Iterator[int]:
    """The records after the place, up to ``last``, that reach a goal."""
    if goal.watched is not None:
        yield from _changes(history, goal.watched, last)
        return
    test = _test_of(history, goal)
    has_outcomes = False
    while last is None or history.number < last:
        moment = history.forward()
        if moment is None:
            break
        has_outcomes = has_outcomes or moment.recorded is not None
        if test(history, moment):
            yield moment.number
    if goal.text == "difference" and not has_outcomes and last is None:
        raise UsageError(
            "no outcomes are recorded in the records that were searched",
            hint="To see what another fact changes, try: what-if fact NAME.",
        )


def _changes(history: StateHistory, path: str, last: int | None) -> Iterator[int]:
    watch = Watch(Pattern(path))
    for record in watch.changes(history, last):
        yield record.number
    if last is None and not watch.chose_any:
        near = ", ".join(near_paths(watch.pattern, watch.paths))
        raise UsageError(
            f"no state from here on has anything at {escape(path)}",
            hint=f"Similar: {near}." if near else "state shows what there is.",
        )


def _test_of(history: StateHistory, goal: Goal) -> _Test:
    if goal.selection is not None:
        return _selection_test(history, goal.selection)
    return _TESTS[goal.text]


def _selection_test(history: StateHistory, selection: Selection) -> _Test:
    """A selection is asked with the outcome of the engine, not with the recorded one."""
    machine = history.machine
    assert isinstance(machine, ObservedMachine), "a stepper has such a machine"
    matcher = Matcher(selection, machine.kernel.now_ns)
    if matcher.wants_ids:
        matcher.learn(history.names.ids())

    def test(_: StateHistory, moment: Moment) -> bool:
        return matcher.selects(moment.number, moment.step, moment.outcome)

    return test


def _wakes(_: StateHistory, moment: Moment) -> bool:
    return any(isinstance(effect, Wake) for effect in moment.outcome.effects)


def _fails(_: StateHistory, moment: Moment) -> bool:
    outcome = moment.outcome
    return bool(outcome.errno) or isinstance(outcome.answer, Panicked | TypeConfused)


def _differs(history: StateHistory, moment: Moment) -> bool:
    return bool(differing_fields(history, moment))


_TESTS: Final[dict[str, _Test]] = {"wake-up": _wakes, "error": _fails, "difference": _differs}


def _known() -> str:
    return f"Goals are {', '.join(GOALS)}, or a selection such as 'REMOVE and errno any'"
