"""A client's result rebuilt: parameters, interface, policies and agents to TLVs, then its flows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from necp_replay.abi.client import ClientParameterFlag, ClientResultFlag
from necp_replay.abi.policy import PolicyResult
from necp_replay.kernel.clients.notify import fd_notify
from necp_replay.kernel.clients.observers import observer_update
from necp_replay.kernel.flows.interface_flows import update_interface_flows
from necp_replay.kernel.flows.update import mark_all_nonsocket_flows_as_invalid, update_flows
from necp_replay.kernel.objects.aggregate_result import AggregateResult
from necp_replay.kernel.parameters.interface_match import find_matching_interface_index
from necp_replay.kernel.parameters.parse import parse_client_parameters
from necp_replay.kernel.policy.evaluate import find_policy_match
from necp_replay.kernel.results.defunct import collect_requested_nexuses
from necp_replay.kernel.results.interfaces import result_interfaces
from necp_replay.kernel.results.tlv_writer import store_result
from necp_replay.kernel.results.tlvs import (
    append_background,
    append_interface_agents,
    append_interfaces,
    append_path,
    append_policy_agents,
    append_routing,
    start_tlvs,
)

if TYPE_CHECKING:
    from necp_replay.kernel.objects.client import Client
    from necp_replay.kernel.objects.necp_fd import NecpFd
    from necp_replay.kernel.objects.process import Process
    from necp_replay.kernel.parameters.parsed_parameters import ParsedParameters
    from necp_replay.kernel.results.defunct import DefunctNexus
    from necp_replay.kernel.state import Kernel


def update_client_fd(
    kernel: Kernel, necp_fd: NecpFd, process: Process, defunct_list: list[DefunctNexus] | None
) -> None:
    """Rebuild the result of every client of an fd, and wake the fd when one has news.

    Source: necp_update_client_fd_locked, xnu-4570.51.1.
    """
    updated = False
    for client in necp_fd.clients:
        if update_client_result(kernel, process, necp_fd, client, defunct_list):
            updated = True
    if updated:
        fd_notify(kernel, necp_fd)


def update_client_result(
    kernel: Kernel,
    process: Process,
    necp_fd: NecpFd | None,
    client: Client,
    defunct_list: list[DefunctNexus] | None,
) -> bool:
    """Rebuild a client's result and its flows; whether the process has news, which marks it unread.

    ``process`` is whom policies are evaluated for. Requested nexus flows of a client that a policy
    newly drops are appended to ``defunct_list``, where there is one.

    Source: necp_update_client_result, xnu-4570.51.1.
    """
    if client.flow_list:
        mark_all_nonsocket_flows_as_invalid(client)
    parsed = parse_client_parameters(kernel, client)
    client.ip_protocol = parsed.ip_protocol
    is_met, required_interface_index = find_matching_interface_index(kernel, parsed)
    flags = 0
    if is_met:
        match = find_policy_match(
            kernel,
            process,
            client.parameters,
            required_interface_index=required_interface_index,
            local_addr=None,
            remote_addr=None,
            ignore_address=False,
            want_flags=True,
        )
        flags = match.flags
        result = match.result
        client.current_route = match.route
    else:
        # No interface will do: everything fails. The route of the last evaluation stays.
        result = AggregateResult()
    client.policy_id = result.policy_id
    client.allow_multiple_flows = _allows_multiple_flows(parsed, result)
    if required_interface_index != 0:
        scope_to_required_interface(result, required_interface_index)
    if defunct_list is not None and result.routing_result == _DROP and not client.defunct:
        client.defunct = collect_requested_nexuses(client, defunct_list)

    flags |= own_flags(client, parsed, result)
    tlvs = start_tlvs(flags, client.client_id, result.routing_result)
    append_routing(tlvs, result, required_interface_index)
    append_background(tlvs, necp_fd, client)
    append_path(tlvs, kernel, client, result)
    if result.netagents:
        append_policy_agents(tlvs, kernel, parsed, result)
    interfaces = result_interfaces(kernel, result, required_interface_index)
    append_interfaces(tlvs, interfaces)
    if parsed.flags & _MULTIPATH_OR_LISTENER:
        update_interface_flows(kernel, client, parsed, result)
    overflowed = append_interface_agents(tlvs, kernel, parsed, interfaces)
    updated = store_result(client, tlvs, overflowed=overflowed)

    if client.flow_list and update_flows(kernel, process, client):
        updated = True
    if updated:
        client.result_read = False
        observer_update(kernel, client)
    return updated


def scope_to_required_interface(result: AggregateResult, required_interface_index: int) -> None:
    """Without a policy of its own, a result is scoped to the interface it asked for and got."""
    if (
        required_interface_index == result.routed_interface_index
        and result.routing_result in _NO_ROUTING
    ):
        result.routing_result = _SOCKET_SCOPED
        result.routing_result_parameter = result.routed_interface_index


def own_flags(client: Client, parsed: ParsedParameters, result: AggregateResult) -> int:
    """DEFUNCT and SATISFIED, which an evaluation leaves to the client."""
    flags = _DEFUNCT if client.defunct else 0
    if parsed.flags & _LISTENER:
        # Listeners need no route, only not to be dropped.
        if result.routing_result != _DROP:
            flags |= _SATISFIED
    elif result.routed_interface_index != 0:
        flags |= _SATISFIED
    return flags


def _allows_multiple_flows(parsed: ParsedParameters, result: AggregateResult) -> bool:
    if parsed.flags & _MULTIPATH:
        return True
    return bool(parsed.flags & _LISTENER) and result.routing_result != _SOCKET_SCOPED


# Plain numbers: operations on enumeration members cost several times as much.
_MULTIPATH: Final = int(ClientParameterFlag.MULTIPATH)
_LISTENER: Final = int(ClientParameterFlag.LISTENER)
_MULTIPATH_OR_LISTENER: Final = _MULTIPATH | _LISTENER
_DEFUNCT: Final = int(ClientResultFlag.DEFUNCT)
_SATISFIED: Final = int(ClientResultFlag.SATISFIED)
_DROP: Final = int(PolicyResult.DROP)
_SOCKET_SCOPED: Final = int(PolicyResult.SOCKET_SCOPED)
_NO_ROUTING: Final = (int(PolicyResult.NONE), int(PolicyResult.PASS))
