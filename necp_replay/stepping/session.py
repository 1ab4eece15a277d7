"""Carries out the commands of stepping. Each returns an answer, which reports show."""

from __future__ import annotations

from collections.abc import Callable
from itertools import islice
from typing import TypeAlias

from necp_replay.dataclass import dataclass
from necp_replay.errors import UsageError
from necp_replay.explain.explanation import RecordExplanation
from necp_replay.explain.record import explain_record
from necp_replay.history.history import StateHistory
from necp_replay.history.paths import Pattern, StatePlace, all_places, chosen_places, near_paths
from necp_replay.history.watch import MOST_PATHS
from necp_replay.outcomes.node import Node
from necp_replay.outcomes.safe_text import escape
from necp_replay.stepping.commands import parse_command
from necp_replay.stepping.edits import Edit
from necp_replay.stepping.goals import find, parse_goal
from necp_replay.stepping.parse_edit import number_of, parse_edit, record_number
from necp_replay.stepping.stepper import Look, Stepper
from necp_replay.stepping.what_if import WhatIf, what_if

SHOWN_CAUSES = 5
"""Causes of a comparison that are shown at once."""


@dataclass(frozen=True, slots=True)
class PlaceShown:
    """The current place. ``note`` says why a move did not end where it was asked to."""

    look: Look
    note: str | None = None
    whole_record: bool = False
    all_changes: bool = False
    is_moved: bool = True


@dataclass(frozen=True, slots=True)
class StateShown:
    """The state, or the places of it that were asked for."""

    number: int
    nodes: list[Node] | None
    places: list[StatePlace] | None


@dataclass(frozen=True, slots=True)
class Explained:
    """The explanation of the record."""

    explanation: RecordExplanation


@dataclass(frozen=True, slots=True)
class Compared:
    """What edits change. ``first`` is how many causes were shown before."""

    result: WhatIf
    first: int = 0


@dataclass(frozen=True, slots=True)
class EditsShown:
    """The edits in force."""

    edits: tuple[Edit, ...]


@dataclass(frozen=True, slots=True)
class HelpShown:
    """The table of commands."""


@dataclass(frozen=True, slots=True)
class Quit:
    """The end."""


Answer: TypeAlias = PlaceShown | StateShown | Explained | Compared | EditsShown | HelpShown | Quit


