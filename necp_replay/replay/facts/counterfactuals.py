"""Which fact makes two releases answer differently: one machine for each fact that may.

The first machine is of the older release, every next one has one more fact of the newer, and the
last answers as the newer release does. What differs between neighbours can only come from the one
fact in which they differ. Facts that nobody asks are left out: they cannot matter.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any, Final, Generic, TypeVar

from necp_replay.engines.engine import Engine
from necp_replay.events.equality import same_whole
from necp_replay.events.inputs import Step
from necp_replay.events.outcome import Absent, Outcome
from necp_replay.events.snapshot import Snapshot
from necp_replay.kernel.machine import Machine
from necp_replay.releases.lineage import RELEASES
from necp_replay.releases.profile import Profile
from necp_replay.replay.facts.known_answers import KeptMachine
from necp_replay.replay.facts.observed_profile import ObservedProfile

_ORDER: Final = tuple(entry.name for entry in fields(Profile))

Answer = TypeVar("Answer", Outcome, Snapshot)


@dataclass(frozen=True, slots=True)
class Change(Generic[Answer]):
    """What one fact changes about one answer.

    ``fact`` is None where no fact does so by itself. ``is_asked`` says that the fact was asked
    while the answer was made: what differs begins here.
    """

    fact: str | None
    old: Answer
    new: Answer
    is_asked: bool


class Ladder:
    """Machines from one release to another, fact by fact, that are given the same steps.

    ``facts`` are those to distinguish, taken in the order of the profile; from a newer release to
    an older in the reverse, so that the machines between two releases are the same both ways.
    ``ends`` stand for the machines of both releases where their answers are known already.
    """

    def __init__(
        self,
        old: Profile,
        new: Profile,
        facts: Collection[str] = (),
        ends: tuple[KeptMachine, KeptMachine] | None = None,
    ) -> None:
        self.facts = [name for name in _ORDER if name in facts]
        if _is_newer(old, new):
            self.facts.reverse()
        profiles = [ObservedProfile.of(old)]
        profile = old
        for name in self.facts:
            change: dict[str, Any] = {name: getattr(new, name)}
            profile = replace(profile, **change)
            profiles.append(ObservedProfile.of(profile))
        # An answer that is kept asks no fact, and what is asked says where a difference begins.
        between = profiles if ends is None else profiles[1:-1]
        machines: list[Engine] = [Machine(profile, cache_entries=0) for profile in between]
        asked = [profile.asked for profile in between]
        if ends is not None:
            first, last = ends
            machines = [first, *machines, last]
            asked = [first.asked, *asked, last.asked]
        self._machines = machines
        self._asked_now = asked
        self._asked_before: set[str] = set()

    @property
    def asked(self) -> set[str]:
        """All facts that any machine was ever asked."""
        return self._asked_before.union(*self._asked_now)

    def submit(self, step: Step) -> list[Outcome]:
        """The outcome on every machine, from the older release to the newer."""
        self._begin()
        return [machine.submit(step) for machine in self._machines]

    def changes(self, outcomes: Sequence[Outcome]) -> Iterator[Change[Outcome]]:
        """What each fact changes about the outcomes of the last step.

        What a fact changes and a later one changes back is left out.
        """
        return self._changes(outcomes, same_whole, _is_given)

    def snapshots(self) -> list[Snapshot]:
        """The state of every machine, from the older release to the newer."""
        return [machine.snapshot() for machine in self._machines]

    def state_changes(self, states: Sequence[Snapshot]) -> Iterator[Change[Snapshot]]:
        """What each fact changes about the state that the machines are in."""
        self._begin()
        return self._changes(states, same_state, lambda _: True)

    def _begin(self) -> None:
        """Forget what was asked for the last answers."""
        for asked in self._asked_now:
            if asked:
                self._asked_before |= asked
                asked.clear()

    def _changes(
        self,
        answers: Sequence[Answer],
        same: Callable[[Answer, Answer], bool],
        counts: Callable[[Answer], bool],
    ) -> Iterator[Change[Answer]]:
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
            is_asked = fact in self._asked_now[here] or fact in self._asked_now[there]
            yield Change(fact, answers[here], answers[there], is_asked)
            here = there


def _is_newer(one: Profile, other: Profile) -> bool:
    tags = list(RELEASES)
    known = one.release in RELEASES and other.release in RELEASES
    return known and tags.index(one.release) > tags.index(other.release)


def same_state(old: Snapshot, new: Snapshot) -> bool:
    """Whether two states are the same, with all that engines know."""
    return old == new and old.route_statistics == new.route_statistics


def _is_given(outcome: Outcome) -> bool:
    return type(outcome.answer) is not Absent
