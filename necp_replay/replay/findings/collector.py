"""A trace's differences as they are found: expected ones left out, the rest in chains, counted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from necp_replay.outcomes.record_difference import RecordDifference, Truth
from necp_replay.outcomes.trace_report import KindCount, TraceReport
from necp_replay.replay.findings.chains import Chains
from necp_replay.rules.apply import Applied, apply_rules
from necp_replay.rules.rule import Rule

EXAMPLES = 3
"""Differences of each group that a trace's report keeps whole, where nothing else is asked."""
GROUPS_KEPT = 1_000
"""Groups of one trace whose examples are kept; all are counted."""
GROUPS_COUNTED = 20_000
"""Groups of one trace that are told apart; what a trace logs could make any number of them."""
OTHER_GROUPS = "other"
"""Under which the differences of all others are counted."""
_NOTHING = Applied()


def keep_examples(report: TraceReport, keep: int | None) -> None:
    """Drop the extra examples of a report: what a collector without them would not have kept."""
    if keep is None:
        return
    groups: dict[str, int] = {}
    kept = []
    for difference in report.examples:
        if difference.chain.follows is None:
            groups[difference.group] = groups.get(difference.group, 0) + 1
            if groups[difference.group] <= keep and len(groups) <= GROUPS_KEPT:
                kept.append(difference)
    report.examples = kept


@dataclass(slots=True)
class DifferenceCollector:
    """Takes in the differences of one trace in order and fills in its report.

    ``keep`` is how many chains of a group keep their first difference whole; None keeps every
    difference, those that follow as well. ``rules`` are those that may apply in this trace.
    ``extra_examples`` is how many more differences of any kind are kept.
    """

    report: TraceReport
    keep: int | None = EXAMPLES
    rules: Sequence[Rule] = ()
    extra_examples: int = 0
    _chains: Chains = field(default_factory=Chains)
    _expected: _Expected = field(init=False)

    def __post_init__(self) -> None:
        self._expected = _Expected(self.report)

    def add(self, difference: RecordDifference, *, begins: bool = False) -> bool:
        """Take in the next difference of the trace; False says that rules expect all of it.

        ``begins`` is as in :meth:`Chains.place`.
        """
        applied = apply_rules(self.rules, difference) if self.rules else _NOTHING
        if applied.rules and not difference.fields:
            self._expected.add(difference, applied.rules, whole=True)
            return False
        difference.rule = applied.expected_by
        begun = self._chains.place(difference, begins=begins, exact=applied.exact)
        rules = applied.rules
        if difference.rule is None and begun.rule is not None:
            difference.rule = begun.rule
            rules = (*rules, begun.rule)
        self._expected.add(difference, rules, whole=difference.rule is not None)
        if difference.rule is not None:
            return False
        self._count(difference, begun)
        return True

    def _count(self, difference: RecordDifference, begun: RecordDifference) -> None:
        kinds = self.report.kinds
        is_told_apart = begun.group in kinds or len(kinds) < GROUPS_COUNTED
        count = kinds.setdefault(begun.group if is_told_apart else OTHER_GROUPS, KindCount())
        if begun is difference:
            count.begun += 1
        else:
            count.followed += 1
        if self._is_kept(begun is difference, count, len(kinds)):
            self.report.examples.append(difference)

    def _is_kept(self, begins: bool, count: KindCount, groups: int) -> bool:
        if self.keep is None:
            return True
        if begins and count.begun <= self.keep and groups <= GROUPS_KEPT:
            return True
        self.extra_examples -= 1
        return self.extra_examples >= 0


@dataclass(slots=True)
class _Expected:
    """Counts what rules hide. A record that differs from what was recorded and in the same way from
    its golden counts once, and only where rules expect both.
    """

    report: TraceReport
    _applied: set[tuple[int | None, int]] = field(default_factory=set)
    _records: set[int | None] = field(default_factory=set)

    def add(self, difference: RecordDifference, rules: Sequence[int], *, whole: bool) -> None:
        """Count a difference of which rules hide something, or all: the ``whole`` of it."""
        record = difference.record
        for rule in rules:
            if (record, rule) not in self._applied:
                self.report.hidden[rule] = self.report.hidden.get(rule, 0) + 1
        counted = record in self._records
        self.report.expected += whole - counted
        if record is not None and difference.truth is Truth.RECORDED:
            self._applied.update((record, rule) for rule in rules)
            if whole:
                self._records.add(record)
        elif counted and not whole:
            self._records.discard(record)
