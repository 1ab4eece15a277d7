"""Facts about how policies are compared with traffic, and what is refused in addition."""

from __future__ import annotations

import enum
from typing import Annotated

from necp_replay.dataclass import dataclass
from necp_replay.releases.fact import Fact


class DefaultRoutesTold(enum.Enum):
    """Where the default routes of an interface are looked up for a result."""

    ROUTED = "routed interface"
    ROUTED_OR_BOUND = "routed or bound interface"
    ALWAYS = "always"


@dataclass(frozen=True, kw_only=True)
class MatchingFacts:
    """Which policies are compared, with what, and what they decide together."""

    unnecessary_policies_are_kept: Annotated[
        bool,
        Fact(
            title="Policies that earlier ones make unnecessary",
            function="necp_kernel_socket_policies_reprocess,"
            " necp_kernel_ip_output_policies_reprocess",
            meanings={
                False: "are left out of what is searched and dumped",
                True: "are kept, unless the sysctl dedup_policies is set when policies are applied",
            },
            traces=("policies_behind_one_that_decides",),
        ),
    ] = False

    privilege_condition_stands_alone: Annotated[
        bool,
        Fact(
            title="A condition ENTITLEMENT without a name, for the privilege to match",
            function="necp_policy_condition_requires_real_application,"
            " necp_kernel_socket_policy_add",
            meanings={
                False: "needs a condition on the real application too, like one with a name",
                True: "needs no other condition",
            },
            traces=("privilege_as_the_only_condition",),
        ),
    ] = False

    acted_for_process_is_asked: Annotated[
        bool,
        Fact(
            title="Whose privileges and entitlements policies check",
            function="necp_application_find_policy_match_internal,"
            " necp_application_fillout_info_locked",
            meanings={
                False: "those of the calling process",
                True: "those of the process that it acts for, or of the responsible one where that"
                " one's executable counts as the application",
            },
            traces=("privileges_of_the_process_acted_for",),
        ),
    ] = False

    platform_binaries_are_valid: Annotated[
        bool,
        Fact(
            title="A platform binary whose code signature is invalid",
            function="necp_is_platform_binary",
            meanings={
                False: "counts as a platform binary",
                True: "does not count as a platform binary",
            },
            traces=("platform_binary_that_is_not_valid",),
        ),
    ] = False

    transparent_proxies_add_up: Annotated[
        bool,
        Fact(
            title="A policy that diverts to a transparent proxy",
            function="necp_socket_find_policy_match_with_info_locked",
            meanings={
                False: "ends the search, like any policy that diverts",
                True: "adds its control unit to those of other transparent proxies, and the search"
                " goes on; results and matches report the units",
            },
            traces=("transparent_proxies",),
        ),
    ] = False

    multicast_is_restricted: Annotated[
        bool,
        Fact(
            title="Multicast and broadcast of an iOS application that is built for iOS 14",
            function="necp_check_restricted_multicast_drop",
            meanings={
                False: "is compared with policies",
                True: "is dropped without an entitlement, whatever policies say, unless the sysctl"
                " restrict_multicast is 0",
            },
            traces=("restricted_multicast",),
        ),
    ] = False

    some_processes_need_clients: Annotated[
        bool,
        Fact(
            title="Traffic without a client, from a process that can be installed on demand",
            function="necp_check_missing_client_drop",
            meanings={False: "is compared with policies", True: "is dropped"},
            traces=("process_installed_on_demand",),
        ),
    ] = False

    equal_route_rules_are_one: Annotated[
        bool,
        Fact(
            title="Two policies with equal route rules",
            function="necp_lookup_route_rule_by_contents_locked",
            meanings={
                True: "share one rule",
                False: "have one each, but one with an agent shares an earlier rule that is"
                " otherwise equal, and its agent is lost",
            },
            traces=("two_policies_with_one_route_rule",),
        ),
    ] = True

    route_rules_count_without_route: Annotated[
        bool,
        Fact(
            title="Route rules, where there is no route",
            function="necp_route_is_allowed, necp_route_get_netagent",
            meanings={
                False: "count for nothing",
                True: "count with their action by default",
            },
            traces=("route_rules_without_a_route",),
        ),
    ] = False

    rules_that_need_agents_come_last: Annotated[
        bool,
        Fact(
            title="Route rules of several policies, of which some need an agent",
            function="necp_application_find_policy_match_internal, necp_route_rule_matches_agents",
            meanings={
                False: "count in the order of the policies, for the agents that policies name",
                True: "count last, for these agents and those that other rules added or removed",
            },
            traces=("route_rules_before_the_agent_they_need",),
        ),
    ] = False

    removed_agents_meet_no_rule: Annotated[
        bool,
        Fact(
            title="An agent that policies remove, for route rules that need it",
            function="necp_application_find_policy_match_internal",
            meanings={False: "is named all the same", True: "is not named"},
            traces=("route_rule_for_an_agent_that_is_removed",),
        ),
    ] = False

    right_to_match_is_an_entitlement: Annotated[
        bool,
        Fact(
            title="The right that a condition on the privilege to match asks for",
            function="necp_application_fillout_info_locked, necp_task_has_match_entitlement",
            meanings={
                False: "is a privilege",
                True: "is one of two entitlements of the process that asks, or of the leader of"
                " its coalition",
            },
            traces=("right_to_match_by_entitlement",),
        ),
    ] = False

    coprocessor_traffic_passes: Annotated[
        bool,
        Fact(
            title="Traffic to the coprocessor of the system, bound to its interface",
            function="necp_application_find_policy_match_internal",
            meanings={
                False: "is compared with policies",
                True: "passes without a look at policies or routes",
            },
            traces=("traffic_to_the_coprocessor",),
        ),
    ] = False

    services_are_not_unentitled: Annotated[
        bool,
        Fact(
            title="The sysctl drop_unentitled_level, for listeners, inbound traffic without a"
            " remote address, and application services",
            function="necp_application_find_policy_match_internal",
            meanings={False: "drops them as other traffic", True: "does not drop them"},
            traces=("services_of_processes_without_a_privilege",),
        ),
    ] = False

    default_routes_told: Annotated[
        DefaultRoutesTold,
        Fact(
            title="Flags for IPv4 and IPv6 and gateways, of traffic without a route",
            function="necp_application_find_policy_match_internal",
            meanings={
                DefaultRoutesTold.ROUTED: "are not told",
                DefaultRoutesTold.ROUTED_OR_BOUND: "are those of the system's default routes, if"
                " the traffic is bound to an interface",
                DefaultRoutesTold.ALWAYS: "are those of the system's default routes",
            },
            traces=("client_without_a_route",),
        ),
    ] = DefaultRoutesTold.ROUTED

    listeners_may_use_prohibited_routes: Annotated[
        bool,
        Fact(
            title="A listener whose route has a property that its parameters prohibit",
            function="necp_application_find_policy_match_internal",
            meanings={False: "is dropped, as other traffic", True: "is not dropped"},
            traces=("routes_that_listeners_and_browsers_may_use",),
        ),
    ] = False

    browsers_may_use_prohibited_routes: Annotated[
        bool,
        Fact(
            title="Parameters with the flag BROWSE whose route has a property that they prohibit",
            function="necp_application_find_policy_match_internal",
            meanings={False: "are dropped, as other traffic", True: "are not dropped"},
            traces=("routes_that_listeners_and_browsers_may_use",),
        ),
    ] = False

    management_traffic_can_be_dropped: Annotated[
        bool,
        Fact(
            title="The sysctl drop_management_level, and drop-all without any policy",
            function="sysctl_handle_necp_management_level,"
            " necp_application_find_policy_match_internal",
            meanings={
                False: "does not exist, and everything is dropped unread",
                True: "exists, and as long as it is not 0, parameters are read and evaluated as"
                " with policies",
            },
            traces=("drop_all_without_any_policy",),
        ),
    ] = False

    no_match_has_an_id: Annotated[
        bool,
        Fact(
            title="The id of the policy, where none matches",
            function="necp_application_find_policy_match_internal",
            meanings={False: "is 0, and that of the policy to skip too", True: "is 1"},
            traces=("traffic_of_nobodys_policy",),
        ),
    ] = False

    specific_rules_decide_about_agents: Annotated[
        bool,
        Fact(
            title="The actions of a route rule for one interface, where one of them adds an agent",
            function="necp_route_get_netagent",
            meanings={
                False: "each adds it, whatever the others say",
                True: "only the most specific one counts",
            },
            traces=("rule_for_one_interface_beside_an_agent",),
        ),
    ] = False

    agents_of_policies_are_listed_once: Annotated[
        bool,
        Fact(
            title="Agents and filters of several policies",
            function="necp_socket_find_policy_match_with_info_locked,"
            " necp_application_find_policy_match_internal",
            meanings={
                False: "an agent that several name is there several times, and one without a uuid"
                " leaves a gap",
                True: "an agent is there once, one without a uuid is left out, and policies can"
                " remove an agent; filters leave older connections alone only if all of them do",
            },
            traces=("agents_that_policies_remove", "filters_that_leave_connections_alone"),
        ),
    ] = False

    platform_binaries_need_no_client: Annotated[
        bool,
        Fact(
            title="Traffic without a client, of a platform binary that is installed on demand",
            function="necp_check_missing_client_drop",
            meanings={False: "is dropped", True: "is compared with policies"},
            traces=("platform_binary_installed_on_demand",),
        ),
    ] = False

    entitlement_asks_caller: Annotated[
        bool,
        Fact(
            title="Whose privilege a condition on the privilege to match asks for",
            function="necp_application_fillout_info_locked",
            meanings={
                False: "that of the process that the traffic is for",
                True: "that of whoever runs the code: the process that makes the call, or the"
                " kernel, which has every privilege, when a timer fires",
            },
            traces=("right_to_match_when_the_timer_fires",),
        ),
    ] = False

    unspecified_destinations_are_not_local: Annotated[
        bool,
        Fact(
            title="A condition on local networks, where there is no remote address",
            function="necp_is_route_local",
            meanings={
                False: "asks for the default route",
                True: "is not met",
            },
            traces=("local_networks_without_a_destination",),
        ),
    ] = False

    pid_conditions_have_versions: Annotated[
        bool,
        Fact(
            title="A condition on a pid",
            function="necp_policy_apply, necp_handle_policy_dump_all, necp_socket_check_policy",
            meanings={
                False: "has four bytes",
                True: "may have four more: the version of the pid, which DUMP_ALL shows",
            },
            traces=("pid_with_a_version",),
        ),
    ] = False

    missing_local_address_has_family: Annotated[
        bool,
        Fact(
            title="Local address of traffic whose parameters give none",
            function="necp_application_fillout_info_locked",
            meanings={
                False: "none, unless they give a port",
                True: "the unspecified address, of the family of the remote address, or else of"
                " IPv6",
            },
            traces=("traffic_without_a_local_address",),
        ),
    ] = False

    loopback_may_be_filtered: Annotated[
        bool,
        Fact(
            title="Loopback traffic where the sysctl pass_loopback is 2 or more",
            function="necp_application_find_policy_match_internal",
            meanings={
                False: "passes, as where it is 1",
                True: "2: passes, with the filters and transparent proxies of matching policies,"
                " unless one diverts it; above 2: is compared like other traffic",
            },
            traces=("filters_of_loopback_traffic",),
        ),
    ] = False
