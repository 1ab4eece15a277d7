"""The releases of xnu-10002: macOS 14.0 to 14.3, iOS 17.0 to 17.3.

Each states only what it changed.
"""

from __future__ import annotations

from typing import Final

from necp_replay.abi.aggregate_result import AGGREGATE_RESULT_10002_61
from necp_replay.abi.client import ClientParameter
from necp_replay.abi.interface_flags import Eflags10002
from necp_replay.abi.policy import PolicyCondition, RouteRuleAction
from necp_replay.releases.facts.matching import DefaultRoutesTold
from necp_replay.releases.profile import replace
from necp_replay.releases.release import Release
from necp_replay.releases.xnu_8796 import XNU_8796_141_3

_8796: Final = XNU_8796_141_3.profile

XNU_10002_1_13: Final = Release(
    replace(
        _8796,
        release="xnu-10002.1.13",
        policy_conditions=_8796.policy_conditions | {PolicyCondition.REAL_UID, PolicyCondition.URL},
        client_parameters=_8796.client_parameters
        | {ClientParameter.URL, ClientParameter.APPLICATION_ID},
        lone_ip_skips_are_not_counted=True,
        socket_rules_stay_at_sockets=True,
        flow_divert_can_be_in_process=True,
        close_clears_agent_handle=True,
        flow_statistics_read_parameters=True,
        first_agent_errors_are_forced=True,
        interface_eflags=Eflags10002,
        statistics_bytes=152,
        statistics_object_bytes=160,
        flows_with_remote_address_are_shown=True,
        flow_keeps_override_address=True,
        interface_details_min_bytes=116,
        route_rule_actions=XNU_8796_141_3.profile.route_rule_actions
        | {RouteRuleAction.DENY_INTERFACE_WITH_TYPE},
        companion_rules_ask_delegates=True,
        mapped_loopback_is_loopback=True,
        transparent_proxies_of_rules_add_up=True,
        default_routes_told=DefaultRoutesTold.ROUTED_OR_BOUND,
    ),
    parent=XNU_8796_141_3.tag,
)

XNU_10002_41_9: Final = Release(
    replace(
        XNU_10002_1_13.profile,
        release="xnu-10002.41.9",
        inbound_clients_have_all_agents=True,
        children_follow_transport_protocol=False,
        default_routes_told=DefaultRoutesTold.ALWAYS,
        listeners_may_use_prohibited_routes=True,
    ),
    parent=XNU_10002_1_13.tag,
)

XNU_10002_61_3: Final = Release(
    replace(
        XNU_10002_41_9.profile,
        release="xnu-10002.61.3",
        clients_keep_skip_policy=True,
        match_result=AGGREGATE_RESULT_10002_61,
    ),
    parent=XNU_10002_41_9.tag,
)

RELEASES_10002: Final = (XNU_10002_1_13, XNU_10002_41_9, XNU_10002_61_3)
"""The modelled releases, oldest first."""
