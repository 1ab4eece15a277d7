"""The quirks by theme, in the order in which ``docs/fidelity.md`` lists them.

They were measured on the real code: conformance vectors of both 4570 releases show nearly all of
them (``traces/measured``). A quirk that names a fact is one of some releases only.
"""

from __future__ import annotations

from typing import Final

from necp_replay.kernel.client_actions import (
    add,
    add_flow,
    agent,
    copy,
    copy_client_update,
    copy_interface,
    copy_list,
    remove,
    remove_flow,
)
from necp_replay.kernel.clients import observers
from necp_replay.kernel.flows import update as flows_update
from necp_replay.kernel.interfaces import table as interfaces_table
from necp_replay.kernel.notifications import background, defunct, force_update, radio_manager
from necp_replay.kernel.objects import red_black_tree
from necp_replay.kernel.parameters import interface_match
from necp_replay.kernel.policy import (
    conditions_identity,
    conditions_traffic,
    evaluate_parameters,
    parameter_reading,
    route_rules,
)
from necp_replay.kernel.quirk import Quirk
from necp_replay.kernel.results import calculate, tlv_writer
from necp_replay.kernel.results import update as results_update
from necp_replay.kernel.routing import route_change
from necp_replay.kernel.routing import table as routing_table
from necp_replay.kernel.session_actions import (
    policy_add,
    policy_dump_all,
    policy_get,
    policy_list_all,
)
from necp_replay.kernel.sockets import socket_flows
from necp_replay.kernel.syscalls import necp_client_action, necp_open, necp_session_action

QUIRKS: Final[dict[str, tuple[Quirk, ...]]] = {
    "Results": (
        tlv_writer.TLVS_AFTER_AN_OVERFLOW_ARE_LOST,
        copy.OUTGROWN_RESULT_CANNOT_BE_COPIED,
        copy.OUTGROWN_RESULT_PANICS_ENDLESS_COPY,
        observers.OUTGROWN_RESULT_PANICS_OBSERVERS,
        force_update.OUTGROWN_RESULT_PANICS_REMOVAL,
        tlv_writer.BYTES_PAST_A_SHORTER_RESULT_STAY,
        tlv_writer.EVERYTHING_AFTER_A_CHANGE_IS_CHANGED,
        copy.EVERY_NEXUS_FLOW_NEEDS_ROOM_FOR_A_COOKIE,
        copy.PROTOCOL_EVENT_NEEDS_ROOM,
        copy.FAULT_USES_UP_PROTOCOL_EVENTS,
        copy.HEURISTICS_ARE_CHECKED_ONCE,
        copy.ONLY_THE_OWNING_FD_MARKS_READ,
        evaluate_parameters.ENDPOINTS_DO_NOT_ROUTE,
        interface_match.LOCAL_ENDPOINT_CHOOSES_THE_INTERFACE,
        parameter_reading.EVALUATION_WRITES_ZEROS,
        evaluate_parameters.DROP_ALL_WRITES_NO_ZEROS,
        observers.ZEROS_SHOW_IN_LATER_UPDATES,
    ),
    "Clients and fds": (
        copy.ZERO_ID_IS_FOUND,
        remove.FAULTING_STATISTICS_STILL_REMOVE,
        add.FAULTING_ID_IS_USED_UP,
        add.EXISTING_ID_IS_COUNTED,
        red_black_tree.SHARED_ID_EMPTIES_THE_TREE,
        add.OBSERVERS_ARE_TOLD_FIRST,
        defunct.LAST_CLIENT_DECIDES_THE_WAKE_UP,
        radio_manager.NO_RADIO_MANAGER_IS_LOOKED_UP,
        background.ONLY_ASSIGNED_FLOWS_ARE_TOLD,
        results_update.BACKGROUND_IS_TOLD_ONCE,
        necp_open.OBSERVING_NEEDS_NO_PRIVILEGE,
        copy_list.PUSH_OBSERVERS_LIST_NOTHING,
        copy.PUSH_OBSERVERS_LOOK_UP_NOTHING,
        necp_open.NEW_PUSH_OBSERVER_GETS_EVERY_CLIENT,
        observers.UPDATES_BEYOND_THE_LIMIT_ARE_DROPPED,
        copy_client_update.UNTAKEN_UPDATE_IS_LOST,
        necp_client_action.SESSION_FD_IS_TAKEN_FOR_A_CLIENT_FD,
        necp_client_action.SESSION_FD_IS_INTACT_UNTIL_ITS_LOCK_IS_TAKEN,
        necp_session_action.CLIENT_FD_IS_TAKEN_FOR_A_SESSION,
        copy_interface.UNKNOWN_INDEX_GIVES_ZEROS,
        agent.FAILING_TLV_STOPS_THE_ACTION,
        agent.ASSERTION_IS_FORGOTTEN_FIRST,
        agent.BUFFER_HAS_NO_BOUND,
    ),
    "Flows": (
        flows_update.LATER_FLOWS_ARE_CALLED_BACK_TOO,
        flows_update.CHANGED_FAMILIES_ARE_A_CHANGE,
        flows_update.UNASSIGNED_FLOW_ENDS_WHEN_NOT_VIABLE,
        flows_update.SOCKET_FLOW_IS_NEVER_INVALID,
        flows_update.NEXUS_FLOW_STAYS_INVALID,
        add_flow.REGISTRATION_WITHOUT_AN_ID_STAYS,
        add_flow.NEXUS_FLOW_IS_NOT_COUNTED,
        remove_flow.UNKNOWN_FLOW_IS_NO_ERROR,
        socket_flows.DISPOSED_SOCKET_LEAVES_ITS_FLOW,
        socket_flows.SOCKET_LEAVES_ONLY_ITS_LAST_CLIENT,
    ),
    "Interfaces and routes": (
        interface_match.PROHIBITING_DOES_NOT_SCOPE_TO_THE_PRIMARY,
        interface_match.PROHIBITING_DOES_NOT_SCOPE_WITHOUT_ORDER,
        interface_match.PRIMARY_TYPES_ARE_FOUND_ORDERED_ONLY,
        interface_match.BOUND_INTERFACE_IS_NOT_CHECKED,
        calculate.PROHIBITIONS_ARE_FORGOTTEN,
        routing_table.PRIMARY_INTERFACE_IS_ASKED_FIRST,
        routing_table.LOOK_UP_NEVER_CLONES,
        route_change.ONLY_DEFAULT_ROUTES_ARM_THE_TIMER,
        interfaces_table.ADDRESS_IS_MATCHED_WHOLE,
        interfaces_table.BROADCAST_ADDRESS_MATCHES,
    ),
    "Policies": (
        policy_list_all.NO_POLICIES_TO_LIST_IS_ENOMEM,
        policy_dump_all.NO_POLICIES_TO_DUMP_IS_ENOMEM,
        policy_get.RESULT_IS_NOT_COPIED,
        conditions_traffic.BOUND_TRAFFIC_NEEDS_AN_INTERFACE_CONDITION,
        policy_add.ENTITLEMENT_NEEDS_OTHER_CONDITIONS,
        conditions_identity.FIRST_PROCESS_DECIDES_ENTITLEMENT,
        route_rules.MISSING_RULES_ALLOW,
    ),
}
"""Smaller ones are only marked ``Kernel quirk:`` in the code."""
