"""Finds the fact that makes two releases answer differently, by counterfactual replays.

Theory of operation
-------------------
A counterfactual asks what would have happened if just one thing had been different. Here it is a
*fact* in which two releases differ. Let the facts be f1 ... fn. Machine 0 has the facts of the
older release, machine k has f1 ... fk of the newer and the rest of the older, machine n has all
facts of the newer. All of them get the same steps. Two neighbours differ in one fact, so a
difference between their outcomes has that fact as its cause, however long ago the engine asked for
it.

Invariants: machines 0 and n answer as the two releases do, so nothing is reported where these
agree. What one fact changes and a later one changes back is left out. No fact is named where a
machine in between cannot answer, because no single fact leads from one outcome to the next there.
Facts that no machine asked for cannot matter; they get no machine.

Cost: one machine for each fact that was asked for, only for traces that differ, and only up to the
last record that differs. docs/decisions/0004-causes-by-counterfactual.md says why the fact is not
guessed, docs/performance.md has measurements.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import fields, replace
from typing import Any, Final, Generic, TypeVar

from necp_replay.dataclass import dataclass
from necp_replay.engines.engine import Engine
from necp_replay.engines.limited import limited
from necp_replay.events.equality import same_whole
from necp_replay.events.inputs import Step
from necp_replay.events.outcome import Absent, NotDetermined, Outcome
from necp_replay.events.snapshot import Snapshot
from necp_replay.kernel.machine import Machine
from necp_replay.releases.lineage import RELEASES
from necp_replay.releases.observed_profile import NotesFacts, ObservedProfile
from necp_replay.releases.profile import Profile
from necp_replay.replay.facts.known_answers import KnownAnswersMachine

_ORDER: Final = tuple(entry.name for entry in fields(Profile))
"""The order in which facts are changed. It matters only if several facts decide about one answer:
those that decide whether there is an answer at all come first in the profile."""

Answer = TypeVar("Answer", Outcome, Snapshot)


@dataclass(frozen=True, slots=True)
class FactEffect(Generic[Answer]):
    """What one fact changes about one answer.

    ``fact`` is None if no single fact does it. ``is_asked`` says that the engine asked for the fact
    while it made this answer. Otherwise the answer differs because an earlier one did.
    """

    fact: str | None
    old: Answer
    new: Answer
    is_asked: bool


class Counterfactuals:
    """Machines with the facts of one release, of another, and of every step in between.

    ``facts`` are the names of those to distinguish. They are changed in the order of the profile,
    or in the reverse order from a newer release to an older one, so that the machines in between
    are the same in both directions. ``ends`` replace the machines of the two releases if their
    answers are known already. ``record_limit_s`` is how much processor time one record may take in
    each machine; EngineError is raised for one that takes longer.
    """

    def __init__(
        self,
        old: Profile,
        new: Profile,
        facts: Collection[str] = (),
        ends: tuple[KnownAnswersMachine, KnownAnswersMachine] | None = None,
        record_limit_s: float | None = None,
    ) -> None:
        self.facts = [name for name in _ORDER if name in facts]
        if _is_newer(old, new):
            self.facts.reverse()
        releases = (old, new)
        profiles = [ObservedProfile.of(old, releases)]
        profile = old
        for name in self.facts:
            change: dict[str, Any] = {name: getattr(new, name)}
            profile = replace(profile, **change)
            profiles.append(ObservedProfile.of(profile, releases))
        between = profiles if ends is None else profiles[1:-1]
        machines: list[Engine] = []
        for profile in between:
            machine = Machine(profile, cache_entries=0)
            machine.make_missing_ids()
            machines.append(limited(machine, record_limit_s))
        notes: list[NotesFacts] = [*between]
        if ends is not None:
            first, last = ends
            machines = [first, *machines, last]
            notes = [first, *notes, last]
        self._machines = machines
        self._notes = notes
        self._asked_before: set[str] = set()

    @property
    def asked(self) -> set[str]:
        """All facts that any machine has asked for."""
        return self._asked_before.union(*(notes.asked for notes in self._notes))

    def submit(self, step: Step) -> list[Outcome]:
        """Submit a step to every machine; returns their outcomes, the old release's first.

        Effects of these outcomes are known only if :meth:`begin` was called before.
        """
        return [machine.submit(step) for machine in self._machines]

    def effects(self, outcomes: Sequence[Outcome]) -> Iterator[FactEffect[Outcome]]:
        """What each fact changes about the outcomes of the last step."""
        return self._effects(outcomes, same_whole, _is_given)

    def snapshots(self) -> list[Snapshot]:
        """The state of every machine, in the same order."""
        return [machine.snapshot() for machine in self._machines]

    def state_effects(self, states: Sequence[Snapshot]) -> Iterator[FactEffect[Snapshot]]:
        """What each fact changes about the states of the machines."""
        self.begin()
        return self._effects(states, same_state, lambda _: True)

    def begin(self) -> None:
        """Begin a new answer: move the facts asked for the last ones to those asked before."""
        for notes in self._notes:
            if notes.asked:
                self._asked_before |= notes.asked
                notes.forget_asked()

    def _effects(
        self,
        answers: Sequence[Answer],
        same: Callable[[Answer, Answer], bool],
        counts: Callable[[Answer], bool],
    ) -> Iterator[FactEffect[Answer]]:
        """The effects between neighbouring answers that are different and given.

        ``counts`` says which answers are given at all.
        """
        last = len(answers) - 1
        here = 0
        while True:
            here = next(at for at in range(last, -1, -1) if same(answers[here], answers[at]))
            if here == last:
                return
            there = next(
                at for at in range(here + 1, last + 1) if counts(answers[at]) or at == last
            )
            fact = self.facts[there - 1] if there == here + 1 and self.facts else None
            is_asked = fact in self._notes[here].asked or fact in self._notes[there].asked
            yield FactEffect(fact, answers[here], answers[there], is_asked)
            here = there


def _is_newer(one: Profile, other: Profile) -> bool:
    tags = list(RELEASES)
    known = one.release in RELEASES and other.release in RELEASES
    return known and tags.index(one.release) > tags.index(other.release)


def same_state(old: Snapshot, new: Snapshot) -> bool:
    """Whether two states are equal, including what conformance vectors do not measure."""
    return old == new and old.route_statistics == new.route_statistics


def _is_given(outcome: Outcome) -> bool:
    return type(outcome.answer) not in (Absent, NotDetermined)
