"""Which records a cut trace keeps, and why: read backwards, from what is needed to what made it.

The trace is read chunk by chunk from its end, so memory does not grow with what records hold.
"""

from __future__ import annotations

import enum
import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import Final

from necp_replay.events.inputs import Step
from necp_replay.events.references import process_of
from necp_replay.tools.dependencies import CLOCK, LINKING, QUESTIONS, WORLD, Key, Ties, ties_of
from necp_replay.tools.survey import Mark, Survey
from necp_replay.trace.reader import TraceReader
from necp_replay.trace.record_codec import NumberedRecord


class Reach(enum.IntEnum):
    """How far around the selected records a cut looks for what they depend on."""

    DEPENDENCIES = 0
    """What they work with, and the world."""
    PROCESSES = 1
    """Everything that the processes do that have to do with it."""
    STATE = 2
    """Everything that changes anything."""
    EVERYTHING = 3
    """Everything before the last of them."""


REACH_NAMES: Final = {
    Reach.DEPENDENCIES: "dependencies",
    Reach.PROCESSES: "whole processes",
    Reach.STATE: "all changes",
    Reach.EVERYTHING: "everything before",
}


@dataclass(slots=True)
class Keeping:
    """The records to keep, and how many for which reason."""

    kept: bytearray
    """1 for each record that is kept, by its number."""
    reasons: dict[str, int] = field(default_factory=dict)

    @property
    def records(self) -> int:
        """How many records are kept."""
        return sum(self.kept)


def choose(reader: TraceReader, survey: Survey, reach: Reach, also_needed: set[Key]) -> Keeping:
    """Decide what to keep. ``also_needed`` is what an earlier attempt turned out to lack.

    The trace is gone through until nothing new turns up: that a socket is one of a client's, or a
    client one of an fd's, is found before the place where it was made so, and after others where
    it matters.
    """
    linked: set[Key] = set()
    while True:
        choice = _Choice(survey, reach, also_needed | linked)
        keeping = _choose(reader, survey, choice)
        found = {key for key in choice.needed if key[0] in LINKING}
        if found <= linked:
            return keeping
        linked |= found


def _choose(reader: TraceReader, survey: Survey, choice: _Choice) -> Keeping:
    keeping = Keeping(bytearray(survey.records + 1))
    for number, step, _ in records_backwards(reader, survey.last_selected):
        ties = ties_of(step, survey.opened.get(number), partial(survey.fd_key, number))
        reason = choice.reason(number, step, ties)
        if reason is not None:
            keeping.kept[number] = 1
            keeping.reasons[reason] = keeping.reasons.get(reason, 0) + 1
            choice.take(number, ties)
        choice.pass_over(step)
    return keeping


def records_backwards(reader: TraceReader, last: int) -> Iterator[NumberedRecord]:
    """The records from number ``last`` down to 1, a chunk of them in memory at a time."""
    index = reader.read_index()
    for position in range(index.find_record(last), -1, -1):
        first = index.chunk(position).first_record
        if first <= last:
            yield from reversed(list(itertools.islice(reader.records(first), last - first + 1)))
            last = first - 1


class _Choice:
    """What the records behind the present one need."""

    def __init__(self, survey: Survey, reach: Reach, also_needed: set[Key]) -> None:
        self._survey = survey
        self._reach = reach
        self.needed = set(also_needed)
        self._needs_clock = False
        self._needs_all_clients = reach >= Reach.STATE

    def reason(self, number: int, step: Step, ties: Ties) -> str | None:
        """Why to keep a record; None to drop it."""
        survey = self._survey
        kind = type(step.input)
        if survey.has(number, Mark.SELECTED):
            return "selected"
        if self._reach is Reach.EVERYTHING:
            return "everything before"
        if kind in CLOCK:
            return "the clock" if self._needs_clock else None
        if kind in WORLD:
            return "the world"
        for serves in ties.serves:
            if serves in self.needed and kind not in QUESTIONS:
                return f"the same {serves[0]}"
        if survey.has(number, Mark.POLICY):
            return "policies"
        if survey.has(number, Mark.OBSERVER) and kind not in QUESTIONS:
            return "observers"
        if self._reach >= Reach.PROCESSES and self._is_of_a_process(step):
            return "the same process"
        if self._needs_all_clients and kind not in QUESTIONS:
            return "all clients"
        return None

    def take(self, number: int, ties: Ties) -> None:
        """The record is kept: what it needs is needed."""
        self.needed.update(ties.needs)
        self._needs_clock = True
        is_selected = self._survey.has(number, Mark.SELECTED)
        if is_selected and (
            ties.goes_through_all_clients or self._survey.has(number, Mark.OBSERVER)
        ):
            self._needs_all_clients = True

    def pass_over(self, step: Step) -> None:
        """Go on to the record before: behind a new time, no older one matters."""
        if type(step.input) in CLOCK:
            self._needs_clock = False

    def _is_of_a_process(self, step: Step) -> bool:
        pid = process_of(step.input)
        return pid is not None and ("process", pid) in self.needed