class Session:
    """Goes through one trace, command by command."""

    def __init__(
        self,
        history: StateHistory,
        *,
        record_limit_s: float | None = None,
    ) -> None:
        self.stepper = Stepper(history)
        self.edits: list[Edit] = []
        self._record_limit_s = record_limit_s
        self._compared: Compared | None = None

    @property
    def history(self) -> StateHistory:
        """The place in the trace."""
        return self.stepper.history

    @property
    def on_record(self) -> Callable[[], object]:
        """What is called after each record that is submitted, to show progress or to stop."""
        return self.history.on_record or (lambda: None)

    @on_record.setter
    def on_record(self, called: Callable[[], object]) -> None:
        self.history.on_record = called

    def run(self, line: str) -> Answer | None:
        """Carry out a line; None for an empty one.

        Raises UsageError for a command that cannot be carried out, TraceError for a damaged file,
        and EngineError for a record that takes too long. The place is a valid one even then.
        """
        parsed = parse_command(line)
        if parsed is None:
            return None
        command, words = parsed
        return _RUN[command.name](self, words)

    def look(self) -> PlaceShown:
        """The place as it is."""
        return PlaceShown(self.stepper.look())

    def _next(self, words: list[str]) -> Answer:
        wanted = _count(words)
        gone = self.stepper.forward(wanted)
        note = "this is the end of the trace" if gone < wanted else None
        return PlaceShown(self.stepper.look(), note)

    def _back(self, words: list[str]) -> Answer:
        wanted = _count(words)
        number = self.history.number
        self.stepper.to(max(0, number - wanted))
        note = "this is before the first record" if wanted > number else None
        return PlaceShown(self.stepper.look(), note)

    def _to(self, words: list[str]) -> Answer:
        match words:
            case ["start"]:
                self.stepper.to(0)
            case ["end"]:
                self.stepper.to(None)
            case [number]:
                place = self.history.number
                try:
                    self.stepper.to(record_number(number))
                except UsageError:
                    self.stepper.to(place)
                    raise
            case _:
                raise UsageError("to needs a record", hint="Try: to 12, to start, to end.")
        return self.look()

    def _find(self, words: list[str], *, backwards: bool = False) -> Answer:
        goal = parse_goal(words)
        note = None
        if not find(self.stepper, goal, backwards=backwards):
            where = "before" if backwards else "after"
            note = f"no record {where} this one: {escape(goal.text)}"
        return PlaceShown(self.stepper.look(), note, is_moved=note is None)

    def _rfind(self, words: list[str]) -> Answer:
        return self._find(words, backwards=True)

    def _record(self, _: list[str]) -> Answer:
        return PlaceShown(self.stepper.look(), whole_record=True)

    def _changes(self, _: list[str]) -> Answer:
        return PlaceShown(self.stepper.look(), all_changes=True)

    def _state(self, words: list[str]) -> Answer:
        nodes = self.stepper.state()
        if not words:
            return StateShown(self.history.number, nodes, None)
        pattern = Pattern(words[0])
        places = chosen_places(nodes, pattern)
        if not places:
            known = [place.text for place in islice(all_places(nodes), MOST_PATHS)]
            near = ", ".join(near_paths(pattern, known))
            raise UsageError(
                f"the state has nothing at {escape(words[0])} here",
                hint=f"Similar: {near}." if near else "state shows what there is.",
            )
        return StateShown(self.history.number, None, places)

    def _explain(self, words: list[str]) -> Answer:
        history = self.history
        if history.number == 0:
            raise UsageError("this is before the first record", hint="Go to a record, with next.")
        return Explained(
            explain_record(
                history.path,
                history.number,
                client=words[0] if words else None,
                release=history.profile,
                record_limit_s=self._record_limit_s,
                checkpoints=history.checkpoints,
            )
        )

    def _what_if(self, words: list[str]) -> Answer:
        edits = [*self.edits, parse_edit(words, self.history)]
        compared = self._compare(edits)
        self.edits = edits
        return compared

    def _undo(self, words: list[str]) -> Answer:
        if words not in ([], ["all"]):
            raise UsageError("undo takes nothing, or all", hint="Try: undo.")
        if not self.edits:
            raise UsageError("no edit is in force", hint="Try: what-if drop.")
        self.edits = [] if words else self.edits[:-1]
        if not self.edits:
            self._compared = None
            return EditsShown(())
        return self._compare(self.edits)

    def _more(self, _: list[str]) -> Answer:
        shown = self._compared
        if shown is None:
            raise UsageError("nothing was compared", hint="Try: what-if drop.")
        self._compared = Compared(shown.result, shown.first + SHOWN_CAUSES)
        return self._compared

    def _edits(self, _: list[str]) -> Answer:
        return EditsShown(tuple(self.edits))

    def _help(self, _: list[str]) -> Answer:
        return HelpShown()

    def _quit(self, _: list[str]) -> Answer:
        return Quit()

    def _compare(self, edits: list[Edit]) -> Compared:
        result = what_if(
            self.history, edits, record_limit_s=self._record_limit_s, on_record=self.on_record
        )
        self._compared = Compared(result)
        return self._compared


def _count(words: list[str]) -> int:
    """By how many records to move: one, or the number that is given."""
    return number_of(words[0], "a number of records") if words else 1


_RUN: dict[str, Callable[[Session, list[str]], Answer]] = {
    "next": Session._next,
    "back": Session._back,
    "to": Session._to,
    "find": Session._find,
    "rfind": Session._rfind,
    "record": Session._record,
    "changes": Session._changes,
    "state": Session._state,
    "explain": Session._explain,
    "what-if": Session._what_if,
    "more": Session._more,
    "edits": Session._edits,
    "undo": Session._undo,
    "help": Session._help,
    "quit": Session._quit,
}
