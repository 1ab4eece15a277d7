"""The releases of xnu-6153: macOS 10.15, iOS 13. Each states only what it changed."""

from __future__ import annotations

from typing import Final

from necp_replay.abi.client import ClientAction, ClientParameter
from necp_replay.abi.client_structs import InterfaceFlag
from necp_replay.abi.interface_flags import Eflags6153, Xflags6153
from necp_replay.abi.policy import PolicyCondition, PolicyResult, SessionPriority6153
from necp_replay.releases.facts.interfaces import FunctionalTypes
from necp_replay.releases.facts.parameters import InterfaceSearch
from necp_replay.releases.profile import replace
from necp_replay.releases.release import Release
from necp_replay.releases.xnu_4903 import XNU_4903_270_47

_4903: Final = XNU_4903_270_47.profile

XNU_6153_11_26: Final = Release(
    replace(
        _4903,
        release="xnu-6153.11.26",
        client_actions=_4903.client_actions | {ClientAction.CLAIM, ClientAction.SIGN},
        agent_logs_go_to_os_log=True,
        heuristics_are_logged=True,
        success_makes_heuristic=True,
        ecn_backoff_holds_counters=True,
        client_parameters=_4903.client_parameters
        | {
            ClientParameter.PARENT_ID,
            ClientParameter.RESOLVER_TAG,
            ClientParameter.ADVERTISE_DESCRIPTOR,
            ClientParameter.DELEGATED_UPID,
            ClientParameter.ETHERTYPE,
            ClientParameter.TRANSPORT_PROTOCOL,
            ClientParameter.LOCAL_ADDRESS_PREFERENCE,
        },
        parsed_agents_limit=4,
        prohibited_names_overlap=False,
        ip_protocol_has_short_form=True,
        policies_see_ports_alone=True,
        flow_addresses_win=True,
        prohibited_routes_are_dropped=True,
        route_rules_count_one_by_one=True,
        result_has_gateways=True,
        result_has_reason=True,
        full_result_skips_tlvs=True,
        tunnel_keeps_required_interface_only=True,
        listeners_are_scoped_by_name_only=True,
        interface_search=InterfaceSearch.BEST_MATCH,
        constrained_interfaces_are_known=True,
        interface_eflags=Eflags6153,
        interface_xflags=Xflags6153,
        functional_types=_4903.functional_types
        | FunctionalTypes.COMPANION_LINKS
        | FunctionalTypes.WIFI_IS_ETHERNET,
        session_operations_are_unsupported=True,
        interface_details_flags=_4903.interface_details_flags
        | InterfaceFlag.MPK_LOG
        | InterfaceFlag.CONSTRAINED
        | InterfaceFlag.HAS_NETMASK
        | InterfaceFlag.HAS_BROADCAST,
        interface_details_tell_ipv4=True,
        policy_conditions=_4903.policy_conditions
        | {
            condition
            for condition in PolicyCondition
            if PolicyCondition.AGENT_TYPE < condition <= PolicyCondition.PLATFORM_BINARY
        },
        policy_results=_4903.policy_results | {PolicyResult.ALLOW_UNENTITLED},
        policy_result_must_be_there=True,
        route_rules_reach_packets=True,
        filter_units_are_combined=True,
        drop_all_has_bypass=True,
        unentitled_traffic_can_be_dropped=True,
        interpose_clients_pass=True,
        denied_event_aligns_uuid=True,
        agents_can_update_at_once=True,
        fd_keeps_background=True,
        agents_get_structure=True,
        options_follow_scope=True,
        nexus_agents_have_kinds=True,
        listeners_are_filtered=True,
        browsing_flows_are_assertions=True,
    ),
    parent=XNU_4903_270_47.tag,
)

XNU_6153_41_3: Final = Release(
    replace(
        XNU_6153_11_26.profile,
        release="xnu-6153.41.3",
        loopback_passes_policies=True,
        inactive_agents_block_flows=True,
    ),
    parent=XNU_6153_11_26.tag,
)

XNU_6153_101_6: Final = Release(
    replace(
        XNU_6153_41_3.profile,
        release="xnu-6153.101.6",
        session_priorities=SessionPriority6153,
        has_policy_control=False,
        responsible_process_counts=True,
        browsers_have_options=True,
        pass_has_flags=True,
    ),
    parent=XNU_6153_41_3.tag,
)

RELEASES_6153: Final = (XNU_6153_11_26, XNU_6153_41_3, XNU_6153_101_6)
"""Oldest first."""
