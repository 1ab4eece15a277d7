"""Runs one trace on many releases of our engine, with one machine for those that agree.

Theory of operation
-------------------
A machine stands for all releases that agree in every fact that it asked for. At first one machine
stands for all of them. When it asks for a fact in which its releases differ, those with another
value get a machine of their own, which first gets the steps before the present one.

Invariant: a machine has done exactly what a machine of each of its releases would have done. It
asked for no fact in which they differ, and what is not asked for cannot matter.

Cost: one machine for each set of releases that are told apart, and the steps before it began. Most
facts are asked for at the first call of a kind, so these are few. Memory: the machines.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Sequence
from collections.abc import Set as AbstractSet
from typing import Final

from necp_replay.events.inputs import Step
from necp_replay.events.outcome import Outcome
from necp_replay.kernel.machine import Machine
from necp_replay.releases.names import find_release
from necp_replay.releases.observed_profile import ObservedProfile

CACHED_EVALUATIONS: Final = 256
"""How many evaluations each machine caches: few, because there are many machines."""
FirstSteps = Callable[[int], Iterable[Step]]
"""Gives the first N steps of a trace. Each call begins at the first step."""


class ReleaseRun:
    """One machine, and the releases for which it stands.

    ``releases`` has at least one. ``outcome`` is that of the last step. ``makes_missing_ids`` is as
    for releases other than the one that a trace was recorded on.
    """

    __slots__ = (
        "_asked",
        "_known",
        "_sorts",
        "_submit",
        "machine",
        "makes_missing_ids",
        "outcome",
        "releases",
    )

    def __init__(
        self,
        releases: Sequence[str],
        *,
        makes_missing_ids: bool = True,
        sorts: FactSorts | None = None,
    ) -> None:
        """A machine to which nothing was submitted. ``sorts`` knows all of the releases.

        Raises UsageError for an unknown release.
        """
        self.releases = tuple(releases)
        self.makes_missing_ids = makes_missing_ids
        self.outcome = Outcome()
        self._sorts = sorts_of(self.releases) if sorts is None else sorts
        self._known = 0
        self._asked: AbstractSet[str] = frozenset()
        profile = find_release(self.releases[0], under_way=True)
        if len(self.releases) > 1:
            profile = observed = ObservedProfile.of(profile)
            self._asked = observed.asked
        self.machine = Machine(profile, cache_entries=CACHED_EVALUATIONS)
        self._submit = self.machine.submit
        if makes_missing_ids:
            self.machine.make_missing_ids()

    def take(self, step: Step | None) -> bool:
        """Submit a step. None asks for the state, which is the outcome then.

        Returns whether a fact was asked for since :meth:`divided` was called.
        """
        if step is None:
            self.outcome = Outcome(answer=self.machine.snapshot())
        else:
            self.outcome = self._submit(step)
        return len(self._asked) != self._known

    def once_more(self) -> ReleaseRun:
        """A new run of the first of its releases."""
        return self._run_of(self.releases[:1])

    def divided(self) -> list[ReleaseRun]:
        """Stand no longer for releases that differ in a fact that was asked for.

        Returns a new run for each set of those that agree.
        """
        names = list(self._asked)[self._known :]
        self._known = len(self._asked)
        sorts = [sort for sort in map(self._sorts.of_fact, names) if sort is not None]
        if not sorts:
            return []
        parts: dict[tuple[int, ...], list[str]] = {}
        for release in self.releases:
            parts.setdefault(tuple(sort[release] for sort in sorts), []).append(release)
        # The first part has the release whose facts the machine has.
        first, *others = parts.values()
        self.releases = tuple(first)
        return [self._run_of(each) for each in others]

    def _run_of(self, releases: Sequence[str]) -> ReleaseRun:
        return ReleaseRun(releases, makes_missing_ids=self.makes_missing_ids, sorts=self._sorts)


def take_in_all(
    runs: Iterable[ReleaseRun], number: int, step: Step | None, first_steps: FirstSteps
) -> list[tuple[ReleaseRun, ReleaseRun]]:
    """Give all runs the step with this number, counted from 1.

    Returns the runs that were added for it, each after the run that stood for its releases.
    """
    added: list[tuple[ReleaseRun, ReleaseRun]] = []
    for run in runs:
        if run.take(step):
            added += [(run, each) for each in run.divided()]
    waiting = added.copy()
    while waiting:
        take_first([run for _, run in waiting], number - 1, first_steps)
        further = []
        for _, run in waiting:
            run.take(step)
            further += [(run, each) for each in run.divided()]
        added += further
        waiting = further
    return added


def take_first(runs: Sequence[ReleaseRun], count: int, first_steps: FirstSteps) -> None:
    """Give new runs the first steps of the trace, so many."""
    if count:
        for step in first_steps(count):
            for run in runs:
                run.take(step)


class FactSorts:
    """Which of some releases agree in a fact."""

    def __init__(self, releases: Sequence[str]) -> None:
        """Nothing is compared yet."""
        self._profiles = [(tag, find_release(tag, under_way=True)) for tag in releases]
        self._found: dict[str, dict[str, int] | None] = {}

    def of_fact(self, name: str) -> dict[str, int] | None:
        """A number by release, the same for the same value; None if all of them agree."""
        if name not in self._found:
            values: list[object] = []
            sorts = {}
            for tag, profile in self._profiles:
                value = getattr(profile, name)
                if value not in values:
                    values.append(value)
                sorts[tag] = values.index(value)
            self._found[name] = sorts if len(values) > 1 else None
        return self._found[name]


@functools.lru_cache(maxsize=64)
def sorts_of(releases: tuple[str, ...]) -> FactSorts:
    """The same object each time: many traces are run on the same releases."""
    return FactSorts(releases)
