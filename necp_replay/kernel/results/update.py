"""Updates a client: evaluates it again, stores the result, and updates its flows."""

from __future__ import annotations

from typing import Final

from necp_replay.abi.policy import PolicyResult
from necp_replay.abi.uuid import ZERO_UUID
from necp_replay.kernel.clients.notify import fd_notify
from necp_replay.kernel.clients.observers import observer_update
from necp_replay.kernel.flows.choose import flow_rules
from necp_replay.kernel.notifications.flow_divert import is_asked_to_divert
from necp_replay.kernel.objects.client import Client
from necp_replay.kernel.objects.necp_fd import NecpFd
from necp_replay.kernel.objects.process import Process
from necp_replay.kernel.objects.shared_result import SharedResult
from necp_replay.kernel.quirk import Quirk
from necp_replay.kernel.results.defunct import DefunctNexus
from necp_replay.kernel.results.evaluate_client import evaluate_client, own_flag
from necp_replay.kernel.results.tlv_writer import store_result
from necp_replay.kernel.results.tlvs import (
    append_background,
    append_interface_agents,
    append_interface_options,
    append_path_of_route,
    start_tlvs,
    store_time_delta,
    tells_background,
)
from necp_replay.kernel.state import KernelState


def update_client_fd(
    kernel: KernelState, necp_fd: NecpFd, process: Process, defunct_list: list[DefunctNexus] | None
) -> None:
    """Update every client of an fd, and wake its waiters if a result changed.

    They are also woken while the fd has a request to divert flows.

    Source: necp_update_client_fd_locked, xnu-4570.51.1, xnu-10002.1.13.
    """
    updated = False
    for client in necp_fd.clients:
        if update_client_result(kernel, process, necp_fd, client, defunct_list):
            updated = True
    if is_asked_to_divert(kernel, necp_fd) or updated:
        fd_notify(kernel, necp_fd)


def update_client_result(
    kernel: KernelState,
    process: Process,
    necp_fd: NecpFd | None,
    client: Client,
    defunct_list: list[DefunctNexus] | None,
) -> bool:
    """Update a client's result and its flows. Returns whether anything changed.

    A result that changed is unread, and push observers are told. Policies are evaluated for
    ``process``. If a policy newly drops the client, its requested nexus flows are appended to
    ``defunct_list``, if given. If parameters are refused, only interface options are dropped.

    Source: necp_update_client_result, xnu-4570.51.1, xnu-4903.221.2.
    """
    if client.flow_list or client.registrations is not None:
        flow_rules(kernel).mark_invalid(client)
    shared = evaluate_client(kernel, process, client)
    parsed, result = shared.parsed, shared.result
    if parsed.is_refused:
        client.interface_options = ()
        return False
    client.parsed_parameters = shared.given
    client.ip_protocol = parsed.ip_protocol
    if shared.is_met:
        client.current_route = shared.route
    client.policy_id = result.policy_id
    client.skip_policy_id = result.skip_policy_id
    client.override_euuid = shared.override_euuid or ZERO_UUID
    client.allow_multiple_flows = shared.allows_multiple_flows
    if defunct_list is not None and result.routing_result == _DROP:
        flow_rules(kernel).defunct_for_policy(client, defunct_list)

    flags = shared.flags | own_flag(client)
    tlvs = start_tlvs(flags, client.client_id, result.routing_result, shared.reason)
    time_delta_at = None
    if shared.tail is not None and not tells_background(necp_fd, client):
        tlvs += shared.tail
    else:
        time_delta_at = _append_parts(kernel, tlvs, shared, necp_fd, client)
    options = shared.options
    if options is None and (shared.flow_interfaces or client.interface_options):
        flow_rules(kernel).take_interfaces(kernel, client, shared.flow_interfaces)
    overflowed = False
    if not shared.is_whole:
        options = None if options is None else options.copy()
        overflowed = append_interface_agents(
            tlvs, kernel, parsed, shared.interfaces, client.failed_trigger, options
        )
    if options is not None:
        client.interface_options = tuple(options.found)
    if own := client.interface_options:
        overflowed = append_interface_options(tlvs, kernel, own, overflowed=overflowed)
    updated = store_result(client, tlvs, overflowed=overflowed, ignored_tlv_at=time_delta_at)

    if client.flow_list or client.registrations is not None:
        updated |= flow_rules(kernel).update_flows(kernel, process, client, defunct_list)
    if updated:
        client.result_read = False
        if kernel.clients.observer_list:
            observer_update(kernel, client)
    return updated


def _append_parts(
    kernel: KernelState,
    tlvs: bytearray,
    shared: SharedResult,
    necp_fd: NecpFd | None,
    client: Client,
) -> int | None:
    """The parts of the shared result, with those of the fd and the client between them.

    Returns the place of the TLV INTERFACE_TIME_DELTA, None without one.
    """
    tlvs += shared.routing
    append_background(tlvs, necp_fd, client)
    if shared.is_met:
        tlvs += shared.path
    else:
        append_path_of_route(tlvs, kernel, client.current_route, shared)
    time_delta_at = shared.time_delta_at
    if time_delta_at is None:
        tlvs += shared.rest
        return None
    time_delta_at += len(tlvs)
    tlvs += shared.rest
    if shared.interfaces.direct is not None:
        store_time_delta(tlvs, time_delta_at, kernel, shared.interfaces.direct)
    return time_delta_at


_DROP: Final = int(PolicyResult.DROP)

BACKGROUND_IS_TOLD_ONCE: Final = Quirk(
    "The background TLV is gone in the next result. Going to the background again keeps it.",
    "necp_update_client_result",
    "results/test_update.py::test_going_to_the_background_again_makes_the_tlv_stay",
)
