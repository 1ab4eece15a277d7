"""The agents that route rules add to a result."""

from __future__ import annotations

from typing import Final

from necp_replay.abi.client import MAX_NETAGENTS
from necp_replay.abi.interface import (
    IFEF_EXPENSIVE,
    IFNET_FAMILY_ETHERNET,
    IFNET_FAMILY_FIREWIRE,
    IFNET_SUBFAMILY_WIFI,
    IFT_CELLULAR,
    IFXF_CONSTRAINED,
)
from necp_replay.abi.policy import RouteRuleAction
from necp_replay.abi.uuid import ZERO_UUID
from necp_replay.kernel.objects.aggregate_result import AggregateResult
from necp_replay.kernel.objects.interface import Interface
from necp_replay.kernel.objects.route import Route
from necp_replay.kernel.state import KernelState


def add_agent_of_route(
    kernel: KernelState, route: Route | None, route_rule_id: int, result: AggregateResult
) -> None:
    """Put the agent that a rule adds for a route into the first free place of a result.

    Source: necp_application_find_policy_match_internal, xnu-7195.101.1.
    """
    agent = _agent_of_route(kernel, route, route_rule_id)
    if agent is None:
        return
    if ZERO_UUID in result.netagents:
        place = result.netagents.index(ZERO_UUID)
        result.netagents[place] = agent
        result.netagent_use_flags[place] = result.netagent_flags[place] = 0
    elif len(result.netagents) < MAX_NETAGENTS:
        result.netagents.append(agent)
        result.netagent_use_flags.append(0)
        result.netagent_flags.append(0)


def _agent_of_route(kernel: KernelState, route: Route | None, route_rule_id: int) -> bytes | None:
    """The agent that a rule adds for a route, None for none.

    Source: necp_route_get_netagent, xnu-7195.101.1.
    """
    rule = kernel.policies.route_rules.find(route_rule_id)
    if route is None or rule is None or rule.agent_id == 0:
        return None
    interface, use = route.interface, RouteRuleAction.USE_NETAGENT
    is_used = (
        rule.default_action == use
        or (interface.index, use) in rule.exceptions
        or (rule.cellular_action == use and interface.type == IFT_CELLULAR)
        or (rule.wifi_action == use and _is_own_wifi(interface))
        or (rule.wired_action == use and interface.family in _WIRED_FAMILIES)
        or (rule.expensive_action == use and bool(interface.eflags & IFEF_EXPENSIVE))
        or (rule.constrained_action == use and bool(interface.xflags & IFXF_CONSTRAINED))
    )
    return kernel.policies.uuid_ids.service_uuid_of(rule.agent_id) if is_used else None


def _is_own_wifi(interface: Interface) -> bool:
    """Whether an interface is Wi-Fi itself, whatever it delegates to."""
    return interface.family == IFNET_FAMILY_ETHERNET and interface.subfamily == IFNET_SUBFAMILY_WIFI


_WIRED_FAMILIES: Final = frozenset({IFNET_FAMILY_ETHERNET, IFNET_FAMILY_FIREWIRE})
