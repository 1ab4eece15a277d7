"""Judges each rule after a run. An unused rule makes the run fail."""

from __future__ import annotations

import enum
from collections.abc import Sequence

from necp_replay.dataclass import dataclass
from necp_replay.outcomes.report_table import notable_of
from necp_replay.outcomes.trace_report import TraceReport
from necp_replay.rules.book import RuleBook
from necp_replay.rules.rule import Rule, RuleAction


class RuleStatus(enum.Enum):
    """The status of a rule after a run (docs/goldens-and-rules.md)."""

    APPLIED = "applied"
    GUARDS = "guards"
    OTHER_RUN = "other run"
    NOT_JUDGED = "not judged"
    EXPIRED = "expired"
    UNUSED = "hid nothing"
    VANISHED = "vanished"
    MISCOUNTED = "another count"
    TOO_WIDE = "too wide"

    @property
    def fails(self) -> bool:
        """Whether a rule with this status makes the run fail."""
        return self in _FAILING


_FAILING = (
    RuleStatus.EXPIRED,
    RuleStatus.UNUSED,
    RuleStatus.VANISHED,
    RuleStatus.MISCOUNTED,
    RuleStatus.TOO_WIDE,
)


@dataclass(frozen=True, slots=True)
class RuleResult:
    """A rule after a run, with the numbers of records and traces in which it hid something.

    ``why`` explains the status. If the run fails it also says what to do. ``share`` is the part of
    all records that differ in which the rule hid something, 0 to 1. ``warning`` says that this is
    much; it fails nothing.
    """

    rule: Rule
    records: int
    traces: int
    status: RuleStatus
    why: str = ""
    share: float = 0.0
    warning: str = ""


@dataclass(frozen=True, slots=True)
class RunScope:
    """The traces and releases of a run.

    ``names`` are the paths of the traces below the root, in the order of the reports. ``pair`` are
    the two releases of a ``diff``, None for a replay. ``own_release`` says that each trace was
    replayed on its recorded release. ``complete`` says that the run covered every trace below the
    root.
    """

    names: Sequence[str]
    pair: tuple[str, str] | None = None
    own_release: bool = True
    complete: bool = False


def rule_results(
    book: RuleBook, reports: Sequence[TraceReport], scope: RunScope
) -> list[RuleResult]:
    """Judge every rule of the book, in the order of the file."""
    return [rule_result(rule, book, reports, scope) for rule in book.rules]


def rule_result(
    rule: Rule, book: RuleBook, reports: Sequence[TraceReport], scope: RunScope
) -> RuleResult:
    """Judge one rule of the book."""
    # A plain report has no difference, hidden or not.
    hidden = [
        report.hidden[rule.number] for report in notable_of(reports) if rule.number in report.hidden
    ]
    status, why = _status(rule, book, reports, scope, sum(hidden))
    differing = sum(_differing(report) for report in notable_of(reports))
    share = sum(hidden) / differing if differing else 0.0
    warning = ""
    # It imports the vocabulary of all records, and most projects have no rules.
    from necp_replay.rules.width import WIDE_SHARE, hides_much

    if status is RuleStatus.APPLIED and hides_much(rule, sum(hidden), differing):
        warning = (
            f"hides {share:.0%} of the {_records(differing)} that differ, more than"
            f" {float(WIDE_SHARE):.0%}; look at them with --no-rules, then narrow the rule, or say"
            " with count how many it hides"
        )
    return RuleResult(rule, sum(hidden), len(hidden), status, why, share, warning)


def _differing(report: TraceReport) -> int:
    """Records and final states that differ, whether rules expect it or not."""
    apart = (
        report.differing_states
        + report.diverged_states
        + report.missing_records
        + report.expected_apart
    )
    return report.different + report.expected + apart


def _records(count: int) -> str:
    return f"{count:,} record{'' if count == 1 else 's'}"


def _status(
    rule: Rule, book: RuleBook, reports: Sequence[TraceReport], scope: RunScope, hidden: int
) -> tuple[RuleStatus, str]:
    if not _is_about_run(rule, scope):
        return RuleStatus.OTHER_RUN, f"is for {_run_of(rule)}"
    if book.has_expired(rule):
        last = "" if rule.expires is None else rule.expires.isoformat()
        return RuleStatus.EXPIRED, (
            f"its last day was {last}, so it hides nothing; look at the difference again, then"
            " remove the rule or set another date"
        )
    if rule.action is RuleAction.EXACT:
        return RuleStatus.GUARDS, ""
    if hidden and scope.complete and _is_too_wide(rule, book, scope):
        return RuleStatus.TOO_WIDE, (
            "matches every difference of every trace, alone or with rules like it; say which"
            " records or fields it expects"
        )
    if hidden and rule.count in (None, hidden):
        return RuleStatus.APPLIED, ""
    doubt = _why_not_judged(rule, reports, scope)
    if doubt is not None:
        return (RuleStatus.APPLIED, "") if hidden else (RuleStatus.NOT_JUDGED, doubt)
    if hidden:
        return RuleStatus.MISCOUNTED, (
            f"expects {rule.count:,} records and hid {hidden:,}; look at what it hides with"
            " --no-rules, then correct the rule or its count"
        )
    if not any(rule.matches_trace(name) for name in scope.names):
        return RuleStatus.UNUSED, "matches no trace; correct or remove it"
    if rule.action is RuleAction.KNOWN:
        return RuleStatus.VANISHED, "its difference did not occur; remove the rule"
    return RuleStatus.UNUSED, "hid nothing in a complete run; correct or remove it"


def _is_too_wide(rule: Rule, book: RuleBook, scope: RunScope) -> bool:
    from necp_replay.rules.width import matches_every_trace

    others = [
        each for each in book.rules if _is_about_run(each, scope) and not book.has_expired(each)
    ]
    return matches_every_trace(rule, others, scope.names)


def _is_about_run(rule: Rule, scope: RunScope) -> bool:
    if scope.pair is None:
        return not rule.is_for_diff
    return rule.is_for_diff and rule.matches_pair(*scope.pair)


def _run_of(rule: Rule) -> str:
    if not rule.is_for_diff:
        return "replay"
    return f"diff --from {rule.from_release or 'any'} --to {rule.to_release or 'any'}"


def _why_not_judged(rule: Rule, reports: Sequence[TraceReport], scope: RunScope) -> str | None:
    """Why the run cannot show that the rule is unused. None if it can."""
    if not scope.complete:
        return "the run did not cover every trace"
    named = [
        report
        for report, name in zip(reports, scope.names, strict=True)
        if rule.matches_trace(name)
    ]
    if any(report.error is not None for report in named):
        return "a trace that it matches could not run"
    if scope.pair is not None:
        return None
    if rule.release is None:
        return None if scope.own_release else "traces ran on another release than the recorded one"
    if not all(report.release == rule.release for report in named):
        return f"not every trace that it matches ran on {rule.release}"
    return None
