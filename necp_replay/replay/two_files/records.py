"""Records of two traces as an aligner compares them: equal but for a renaming of ids."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from necp_replay.abi.client import UUID_BYTES
from necp_replay.align.renaming import Bindings
from necp_replay.align.up_to_renaming import Form, Renamed, RenamedLikeness, Streak, Streaks
from necp_replay.events.equality import same_as_measured, same_whole
from necp_replay.events.inputs import Step
from necp_replay.events.outcome import Outcome
from necp_replay.outcomes.names import StableNames
from necp_replay.outcomes.render_input import kind_of_input
from necp_replay.replay.two_files.canonical_form import form_of, with_ids
from necp_replay.trace.codec import NumberedRecord

_ADDED: Final = b"generated only on the right"


class PairedNames(StableNames):
    """Names ids as the left side does; those that only the right has are ``#+1``, ``#+2``, ..."""

    __slots__ = ("_added",)

    def __init__(self) -> None:
        super().__init__()
        self._added: dict[bytes, str] = {}

    def learn_added(self, ids: Iterable[bytes]) -> None:
        """Name ids that only the right side has."""
        for uuid in ids:
            self._added[uuid] = f"#+{len(self._added) + 1}"

    def name(self, uuid: bytes) -> str:
        """The name of an id on either side."""
        return self._added.get(uuid) or super().name(uuid)


@dataclass(slots=True)
class Side:
    """One of the two traces: which ids it has generated so far."""

    measured: bool
    has_outcomes: bool
    generated: set[bytes] = field(default_factory=set)


class RecordEntry:
    """A record on its way through the aligner; its form is made when it is asked for."""

    __slots__ = ("_form", "number", "outcome", "side", "step", "streak")

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
        self._form: Form[bytes] | None = None

    @property
    def form(self) -> Form[bytes]:
        """The record with its ids made anonymous."""
        if self._form is None:
            side = self.side
            self._form = form_of(self.step, self.outcome, side.generated, measured=side.measured)
        return self._form

    @property
    def new_ids(self) -> tuple[bytes, ...]:
        """The ids that were generated."""
        return self.step.uuids

    @property
    def kind(self) -> str:
        """The kind of the record."""
        return kind_of_input(self.step.input)

    def equals(self, other: RecordEntry) -> bool:
        """Whether input, ids, time and outcome are the same as they are."""
        return self.step == other.step and same_outcome(
            self.outcome, other.outcome, measured=self.side.measured
        )


def entries(records: Iterable[NumberedRecord], side: Side) -> Iterator[RecordEntry]:
    """The records of a trace; what is not compared is left out of them."""
    streaks = Streaks()
    for number, step, outcome in records:
        if step.uuids:
            side.generated.update(step.uuids)
        streak = streaks.of_next(number, generates=bool(step.uuids))
        yield RecordEntry(side, number, step, outcome if side.has_outcomes else None, streak)


class RecordLikeness(RenamedLikeness[bytes]):
    """Compares records of two traces, and names their ids."""

    def __init__(self) -> None:
        super().__init__(Bindings(_value_of_added))
        self.names = PairedNames()

    def learn(self, left: Renamed[bytes] | None, added: Sequence[bytes]) -> None:
        """Name the ids that are new."""
        if left is not None:
            self.names.learn_ids(left.new_ids)
        self.names.learn_added(added)

    def in_left_ids(self, right: RecordEntry) -> tuple[Step, Outcome | None]:
        """A record of the right with ids of the left, for showing."""
        replacements = self.bindings.replacements
        if not replacements:
            return right.step, right.outcome
        return with_ids(right.step, replacements), with_ids(right.outcome, replacements)


def _value_of_added(uuid: bytes, _number: int) -> bytes:
    """An id that no trace has."""
    return hashlib.blake2b(_ADDED + uuid, digest_size=UUID_BYTES).digest()


def same_outcome(left: Outcome | None, right: Outcome | None, *, measured: bool) -> bool:
    """Whether two outcomes are the same, in what vectors measure or in all that is recorded."""
    if left is None or right is None:
        return left is right
    if not measured:
        return same_whole(left, right)
    return same_as_measured(left, right)
