"""Differences of the same cause across traces: totals, and a few examples of each."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from necp_replay.outcomes.record_difference import RecordDifference
from necp_replay.outcomes.trace_report import TraceReport

EXAMPLES = 3
"""Examples of a group; the totals count all."""


@dataclass(frozen=True, slots=True)
class Example:
    """One difference that begins a chain, and where it was found."""

    trace: str
    release: str
    difference: RecordDifference


@dataclass(slots=True)
class Group:
    """All differences with one fact or fingerprint. ``begun`` counts chains, ``followed`` records.

    ``traces`` counts the traces with at least one of them.
    """

    key: str
    begun: int = 0
    followed: int = 0
    traces: int = 0
    examples: list[Example] = field(default_factory=list)

    @property
    def fact(self) -> str | None:
        """The profile fact that explains them, None where none does."""
        return self.examples[0].difference.fact if self.examples else None


def group_differences(reports: Iterable[TraceReport]) -> list[Group]:
    """Every group, the one with the most chains first; examples come from different traces first.

    Equal numbers keep the order in which traces show them.
    """
    groups: dict[str, Group] = {}
    more: dict[str, list[Example]] = {}
    for report in reports:
        for key, count in report.kinds.items():
            group = groups.setdefault(key, Group(key))
            group.begun += count.begun
            group.followed += count.followed
            group.traces += 1
        shown: set[str] = set()
        for difference in report.examples:
            if difference.chain.follows is not None or difference.group not in groups:
                continue
            example = Example(report.path, report.release, difference)
            first_of_trace = difference.group not in shown
            shown.add(difference.group)
            kept = groups[difference.group].examples
            if first_of_trace and len(kept) < EXAMPLES:
                kept.append(example)
            elif len(others := more.setdefault(difference.group, [])) < EXAMPLES:
                others.append(example)
    for key, group in groups.items():
        group.examples += more.get(key, [])[: EXAMPLES - len(group.examples)]
    return sorted(groups.values(), key=lambda group: -group.begun)
