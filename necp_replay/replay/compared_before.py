"""What a comparison of two releases found up to a checkpoint, to go on from there.

Nothing that a person reads is kept, except of the first record that is not modelled: only how many
records were counted as what, which facts the machines asked for, and which record differed last.
Where records differ, they are replayed from the first one on anyway, to find the facts that explain
them. So a comparison that goes on from a checkpoint reports what a whole one does.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict
from struct import Struct
from typing import Final

from necp_replay.dataclass import dataclass
from necp_replay.errors import SavedStateError
from necp_replay.history.checkpoints import Checkpoints
from necp_replay.kernel.machine import Machine
from necp_replay.outcomes.trace_report import TraceReport
from necp_replay.releases.observed_profile import ObservedProfile
from necp_replay.replay.facts.attribution import ToExplain

_LENGTH: Final = Struct("<Q")
"""How many bytes the state of the older release has."""


class UncachedMachine(Machine):
    """Our engine without caches, so that it asks for each fact that decides an outcome."""

    def __init__(self, profile: ObservedProfile) -> None:
        super().__init__(profile, cache_entries=0)


@dataclass(frozen=True, slots=True)
class ComparedBefore:
    """What was found up to a checkpoint. ``last_different`` is 0 if no record differs."""

    records: int
    identical: int
    in_part: int
    different: int
    not_determined: int
    not_modelled: int
    first_not_modelled: str | None
    asked: list[str]
    asked_then: list[str]
    last_different: int

    @classmethod
    def of(
        cls, report: TraceReport, asked: Iterable[str], wanted: ToExplain | None
    ) -> ComparedBefore:
        """What a report has so far, with the facts that were asked for."""
        return cls(
            *(report.records, report.identical, report.in_part, report.different),
            *(report.not_determined, report.not_modelled, report.first_not_modelled),
            sorted(asked),
            [] if wanted is None else sorted(wanted.facts),
            0 if wanted is None else wanted.last_record,
        )

    @property
    def wanted(self) -> ToExplain | None:
        """What is left to explain."""
        if not self.last_different:
            return None
        return ToExplain(frozenset(self.asked_then), self.last_different)

    def add_to(self, report: TraceReport) -> None:
        """Begin a report with this."""
        report.records, report.identical = self.records, self.identical
        report.in_part, report.different = self.in_part, self.different
        report.not_determined, report.not_modelled = self.not_determined, self.not_modelled
        report.first_not_modelled = self.first_not_modelled

    def as_note(self) -> bytes:
        """This as the note of a checkpoint."""
        return json.dumps(asdict(self)).encode()


def begin_comparison(
    stored: Checkpoints, old: ObservedProfile, new: ObservedProfile
) -> tuple[ComparedBefore, Machine, Machine] | None:
    """What was found up to a checkpoint, and both machines in the state there: the last that helps.

    A difference before the checkpoint is explained by a second run of both machines from the first
    record. A comparison that begins before the difference needs no second run. So a checkpoint
    helps only if it has at least twice the number of the last record that differs.
    """
    pair: list[Machine] = []

    def restore(states: bytes) -> Machine:
        if len(states) < _LENGTH.size:
            raise SavedStateError("two saved states are cut short")
        end = _LENGTH.size + _LENGTH.unpack_from(states)[0]
        before = UncachedMachine.restore(old, states[_LENGTH.size : end])
        pair[:] = before, UncachedMachine.restore(new, states[end:])
        return before

    for each in reversed(stored.known):
        found = _read(each.note)
        if found is not None and 2 * found.last_different <= each.number:
            break
    else:
        return None
    restored = stored.restored_before(each.number, restore)
    if restored is None or restored[0].number != each.number:
        return None
    # What a state asks for while it is rebuilt decides nothing.
    old.forget_asked()
    new.forget_asked()
    return found, pair[0], pair[1]


def _read(note: bytes) -> ComparedBefore | None:
    """What a note says; None for what is none."""
    try:
        return ComparedBefore(**json.loads(note))
    except (ValueError, TypeError, RecursionError):
        return None


def states_of(before: Machine, after: Machine) -> bytes:
    """The states of both machines as that of one checkpoint."""
    old = before.save()
    return _LENGTH.pack(len(old)) + old + after.save()
