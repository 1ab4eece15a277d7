"""A trace's differences as they are found: named, put into chains, counted, the first kept."""

from __future__ import annotations

from dataclasses import dataclass, field

from necp_replay.diff.chains import Chains
from necp_replay.diff.fingerprint import fingerprint_of, kind_of
from necp_replay.replay.report_model import KindCount, RecordDifference, TraceReport

EXAMPLES = 3
"""Differences of each group that a trace's report keeps whole, where nothing else is asked."""
GROUPS_KEPT = 1_000
"""Groups of one trace whose examples are kept; all are counted."""


@dataclass(slots=True)
class Collector:
    """Takes in the differences of one trace in order and fills in its report.

    ``keep`` is how many chains of a group keep their first difference whole; None keeps every
    difference, those that follow as well.
    """

    report: TraceReport
    keep: int | None = EXAMPLES
    _chains: Chains = field(default_factory=Chains)

    def add(self, difference: RecordDifference) -> None:
        """Take in the next difference of the trace."""
        difference.kind = kind_of(difference.title)
        difference.fingerprint = fingerprint_of(difference.kind, difference.differences)
        begun = self._chains.place(difference)
        kinds = self.report.kinds
        count = kinds.setdefault(begun.group, KindCount())
        if begun is difference:
            count.begun += 1
        else:
            count.followed += 1
        if self._is_kept(begun is difference, count, len(kinds)):
            self.report.examples.append(difference)

    def _is_kept(self, begins: bool, count: KindCount, groups: int) -> bool:
        if self.keep is None:
            return True
        return begins and count.begun <= self.keep and groups <= GROUPS_KEPT
