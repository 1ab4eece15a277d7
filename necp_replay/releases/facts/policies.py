"""Facts about policies: which ones sessions may add, and what the kernel makes of them."""

from __future__ import annotations

import enum
from collections.abc import Set as AbstractSet
from typing import Annotated, Final

from necp_replay.abi.policy import (
    PolicyCondition,
    PolicyResult,
    RouteRuleAction,
    SessionPriority,
)
from necp_replay.dataclass import dataclass
from necp_replay.releases.fact import Fact

_RESULTS_4570: Final = frozenset(
    {
        PolicyResult.PASS,
        PolicyResult.SKIP,
        PolicyResult.DROP,
        PolicyResult.SOCKET_DIVERT,
        PolicyResult.SOCKET_FILTER,
        PolicyResult.IP_TUNNEL,
        PolicyResult.TRIGGER,
        PolicyResult.TRIGGER_IF_NEEDED,
        PolicyResult.TRIGGER_SCOPED,
        PolicyResult.NO_TRIGGER_SCOPED,
        PolicyResult.SOCKET_SCOPED,
        PolicyResult.ROUTE_RULES,
        PolicyResult.USE_NETAGENT,
    }
)
_CONDITIONS_4570: Final = frozenset(
    condition for condition in PolicyCondition if condition < PolicyCondition.AGENT_TYPE
)
_RULES_4570: Final = frozenset(
    {RouteRuleAction.DENY_INTERFACE, RouteRuleAction.ALLOW_INTERFACE, RouteRuleAction.QOS_MARKING}
)


class AgentFlagsOfMatch(enum.Enum):
    """Which flags ``struct necp_aggregate_result`` has beside each agent."""

    OF_AGENT = "netagent_flags"
    OF_USE = "netagent_use_flags"


