"""What became of each rule in a run: a rule that has no use any more fails it."""

from __future__ import annotations

import enum
from collections.abc import Sequence
from dataclasses import dataclass

from necp_replay.outcomes.trace_report import TraceReport
from necp_replay.rules.book import RuleBook
from necp_replay.rules.rule import Action, Rule


class RuleStatus(enum.Enum):
    """How a rule fared in a run."""

    APPLIED = "applied"
    GUARDS = "guards"
    OTHER_RUN = "other run"
    NOT_JUDGED = "not judged"
    EXPIRED = "expired"
    UNUSED = "hid nothing"
    VANISHED = "vanished"
    MISCOUNTED = "another count"

    @property
    def fails(self) -> bool:
        """Whether the run fails because of it."""
        return self in _FAILING


_FAILING = (RuleStatus.EXPIRED, RuleStatus.UNUSED, RuleStatus.VANISHED, RuleStatus.MISCOUNTED)


@dataclass(frozen=True, slots=True)
class RuleOutcome:
    """A rule, in how many records and traces it hid something, and what that means.

    ``why`` explains the status, and says what to do where it fails the run.
    """

    rule: Rule
    records: int
    traces: int
    status: RuleStatus
    why: str = ""


@dataclass(frozen=True, slots=True)
class RunScope:
    """What a run looked at. ``names`` are those of its traces below the root, report by report.

    ``pair`` are the releases of a ``diff``, None for a replay. ``own_release`` says that each
    trace was replayed on the release it was recorded on. ``complete`` says that no trace below the
    root of traces was left out.
    """

    names: Sequence[str]
    pair: tuple[str, str] | None = None
    own_release: bool = True
    complete: bool = False


def judge_rules(
    book: RuleBook, reports: Sequence[TraceReport], scope: RunScope
) -> list[RuleOutcome]:
    """How every rule of the book fared, in the order of the file."""
    return [_judge(rule, book, reports, scope) for rule in book.rules]


def _judge(
    rule: Rule, book: RuleBook, reports: Sequence[TraceReport], scope: RunScope
) -> RuleOutcome:
    hidden = [report.hidden[rule.number] for report in reports if rule.number in report.hidden]
    status, why = _status(rule, book, reports, scope, sum(hidden))
    return RuleOutcome(rule, sum(hidden), len(hidden), status, why)


def _status(
    rule: Rule, book: RuleBook, reports: Sequence[TraceReport], scope: RunScope, hidden: int
) -> tuple[RuleStatus, str]:
    if not _is_about_run(rule, scope):
        return RuleStatus.OTHER_RUN, f"is for {_run_of(rule)}"
    if book.has_expired(rule):
        last = "" if rule.expires is None else rule.expires.isoformat()
        return RuleStatus.EXPIRED, (
            f"held until {last} and hides nothing any more; look at the difference again,"
            " then remove the rule or set another date"
        )
    if rule.action is Action.EXACT:
        return RuleStatus.GUARDS, ""
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
    if not any(rule.is_about_trace(name) for name in scope.names):
        return RuleStatus.UNUSED, "names traces that are not there; correct or remove it"
    if rule.action is Action.KNOWN:
        return RuleStatus.VANISHED, "its difference is not there any more; remove the rule"
    return RuleStatus.UNUSED, "hid nothing in a complete run; correct or remove it"


def _is_about_run(rule: Rule, scope: RunScope) -> bool:
    if scope.pair is None:
        return not rule.is_for_diff
    return rule.is_for_diff and rule.is_about_pair(*scope.pair)


def _run_of(rule: Rule) -> str:
    if not rule.is_for_diff:
        return "replay"
    return f"diff --from {rule.from_release or 'any'} --to {rule.to_release or 'any'}"


def _why_not_judged(rule: Rule, reports: Sequence[TraceReport], scope: RunScope) -> str | None:
    """Why finding nothing proves nothing; None where it does."""
    if not scope.complete:
        return "the run left traces out"
    named = [
        report
        for report, name in zip(reports, scope.names, strict=True)
        if rule.is_about_trace(name)
    ]
    if any(report.error is not None for report in named):
        return "a trace it names could not run"
    if scope.pair is not None:
        return None
    if rule.release is None:
        return None if scope.own_release else "the run was on another release than the recorded"
    if not all(report.release == rule.release for report in named):
        return f"not every trace it names ran on {rule.release}"
    return None
