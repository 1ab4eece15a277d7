"""Groups of differences across all traces, by fact or fingerprint: totals, and a few examples."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import field
from typing import TYPE_CHECKING

from necp_replay.dataclass import dataclass
from necp_replay.outcomes.report_table import notable_of
from necp_replay.outcomes.trace_report import TraceReport

if TYPE_CHECKING:
    # It imports all events, and a run without differences needs none.
    from necp_replay.outcomes.record_difference import RecordDifference

EXAMPLES = 3
"""Examples of each group. The totals count all differences."""


@dataclass(frozen=True, slots=True)
class Example:
    """One cause of a chain, and the trace in which it was found."""

    trace: str
    release: str
    difference: RecordDifference


@dataclass(slots=True)
class Group:
    """All chains whose causes have the same fact or fingerprint: a finding.

    ``begun`` counts the chains, ``followed`` their followers, ``traces`` the traces that have such
    a chain.
    """

    key: str
    begun: int = 0
    followed: int = 0
    traces: int = 0
    examples: list[Example] = field(default_factory=list)

    @property
    def fact(self) -> str | None:
        """The profile's fact that explains the differences, None if no fact does."""
        return self.examples[0].difference.fact if self.examples else None


def group_differences(reports: Iterable[TraceReport]) -> list[Group]:
    """All groups, those with the most chains first.

    Groups with equally many keep the order of the traces. Examples are taken from different traces
    as far as there are any, from scenarios before other traces, and from short ones before long.
    """
    groups: dict[str, Group] = {}
    more: dict[str, list[Example]] = {}
    # A plain report has no difference.
    every = tuple(notable_of(reports))
    for report in every:
        for key, count in report.kinds.items():
            group = groups.setdefault(key, Group(key))
            group.begun += count.begun
            group.followed += count.followed
            group.traces += 1
    for report in sorted(every, key=lambda each: (not each.scenario, each.records)):
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
