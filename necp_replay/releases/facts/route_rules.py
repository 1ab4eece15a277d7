"""Facts about route rules: what they can be about, and what they do."""

from __future__ import annotations

from typing import Annotated, Final

from necp_replay.abi.policy import RouteRuleFlag
from necp_replay.dataclass import dataclass
from necp_replay.releases.fact import Fact

_KINDS_4570: Final = (
    RouteRuleFlag.CELLULAR
    | RouteRuleFlag.WIFI
    | RouteRuleFlag.WIRED
    | RouteRuleFlag.EXPENSIVE
    | RouteRuleFlag.CONSTRAINED
)


@dataclass(frozen=True, kw_only=True)
class RouteRuleFacts:
    """What a route rule can be about, beyond what all releases have."""

    route_rule_kinds: Annotated[
        RouteRuleFlag,
        Fact(
            title="Kinds of interfaces that a route rule can be about; other flags mean nothing",
            function="necp_create_route_rule, necp_route_is_allowed_inner",
            meanings={
                _KINDS_4570: "cellular, Wi-Fi, wired, expensive, and constrained if it is known",
                _KINDS_4570 | RouteRuleFlag.COMPANION: "companion links, too",
                _KINDS_4570 | RouteRuleFlag.COMPANION | RouteRuleFlag.VPN: "companion links and"
                " interfaces with the flag IFXF_IS_VPN, too",
            },
            traces=("route_rules_about_companions_and_vpns",),
        ),
    ] = _KINDS_4570

    companion_rules_ask_delegates: Annotated[
        bool,
        Fact(
            title="A route rule about companion links, for an interface that delegates to one",
            function="necp_route_is_allowed_inner",
            meanings={False: "does not count", True: "counts if it allows or denies"},
            traces=("route_rules_about_companions_and_vpns",),
        ),
    ] = False

    rules_that_need_agents_name_interfaces: Annotated[
        bool,
        Fact(
            title="A name of an interface behind the agent that a route rule needs",
            function="necp_create_route_rule",
            meanings={
                False: "makes the kernel ignore that part of the rule",
                True: "makes that part of the rule count for the interface only",
            },
            traces=("route_rule_for_an_agent_and_an_interface",),
        ),
    ] = False

    transparent_proxies_of_rules_add_up: Annotated[
        bool,
        Fact(
            title="Route rules that divert to transparent proxies",
            function="necp_route_get_flow_divert, necp_application_find_policy_match_internal",
            meanings={
                False: "decide, as policies that divert do",
                True: "add their control units to those of other transparent proxies",
            },
            traces=("transparent_proxies_of_route_rules",),
        ),
    ] = False
