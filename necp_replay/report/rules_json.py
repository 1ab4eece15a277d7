"""What became of a rule, as JSON for machines; the schema is part of the interface."""

from __future__ import annotations

from typing import Any

from necp_replay.rules.status import RuleResult


def rule_object(outcome: RuleResult) -> dict[str, Any]:
    """What became of a rule; ``line`` is null where the file does not tell."""
    return {
        "number": outcome.rule.number,
        "line": outcome.rule.line,
        "action": outcome.rule.action.value,
        "reason": outcome.rule.reason,
        "records": outcome.records,
        "traces": outcome.traces,
        "status": outcome.status.value,
        "fails": outcome.status.fails,
        "why": outcome.why,
    }
