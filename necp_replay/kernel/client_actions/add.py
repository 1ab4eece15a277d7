"""ADD: makes a client, and evaluates its parameters before the call returns."""

from __future__ import annotations

from typing import Final

from necp_replay.abi.client import MAX_CLIENT_PARAMETERS_BYTES, ClientAction
from necp_replay.abi.errno import Errno
from necp_replay.abi.log import LOG_ERR
from necp_replay.kernel.call import copyin, copyout, refuse
from necp_replay.kernel.client_actions.client_call import NO_ID, ClientCall
from necp_replay.kernel.clients.observers import observer_add
from necp_replay.kernel.clients.parents import find_parent
from necp_replay.kernel.clients.privileged_parameters import (
    ATTRIBUTES,
    DELEGATES,
    HAS_OWN_PROTOCOL,
    INTERPOSES,
    check_privileges,
)
from necp_replay.kernel.clients.tracing import Tracing, trace
from necp_replay.kernel.description import Description, logged, silent
from necp_replay.kernel.exceptions import SyscallError
from necp_replay.kernel.flows.choose import flow_rules
from necp_replay.kernel.objects.client import Client
from necp_replay.kernel.objects.necp_fd import NecpFd
from necp_replay.kernel.parameters.parse import (
    check_tag_is_determined,
    parse_client_parameters,
    parse_parameters,
)
from necp_replay.kernel.ports.listener import NO_FREE_PORT, PORT_IN_USE, reserve_port
from necp_replay.kernel.quirk import Quirk
from necp_replay.kernel.results.update import update_client_result
from necp_replay.kernel.state import KernelState
from necp_replay.kernel.type_confusion import SESSION_LOSES_LOCK

_FUNCTION: Final = "necp_client_add"


def add(kernel: KernelState, necp_fd: NecpFd, call: ClientCall) -> int:
    """Make a client and write its id. The fd becomes readable, but nobody is woken.

    Raises SyscallError: EINVAL on a push observer, without room for the id, or without parameters
    of 1 to 1024 bytes; EFAULT; if the profile says so, EPERM for parameters that need a privilege,
    EADDRINUSE for a port that is taken, and EADDRNOTAVAIL if none is free. These three use up an id
    and write it. Source: necp_client_add, xnu-4570.51.1, xnu-8019.80.24.
    """
    if necp_fd.is_push_observer:
        refuse(kernel, _PUSH_OBSERVER, _FUNCTION, values=necp_fd.flag_values)
    if not call.names_client:
        raise SyscallError(_NO_ID, **call.id_values)
    if call.buffer.is_null or not 0 < call.buffer_bytes <= MAX_CLIENT_PARAMETERS_BYTES:
        raise SyscallError(_NO_PARAMETERS, **call.buffer_values)

    parameters = copyin(kernel, call.buffer, call.buffer_bytes, _FUNCTION, check=_PARAMETERS_FAULT)
    if kernel.resolver_signer.may_be_in_doubt:
        check_tag_is_determined(kernel, parameters)
    rules = flow_rules(kernel)
    client = rules.new_client(kernel.new_uuid(), parameters, necp_fd.proc_pid)
    client.group_members_read = not kernel.profile.clients_have_groups
    client.platform_binary = call.process.platform_binary

    if kernel.clients.tracing_level:
        trace(kernel, client, Tracing.CLIENT, _FUNCTION)
    # A generated id is used up, even if it cannot be written.
    copyout(kernel, call.client_id, client.client_id, _FUNCTION, check=_NEW_ID_FAULT)

    if kernel.profile.skywalk_is_published:
        _prepare(kernel, necp_fd, call, client)
    if kernel.clients.observer_list:
        observer_add(kernel, client)
    # Kernel quirk: a client whose id exists is counted and evaluated, but never found again.
    necp_fd.clients.insert(client)
    kernel.clients.client_count += 1
    kernel.clients.tree.add(client, client.client_id)
    update_client_result(kernel, call.process, necp_fd, client, None)
    if kernel.profile.statistics_read_parameters:
        _read_for_statistics(kernel, client)
    return 0


def _prepare(kernel: KernelState, necp_fd: NecpFd, call: ClientCall, client: Client) -> None:
    """Check what the parameters need, and get for the client what they ask for.

    Source: necp_client_add, xnu-8019.80.24, xnu-8792.41.9.
    """
    profile = kernel.profile
    parsed = parse_client_parameters(kernel, client)
    if not parsed.is_refused:
        if profile.added_clients_need_privileges:
            check_privileges(kernel, call.process, parsed, _FUNCTION)
        client.delegated_upid = parsed.delegated_upid or 0
        if profile.listeners_reserve_ports:
            reserve_port(kernel, client, parsed, _FUNCTION)
    if profile.unknown_parents_are_logged:
        find_parent(kernel, necp_fd, client, parsed, _FUNCTION)


