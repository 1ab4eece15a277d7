"""The releases of xnu-8019: macOS 12, iOS 15. Each states only what it changed."""

from __future__ import annotations

from typing import Final

from necp_replay.abi.aggregate_result import AGGREGATE_RESULT_8019
from necp_replay.abi.client import ClientAction, ClientParameter
from necp_replay.abi.interface_flags import Xflags8019
from necp_replay.abi.policy import PolicyCondition, PolicyResult, RouteRuleAction
from necp_replay.releases.profile import replace
from necp_replay.releases.release import Release
from necp_replay.releases.xnu_7195 import XNU_7195_101_1

_7195: Final = XNU_7195_101_1.profile

XNU_8019_41_5: Final = Release(
    replace(
        _7195,
        release="xnu-8019.41.5",
        calls_ask_sandbox=True,
        client_actions=_7195.client_actions | {ClientAction.ACQUIRE_AGENT_TOKEN},
        interface_changed_now_has_no_time=True,
        global_routes_are_told=True,
        nexus_parameters_are_whole=True,
        sockets_have_trackers=True,
        agents_have_tokens=True,
        clients_report_to_agents=True,
        clients_can_be_traced=True,
        interface_xflags=Xflags8019,
        flow_agents_have_generation=True,
        multipath_options_begin_with_direct=True,
        known_trackers_are_logged=True,
        agent_structure_has_reserve=True,
        nat64_result_type=214,
        preferred_agents_are_requested=True,
        clients_have_groups=True,
        interface_details_min_bytes=104,
        match_result=AGGREGATE_RESULT_8019,
        policy_conditions=_7195.policy_conditions | {PolicyCondition.SCHEME_PORT},
        policy_results=_7195.policy_results | {PolicyResult.REMOVE_NETAGENT},
        route_rule_actions=_7195.route_rule_actions
        | {RouteRuleAction.REMOVE_NETAGENT, RouteRuleAction.DIVERT_SOCKET},
        client_parameters=_7195.client_parameters
        | {ClientParameter.SCHEME_PORT, ClientParameter.ATTRIBUTED_BUNDLE_IDENTIFIER},
        route_rules_may_need_agents=True,
        equal_route_rules_are_one=True,
        route_rules_count_without_route=True,
        specific_rules_decide_about_agents=True,
        agents_of_policies_are_listed_once=True,
        platform_binaries_need_no_client=True,
        entitlement_asks_caller=True,
        unspecified_destinations_are_not_local=True,
        other_files_have_no_device=True,
    ),
    parent=XNU_7195_101_1.tag,
)

XNU_8019_61_5: Final = Release(
    replace(XNU_8019_41_5.profile, release="xnu-8019.61.5", entitlement_asks_caller=False),
    parent=XNU_8019_41_5.tag,
)

_8019: Final = XNU_8019_61_5.profile

XNU_8019_80_24: Final = Release(
    replace(
        _8019,
        release="xnu-8019.80.24",
        client_actions=_8019.client_actions
        | {
            ClientAction.REQUEST_NEXUS_INSTANCE,
            ClientAction.SET_STATISTICS,
            ClientAction.MAP_SYSCTLS,
            ClientAction.GET_INTERFACE_ADDRESS,
        },
        skywalk_is_published=True,
        observers_need_privilege=True,
        added_clients_need_privileges=True,
        listeners_reserve_ports=True,
        unknown_parents_are_logged=True,
        statistics_read_parameters=True,
        low_latency_interfaces_are_named=True,
        entitlement_asks_caller=True,
    ),
    parent=XNU_8019_61_5.tag,
)

RELEASES_8019: Final = (XNU_8019_41_5, XNU_8019_61_5, XNU_8019_80_24)
"""The modelled releases, oldest first."""
