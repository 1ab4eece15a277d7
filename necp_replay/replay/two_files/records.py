"""Records of two traces as entries of an alignment: compared up to a renaming of generated ids."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import field
from typing import Final

from necp_replay.abi.uuid import UUID_BYTES
from necp_replay.align.renaming import Renaming
from necp_replay.align.up_to_renaming import (
    CanonicalForm,
    RenamableEntry,
    RenamingComparator,
    Streak,
    Streaks,
)
from necp_replay.dataclass import dataclass
from necp_replay.events.equality import same_as_measured, same_whole
from necp_replay.events.inputs import Step
from necp_replay.events.outcome import Outcome
from necp_replay.events.unmeasured import comparable, knows_nothing
from necp_replay.outcomes.names import StableNames
from necp_replay.outcomes.render_input import kind_of_input
from necp_replay.replay.two_files.canonical_form import canonical_form, with_ids
from necp_replay.trace.record_codec import NumberedRecord

_ADDED: Final = b"generated only on the right"


class PairedNames(StableNames):
    """Stable names of the left side. Ids that only the right side has are ``#+1``, ``#+2``, ..."""

    __slots__ = ("_added",)

    def __init__(self) -> None:
        super().__init__()
        self._added: dict[bytes, str] = {}

    def learn_added(self, ids: Iterable[bytes]) -> None:
        """Name ids that only the right side has, in order."""
        for uuid in ids:
            self._added[uuid] = f"#+{len(self._added) + 1}"
            self.forget()

    def name(self, uuid: bytes) -> str:
        """The name of an id on either side."""
        return self._added.get(uuid) or super().name(uuid)


@dataclass(slots=True)
class Side:
    """One of the two traces, and the ids that it has generated so far.

    ``measured`` leaves out what conformance vectors do not measure. Without ``has_outcomes`` only
    inputs are compared. ``is_partial`` says that a trace does not know every outcome whole, so that
    records are aligned by their inputs; with ``shown_only`` it holds only what was observed.
    """

    measured: bool
    has_outcomes: bool
    is_partial: bool = False
    shown_only: bool = False
    generated: set[bytes] = field(default_factory=set)


class RecordEntry:
    """One record of one side. Its canonical form is made when it is needed."""

    __slots__ = ("_canonical", "number", "outcome", "side", "step", "streak")

    def __init__(
        self,
        side: Side,
        number: int,
        step: Step,
        outcome: Outcome | None,
        streak: Streak | None = None,
    ) -> None:
        self.side = side
        self.number = number
        self.step = step
        self.outcome = outcome
        self.streak = streak
        self._canonical: CanonicalForm[bytes] | None = None

    @property
    def canonical(self) -> CanonicalForm[bytes]:
        """The record's canonical form."""
        if self._canonical is None:
            side = self.side
            outcome = None if side.is_partial else self.outcome
            self._canonical = canonical_form(
                self.step, outcome, side.generated, measured=side.measured
            )
        return self._canonical

    @property
    def new_ids(self) -> tuple[bytes, ...]:
        """The ids that the record generated."""
        return self.step.uuids

    @property
    def kind(self) -> str:
        """The kind of the record."""
        return kind_of_input(self.step.input)

    def equals(self, other: RecordEntry) -> bool:
        """Whether input, ids, time and outcome are equal without any renaming."""
        if self.side.is_partial:
            return self.step == other.step
        return self.step == other.step and same_outcome(
            self.outcome, other.outcome, measured=self.side.measured
        )


def entries(records: Iterable[NumberedRecord], side: Side) -> Iterator[RecordEntry]:
    """The records of one side as entries, without what is not compared."""
    streaks = Streaks()
    for number, step, outcome in records:
        if step.uuids:
            side.generated.update(step.uuids)
        streak = streaks.of_next(number, generates=bool(step.uuids))
        yield RecordEntry(side, number, step, outcome if side.has_outcomes else None, streak)


class RecordComparator(RenamingComparator[bytes]):
    """Compares records of two traces up to a renaming, and names their ids."""

    def __init__(self) -> None:
        super().__init__(Renaming(_value_of_added))
        self.names = PairedNames()
        self.in_part = self.not_compared = 0
        """Pairs that were compared in part, and that had no outcome to compare."""

    def place(
        self, left: RenamableEntry[bytes] | None, right: RenamableEntry[bytes] | None
    ) -> bool:
        """Pair the ids of two entries; of partial traces also compare the outcomes."""
        if not super().place(left, right):
            return False
        if not isinstance(left, RecordEntry) or not isinstance(right, RecordEntry):
            return True
        side = left.side
        return not (side.is_partial and side.has_outcomes) or self._same_where_known(left, right)

    def _same_where_known(self, left: RecordEntry, right: RecordEntry) -> bool:
        _, outcome = self.in_left_ids(right)
        if left.outcome is None or outcome is None:
            self.not_compared += 1
            return True
        one, other = known_outcomes(left, right, outcome)
        if knows_nothing(one):
            self.not_compared += 1
            return True
        self.in_part += bool(one.unmeasured)
        return same_outcome(one, other, measured=left.side.measured)

    def on_generated(self, left: RenamableEntry[bytes] | None, added: Sequence[bytes]) -> None:
        """Name the ids that are new."""
        if left is not None:
            self.names.learn_ids(left.new_ids)
        self.names.learn_added(added)

    def in_left_ids(self, right: RecordEntry) -> tuple[Step, Outcome | None]:
        """A record of the right side with the ids of the left."""
        replacements = self.renaming.replacements
        if not replacements:
            return right.step, right.outcome
        return with_ids(right.step, replacements), with_ids(right.outcome, replacements)


def _value_of_added(uuid: bytes, _number: int) -> bytes:
    """An id that occurs in no trace, to stand for one that only the right side has."""
    return hashlib.blake2b(_ADDED + uuid, digest_size=UUID_BYTES).digest()


def known_outcomes(
    left: RecordEntry, right: RecordEntry, outcome: Outcome
) -> tuple[Outcome, Outcome]:
    """Both outcomes without what one side does not know; ``outcome`` is that of the right."""
    assert left.outcome is not None
    return comparable(
        left.outcome,
        outcome,
        shown_only=left.side.shown_only,
        actual_shown_only=right.side.shown_only,
    )


def same_outcome(left: Outcome | None, right: Outcome | None, *, measured: bool) -> bool:
    """Whether two outcomes are equal: what vectors measure, or all that was recorded."""
    if left is None or right is None:
        return left is right
    if not measured:
        return same_whole(left, right)
    return same_as_measured(left, right)
