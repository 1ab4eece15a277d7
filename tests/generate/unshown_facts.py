"""Facts of releases that no generated step shows, by what a step would need. Scenarios show each.

The seeds that the test tries have no step that has it.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import chain
from typing import Final

NOT_REACHED: Final[Mapping[str, tuple[str, ...]]] = {
    "an interface that translates to IPv6, has prefixes of NAT64, low power or low latency": (
        "clat46_has_no_ipv4",
        "clat46_lowers_mtu",
        "low_latency_interfaces_are_named",
        "nat64_result_type",
        "result_has_low_power",
        "result_has_nat64",
        "result_has_nat64_prefixes",
    ),
    "a client that may not use the interface or network that it asks for": (
        "browsers_may_use_prohibited_routes",
        "constrained_interfaces_are_known",
        "denials_name_responsible_process",
        "denied_event_aligns_uuid",
        "listeners_may_use_prohibited_routes",
        "result_has_reason",
        "ultra_constrained_denial_is_posted",
    ),
    "a route over an interface without an address of the route's family": (
        "route_needs_address_of_family",
    ),
    "several route rules for one flow, or a rule that needs an agent": (
        "route_rules_count_one_by_one",
        "rules_that_need_agents_come_last",
        "rules_that_need_agents_name_interfaces",
        "transparent_proxies_of_rules_add_up",
    ),
    "a client with flows or of another program that is claimed": (
        "claimed_clients_change_binary",
        "clients_with_flows_can_be_claimed",
        "flow_ids_can_be_claimed",
    ),
    "losses or successes of TCP that reach a limit": (
        "ecn_backoff_holds_counters",
        "heuristics_are_logged",
        "success_makes_heuristic",
    ),
    "traffic that a policy about domains is compared with, or a filter of 0 bits": (
        "domain_conditions_can_be_exact",
        "empty_domain_filters_are_refused",
        "missing_domain_sets_never_match",
        "missing_domains_are_in_no_filter",
    ),
    "an address that policies about local networks, loopback or ports are compared with": (
        "mapped_loopback_is_loopback",
        "own_addresses_are_not_local_networks",
        "policies_see_ports_alone",
        "unspecified_destinations_are_not_local",
    ),
    "parameters with two rare parts": (
        "browsers_are_scoped_by_name_only",
        "children_follow_transport_protocol",
        "companion_links_need_no_order",
        "only_primary_may_require_type",
        "tunnel_keeps_required_interface_only",
    ),
    "an agent of a rare size or kind, or without a token": (
        "agent_data_size_is_signed",
        "agents_can_update_at_once",
        "inactive_agents_block_flows",
        "nexus_agents_have_kinds",
        "token_requests_have_pause",
    ),
    "a flow whose owner is told that it ended, or that has an address in place of the remote one": (
        "callbacks_pass_invalid",
        "flow_keeps_override_address",
    ),
    "a result without room for a TLV": ("full_result_skips_tlvs",),
    "a policy for IP packets that skips others and has a condition on a policy id": (
        "ip_skips_are_in_every_array",
    ),
    "a process for which another one is responsible": ("responsible_application_is_kept",),
}
"""What a step would need to get where the engine asks for the fact: the facts."""

WITHOUT_EFFECT: Final[Mapping[str, tuple[str, ...]]] = {
    "a process whose privilege, entitlement or kind decides, and a policy that asks for it": (
        "acted_for_process_is_asked",
        "drop_all_has_bypass",
        "entitlement_asks_caller",
        "kernel_pid_can_be_a_condition",
        "loopback_can_be_denied",
        "named_entitlements_stand_alone",
        "platform_binaries_can_be_excluded",
        "platform_binaries_need_no_client",
        "responsible_binaries_count",
        "services_are_not_unentitled",
        "some_processes_need_clients",
    ),
    "traffic to the coprocessor, or a drop that is told": (
        "alerts_can_be_suppressed",
        "coprocessor_traffic_passes",
    ),
    "more or longer parts than the smaller limit allows": (
        "client_result_max_bytes",
        "max_interface_options",
        "parsed_agents_limit",
        "prohibited_names_overlap",
    ),
    "traffic that a route rule of the kind decides about": (
        "companion_rules_ask_delegates",
        "first_aggregate_route_rule_id",
        "removed_agents_meet_no_rule",
        "route_rule_kinds",
        "route_rules_count_without_route",
        "route_rules_may_need_agents",
        "route_rules_reach_packets",
        "socket_rules_stay_at_sockets",
        "specific_rules_decide_about_agents",
    ),
    "several policies that match, and each filters or skips": (
        "filter_units_are_combined",
        "lone_ip_skips_are_not_counted",
    ),
    "a flow with statistics on a VPN, a second one, or damaged parameters": (
        "flow_statistics_read_parameters",
        "statistics_object_bytes",
        "statistics_tell_vpns",
    ),
    "a scope, property or address that leads to another interface": (
        "missing_local_address_has_family",
        "options_follow_scope",
        "prohibited_routes_are_dropped",
        "remote_scope_chooses_interface",
    ),
    "an agent that is told of the client, and the rare state in which it is told otherwise": (
        "close_clears_agent_handle",
        "first_agent_errors_are_forced",
        "flow_may_override_protocol",
        "preferred_agents_are_requested",
    ),
    "an interface of a family and subfamily whose type changed": ("functional_types",),
    "a domain or URL of which a policy knows the beginning or the end": (
        "trie_search_ends_with_name",
        "urls_match_as_a_whole",
    ),
}
"""What a step would need to be answered otherwise: the facts. The engine asks for them, but each
step has the same outcome with both values.
"""

UNSHOWN_CHANGES: Final = frozenset(
    {
        ("xnu-4903.221.2", "interface_details_flags"),
        ("xnu-4903.221.2", "policy_conditions"),
        ("xnu-8019.41.5", "client_parameters"),
        ("xnu-8792.41.9", "client_parameters"),
        ("xnu-8792.41.9", "interface_details_min_bytes"),
        ("xnu-10002.1.13", "client_parameters"),
        ("xnu-10002.1.13", "route_rule_actions"),
        ("xnu-10063.121.3", "signed_client_id_for"),
        ("xnu-11215.1.10", "interface_details_flags"),
        ("xnu-11417.121.6", "flow_statistics_bytes"),
    }
)
"""Facts that changed in several releases, each with a release whose change no step shows.

The change adds single parameters, conditions, flags or sizes, and no step uses a new one.
"""

UNSHOWN_FACTS: Final = frozenset(
    chain.from_iterable((*NOT_REACHED.values(), *WITHOUT_EFFECT.values()))
)
"""The facts of both tables."""
