"""A rule after a run as JSON."""

from __future__ import annotations

from typing import Annotated, TypedDict

from necp_replay.report.json_schema import Count, Ordinal
from necp_replay.rules.rule import RuleAction
from necp_replay.rules.status import RuleResult, RuleStatus


class RuleObject(TypedDict):
    """A rule of the project after a run.

    ``number`` and ``line`` are its place in the file. ``records`` and ``traces`` are those in which
    it hid something, ``share`` the part of all records that differ. ``warning`` says that this is
    much. ``fails`` says whether its status fails the run, ``why`` explains the status.
    """

    number: Ordinal
    line: Ordinal | None
    action: Annotated[str, RuleAction]
    reason: str
    records: Count
    traces: Count
    share: float
    warning: str | None
    status: Annotated[str, RuleStatus]
    fails: bool
    why: str


def rule_object(outcome: RuleResult) -> RuleObject:
    """One rule after a run. ``line`` is null for a rule in an inline table."""
    return {
        "number": outcome.rule.number,
        "line": outcome.rule.line,
        "action": outcome.rule.action.value,
        "reason": outcome.rule.reason,
        "records": outcome.records,
        "traces": outcome.traces,
        "share": round(outcome.share, 4),
        "warning": outcome.warning or None,
        "status": outcome.status.value,
        "fails": outcome.status.fails,
        "why": outcome.why,
    }