def _read_for_statistics(kernel: KernelState, client: Client) -> None:
    """Source: necp_find_conn_netstat_data, xnu-8019.80.24."""
    parsed = client.parsed_parameters or parse_parameters(bytes(client.parameters), kernel.profile)
    if parsed.is_cut_short:
        kernel.log(LOG_ERR, "necp_find_conn_netstat_data")


_PUSH_OBSERVER: Final = logged(Errno.EINVAL, "the fd is a push observer")
_NO_ID: Final = silent(Errno.EINVAL, NO_ID)
_NO_PARAMETERS: Final = silent(Errno.EINVAL, "the buffer is NULL, or its length is 0 or above 1024")
_PARAMETERS_FAULT: Final = logged(Errno.EFAULT, "the parameters cannot be read")
_NEW_ID_FAULT: Final = logged(Errno.EFAULT, "the id cannot be written; a generated id is used up")

ADD: Final = Description(
    subject=ClientAction.ADD,
    handler=add,
    function="necp_client_add",
    summary="Makes a client of this fd from parameter TLVs, and evaluates it.",
    checks=(
        _PUSH_OBSERVER,
        _NO_ID,
        _NO_PARAMETERS,
        _PARAMETERS_FAULT,
        _NEW_ID_FAULT,
        DELEGATES,
        ATTRIBUTES,
        INTERPOSES,
        HAS_OWN_PROTOCOL,
        PORT_IN_USE,
        NO_FREE_PORT,
    ),
    answer="returns 0; the new id in client_id; the client is unread",
    effects="push observers get the parameters, then the result, and are woken; the fd becomes "
    "readable, but is not woken",
    overwrites=SESSION_LOSES_LOCK,
    other_facts=(
        "options_follow_scope",
        "skywalk_is_published",
        "listeners_can_reuse_ports",
        "unknown_parents_are_logged",
        "flows_can_be_demultiplexed",
        "children_follow_transport_protocol",
        "statistics_read_parameters",
        "only_requirements_scope",
        "interface_changed_now_has_no_time",
        "global_routes_are_told",
        "nexus_agents_have_kinds",
        "browsers_have_options",
        "local_remote_address_is_sanitised",
        "entitlement_asks_coalition_leader",
        "result_has_interface_time_delta",
        "result_has_gateways",
        "result_has_reason",
        "full_result_skips_tlvs",
        "client_result_max_bytes",
        "default_routes_told",
        "listeners_may_use_prohibited_routes",
        "browsers_may_use_prohibited_routes",
        "tunnel_keeps_required_interface_only",
        "listeners_are_scoped_by_name_only",
        "prohibited_routes_are_dropped",
        "ultra_constrained_needs_permission",
        "ultra_constrained_denial_is_posted",
        "link_heuristics_are_told",
        "route_rules_count_one_by_one",
        "client_parameters",
        "parsed_agents_limit",
        "prohibited_names_overlap",
        "ip_protocol_has_short_form",
        "interface_search",
        "constrained_interfaces_are_known",
        "policies_may_meet_agent_requirements",
        "only_primary_may_require_type",
        "multipath_options_begin_with_direct",
        "preferred_agents_are_requested",
        "known_trackers_are_logged",
        "nat64_result_type",
        "clat46_has_no_ipv4",
        "result_has_nat64",
        "result_has_low_power",
        "unknown_agent_type_is_error",
        "has_flow_registrations",
        "companion_links_need_no_order",
        "low_latency_interfaces_are_named",
        "max_interface_options",
        "remote_scope_chooses_interface",
        "browsers_are_scoped_by_name_only",
    ),
)

FAULTING_ID_IS_USED_UP: Final = Quirk(
    "ADD whose id cannot be copied out uses up an id. No client is made, no observer is told.",
    "necp_client_add",
    "client_actions/test_add.py"
    "::test_an_id_that_cannot_be_copied_out_uses_up_an_id_and_leaves_no_client",
)
EXISTING_ID_IS_COUNTED: Final = Quirk(
    "ADD with an id that exists leaves the count of clients one too high for ever.",
    "necp_client_add",
    "test_counting_quirks.py"
    "::test_each_id_given_again_on_its_fd_leaves_the_count_of_clients_one_too_high",
)
OBSERVERS_ARE_TOLD_FIRST: Final = Quirk(
    "ADD tells push observers the parameters before the client is inserted, then the result.",
    "necp_client_add",
    "client_actions/test_add.py::test_push_observers_get_the_parameters_then_the_result",
)
