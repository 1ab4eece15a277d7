"""Collects the differences of one trace into its report: applies rules, finds chains, counts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import field

from necp_replay.dataclass import dataclass
from necp_replay.outcomes.record_difference import RecordDifference, Truth
from necp_replay.outcomes.trace_report import KindCount, TraceReport
from necp_replay.replay.findings.chains import Chains
from necp_replay.replay.findings.kept_examples import EXAMPLES, GROUPS_KEPT
from necp_replay.rules.apply import Applied, apply_rules
from necp_replay.rules.rule import Rule

GROUPS_COUNTED = 20_000
"""Groups of one trace that are counted separately, since a hostile trace could make any number."""
OTHER_GROUPS = "other"
"""The group under which the differences of all further groups are counted."""
_NOTHING = Applied()


@dataclass(slots=True)
class DifferenceCollector:
    """Takes the differences of one trace in order, and fills in its report.

    ``keep`` is how many causes of each group are kept whole; None keeps every difference, followers
    included. ``rules`` are the rules that may apply to this trace. ``extra_examples`` is how many
    further differences are kept, of any group, followers included.
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
        """Take the next difference of the trace. Returns False if rules expect all of it.

        ``begins`` is the same as for :meth:`Chains.place`.
        """
        applied = apply_rules(self.rules, difference) if self.rules else _NOTHING
        if applied.rules and not difference.fields:
            self._expected.add(difference, applied.rules, whole=True)
            return False
        difference.rule = applied.expected_by
        cause = self._chains.place(difference, begins=begins, exact=applied.exact)
        rules = applied.rules
        if difference.rule is None and cause.rule is not None:
            difference.rule = cause.rule
            rules = (*rules, cause.rule)
        self._expected.add(difference, rules, whole=difference.rule is not None)
        if difference.rule is not None:
            return False
        self._count(difference, cause)
        return True

    def _count(self, difference: RecordDifference, cause: RecordDifference) -> None:
        kinds = self.report.kinds
        is_separate = cause.group in kinds or len(kinds) < GROUPS_COUNTED
        count = kinds.setdefault(cause.group if is_separate else OTHER_GROUPS, KindCount())
        if cause is difference:
            count.begun += 1
        else:
            count.followed += 1
        if self._is_kept(cause is difference, count, len(kinds)):
            self.report.examples.append(difference)

    def _is_kept(self, is_cause: bool, count: KindCount, groups: int) -> bool:
        if self.keep is None:
            return True
        if is_cause and count.begun <= self.keep and groups <= GROUPS_KEPT:
            return True
        self.extra_examples -= 1
        return self.extra_examples >= 0


@dataclass(slots=True)
class _Expected:
    """Counts what rules hide.

    A record that differs from what was recorded and from its golden in the same way counts once,
    and counts as expected only if rules expect both differences.
    """

    report: TraceReport
    _applied: set[tuple[int | None, int]] = field(default_factory=set)
    _records: set[int | None] = field(default_factory=set)

    def add(self, difference: RecordDifference, rules: Sequence[int], *, whole: bool) -> None:
        """Count a difference of which rules hide some fields, or with ``whole`` all of them."""
        record = difference.record
        for rule in rules:
            if (record, rule) not in self._applied:
                self.report.hidden[rule] = self.report.hidden.get(rule, 0) + 1
        counted = record in self._records
        if record is None:
            self.report.expected_apart += whole
        else:
            self.report.expected += whole - counted
        if record is not None and difference.truth is Truth.RECORDED:
            self._applied.update((record, rule) for rule in rules)
            if whole:
                self._records.add(record)
        elif counted and not whole:
            self._records.discard(record)