@dataclass(frozen=True, kw_only=True)
class PolicyFacts:
    """What a policy may say, how policies and rules are numbered, and how they are searched."""

    policy_results: Annotated[
        AbstractSet[PolicyResult],
        Fact(
            title="Results that a policy may have; others are EINVAL and a log record",
            function="necp_policy_result_is_valid",
            traces=(
                "policy_scoped_direct",
                "policy_scoped_to_an_agent",
                "result_that_allows_the_unentitled",
                "agents_that_policies_remove",
                "policies_that_trigger_services",
            ),
        ),
    ] = _RESULTS_4570

    policy_conditions: Annotated[
        AbstractSet[PolicyCondition],
        Fact(
            title="Conditions that a policy may have; others are EINVAL and a log record",
            function="necp_policy_condition_is_valid",
            traces=(
                "policy_for_an_agent_type",
                "conditions_of_later_releases",
                "conditions_on_signatures_and_packets",
                "conditions_on_flows",
                "port_of_a_scheme",
                "domains_in_a_filter",
                "answer_that_the_system_signed",
                "user_behind_the_one_that_is_named",
                "url_that_policies_know",
                "policies_about_the_bound_interface",
            ),
        ),
    ] = _CONDITIONS_4570

    route_rule_actions: Annotated[
        AbstractSet[RouteRuleAction],
        Fact(
            title="Actions that a route rule may have; others are EINVAL and a log record",
            function="necp_policy_route_rule_is_valid",
            traces=(
                "route_rule_about_link_quality",
                "route_rule_with_an_agent",
                "agents_that_policies_remove",
                "route_rules_that_divert",
                "route_rule_that_names_a_type",
            ),
        ),
    ] = _RULES_4570

    policy_ids_are_per_session: Annotated[
        bool,
        Fact(
            title="Ids of policies",
            function="necp_policy_get_new_id",
            meanings={
                False: "count up over all sessions",
                True: "count up in each session, from 1",
            },
            traces=("policy_ids_of_two_sessions",),
        ),
    ] = False

    first_aggregate_route_rule_id: Annotated[
        int,
        Fact(
            title="Id of the first aggregate of route rules after boot",
            function="necp_get_new_aggregate_route_rule_id, necp_get_new_route_rule_id,"
            " necp_route_is_allowed",
            meanings={
                65536: "65536: above the ids of single rules",
                65535: "65535: taken for the id of a single rule that does not exist, so the first"
                " aggregate denies nothing",
            },
            traces=("first_aggregate_of_route_rules",),
        ),
    ] = 65536

    services_have_own_ids: Annotated[
        bool,
        Fact(
            title="Ids of services and of applications",
            function="necp_get_new_uuid_id",
            meanings={
                False: "one sequence, from 2",
                True: "two sequences: services from 2, applications from 65535",
            },
            not_observable="The ids are compared with each other only. Which of five arrays a"
            " policy is put in follows from them, and at most the number of debug records.",
        ),
    ] = False

    lone_ip_skips_are_not_counted: Annotated[
        bool,
        Fact(
            title="The number of policies for IP packets, where all of them skip others",
            function="necp_kernel_ip_output_policies_reprocess",
            meanings={False: "counts them", True: "is 0"},
            traces=("policies_that_packets_never_see",),
        ),
    ] = False

    socket_rules_stay_at_sockets: Annotated[
        bool,
        Fact(
            title="A policy of route rules about agents or diverting sockets",
            function="necp_policy_apply, necp_create_route_rule",
            meanings={
                False: "also counts for packets without a socket",
                True: "counts for sockets only",
            },
            traces=("policies_that_packets_never_see",),
        ),
    ] = False

    ip_skips_are_in_every_array: Annotated[
        bool,
        Fact(
            title="Skips with a condition on a policy id, for IP packets",
            function="necp_kernel_ip_output_policies_reprocess",
            meanings={
                False: "are in the array of their id",
                True: "are in every array",
            },
            traces=("ip_skips_in_debug_logs",),
        ),
    ] = False

    match_reports_agent_flags: Annotated[
        AgentFlagsOfMatch,
        Fact(
            title="Flags that necp_match_policy writes for each agent",
            function="necp_application_find_policy_match_internal",
            meanings={
                AgentFlagsOfMatch.OF_AGENT: "those that the agent registered with",
                AgentFlagsOfMatch.OF_USE: "those of its use: 1 if it is scoped, else 0",
            },
            traces=("match_with_an_agent",),
        ),
    ] = AgentFlagsOfMatch.OF_AGENT

    session_priorities: Annotated[
        type[enum.IntEnum],
        Fact(
            title="Priorities of sessions; any other number is ordered like DEFAULT",
            function="necp_allocate_new_session_order, necp_session_set_session_priority",
            traces=("priorities_of_sessions",),
        ),
    ] = SessionPriority

    session_operations_are_unsupported: Annotated[
        bool,
        Fact(
            title="Select and knotes of a policy session",
            function="noop_select, noop_kqfilter, fo_no_select, fo_no_kqfilter",
            meanings={
                False: "the error ENXIO of select is taken for ready, and a knote is ready",
                True: "the error ENOTSUP of select is taken for ready, and a knote is refused"
                " with it",
            },
            traces=("select_and_knotes_of_a_session",),
        ),
    ] = False

    route_rules_may_need_agents: Annotated[
        bool,
        Fact(
            title="The flag of a route rule that says that its value is an agent",
            function="necp_create_route_rule, necp_route_is_allowed_inner",
            meanings={
                False: "means nothing",
                True: "makes the rule count only where policies name the agent",
            },
            traces=("route_rules_that_need_an_agent",),
        ),
    ] = False

    kernel_pid_can_be_a_condition: Annotated[
        bool,
        Fact(
            title="A condition on pid 0",
            function="necp_policy_condition_is_valid, necp_policy_condition_is_kernel_pid",
            meanings={
                False: "is EINVAL and two log records",
                True: "is accepted with results that pass or skip; with others it is EINVAL and two"
                " log records",
            },
            traces=("policy_about_the_kernel",),
        ),
    ] = False

    sessions_need_platform_binary: Annotated[
        bool,
        Fact(
            title="Who can open a policy session",
            function="necp_session_open",
            meanings={
                False: "root, and processes with the privilege",
                True: "those of them whose executable is a platform binary; others get EACCES and a"
                " log record",
            },
            traces=("session_of_a_third_party",),
        ),
    ] = False

    platform_binaries_can_be_excluded: Annotated[
        bool,
        Fact(
            title="Negative PLATFORM_BINARY, and DELEGATE_IS_PLATFORM_BINARY without delegation",
            function="necp_policy_condition_is_valid, necp_socket_check_policy",
            meanings={
                False: "the first is EINVAL, and the second is met",
                True: "the first is accepted, and the second is about the process itself, unless"
                " the policy is for an application or a pid",
            },
            traces=("conditions_that_exclude",),
        ),
    ] = False

    local_networks_have_flags: Annotated[
        bool,
        Fact(
            title="A condition LOCAL_NETWORKS",
            function="necp_policy_condition_is_valid, necp_policy_apply,"
            " necp_handle_policy_dump_all",
            meanings={
                False: "cannot be negative, and is shown without a value",
                True: "can be negative, which makes BOUND_INTERFACE and the range of local"
                " addresses negative, and is shown with a byte of flags",
            },
            traces=("conditions_that_exclude",),
        ),
    ] = False

    dumped_conditions_have_flags: Annotated[
        bool,
        Fact(
            title="Conditions that DUMP_ALL shows",
            function="necp_handle_policy_dump_all, necp_buffer_write_tlv_with_flags",
            meanings={
                False: "are a type, a length and a value",
                True: "have flags between length and value, which say whether one is negative, and"
                " which the length does not count",
            },
            traces=("conditions_that_exclude",),
        ),
    ] = False

    clearing_executables_names_one: Annotated[
        bool,
        Fact(
            title="The executable that is named when all are taken off the table of those that"
            " policies name",
            function="necp_kernel_socket_policies_update_uuid_table",
            meanings={False: "none", True: "zeros"},
            traces=("executables_that_policies_forget",),
        ),
    ] = False

    named_entitlements_stand_alone: Annotated[
        bool,
        Fact(
            title="A condition on an entitlement with a name",
            function="necp_handle_policy_add, necp_kernel_socket_policy_add,"
            " necp_socket_check_policy",
            meanings={
                False: "needs conditions on application and real application; the first process"
                " that is asked decides for all",
                True: "needs no other condition, and each process is asked",
            },
            traces=("entitlement_as_the_only_condition",),
        ),
    ] = False

    has_policy_control: Annotated[
        bool,
        Fact(
            title="The NECP kernel control",
            function="necp_register_control",
            meanings={True: "opens policy sessions", False: "does not exist"},
            not_observable="Releases without it have no such input, so a trace of it is not"
            " modelled there.",
        ),
    ] = True

    policy_result_must_be_there: Annotated[
        bool,
        Fact(
            title="A policy without an order or without a result",
            function="necp_handle_policy_add",
            meanings={
                False: "is accepted: with order 0, or with the byte at offset -1 as its result",
                True: "is EINVAL and a log record",
            },
            traces=("policy_without_an_order_or_a_result",),
        ),
    ] = False

    route_rules_reach_packets: Annotated[
        bool,
        Fact(
            title="Route rules whose conditions can be decided for packets",
            function="necp_policy_apply",
            meanings={
                False: "apply to sockets only",
                True: "apply also to packets that no socket policy marked",
            },
            traces=("route_rules_for_packets",),
        ),
    ] = False

    filter_units_are_combined: Annotated[
        bool,
        Fact(
            title="Filters of several policies",
            function="necp_socket_find_policy_match_with_info_locked",
            meanings={
                False: "the first one counts",
                True: "all are combined, unless one prohibits filters",
            },
            traces=("filters_of_several_policies",),
        ),
    ] = False

    drop_all_has_bypass: Annotated[
        bool,
        Fact(
            title="A process with the entitlement to bypass drop-all",
            function="necp_check_drop_all_bypass_result",
            meanings={
                False: "is dropped like others",
                True: "passes, and so does configd, known by its signing identifier",
            },
            traces=("right_to_bypass_drop_all",),
        ),
    ] = False

    unentitled_traffic_can_be_dropped: Annotated[
        bool,
        Fact(
            title="The sysctl drop_unentitled_level",
            function="sysctl_handle_necp_unentitled_level, necp_process_drop_order",
            meanings={
                False: "does not exist",
                True: "is a session priority; traffic of a process without the privilege is"
                " dropped unless a policy of an earlier one decides",
            },
            traces=("result_that_allows_the_unentitled",),
        ),
    ] = False

    interpose_clients_pass: Annotated[
        bool,
        Fact(
            title="Parameters with the flag INTERPOSE",
            function="necp_socket_find_policy_match_with_info_locked",
            meanings={
                False: "are compared with policies",
                True: "are not compared with policies, unless the sysctl pass_interpose is 0",
            },
            traces=("interposers_pass",),
        ),
    ] = False

    loopback_passes_policies: Annotated[
        bool,
        Fact(
            title="Loopback addresses, and traffic bound to the loopback interface",
            function="necp_application_find_policy_match_internal, necp_is_loopback",
            meanings={
                False: "are compared with policies",
                True: "are not compared with policies or routes, unless the sysctl pass_loopback"
                " is 0",
            },
            traces=("clients_of_the_loopback_address",),
        ),
    ] = False

    responsible_process_counts: Annotated[
        bool,
        Fact(
            title="The application of a process for which another one is responsible",
            function="necp_application_find_policy_match_internal,"
            " necp_application_fillout_info_locked",
            meanings={
                False: "is its own",
                True: "is that of the other if a policy names it; the process's own is then the"
                " real application, and agents are told of the other",
            },
            traces=("helper_of_an_application",),
        ),
    ] = False

    responsible_application_is_kept: Annotated[
        bool,
        Fact(
            title="Which application stands for a process for which another one is responsible",
            function="necp_application_find_policy_match_internal",
            meanings={
                False: "the executable of the responsible process",
                True: "the one that the process itself has as its responsible application, at first"
                " its own executable",
            },
            traces=("application_that_stays_responsible",),
        ),
    ] = False

    responsible_binaries_count: Annotated[
        bool,
        Fact(
            title="A process for which a platform binary is responsible",
            function="necp_application_fillout_info_locked",
            meanings={
                False: "is no platform binary by that",
                True: "counts as a platform binary, and policies check the responsible process",
            },
            traces=("process_of_a_platform_binary",),
        ),
    ] = False

    pass_has_flags: Annotated[
        bool,
        Fact(
            title="The parameter of a policy that passes traffic",
            function="necp_policy_result_is_valid, necp_policy_apply, necp_get_result_description",
            meanings={
                False: "may have any length, and is not kept",
                True: "is empty or has four bytes of flags, which DUMP_ALL and a match show",
            },
            traces=("flags_of_a_pass",),
        ),
    ] = False

    drops_have_flags: Annotated[
        bool,
        Fact(
            title="The parameter of a policy that drops traffic",
            function="necp_policy_result_is_valid, necp_policy_apply, necp_get_result_description,"
            " necp_application_find_policy_match_internal",
            meanings={
                False: "may have any length, and is not kept",
                True: "is empty or has four bytes of flags; one is for traffic to the local"
                " network, which the reason of a result and an event then report",
            },
            traces=("drop_on_the_local_network",),
        ),
    ] = False
