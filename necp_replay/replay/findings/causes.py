"""Causes: the groups of differences of a replay that have the same likely fact are one cause."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from necp_replay.dataclass import dataclass
from necp_replay.outcomes.report_table import notable_of
from necp_replay.outcomes.trace_report import TraceReport
from necp_replay.replay.findings.groups import Group

if TYPE_CHECKING:
    # It imports the engine.
    from necp_replay.replay.facts.likely_fact import LikelyFact


@dataclass(frozen=True, slots=True)
class Cause:
    """One cause: the likely fact, None if none is known, and the groups that it explains.

    A group without a likely fact is a cause of its own.
    """

    fact: LikelyFact | None
    groups: tuple[Group, ...]

    @property
    def begun(self) -> int:
        """How many chains of differences it begins."""
        return sum(group.begun for group in self.groups)

    @property
    def followed(self) -> int:
        """How many followers these chains have."""
        return sum(group.followed for group in self.groups)

    def traces_among(self, traces: Iterable[TraceReport]) -> int:
        """In how many of some traces it begins a chain."""
        keys = {group.key for group in self.groups}
        return sum(not keys.isdisjoint(trace.kinds) for trace in notable_of(traces))


def causes_of(groups: Sequence[Group], facts: Mapping[str, LikelyFact]) -> list[Cause]:
    """The causes, in the order of their first groups. ``facts`` are by the key of a group."""
    by_fact: dict[LikelyFact, list[Group]] = {}
    found: list[tuple[LikelyFact | None, list[Group]]] = []
    for group in groups:
        fact = facts.get(group.key)
        if fact is None:
            found.append((None, [group]))
        elif fact in by_fact:
            by_fact[fact].append(group)
        else:
            by_fact[fact] = [group]
            found.append((fact, by_fact[fact]))
    return [Cause(fact, tuple(own)) for fact, own in found]
