"""Entries that are equal but for a renaming of ids, for an aligner."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Any, Final, Generic, Protocol

from necp_replay.align.renaming import Bindings, Id, Run

_ENTRY_BYTES: Final = 900
MOST_IN_A_RUN: Final = 256
"""Longer runs of records that generate ids are taken as several."""


@dataclass(frozen=True, slots=True)
class Form(Generic[Id]):
    """An entry with anonymous ids: digests of its input and of all of it, and the ids themselves.

    ``ids`` holds each id once, in the order in which they first occur; the first ``input_ids`` of
    them occur in the input. Two entries have equal digests exactly if some renaming of ids makes
    them equal, and then their ids correspond one by one.
    """

    key: bytes
    whole: bytes
    ids: tuple[Id, ...]
    input_ids: int
    characters: int
    """How long the entry is as text, by which its size in memory is estimated."""


class Streak:
    """Entries in a row of one side that generate ids; ``last`` is the number of the last so far."""

    __slots__ = ("last",)

    def __init__(self) -> None:
        self.last = 0


class Streaks:
    """Puts the entries of one side, as they come, into streaks."""

    def __init__(self) -> None:
        self._current: Streak | None = None

    def of_next(self, number: int, *, generates: bool) -> Streak | None:
        """The streak that the next entry belongs to, if it generates ids."""
        if not generates:
            self._current = None
            return None
        if self._current is None:
            self._current = Streak()
        self._current.last = number
        return self._current


class Renamed(Protocol[Id]):
    """What is compared: a record of a trace, a stanza of a golden."""

    @property
    def number(self) -> int:
        """Its number among those of its side."""

    @property
    def form(self) -> Form[Id]:
        """The entry with its ids made anonymous."""

    @property
    def new_ids(self) -> Sequence[Id]:
        """The ids that it generated, or in which they first show."""

    @property
    def streak(self) -> Streak | None:
        """Those around it that generate ids as it does."""

    @property
    def kind(self) -> Hashable:
        """What its input is: equal for entries that may stand in each other's place."""

    def equals(self, other: Any) -> bool:
        """Whether it is the same as one of the other side, as it is."""


