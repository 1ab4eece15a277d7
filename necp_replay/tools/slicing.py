"""Which records a cut keeps, and why: a backward slice over what records touch.

Theory of operation. The records are gone through backwards, from the last selected one. A record is
kept if it serves something that a kept record after it needs; then what it needs itself is needed,
too. This is Weiser's backward program slice, of a program without branches whose variables are the
objects of ``dependencies.py``.

The pass stores for each object the earliest record so far at which it is *needed*, and for each key
the record that *wrote* it whole. An earlier record that serves a key counts only if the key was not
written since, or was needed again before that. For objects in large groups, such as all interfaces,
it stores only the record at which all that existed then are needed.

A client's result is what the last evaluation made of it. That one evaluation is kept, with the
system that it read. Evaluations before it are not.

A replay shows whether the slice is enough (``cut.py``). Where it is not, the next :class:`Reach`
keeps more.

Invariant: every selected record is kept.

Cost: one pass over a few numbers for each record. Where an object is kept without the record that
ends it, the pass is made again with that record, at most :data:`_MOST_PASSES` times in all. The
trace is not read again.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable, Iterator
from dataclasses import field
from typing import Final

from necp_replay.dataclass import dataclass
from necp_replay.tools.dependencies import Mark
from necp_replay.tools.objects import NEVER, ObjectGroup
from necp_replay.tools.packed_keys import History
from necp_replay.tools.record_kinds import RESULT

NOT_NEEDED: Final = -1
_END: Final = "the end of what is kept"
_MOST_PASSES: Final = 4
"""How many passes look for records that end objects. The replay shows whether one is missing."""
_ASKS_CLIENTS: Final = Mark.ASKS_CLIENTS
_ASKS_EVENTS: Final = Mark.ASKS_EVENTS
_ASKS_FDS: Final = Mark.ASKS_FDS
_ASKS_SYSTEM: Final = Mark.ASKS_SYSTEM
_CHANGES: Final = Mark.CHANGES
_EVALUATES: Final = Mark.EVALUATES
_EVALUATES_ALL: Final = Mark.EVALUATES_ALL
_PASSING: Final = Mark.PASSING
_SELECTED: Final = Mark.SELECTED
_SYSTEM: Final = Mark.SYSTEM


class Reach(enum.IntEnum):
    """How far around the selected records a cut looks for what they depend on."""

    TOUCHED = 0
    """The records that made or changed the objects that they touch."""
    HISTORY = 1
    """Also calls that failed, what was removed again, and evaluations before the last one."""
    SYSTEM = 2
    """The whole history of interfaces, routes, agents, policies and evaluations."""
    STATE = 3
    """Everything that changes anything."""
    EVERYTHING = 4
    """Everything before the last of them."""


REACH_NAMES: Final = {
    Reach.TOUCHED: "what they touch",
    Reach.HISTORY: "the history of what they touch",
    Reach.SYSTEM: "the history of the system",
    Reach.STATE: "all changes",
    Reach.EVERYTHING: "everything before",
}


@dataclass(slots=True)
class Keeping:
    """The records to keep, in order, and how many for which reason."""

    numbers: list[int] = field(default_factory=list)
    reasons: dict[str, int] = field(default_factory=dict)


def slice_backwards(history: History, reach: Reach) -> Keeping:
    """Decide what to keep.

    The record that ends something is only known to matter when what it ends turns out to be kept,
    further down. So the pass is made again with these, a few times.
    """
    ends: frozenset[int] = frozenset()
    keeping = Keeping()
    for _ in range(_MOST_PASSES):
        slicer = _Slicer(history, reach)
        keeping = Keeping()
        missing: set[int] = set()
        for number in range(history.last_selected, 0, -1):
            reason = slicer.reason(number) or (_END if number in ends else None)
            if reason is not None:
                slicer.take(number)
                keeping.numbers.append(number)
                keeping.reasons[reason] = keeping.reasons.get(reason, 0) + 1
                missing.update(_ends_of(history, number))
        missing = {each for each in missing if each <= history.last_selected}
        missing.difference_update(keeping.numbers)
        keeping.numbers.reverse()
        if not missing:
            break
        ends |= missing
    return keeping


def _ends_of(history: History, number: int) -> Iterator[int]:
    """The records that end what a record makes."""
    objects = history.objects
    for key in history.kills.at(number):
        if objects.created[key] == number and objects.ended[key] != NEVER:
            yield objects.ended[key]


class _Slicer:
    """What the records after the present one need."""

    def __init__(self, history: History, reach: Reach) -> None:
        self._history = history
        self._objects = history.objects
        self._reach = reach
        self._needed_at: dict[int, int] = {}
        """For each object the earliest record so far at which it is needed."""
        self._written_at: dict[int, int] = {}
        """For each key the record that wrote it whole."""
        self._groups_needed_at = [NOT_NEEDED] * len(ObjectGroup)
        self._results: set[int] = set()
        """Clients whose last evaluation is still to be found."""
        self._events_from = NOT_NEEDED
        """All changes from this record on are kept."""
        self._kept_for: int | None = None
        """What the present record serves."""

    def reason(self, number: int) -> str | None:
        """Why to keep a record; None to drop it."""
        self._kept_for = None
        mark = self._history.marks[number]
        if mark & _SELECTED:
            return "selected"
        if self._reach is Reach.EVERYTHING:
            return "everything before"
        if not mark & _CHANGES:
            return None
        if self._reach is Reach.STATE:
            return "all changes"
        if self._reach is Reach.TOUCHED and mark & _PASSING:
            return None
        if number >= self._events_from != NOT_NEEDED:
            return "events of all clients"
        if self._reach >= Reach.SYSTEM and mark & (_SYSTEM | _EVALUATES_ALL):
            return "the history of the system"
        if mark & _EVALUATES_ALL and self._results:
            return "the last evaluation"
        for key in self._history.serves.at(number):
            if self._is_needed(key, number):
                self._kept_for = key
                return self._named(key)
        if mark & _EVALUATES and not self._results.isdisjoint(self._history.evaluates.at(number)):
            return "the last evaluation"
        return None

    def take(self, number: int) -> None:
        """The record is kept: what it needs is needed from here on."""
        history, mark = self._history, self._history.marks[number]
        for key in history.kills.at(number):
            self._written_at[key] = number
        is_selected = bool(mark & _SELECTED)
        if number == self._events_from:
            # The observer is also told of the clients that existed before it.
            self._ask(number, _ASKS_SYSTEM | _ASKS_CLIENTS)
        self._evaluate(number, mark, is_selected=is_selected)
        needs: Iterable[int] = history.needs.at(number)
        if self._kept_for is not None and self._objects.is_socket(self._kept_for):
            # Its use of a client is not followed. That would lead from client to
            # client, over all sockets that they ever shared.
            needs = (key for key in needs if not self._objects.is_client(key))
        self.need(needs, number, again=is_selected)
        if is_selected:
            self.need(history.asks.at(number), number, again=True)
            self._ask(number, mark)

    def need(self, keys: Iterable[int], number: int, *, again: bool = False) -> None:
        """These are needed at a record. ``again``: as they are there, whatever is written later."""
        objects = self._objects
        for key in keys:
            whole = objects.whole[key]
            if objects.created[whole] > number:
                continue
            if key != whole and key == objects.find_part(whole, RESULT):
                self._results.add(whole)
                continue
            at = self._needed_at.get(key, NOT_NEEDED)
            if at == NOT_NEEDED or again or self._written_at.get(key, NOT_NEEDED) >= number:
                self._needed_at[key] = number
                if at == NOT_NEEDED:
                    self.need(objects.linked(key, number), number)
                    self.need(objects.owners((key,)), number)

    def _ask(self, number: int, mark: int) -> None:
        """What the outcome of a selected record depends on besides single objects."""
        if mark & _ASKS_EVENTS:
            opened = [
                self._objects.created[key]
                for key in self._history.needs.at(number)
                if self._objects.group[key] == ObjectGroup.FD
            ]
            self._events_from = min(
                each for each in (*opened, self._events_from) if each != NOT_NEEDED
            )
        if mark & _ASKS_SYSTEM:
            self._need_system(number)
        if mark & _ASKS_CLIENTS:
            self._groups_needed_at[ObjectGroup.CLIENT] = number
            self._need_results_of_all(number)
        if mark & _ASKS_FDS:
            self._groups_needed_at[ObjectGroup.FD] = number

    def _need_results_of_all(self, number: int) -> None:
        objects = self._objects
        for key in objects.clients:
            if objects.created[key] >= number:
                break
            if objects.ended[key] >= number:
                self._results.add(key)

    def _need_system(self, number: int) -> None:
        self._groups_needed_at[ObjectGroup.SYSTEM] = number
        if self._reach >= Reach.HISTORY:
            self._groups_needed_at[ObjectGroup.HISTORY] = number

    def _evaluate(self, number: int, mark: int, *, is_selected: bool) -> None:
        """Finds the results that this record makes. They depend on the system at this record."""
        if mark & _EVALUATES_ALL:
            found = set(self._results)
        elif mark & _EVALUATES:
            found = self._results.intersection(self._history.evaluates.at(number))
        else:
            return
        if found or is_selected:
            self._need_system(number)
            self.need(self._objects.owners(found), number, again=True)
        if self._reach is Reach.TOUCHED:
            self._results -= found

    def _is_needed(self, key: int, number: int) -> bool:
        """Whether a key is needed after a record that serves it, and not written in between."""
        objects = self._objects
        whole = objects.whole[key]
        at = self._needed_at.get(key, NOT_NEEDED)
        if key != whole:
            whole_at = self._needed_at.get(whole, NOT_NEEDED)
            if objects.ended[key] >= whole_at and not objects.is_asked_for[key]:
                at = _earlier(at, whole_at)
        group_at = self._groups_needed_at[objects.group[whole]]
        if group_at != NOT_NEEDED and objects.ended[whole] >= group_at:
            at = _earlier(at, group_at)
        if at == NOT_NEEDED:
            return False
        return not any(at > self._written_at.get(each, at) for each in (key, whole))

    def _named(self, key: int) -> str:
        thing = self._objects.thing(key)
        return f"the same {getattr(thing, 'value', thing)}"


def _earlier(one: int, other: int) -> int:
    if NOT_NEEDED in (one, other):
        return max(one, other)
    return min(one, other)
