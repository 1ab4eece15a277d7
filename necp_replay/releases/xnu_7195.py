"""The releases of xnu-7195: macOS 11, iOS 14. Each states only what it changed."""

from __future__ import annotations

from typing import Final

from necp_replay.abi.aggregate_result import AGGREGATE_RESULT_7195, AGGREGATE_RESULT_7195_101
from necp_replay.abi.client import ClientAction
from necp_replay.abi.client_structs import InterfaceFlag
from necp_replay.abi.policy import PolicyCondition, RouteRuleAction
from necp_replay.releases.profile import replace
from necp_replay.releases.release import Release, UnseenChange
from necp_replay.releases.xnu_6153 import XNU_6153_101_6

_6153: Final = XNU_6153_101_6.profile

XNU_7195_50_7_100_1: Final = Release(
    replace(
        _6153,
        release="xnu-7195.50.7.100.1",
        client_actions=_6153.client_actions | {ClientAction.ADD_FLOW, ClientAction.REMOVE_FLOW},
        claimed_clients_change_binary=True,
        interface_details_min_bytes=100,
        interface_details_flags=_6153.interface_details_flags
        | InterfaceFlag.SUPPORTS_MULTICAST
        | InterfaceFlag.HAS_NAT64
        | InterfaceFlag.IPV4_ROUTABLE
        | InterfaceFlag.IPV6_ROUTABLE,
        only_requirements_scope=True,
        sockets_take_protocol_events=True,
        trigger_clears_uuid=True,
        agent_data_size_is_signed=False,
        change_calls_later_owners=False,
        defunct_flows_end_twice=False,
        close_makes_flows_defunct=True,
        aborts_log_from_one_function=True,
        match_result=AGGREGATE_RESULT_7195,
        policy_conditions=_6153.policy_conditions
        | {
            PolicyCondition.SDK_VERSION,
            PolicyCondition.SIGNING_IDENTIFIER,
            PolicyCondition.PACKET_FILTER_TAGS,
        },
        drops_have_flags=True,
        unnecessary_policies_are_kept=True,
        privilege_condition_stands_alone=True,
        acted_for_process_is_asked=True,
        platform_binaries_are_valid=True,
        transparent_proxies_add_up=True,
        multicast_is_restricted=True,
        some_processes_need_clients=True,
        logs_go_to_os_log=True,
        flows_follow_delegates=True,
    ),
    parent=XNU_6153_101_6.tag,
    unseen=(
        UnseenChange(
            title="Memory for the fds of clients",
            function="necp_client_init",
            older="is declared for at most 128",
            newer="has no limit of its own",
            reason="The limit was never enforced: more fds could be opened.",
        ),
    ),
)

_7195: Final = XNU_7195_50_7_100_1.profile

XNU_7195_101_1: Final = Release(
    replace(
        _7195,
        release="xnu-7195.101.1",
        add_flow_max_bytes=240,
        match_result=AGGREGATE_RESULT_7195_101,
        result_has_nat64_prefixes=True,
        default_routes_are_global=True,
        policy_conditions=_7195.policy_conditions
        | {
            PolicyCondition.FLOW_IS_LOOPBACK,
            PolicyCondition.DELEGATE_IS_PLATFORM_BINARY,
        },
        route_rule_actions=_7195.route_rule_actions | {RouteRuleAction.USE_NETAGENT},
        equal_route_rules_are_one=False,
        pid_conditions_have_versions=True,
        missing_local_address_has_family=True,
        loopback_may_be_filtered=True,
    ),
    parent=XNU_7195_50_7_100_1.tag,
    unseen=(
        UnseenChange(
            title="Options of a client that browses, with agents that provide networks",
            function="necp_client_add_interface_option_if_needed",
            older="have an interface",
            newer="may have none",
            reason="The only caller that allows it always passes an interface with an index.",
        ),
    ),
)

RELEASES_7195: Final = (XNU_7195_50_7_100_1, XNU_7195_101_1)
"""The modelled releases, oldest first."""
