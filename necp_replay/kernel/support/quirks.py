"""Behaviour of the real code that is easy to get wrong, each with the test that holds it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Quirk:
    """One surprise: what happens, in which upstream function, and the test below tests/kernel.

    ``fact`` names the profile's fact where only some releases do it.
    """

    sentence: str
    function: str
    test: str
    fact: str = ""


RESULTS: Final[tuple[Quirk, ...]] = (
    Quirk(
        "A result that outgrows its 512 bytes loses the TLV that does not fit and all after it, "
        "each with a log record.",
        "necp_buffer_write_tlv_if_different",
        "results/test_update.py::test_every_tlv_from_the_one_that_does_not_fit_on_is_logged",
    ),
    Quirk(
        "The length of such a result wraps: COPY_RESULT is EINVAL until an update that fits.",
        "necp_client_copy_internal",
        "results/test_update.py"
        "::test_a_result_that_outgrew_its_buffer_cannot_be_copied_until_it_fits_again",
    ),
    Quirk(
        "Copying it to a buffer that claims to be endless panics the kernel.",
        "necp_client_copy_internal",
        "client_actions/test_copy_result.py"
        "::test_copying_an_outgrown_result_to_a_buffer_without_end_panics",
    ),
    Quirk(
        "It panics the kernel when a push observer is told, also one that opens later.",
        "necp_client_update_observer_update_internal",
        "syscalls/test_necp_open.py"
        "::test_a_push_observer_that_opens_after_a_result_outgrew_its_buffer_panics_the_kernel",
    ),
    Quirk(
        "Taking an agent out of it walks out of bounds.",
        "necp_client_remove_agent_from_result",
        "notifications/test_force_update.py"
        "::test_taking_an_agent_out_of_a_result_that_outgrew_its_buffer_panics",
    ),
    Quirk(
        "Bytes past a shorter result stay, and the next update is compared with them.",
        "necp_buffer_write_tlv_if_different",
        "results/test_update.py"
        "::test_bytes_past_a_shorter_result_stay_and_take_part_in_the_next_comparison",
    ),
    Quirk(
        "Once one TLV of a result differs, everything after it counts as changed.",
        "necp_buffer_write_tlv_if_different",
        "results/test_tlv_writer.py::test_it_leaves_the_same_bytes_and_gives_the_same_answer",
    ),
    Quirk(
        "COPY_RESULT asks for room for a Fast Open cookie in every nexus flow.",
        "necp_client_copy_internal",
        "client_actions/test_copy_result.py"
        "::test_the_buffer_must_fit_a_cookie_that_nexus_flows_do_not_have",
    ),
    Quirk(
        "It asks for room for a protocol event while there is one.",
        "necp_client_copy_internal",
        "client_actions/test_copy_result.py"
        "::test_the_buffer_must_fit_a_protocol_event_while_there_is_one",
    ),
    Quirk(
        "A fault midway leaves the result unread, but uses up protocol events already copied.",
        "necp_client_copy_internal",
        "client_actions/test_copy_result.py"
        "::test_protocol_events_are_used_up_as_they_are_copied_even_when_a_later_copy_faults",
    ),
    Quirk(
        "The heuristics of a flow are checked at one copy only.",
        "necp_client_copy_internal",
        "client_actions/test_copy_result.py"
        "::test_the_heuristics_of_a_flow_are_checked_at_one_copy_only",
    ),
    Quirk(
        "Only a copy through the owning fd marks a client read.",
        "necp_client_copy",
        "client_actions/test_copy_result.py"
        "::test_only_a_copy_through_the_owning_fd_marks_a_client_read",
    ),
    Quirk(
        "Endpoint parameters do not influence routing or policies.",
        "necp_application_find_policy_match_internal",
        "results/test_update.py::test_endpoint_parameters_do_not_influence_routing",
    ),
    Quirk(
        "A local endpoint does choose the interface.",
        "necp_find_matching_interface_index",
        "parameters/test_interface_match.py"
        "::test_a_client_is_scoped_to_the_first_ordered_interface_that_matches",
    ),
    Quirk(
        "Evaluation ends domains and accounts with a zero in the stored parameters.",
        "necp_application_find_policy_match_internal",
        "client_actions/test_copy_parameters.py"
        "::test_evaluation_puts_a_zero_at_the_end_of_domain_and_account",
    ),
    Quirk(
        "It does not where drop-all without application policies ends it first.",
        "necp_application_find_policy_match_internal",
        "policy/test_evaluate.py"
        "::test_drop_all_without_policies_leaves_the_stored_parameters_alone",
    ),
    Quirk(
        "Push observers see these zeros in later updates only.",
        "necp_client_update_observer_add_internal",
        "client_actions/test_copy_client_update.py::test_evaluation_shows_in_later_updates_only",
    ),
)

CLIENTS: Final[tuple[Quirk, ...]] = (
    Quirk(
        "COPY_PARAMETERS with an all-zero id finds a client whose id is all zero.",
        "necp_client_copy",
        "client_actions/test_copy_parameters.py"
        "::test_a_zero_id_finds_a_client_with_a_zero_id_in_older_releases_only",
        "copy_parameters_finds_zero_id",
    ),
    Quirk(
        "REMOVE with statistics that cannot be read removes the client; only the answer differs.",
        "necp_client_remove",
        "client_actions/test_remove.py"
        "::test_what_remove_answers_depends_on_client_statistics_and_release",
        "remove_statistics_fault_is_error",
    ),
    Quirk(
        "ADD whose id cannot be copied out has used up an id and told push observers.",
        "necp_client_add",
        "client_actions/test_add.py"
        "::test_an_id_that_cannot_be_copied_out_uses_up_an_id_and_leaves_no_client",
    ),
    Quirk(
        "ADD with an id that exists leaves the count of clients one too high for good.",
        "necp_client_add",
        "test_counting_quirks.py"
        "::test_each_id_given_again_on_its_fd_leaves_the_count_of_clients_one_too_high",
    ),
    Quirk(
        "An id that clients of two fds share empties the list of all clients when the second goes.",
        "necp_destroy_client",
        "syscalls/test_close.py"
        "::test_an_id_that_two_fds_share_empties_the_list_of_all_clients_when_the_second_goes",
    ),
    Quirk(
        "ADD tells push observers the parameters before the client is inserted, then the result.",
        "necp_client_add",
        "client_actions/test_add.py::test_push_observers_get_the_parameters_then_the_result",
    ),
    Quirk(
        "Of an fd made defunct, the last client that was not defunct decides about the wake-up.",
        "necp_defunct_client_fd_locked",
        "notifications/test_defunct.py"
        "::test_only_the_last_client_that_was_not_defunct_decides_whether_the_fd_is_woken",
    ),
    Quirk(
        "Going to the background is told to clients with an assigned flow only.",
        "necp_set_client_as_background",
        "notifications/test_background.py::test_clients_without_an_assigned_flow_are_not_told",
    ),
    Quirk(
        "It is told once; saying it again makes it stay.",
        "necp_update_client_result",
        "results/test_update.py::test_going_to_the_background_again_makes_the_tlv_stay",
    ),
    Quirk(
        "The privilege to observe is never found missing.",
        "necp_open",
        "syscalls/test_necp_open.py::test_observing_needs_no_privilege",
    ),
    Quirk(
        "A push observer without the observer flag gets updates, but may not list clients.",
        "necp_client_list",
        "client_actions/test_copy_list.py::test_an_fd_that_may_not_observe_lists_nothing",
    ),
    Quirk(
        "Nor may it look up the clients of other fds.",
        "necp_client_copy",
        "client_actions/test_copy_parameters.py"
        "::test_only_observers_see_the_parameters_of_other_fds",
    ),
    Quirk(
        "A new push observer is queued every client in the order of ids.",
        "necp_open",
        "syscalls/test_necp_open.py"
        "::test_a_push_observer_is_queued_every_client_in_the_order_of_ids",
    ),
    Quirk(
        "Updates beyond the limit are dropped silently.",
        "necp_client_update_observer_add_internal",
        "clients/test_observers.py::test_updates_beyond_the_limit_are_dropped_silently",
    ),
    Quirk(
        "An update that cannot be copied, or does not fit, is lost; the client id is written.",
        "necp_client_copy_client_update",
        "client_actions/test_copy_client_update.py::test_an_update_that_cannot_be_taken_is_lost",
    ),
    Quirk(
        "A session fd is taken for a client fd.",
        "necp_find_fd_data",
        "syscalls/test_necp_client_action.py"
        "::test_a_session_fd_is_a_type_confusion_after_which_nothing_is_known",
    ),
    Quirk(
        "A client fd is taken for a session.",
        "necp_session_find_from_fd",
        "syscalls/test_necp_session_action.py::test_a_client_fd_is_not_told_from_a_session",
    ),
    Quirk(
        "COPY_INTERFACE of an unknown index succeeds with zeros.",
        "necp_client_copy_interface",
        "client_actions/test_copy_interface.py::test_an_unknown_index_succeeds_with_zeros",
    ),
    Quirk(
        "AGENT stops at the TLV that fails, and what came before stays done.",
        "necp_client_agent_action",
        "client_actions/test_agent.py::test_what_came_before_a_tlv_that_fails_stays_done",
    ),
    Quirk(
        "An assertion is forgotten before its agent is told so.",
        "necp_client_agent_action",
        "client_actions/test_agent.py::test_an_assertion_is_forgotten_before_its_agent_is_told_so",
    ),
    Quirk(
        "The buffer of AGENT has no bound: above 64 MiB the kernel panics.",
        "necp_client_agent_action",
        "client_actions/test_agent.py"
        "::test_a_buffer_of_more_than_64_mib_panics_before_the_client_is_looked_for",
    ),
)

FLOWS: Final[tuple[Quirk, ...]] = (
    Quirk(
        "Once one flow changed, every later flow is called back too.",
        "necp_client_update_flows",
        "flows/test_update.py::test_once_a_flow_changed_every_later_flow_is_called_too",
    ),
    Quirk(
        "A change of address families alone counts as a change.",
        "necp_client_update_flows",
        "flows/test_update.py::test_a_change_of_address_families_alone_counts_as_a_change",
    ),
    Quirk(
        "A flow that nothing is assigned to ends when it is not viable.",
        "necp_client_update_flows",
        "flows/test_update.py::test_an_unassigned_socket_flow_ends_when_it_is_no_longer_viable",
    ),
    Quirk(
        "A socket flow is never marked invalid.",
        "necp_client_mark_all_nonsocket_flows_as_invalid",
        "flows/test_update.py::test_a_socket_flow_is_never_marked_invalid",
    ),
    Quirk(
        "A nexus flow stays invalid after its first update, and lasts while requested or assigned.",
        "necp_client_update_flows",
        "flows/test_update.py::test_a_nexus_flow_lasts_while_it_is_requested_or_assigned",
    ),
    Quirk(
        "A disposed raw socket leaves its flow, its count and a handle to freed memory behind.",
        "necp_inpcb_dispose",
        "test_counting_quirks.py::test_only_older_releases_keep_the_flows_of_disposed_sockets",
        "inpcb_dispose_unregisters_flow",
    ),
    Quirk(
        "A socket that goes lets go only of the client it named last.",
        "necp_inpcb_remove_cb",
        "test_counting_quirks.py::test_a_socket_lets_go_only_of_the_client_it_named_last",
    ),
)

NETWORK: Final[tuple[Quirk, ...]] = (
    Quirk(
        "A client that only prohibits is not scoped when the first ordered interface matches.",
        "necp_find_matching_interface_index",
        "parameters/test_interface_match.py"
        "::test_a_client_that_only_prohibits_is_not_scoped_when_the_primary_interface_matches",
    ),
    Quirk(
        "Nor when there is no ordered interface.",
        "necp_find_matching_interface_index",
        "parameters/test_interface_match.py"
        "::test_a_client_that_only_prohibits_is_not_scoped_without_ordered_interfaces",
    ),
    Quirk(
        "Requiring a type that can be primary never looks at unordered interfaces.",
        "necp_find_matching_interface_index",
        "parameters/test_interface_match.py"
        "::test_requiring_a_type_that_can_be_primary_never_looks_at_unordered_interfaces",
    ),
    Quirk(
        "A bound interface is not checked against other parameters.",
        "necp_find_matching_interface_index",
        "parameters/test_interface_match.py"
        "::test_a_bound_interface_is_not_checked_against_other_parameters",
    ),
    Quirk(
        "Without a scope, the primary interface is asked first.",
        "rtalloc1_scoped",
        "routing/test_table.py::test_without_a_scope_the_primary_interface_is_asked_first",
    ),
    Quirk(
        "A look-up never clones a route.",
        "rtalloc1_scoped",
        "routing/test_table.py::test_a_look_up_never_clones",
    ),
    Quirk(
        "Only default routes arm the update timer.",
        "rtrequest_common_locked",
        "routing/test_request.py::test_only_default_routes_arm_the_update_timer",
    ),
    Quirk(
        "Interface addresses are matched whole, port and scope included.",
        "ifa_ifwithaddr",
        "interfaces/test_table.py::test_an_address_is_matched_whole_with_port_and_scope",
    ),
    Quirk(
        "Broadcast addresses match too.",
        "ifa_ifwithaddr",
        "interfaces/test_table.py"
        "::test_a_broadcast_address_matches_while_the_interface_has_broadcast",
    ),
)

POLICIES: Final[tuple[Quirk, ...]] = (
    Quirk(
        "POLICY_LIST_ALL without policies is ENOMEM.",
        "necp_session_list_all",
        "session_actions/test_policy_list_all.py"
        "::test_a_session_without_policies_is_enomem_silently",
    ),
    Quirk(
        "POLICY_DUMP_ALL without policies is ENOMEM.",
        "necp_handle_policy_dump_all",
        "session_actions/test_policy_dump_all.py::test_without_policies_it_is_enomem",
    ),
    Quirk(
        "POLICY_GET returns a kernel pointer and what follows it in place of the result's bytes.",
        "necp_session_get_policy",
        "session_actions/test_policy_get.py"
        "::test_order_and_conditions_come_back_and_kernel_memory_for_the_result",
    ),
    Quirk(
        "The default condition does not match clients bound to an interface.",
        "necp_socket_check_policy",
        "policy/test_evaluate.py"
        "::test_bound_traffic_matches_only_policies_that_speak_of_interfaces",
    ),
    Quirk(
        "An entitlement condition needs conditions on application and real application.",
        "necp_handle_policy_add",
        "session_actions/test_policy_add.py"
        "::test_a_policy_that_is_not_right_is_einval_and_two_log_records",
    ),
    Quirk(
        "Whether a custom entitlement is held is decided by the first process evaluated.",
        "necp_socket_check_policy",
        "policy/test_evaluate.py"
        "::test_a_custom_entitlement_is_decided_by_the_first_process_evaluated",
    ),
    Quirk(
        "Route rules of an aggregate that are not there count as allowing.",
        "necp_route_is_allowed",
        "policy/test_route_rules.py"
        "::test_rules_of_an_aggregate_that_are_not_there_count_as_allowing",
    ),
)

QUIRKS: Final[dict[str, tuple[Quirk, ...]]] = {
    "Results": RESULTS,
    "Clients and fds": CLIENTS,
    "Flows": FLOWS,
    "Interfaces and routes": NETWORK,
    "Policies": POLICIES,
}
"""All of them by theme. More are marked `Kernel quirk:` where they are."""
