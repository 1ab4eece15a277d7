"""The explanation of every evaluation in measured traces agrees with the stored result."""

from __future__ import annotations

from pathlib import Path

import pytest

from necp_replay.errors import UsageError
from necp_replay.events.syscalls import NecpMatchPolicy
from necp_replay.explain.explanation import ClientExplanation, PolicyCheck, PolicyVerdict
from necp_replay.explain.record import explain_record
from necp_replay.trace.find import FoundTrace, find_traces
from necp_replay.trace.reader import TraceReader
from tests.examples import is_thorough
from tests.explain.explained import explain_trace

ROOT = Path(__file__).parents[2]
# Enough to have traces of every kind.
ONE_TRACE_IN = 10 if is_thorough() else 30
MEASURED = find_traces([ROOT / "traces" / "measured"])[::ONE_TRACE_IN]


@pytest.mark.parametrize("trace", MEASURED, ids=lambda trace: trace.name)
def test_every_explanation_agrees_with_the_stored_result(trace: FoundTrace) -> None:
    for record, explanation in explain_trace(trace.path):
        assert explanation.disagreements == (), record
        assert contradictions(explanation) == [], record


@pytest.mark.parametrize("trace", MEASURED, ids=lambda trace: trace.name)
def test_every_explanation_of_a_match_agrees_with_its_outcome(trace: FoundTrace) -> None:
    with TraceReader(trace.path) as reader:
        records = [n for n, step, _ in reader if isinstance(step.input, NecpMatchPolicy)]
    for record in records[:8]:
        try:
            explanation = explain_record(trace.path, record)
        except UsageError:
            # The call failed or the system is down: nothing was evaluated.
            continue
        assert explanation.call is not None
        assert explanation.call.disagreements == (), record


def contradictions(explanation: ClientExplanation) -> list[str]:
    """The statements of an explanation that contradict each other."""
    found = []
    interfaces = explanation.interfaces
    if interfaces is None:
        return ["it is refused, and evaluated all the same"] if explanation.match else []
    chosen = [check for check in interfaces.checks if check.is_chosen]
    if interfaces.checks and interfaces.chosen is not None:
        if [check.interface for check in chosen] != [interfaces.chosen]:
            found.append("another interface is chosen than the one that is marked")
        if any(check.parameter is not None for check in chosen):
            found.append("the interface that is chosen was rejected")
        if not all(check.is_considered for check in chosen):
            found.append("the interface that is chosen was not considered")
    if not interfaces.is_met and any(
        check.is_considered and check.parameter is None for check in interfaces.checks
    ):
        found.append("an interface would do, but none will")
    match = explanation.match
    if match is not None:
        found += [f"policy {p.id}" for p in match.policies.policies if not is_consistent(p)]
        route = match.route
        if route is not None and route.rules and route.is_denied is route.rules[-1].is_allowed:
            found.append("the last route rule says otherwise")
    return found


def is_consistent(policy: PolicyCheck) -> bool:
    """A policy fails if and only if its last condition is not met."""
    has_failed = bool(policy.conditions) and not policy.conditions[-1].is_met
    return has_failed is (policy.verdict is PolicyVerdict.FAILED)
