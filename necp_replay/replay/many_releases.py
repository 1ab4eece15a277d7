"""Replays one trace on many releases in step, and says which of them behave alike.

Theory of operation
-------------------
One machine for each release gets every step. Each outcome is compared with that of the release
before it. Where all neighbours agree there is nothing more to do. Where two differ, every class of
releases that behaved alike so far is divided by the outcomes of its members (partition
refinement). At the end the final states divide the classes once more.

Invariant: two releases are in one class as long as no outcome that both of them know has differed.
An outcome that is not modelled or not determined is not compared. A release leaves the comparison
with the first record that it does not model; after a panic it is still compared up to the panic.

Cost: one replay for each release, and a comparison for each record and release. Memory: one machine
for each release.
"""

from __future__ import annotations

import itertools
import string
from collections.abc import Callable, Sequence
from dataclasses import field
from pathlib import Path
from typing import Final, TypeVar

from necp_replay.dataclass import dataclass
from necp_replay.engines.limited import limited
from necp_replay.errors import TraceError
from necp_replay.events.equality import same_whole
from necp_replay.events.inputs import Step
from necp_replay.events.outcome import Absent, NotDetermined, Outcome, Panicked, TypeConfused
from necp_replay.events.snapshot import Snapshot
from necp_replay.kernel.machine import Machine
from necp_replay.outcomes.names import StableNames
from necp_replay.outcomes.render_input import title
from necp_replay.releases.profile import Profile
from necp_replay.replay.facts.counterfactuals import same_state
from necp_replay.replay.progress import PROGRESS_RECORDS, OnRecords
from necp_replay.trace.reader import TraceReader

_LETTERS: Final = string.ascii_uppercase + string.ascii_lowercase

_T = TypeVar("_T")


@dataclass(slots=True)
class Change:
    """Where a release differs from the one before it.

    ``records`` counts the records that differ, and ``first`` is the number of the first one, None
    if only the final state differs.
    """

    old: str
    new: str
    records: int = 0
    first: int | None = None
    final_state: bool = False

    @property
    def is_any(self) -> bool:
        """Whether something differs."""
        return bool(self.records or self.final_state)


@dataclass(slots=True)
class Behaviours:
    """How releases behave in a trace, or in one record of it.

    ``letters`` has a letter for each of ``releases``; those with the same one behave alike. None
    for a release that does not model all of the records. ``changes`` are in the order of
    ``releases``, for those neighbours of which something differs. ``not_modelled`` names the first
    record that a release does not model. ``title`` is that of the record, if there is one.
    """

    releases: tuple[str, ...]
    letters: list[str | None] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    not_modelled: dict[str, str] = field(default_factory=dict)
    records: int = 0
    title: str = ""

    def letter(self, release: str) -> str | None:
        """The letter of a release."""
        return self.letters[self.releases.index(release)]

    def like_before(self, change: Change) -> str | None:
        """The newest release before a change that behaves as the changed one does, if any does."""
        letter = self.letter(change.new)
        place = self.releases.index(change.new)
        earlier = zip(self.releases[:place], self.letters[:place], strict=True)
        same = [release for release, other in earlier if letter is not None and other == letter]
        return same[-1] if same else None


def behaviours(
    path: Path,
    profiles: Sequence[Profile],
    *,
    record: int | None = None,
    record_limit_s: float | None = None,
    on_records: OnRecords | None = None,
) -> Behaviours:
    """Replay a trace on all releases.

    With ``record`` only the outcomes of that record are compared, and the replay ends there.
    ``record_limit_s`` is how much processor time one record may take on each release.
    ``on_records`` is told how many more records were replayed.

    Raises TraceError for a trace that cannot be read, or that lacks the record. Raises EngineError
    for a record that takes too long.
    """
    run = _Run(profiles, record, record_limit_s)
    with TraceReader(path) as reader:
        for number, step, _ in reader:
            run.take(number, step)
            if on_records is not None and number % PROGRESS_RECORDS == 0:
                on_records(PROGRESS_RECORDS)
            if number == record:
                break
    found = run.found
    if found.records == 0:
        raise TraceError("the trace holds no records", file=str(path))
    if record is not None and found.records < record:
        raise TraceError(
            f"there is no record {record:,}",
            file=str(path),
            hint=f"The trace has {found.records:,}.",
        )
    run.finish()
    return found


