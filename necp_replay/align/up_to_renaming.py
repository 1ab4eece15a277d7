"""Compares entries up to a renaming of their ids.

Generated ids differ between two runs of the same inputs, so their values mean nothing. An entry has
a *canonical form*, in which ids are numbered in the order of their occurrence. Two entries are
equal up to a renaming if their canonical forms are equal and the renaming so far allows their ids
to correspond (:class:`~necp_replay.align.renaming.Renaming`).

Most of the time both sides have the same ids. As long as the renaming is the identity, entries are
compared as they are, and no canonical form is made.

A search looks at entries before their ids are paired, and treats these as equal if the forms are.
The pairs are checked when the entries are placed.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import Any, Final, Generic, Protocol

from necp_replay.align.renaming import GeneratingRun, Id, Renaming
from necp_replay.dataclass import dataclass

_ENTRY_BYTES: Final = 900
"""An estimate of the memory of an entry besides its content."""
MOST_IN_A_RUN: Final = 256
"""Longer runs of records that generate ids are taken as several, since the work of comparing with a
run grows with its length."""


@dataclass(frozen=True, slots=True)
class CanonicalForm(Generic[Id]):
    """An entry with its ids numbered: digests of its input and of all of it, and the ids.

    ``ids`` holds each id once, in the order of occurrence; the first ``input_ids`` of them occur in
    the input. Two entries have equal digests exactly if some renaming of ids makes them equal, and
    then their ids correspond one by one.
    """

    input_digest: bytes
    digest: bytes
    ids: tuple[Id, ...]
    input_ids: int
    characters: int
    """The length of the entry as text, by which its size in memory is estimated."""


class Streak:
    """Consecutive entries of one side that generate ids. ``last`` is the number of the last."""

    __slots__ = ("last",)

    def __init__(self) -> None:
        self.last = 0


class Streaks:
    """Assigns the entries of one side to streaks, as they come."""

    def __init__(self) -> None:
        self._current: Streak | None = None

    def of_next(self, number: int, *, generates: bool) -> Streak | None:
        """The streak of the next entry, None if it generates no id."""
        if not generates:
            self._current = None
            return None
        if self._current is None:
            self._current = Streak()
        self._current.last = number
        return self._current


class RenamableEntry(Protocol[Id]):
    """What is compared: a record of a trace, or a stanza of a golden."""

    @property
    def number(self) -> int:
        """Its number on its side."""

    @property
    def canonical(self) -> CanonicalForm[Id]:
        """Its canonical form."""

    @property
    def new_ids(self) -> Sequence[Id]:
        """The ids that it generated, or in which they first occur."""

    @property
    def streak(self) -> Streak | None:
        """The streak it belongs to."""

    @property
    def kind(self) -> Hashable:
        """The kind of its input. Entries of one kind may be reported as a replacement."""

    def equals(self, other: Any) -> bool:
        """Whether an entry of the other side is equal without any renaming."""


class RenamingComparator(Generic[Id]):
    """A :class:`~necp_replay.align.sequences.Comparator` of entries up to a renaming."""

    def __init__(self, renaming: Renaming[Id]) -> None:
        self.renaming = renaming
        self._equal: tuple[RenamableEntry[Id], RenamableEntry[Id]] | None = None
        """The pair that was compared last and is equal without any renaming."""
        self._generating: list[tuple[RenamableEntry[Id] | None, RenamableEntry[Id] | None]] = []
        """The entries placed last, if all of them generate ids."""

    def same(self, left: RenamableEntry[Id], right: RenamableEntry[Id]) -> bool:
        """Whether two entries are equal up to the renaming."""
        if self.renaming.is_identity and left.equals(right):
            self._equal = (left, right)
            return True
        old, new = left.canonical, right.canonical
        return old.digest == new.digest and self._may_correspond(left, right, len(old.ids))

    def may_change(self, left: RenamableEntry[Id], right: RenamableEntry[Id]) -> bool:
        """Whether the inputs of two entries are equal up to the renaming."""
        old, new = left.canonical, right.canonical
        return old.input_digest == new.input_digest and self._may_correspond(
            left, right, old.input_ids
        )

    def full_key(self, entry: RenamableEntry[Id]) -> Hashable:
        """The digest of the canonical form."""
        return entry.canonical.digest

    def key(self, entry: RenamableEntry[Id]) -> Hashable:
        """The digest of the input's canonical form."""
        return entry.canonical.input_digest

    def kind(self, entry: RenamableEntry[Id]) -> Hashable:
        """The kind of the input."""
        return entry.kind

    def size_bytes(self, entry: RenamableEntry[Id]) -> int:
        """About how much memory the entry takes."""
        return _ENTRY_BYTES + entry.canonical.characters

    def place(self, left: RenamableEntry[Id] | None, right: RenamableEntry[Id] | None) -> bool:
        """Pair the ids of two entries. Returns False if entries that looked equal are not."""
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
        old, new = left.canonical, right.canonical
        if old.digest == new.digest:
            return self.renaming.pair(old.ids, new.ids) and are_paired
        if old.input_digest == new.input_digest:
            self.renaming.pair(old.ids[: old.input_ids], new.ids[: new.input_ids])
        return False

    def on_generated(self, left: RenamableEntry[Id] | None, added: Sequence[Id]) -> None:
        """Hook: the ids of an entry of the left are new, and values were made for added ids."""

    def _place_new_ids(
        self, left: RenamableEntry[Id] | None, right: RenamableEntry[Id] | None
    ) -> bool:
        latest = self._generating[-1] if self._generating else (None, None)
        is_one_sided = None in (left, right) or None in latest
        if len(self._generating) == MOST_IN_A_RUN or (
            is_one_sided and self._generating and not _are_equal_except_ids(latest, (left, right))
        ):
            self._end_run()
        self._generating.append((left, right))
        old_ids = () if left is None else left.new_ids
        new_ids = () if right is None else right.new_ids
        are_paired = self.renaming.pair(old_ids, new_ids)
        self.on_generated(left, self.renaming.add_right_only(new_ids[len(old_ids) :]))
        return are_paired

    def _may_correspond(
        self, left: RenamableEntry[Id], right: RenamableEntry[Id], count: int
    ) -> bool:
        """Whether the first ``count`` ids of two entries may correspond.

        After a run of records that generate ids it may turn out that one side has more of them, so
        ids of the run may correspond in other pairs than the present ones.
        """
        old, new = left.canonical.ids[:count], right.canonical.ids[:count]
        if self.renaming.allows_all(old, new):
            return True
        if not self._generating:
            return False
        run = self._run()
        surplus = self._surplus(run, right.number - left.number - run.offset)
        left_records = {each: i for i, ids in enumerate(run.left) for each in ids}
        right_records = {each: i for i, ids in enumerate(run.right) for each in ids}
        for one, other in zip(old, new, strict=True):
            if one not in left_records and other not in right_records:
                if not self.renaming.allows_all([one], [other]):
                    return False
            elif one in left_records and other in right_records:
                if not run.allows(left_records[one], right_records[other], surplus):
                    return False
            elif surplus == 0:
                return False
        return True

    def _surplus(self, run: GeneratingRun[Id], surplus: int) -> int:
        """How many more records of a run the right side can have, if it is ``surplus`` ahead.

        Besides the placed records, each side has those of its streak that are still to come.
        """
        lefts, rights = (
            [entry for entry in side if entry is not None]
            for side in zip(*self._generating, strict=True)
        )
        least = run.surplus - (_following(lefts[-1]) if lefts else 0)
        most = run.surplus + (_following(rights[-1]) if rights else 0)
        return max(least, min(most, surplus))

    def _run(self) -> GeneratingRun[Id]:
        """The last of the generating entries that are equal except for their ids."""
        latest = self._generating[-1]
        begin = len(self._generating) - 1
        while begin and _are_equal_except_ids(self._generating[begin - 1], latest):
            begin -= 1
        members = self._generating[begin:]
        lefts = [left for left, _ in members if left is not None]
        rights = [right for _, right in members if right is not None]
        offset = rights[0].number - lefts[0].number if lefts and rights else 0
        run = GeneratingRun[Id](offset)
        run.left = [left.new_ids for left in lefts]
        run.right = [right.new_ids for right in rights]
        return run

    def _end_run(self) -> None:
        if any(None in pair for pair in self._generating):
            run = self._run()
            if run.left and run.right and run.surplus:
                self.on_generated(None, self.renaming.unpair(run))
        self._generating.clear()


def _are_equal_except_ids(
    one: tuple[RenamableEntry[Id] | None, RenamableEntry[Id] | None],
    other: tuple[RenamableEntry[Id] | None, RenamableEntry[Id] | None],
) -> bool:
    """Whether all entries of two pairs have the same canonical form."""
    return len({entry.canonical.digest for entry in (*one, *other) if entry is not None}) == 1


def _following(entry: RenamableEntry[Id]) -> int:
    """How many entries that generate ids are known to follow an entry."""
    return 0 if entry.streak is None else entry.streak.last - entry.number
