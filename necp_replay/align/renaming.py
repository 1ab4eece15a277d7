"""A renaming of ids: which id of the left side corresponds to which id of the right side.

The renaming is one to one and grows while records are aligned. An id that would correspond to two
others is a difference. Two rules add pairs:

- Records that are paired generate corresponding ids, in their order.
- Records that are equal up to their ids, and use ids that no pair has yet, make these a pair.

One case needs more care. If one side has more records of a kind than the other, all alike except
for the ids that they generate (five ADDs against four), nothing in these records says which one is
too many. The ids of such a :class:`GeneratingRun` are paired late: when a record uses one.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import Generic, NamedTuple, TypeVar

Id = TypeVar("Id", bound=Hashable)


class GeneratingRun(Generic[Id]):
    """Records in a row that are equal except for the ids that they generate, on both sides.

    ``left`` and ``right`` hold the ids of each record. Pairs of records must keep their order.
    """

    def __init__(self, offset: int) -> None:
        """``offset``: how many records the right side is ahead of the left where the run begins."""
        self.offset = offset
        self.left: list[Sequence[Id]] = []
        self.right: list[Sequence[Id]] = []
        self._pairs: dict[int, int] = {}

    @property
    def surplus(self) -> int:
        """How many more records the right side has."""
        return len(self.right) - len(self.left)

    def allows(self, left: int, right: int, surplus: int) -> bool:
        """Whether two records of the run may correspond, given the pairs so far.

        With ``surplus`` more records on the right, a record may move by at most as many places.
        """
        if not min(0, surplus) <= right - left <= max(0, surplus):
            return False
        return all(
            (old < left) == (new < right) and (old == left) == (new == right)
            for old, new in self._pairs.items()
        )

    def pair(self, left: int, right: int) -> None:
        """Note that two records correspond."""
        self._pairs[left] = right


class _Generated(NamedTuple, Generic[Id]):
    """Where an id of a run was generated: by which record, as which of its ids."""

    run: GeneratingRun[Id]
    record: int
    position: int


class Renaming(Generic[Id]):
    """Pairs of corresponding ids, each id in at most one pair."""

    def __init__(self, value_of_added: Callable[[Id, int], Id]) -> None:
        """``value_of_added`` makes the value for the nth id that only the right side has."""
        self._value_of_added = value_of_added
        self._right_of: dict[Id, Id] = {}
        self._left_of: dict[Id, Id] = {}
        self._left_places: dict[Id, _Generated[Id]] = {}
        self._right_places: dict[Id, _Generated[Id]] = {}
        self._added = 0
        self.is_identity = True
        """Whether every pair so far has the same id on both sides."""
        self.replacements: dict[Id, Id] = {}
        """Ids of the right side with the ids of the left that replace them when a record is shown.
        Ids that only the right side has get values of their own, so that none is mistaken for an id
        of the left."""

    def allows_all(self, left: Sequence[Id], right: Sequence[Id]) -> bool:
        """Whether the ids at the same positions may all correspond."""
        return all(map(self._allows, left, right))

    def pair(self, left: Iterable[Id], right: Iterable[Id]) -> bool:
        """Pair ids one by one. Returns whether all of them are pairs now."""
        are_paired = True
        for old, new in zip(left, right, strict=False):
            if self._right_of.get(old) == new:
                continue
            if old in self._right_of or new in self._left_of or not self._allows(old, new):
                are_paired = False
                continue
            place = self._left_places.get(old)
            if place is not None:
                place.run.pair(place.record, self._right_places[new].record)
            self._right_of[old] = new
            self._left_of[new] = old
            if old != new or new in self.replacements:
                self.replacements[new] = old
            self.is_identity = self.is_identity and old == new
        return are_paired

    def add_right_only(self, ids: Iterable[Id]) -> list[Id]:
        """Take ids that a record generated which only the right side has. Returns their values."""
        values = []
        for each in ids:
            if each not in self._left_of and each not in self.replacements:
                self._added += 1
                value = self._value_of_added(each, self._added)
                self.replacements[each] = value
                values.append(value)
        return values

    def unpair(self, run: GeneratingRun[Id]) -> list[Id]:
        """Undo the pairs of a run of which one side has more, until its ids are used.

        Until then the ids of the right side have values of their own, which are returned.
        """
        self.is_identity = False
        for places, records in (
            (self._left_places, run.left),
            (self._right_places, run.right),
        ):
            for record, ids in enumerate(records):
                for position, each in enumerate(ids):
                    places[each] = _Generated(run, record, position)
        for each in (each for ids in run.left for each in ids):
            partner = self._right_of.pop(each, None)
            if partner is not None:
                del self._left_of[partner]
                self.replacements.pop(partner, None)
        return self.add_right_only([each for ids in run.right for each in ids])

    def _allows(self, old: Id, new: Id) -> bool:
        """Whether two ids may correspond: they do already, or neither is in another pair.

        Ids of a run correspond only within the run, at the same position of their records.
        """
        if self._right_of.get(old, new) != new or self._left_of.get(new, old) != old:
            return False
        left, right = self._left_places.get(old), self._right_places.get(new)
        if left is None and right is None:
            return True
        if left is None or right is None or left.run is not right.run:
            return False
        run = left.run
        return left.position == right.position and run.allows(
            left.record, right.record, run.surplus
        )
