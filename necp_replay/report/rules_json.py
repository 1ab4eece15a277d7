"""A rule after a run as JSON. docs/using.md documents its schema."""

from __future__ import annotations

from typing import Any

from necp_replay.rules.status import RuleResult


def rule_object(outcome: RuleResult) -> dict[str, Any]:
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
