"""Finds the one fact that would explain why a replay differs: the first thing to look at.

The trace is replayed again with one fact changed at a time, to its value in another release or, for
a boolean, to the opposite. If the record then differs from its present outcome in exactly the
fields of the difference, the fact is likely to explain it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import fields, replace
from pathlib import Path
from typing import Any, Final

from necp_replay.dataclass import dataclass
from necp_replay.engines.limited import LimitedMachine
from necp_replay.errors import NecpReplayError, TraceError
from necp_replay.events.inputs import Step
from necp_replay.events.outcome import Outcome
from necp_replay.outcomes.compare import outcome_differences
from necp_replay.outcomes.field_difference import FieldDifference
from necp_replay.outcomes.names import StableNames
from necp_replay.outcomes.record_difference import RecordDifference, Truth
from necp_replay.releases.fact import shown_value
from necp_replay.releases.lineage import RELEASES
from necp_replay.releases.observed_profile import ObservedProfile
from necp_replay.releases.profile import Profile
from necp_replay.replay.findings.groups import Group
from necp_replay.replay.progress import PROGRESS_RECORDS, OnRecords
from necp_replay.trace.knowledge import compares_beyond_vectors
from necp_replay.trace.reader import TraceReader

MOST_RECORDS: Final = 20_000
"""No fact is tried for a later record. Each takes a replay up to that record."""
GROUPS_TRIED: Final = 8
"""Groups for which a fact is looked for, by their first difference."""
GROUPS_ASKED: Final = 60
"""Groups for which the facts found for those are tried. One wrong fact can differ in many ways."""


@dataclass(frozen=True, slots=True)
class LikelyFact:
    """A fact that is likely to explain a difference.

    ``expected`` is its value on the expected side, ``replayed`` on that of the replay. ``releases``
    are other releases with the value of the replay.
    """

    fact: str
    expected: str
    replayed: str
    releases: tuple[str, ...]


def likely_facts(
    groups: Sequence[Group],
    on_records: OnRecords | None = None,
    record_limit_s: float | None = None,
) -> dict[str, LikelyFact]:
    """The likely facts of the first groups of a replay, by the key of the group.

    ``on_records`` is told how many more records were replayed. ``record_limit_s`` is how much
    processor time one record may take in each replay.
    """
    found: dict[str, LikelyFact] = {}
    for number, group in enumerate(groups[:GROUPS_ASKED]):
        known = None if number < GROUPS_TRIED else frozenset(each.fact for each in found.values())
        if group.examples and (known is None or known):
            first = group.examples[0]
            fact = likely_fact(
                Path(first.trace),
                first.release,
                first.difference,
                on_records,
                record_limit_s,
                only=known,
            )
            if fact is not None:
                found[group.key] = fact
    return found


def likely_fact(
    path: Path,
    release: str,
    difference: RecordDifference,
    on_records: OnRecords | None = None,
    record_limit_s: float | None = None,
    *,
    only: AbstractSet[str] | None = None,
) -> LikelyFact | None:
    """The first fact that would explain a difference of a replay, None if no fact would.

    ``only`` are the facts that are tried; None tries all that the engine asks for.

    None too where a record takes more processor time than ``record_limit_s``.

    ``release`` is the release of the replay. The engine may be an external program: ours is used to
    find the fact.
    """
    profile = RELEASES.get(release)
    if profile is None or difference.record is None or difference.record > MOST_RECORDS:
        return None
    try:
        return _FactSearch(
            path, profile, difference, difference.record, on_records, record_limit_s
        ).run(only)
    except (NecpReplayError, OSError):
        # The replay has reported a trace that cannot be read. A record that takes too long only
        # here leaves the difference without an explanation.
        return None


class _FactSearch:
    """The search for one difference. Replays the trace up to its record for every fact."""

    def __init__(
        self,
        path: Path,
        profile: Profile,
        difference: RecordDifference,
        record: int,
        on_records: OnRecords | None,
        record_limit_s: float | None,
    ) -> None:
        self.on_records = on_records
        self.record_limit_s = record_limit_s
        self.path = path
        self.profile = profile
        self.record = record
        self.wanted = _shape(difference.fields)
        self.beyond_vectors = True
        self.truth = difference.truth
        self.names = StableNames()

    def run(self, only: AbstractSet[str] | None = None) -> LikelyFact | None:
        observed = ObservedProfile.of(self.profile)
        step, now = self._replay(observed)
        asked = observed.asked if only is None else observed.asked & only
        for fact, other in _others(self.profile, asked):
            _, then = self._replay(other)
            here, there = (shown_value(getattr(each, fact)) for each in (self.profile, other))
            if self._shape(step, then, now) == self.wanted:
                return LikelyFact(fact, there, here, _releases(fact, self.profile, self.profile))
            if self._shape(step, now, then) == self.wanted:
                return LikelyFact(fact, here, there, _releases(fact, other, self.profile))
        return None

    def _replay(self, profile: Profile) -> tuple[Step, Outcome]:
        """The record of the difference, and its outcome under a profile."""
        machine = LimitedMachine(profile, self.record_limit_s)
        with TraceReader(self.path) as reader:
            if self.truth is Truth.RECORDED:
                self.beyond_vectors = compares_beyond_vectors(reader.header)
            for number, step, _ in reader:
                self.names.learn(step)
                outcome = machine.submit(step)
                if self.on_records is not None and number % PROGRESS_RECORDS == 0:
                    self.on_records(PROGRESS_RECORDS)
                if number == self.record:
                    return step, outcome
        raise TraceError(f"there is no record {self.record}", file=str(self.path))

    def _shape(self, step: Step, expected: Outcome, actual: Outcome) -> list[_Shape]:
        return _shape(
            outcome_differences(
                step.input, expected, actual, self.names, beyond_vectors=self.beyond_vectors
            )
        )


_Shape = tuple[str, str | None, str | None]


def _shape(differences: list[FieldDifference]) -> list[_Shape]:
    """What of the fields is compared."""
    return [(each.path, each.expected, each.actual) for each in differences]


def _others(profile: Profile, asked: AbstractSet[str]) -> Iterator[tuple[str, Profile]]:
    """The profile with one of the asked facts changed, to every value that is known."""
    for entry in fields(Profile):
        fact = entry.name
        if fact not in asked:
            continue
        value = getattr(profile, fact)
        values = [getattr(other, fact) for other in RELEASES.values()]
        if isinstance(value, bool):
            values.append(not value)
        tried = [value]
        for other in values:
            if other not in tried:
                tried.append(other)
                change: dict[str, Any] = {fact: other}
                yield fact, replace(profile, **change)


def _releases(fact: str, like: Profile, near: Profile) -> tuple[str, ...]:
    """The releases with the value that a profile has for a fact, the nearest to ``near`` first."""
    tags = list(RELEASES)
    value = getattr(like, fact)
    place = tags.index(near.release)
    found = [tag for tag in tags if getattr(RELEASES[tag], fact) == value and tag != near.release]
    return tuple(sorted(found, key=lambda tag: abs(tags.index(tag) - place)))
