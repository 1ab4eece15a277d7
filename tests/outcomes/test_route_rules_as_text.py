"""Route rules as readers see them."""

from __future__ import annotations

import pytest

from necp_replay.abi.policy import RouteRuleAction
from necp_replay.outcomes.decode_policy import policy_nodes
from necp_replay.outcomes.names import StableNames
from necp_replay.scenario import policies
from necp_replay.scenario.policies import RouteRule

AGENT, EN0 = bytes(range(16)), r'"en0\0"'


@pytest.mark.parametrize(
    ("rule", "text"),
    [
        (policies.deny("en0"), f"DENY_INTERFACE {EN0}"),
        (policies.use_agent(AGENT, "en0"), f"USE_NETAGENT {AGENT.hex()} {EN0}"),
        (policies.remove_agent(AGENT), f"REMOVE_NETAGENT {AGENT.hex()}"),
        (policies.divert(7), "DIVERT_SOCKET 7"),
        (policies.divert(7, "en0"), f"DIVERT_SOCKET 7 {EN0}"),
        (
            policies.needing_agent(policies.divert(7), AGENT),
            f"DIVERT_SOCKET NETAGENT 7 {AGENT.hex()}",
        ),
        (RouteRule(RouteRuleAction.DIVERT_SOCKET, value=b"\7"), "DIVERT_SOCKET 1 bytes 0x07"),
    ],
)
def test_what_an_action_needs_comes_before_what_the_rule_is_for(rule: RouteRule, text: str) -> None:
    (node,) = policy_nodes(rule.pack(), StableNames())
    assert node.value == text