class RenamedLikeness(Generic[Id]):
    """Compares entries of two sides.

    Ids have the same values on both sides most of the time, and as long as they do, entries are
    compared as they are. Otherwise it is their forms that are compared, and that no id stands for
    two others. A search may try entries whose ids were not paired yet; what it finds is held
    against the pairs when they are placed.
    """

    def __init__(self, bindings: Bindings[Id]) -> None:
        self.bindings = bindings
        self._equal: tuple[Renamed[Id], Renamed[Id]] | None = None
        self._generating: list[tuple[Renamed[Id] | None, Renamed[Id] | None]] = []
        """What was placed last and generated ids, without anything in between."""

    def same(self, left: Renamed[Id], right: Renamed[Id]) -> bool:
        """Whether everything is the same but for the renaming of ids."""
        if not self.bindings.are_renamed and left.equals(right):
            self._equal = (left, right)
            return True
        old, new = left.form, right.form
        return old.whole == new.whole and self._agree(left, right, len(old.ids))

    def alike(self, left: Renamed[Id], right: Renamed[Id]) -> bool:
        """Whether the input is the same but for the renaming of ids."""
        old, new = left.form, right.form
        return old.key == new.key and self._agree(left, right, old.input_ids)

    def whole(self, entry: Renamed[Id]) -> Hashable:
        """The entry with anonymous ids."""
        return entry.form.whole

    def key(self, entry: Renamed[Id]) -> Hashable:
        """Its input with anonymous ids."""
        return entry.form.key

    def kind(self, entry: Renamed[Id]) -> Hashable:
        """What its input is."""
        return entry.kind

    def size_bytes(self, entry: Renamed[Id]) -> int:
        """About what it takes in memory."""
        return _ENTRY_BYTES + entry.form.characters

    def place(self, left: Renamed[Id] | None, right: Renamed[Id] | None) -> bool:
        """Pair the ids that are new; whether two entries that seem the same are so."""
        if (left is not None and left.new_ids) or (right is not None and right.new_ids):
            are_paired = self._place_new_ids(left, right)
        else:
            are_paired = True
            if self._generating:
                self._end_run()
        if left is None or right is None:
            return True
        if self._equal is not None and self._equal[0] is left and self._equal[1] is right:
            return are_paired
        old, new = left.form, right.form
        if old.whole == new.whole:
            return self.bindings.bind(old.ids, new.ids) and are_paired
        if old.key == new.key:
            self.bindings.bind(old.ids[: old.input_ids], new.ids[: new.input_ids])
        return False

    def _place_new_ids(self, left: Renamed[Id] | None, right: Renamed[Id] | None) -> bool:
        latest = self._generating[-1] if self._generating else (None, None)
        one_sided = None in (left, right) or None in latest
        if len(self._generating) == MOST_IN_A_RUN or (
            one_sided and self._generating and not _are_equal_but_for_ids(latest, (left, right))
        ):
            self._end_run()
        self._generating.append((left, right))
        old_ids = () if left is None else left.new_ids
        new_ids = () if right is None else right.new_ids
        are_paired = self.bindings.bind(old_ids, new_ids)
        self.learn(left, self.bindings.add_only_right(new_ids[len(old_ids) :]))
        return are_paired

    def _agree(self, left: Renamed[Id], right: Renamed[Id], count: int) -> bool:
        old, new = left.form.ids[:count], right.form.ids[:count]
        if self.bindings.agree(old, new):
            return True
        if not self._generating:
            return False
        # Behind a run of records that generate ids, a side may turn out to have more of them.
        run = self._run()
        surplus = self._surplus(run, right.number - left.number - run.offset)
        left_records = {each: i for i, ids in enumerate(run.left) for each in ids}
        right_records = {each: i for i, ids in enumerate(run.right) for each in ids}
        for one, other in zip(old, new, strict=True):
            if one not in left_records and other not in right_records:
                if not self.bindings.agree([one], [other]):
                    return False
            elif one in left_records and other in right_records:
                if not run.allows(left_records[one], right_records[other], surplus):
                    return False
            elif surplus == 0:
                return False
        return True

    def _surplus(self, run: Run[Id], surplus: int) -> int:
        """How many more entries of a run the right can have, if it is so far ahead of the left.

        Beyond those that were placed, each side has those of its streak that are still to come.
        """
        lefts, rights = (
            [entry for entry in side if entry is not None]
            for side in zip(*self._generating, strict=True)
        )
        least = run.surplus - (_following(lefts[-1]) if lefts else 0)
        most = run.surplus + (_following(rights[-1]) if rights else 0)
        return max(least, min(most, surplus))

    def _run(self) -> Run[Id]:
        """The records at the end of those that generate ids which are equal but for them."""
        latest = self._generating[-1]
        begin = len(self._generating) - 1
        while begin and _are_equal_but_for_ids(self._generating[begin - 1], latest):
            begin -= 1
        members = self._generating[begin:]
        lefts = [left for left, _ in members if left is not None]
        rights = [right for _, right in members if right is not None]
        offset = rights[0].number - lefts[0].number if lefts and rights else 0
        run = Run[Id](offset)
        run.left = [left.new_ids for left in lefts]
        run.right = [right.new_ids for right in rights]
        return run

    def _end_run(self) -> None:
        if any(None in pair for pair in self._generating):
            run = self._run()
            if run.left and run.right and run.surplus:
                self.learn(None, self.bindings.release(run))
        self._generating.clear()

    def learn(self, left: Renamed[Id] | None, added: Sequence[Id]) -> None:
        """Hook: an entry of the left was placed; the right alone generated ids with new values."""


def _are_equal_but_for_ids(
    one: tuple[Renamed[Id] | None, Renamed[Id] | None],
    other: tuple[Renamed[Id] | None, Renamed[Id] | None],
) -> bool:
    """Whether all of these entries are the same one but for the ids in them."""
    return len({entry.form.whole for entry in (*one, *other) if entry is not None}) == 1


def _following(entry: Renamed[Id]) -> int:
    """How many more that generate ids are known to follow an entry."""
    return 0 if entry.streak is None else entry.streak.last - entry.number
