"""The kinds and flags that generated inputs use: none that only releases under way have."""

from __future__ import annotations

from typing import Final

from necp_replay.abi.client import ClientParameter, ClientParameterFlag
from necp_replay.abi.policy import PolicyCondition, PolicyResult, RouteRuleAction
from necp_replay.releases.under_way import is_only_under_way, only_under_way

_LATER_FLAGS: Final = {
    ClientParameterFlag.ONLY_PRIMARY_REQUIRES_TYPE: "only_primary_may_require_type"
}
"""Flags of parameters by the fact that says whether they are looked at."""

POLICY_RESULTS: Final = tuple(
    each for each in PolicyResult if each not in only_under_way("policy_results")
)
POLICY_CONDITIONS: Final = tuple(
    each for each in PolicyCondition if each not in only_under_way("policy_conditions")
)
ROUTE_RULE_ACTIONS: Final = tuple(
    each for each in RouteRuleAction if each not in only_under_way("route_rule_actions")
)
CLIENT_PARAMETERS: Final = tuple(
    each for each in ClientParameter if each not in only_under_way("client_parameters")
)
CLIENT_PARAMETER_FLAGS: Final = tuple(
    flag
    for flag in ClientParameterFlag
    if flag not in _LATER_FLAGS or not is_only_under_way(_LATER_FLAGS[flag])
)