class _Run:
    """The machines of all releases, and what was found so far."""

    def __init__(
        self, profiles: Sequence[Profile], record: int | None, record_limit_s: float | None
    ) -> None:
        tags = tuple(profile.release for profile in profiles)
        self.found = Behaviours(tags)
        self.wanted = record
        machines = []
        for profile in profiles:
            machine = Machine(profile)
            machine.make_missing_ids()
            machines.append(machine)
        self.machines = [limited(machine, record_limit_s) for machine in machines]
        self.changes = [Change(old, new) for old, new in itertools.pairwise(tags)]
        self.classes = [0] * len(tags)
        self.is_down = [False] * len(tags)
        self.names = StableNames()

    def take(self, number: int, step: Step) -> None:
        found = self.found
        found.records += 1
        outcomes = [machine.submit(step) for machine in self.machines]
        self.names.learn(step)
        compares = self.wanted in (None, number)
        if number == self.wanted:
            found.title = title(step.input, self.names)
        known: list[Outcome | None] = []
        for place, outcome in enumerate(outcomes):
            kind = type(outcome.answer)
            release = found.releases[place]
            if kind is Absent and not self.is_down[place] and release not in found.not_modelled:
                found.not_modelled[release] = f"record {number} {title(step.input, self.names)}"
            elif kind is Panicked or kind is TypeConfused:
                self.is_down[place] = True
            is_open = kind is Absent or kind is NotDetermined or release in found.not_modelled
            known.append(None if is_open else outcome)
        if compares:
            self._compare(number, known)

    def _compare(self, number: int, outcomes: list[Outcome | None]) -> None:
        differs = False
        for change, old, new in zip(self.changes, outcomes, outcomes[1:], strict=False):
            if not _alike(old, new):
                change.records += 1
                if change.first is None:
                    change.first = number
                differs = True
        if differs:
            self.classes = _refine(self.classes, outcomes, _alike)

    def finish(self) -> None:
        """Compare the final states, and give letters to the classes."""
        found = self.found
        if self.wanted is None:
            states = [
                None if down or release in found.not_modelled else machine.snapshot()
                for machine, down, release in zip(
                    self.machines, self.is_down, found.releases, strict=True
                )
            ]
            for change, old, new in zip(self.changes, states, states[1:], strict=False):
                change.final_state = not _same_known_state(old, new)
            self.classes = _refine(self.classes, states, _same_known_state)
        found.changes = [change for change in self.changes if change.is_any]
        order: dict[int, str] = {}
        for release, number in zip(found.releases, self.classes, strict=True):
            if release in found.not_modelled:
                found.letters.append(None)
            else:
                found.letters.append(order.setdefault(number, _letter(len(order))))


def _alike(old: Outcome | None, new: Outcome | None) -> bool:
    """Whether two outcomes are equal, as far as both are known."""
    return old is None or new is None or same_whole(old, new)


def _same_known_state(old: Snapshot | None, new: Snapshot | None) -> bool:
    return old is None or new is None or same_state(old, new)


def _refine(
    classes: Sequence[int], values: Sequence[_T], alike: Callable[[_T, _T], bool]
) -> list[int]:
    """Divide each class by what is alike in it."""
    refined = []
    known: list[tuple[int, _T]] = []
    for number, value in zip(classes, values, strict=True):
        for place, (other_number, other) in enumerate(known):
            if other_number == number and alike(other, value):
                refined.append(place)
                break
        else:
            refined.append(len(known))
            known.append((number, value))
    return refined


def _letter(number: int) -> str:
    """``A`` to ``Z``, ``a`` to ``z``, and again with a number for more classes than letters."""
    turn, place = divmod(number, len(_LETTERS))
    return _LETTERS[place] + (str(turn) if turn else "")
