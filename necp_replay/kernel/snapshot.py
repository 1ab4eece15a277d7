"""Snapshots: the state of the subsystem as one record, with the kernel's field names."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields
from typing import Final

from necp_replay.abi.client import ClientParameter
from necp_replay.abi.client_structs import OBSERVER_UPDATE
from necp_replay.abi.uuid import ZERO_UUID
from necp_replay.events.notifications import TakeSnapshot
from necp_replay.events.routes import RouteStats
from necp_replay.events.snapshot import (
    ClientSnapshot,
    FailedTriggerSnapshot,
    FdSnapshot,
    FlowSnapshot,
    InterfaceOptionSnapshot,
    RegistrationSnapshot,
    RouteStatsSnapshot,
    Snapshot,
    UpdateSnapshot,
)
from necp_replay.kernel.agents.snapshot import netagents_snapshot
from necp_replay.kernel.clients.readiness import is_readable
from necp_replay.kernel.description import Description, Support
from necp_replay.kernel.objects.client import RESULT_OVERFLOWED, Client, FlowRegistration
from necp_replay.kernel.objects.flow import Flow
from necp_replay.kernel.objects.necp_fd import NecpFd, ObserverUpdate
from necp_replay.kernel.policy.snapshot import policies_snapshot
from necp_replay.kernel.state import KernelState

COUNTER_NAMES: Final = tuple(field.name for field in fields(RouteStats))
"""The counters of a route's statistics, in the order in which a snapshot lists them."""

_NO_HANDLE: Final = ""
"""The handle of a flow without a callback."""


def take_snapshot(kernel: KernelState, full: bool) -> Snapshot:
    """The state now. ``full`` adds policies, agents and the statistics of routes."""
    shown = take_counters(kernel)
    shown.fds = _fds(kernel, kernel.clients.fd_list)
    shown.observers = _fds(kernel, kernel.clients.observer_list)
    if full:
        shown.policies = policies_snapshot(kernel)
        shown.netagents = netagents_snapshot(kernel)
        shown.route_statistics = _route_statistics(kernel)
    return shown


def take_counters(kernel: KernelState) -> Snapshot:
    """The counters now, without fds and everything in them."""
    clients = kernel.clients
    shown = Snapshot(
        necp_client_fd_count=clients.client_fd_count,
        necp_observer_fd_count=clients.observer_fd_count,
        necp_client_count=clients.client_count,
        necp_socket_flow_count=clients.socket_flow_count,
        necp_if_flow_count=clients.if_flow_count,
        observer_message_limit=clients.observer_message_limit,
        timer_armed=kernel.update_timer_armed,
        fds=(),
        observers=(),
    )
    if kernel.profile.skywalk_is_published:
        shown.necp_arena_count = clients.arena_count
        shown.necp_sysctl_arena_count = clients.sysctl_arena_count
        shown.necp_nexus_flow_count = clients.nexus_flow_count
    return shown


def clients_by_id(
    kernel: KernelState, ids: Iterable[bytes]
) -> tuple[tuple[tuple[int, int], ClientSnapshot], ...]:
    """The clients with one of these ids, each with pid and number of its fd, as snapshots."""
    ordered = sorted(kernel.clients.fd_list, key=lambda necp_fd: (necp_fd.proc_pid, necp_fd.fd))
    return tuple(
        ((necp_fd.proc_pid, necp_fd.fd), _shown_client(kernel, client))
        for necp_fd in ordered
        for client_id in sorted(ids)
        if (client := necp_fd.clients.find(client_id)) is not None
    )


def _fds(kernel: KernelState, necp_fds: list[NecpFd]) -> tuple[FdSnapshot, ...]:
    """Snapshots of fds, by pid and number."""
    ordered = sorted(necp_fds, key=lambda necp_fd: (necp_fd.proc_pid, necp_fd.fd))
    return tuple(_fd(kernel, necp_fd) for necp_fd in ordered)


def _fd(kernel: KernelState, necp_fd: NecpFd) -> FdSnapshot:
    profile = kernel.profile
    shown = FdSnapshot(
        fd=necp_fd.fd,
        pid=necp_fd.proc_pid,
        flags=necp_fd.flags,
        update_count=len(necp_fd.update_list),
        updates=tuple(map(_update, necp_fd.update_list)),
        readable=is_readable(necp_fd),
        clients=tuple([_shown_client(kernel, client) for client in necp_fd.clients]),
        background=int(necp_fd.background) if profile.clients_have_groups else None,
    )
    if profile.skywalk_is_published:
        shown.stats_arena_active = int(necp_fd.active_arena is not None)
        shown.stats_arenas = len(necp_fd.arenas)
        shown.sysctl_arena = int(necp_fd.sysctl_address is not None)
    if profile.flow_divert_can_be_in_process:
        shown.request_in_process_flow_divert = int(necp_fd.request_in_process_flow_divert)
    return shown


def _update(update: ObserverUpdate) -> UpdateSnapshot:
    shown = update.shown
    if shown is None:
        length = OBSERVER_UPDATE.size + len(update.tlv)
        shown = UpdateSnapshot(update.client_id, length, update.update_type, update.tlv)
        update.shown = shown
    return shown


def _shown_client(kernel: KernelState, client: Client) -> ClientSnapshot:
    """A client with the fields that the release has."""
    profile = kernel.profile
    shown = _client(client, kernel.profile.client_result_max_bytes)
    if not profile.has_flow_registrations:
        return shown
    _show_registrations(client, shown, delegates=profile.flows_follow_delegates)
    if ClientParameter.DELEGATED_UPID in profile.client_parameters:
        shown.background = shown.background_update = 0
        shown.delegated_upid = client.delegated_upid
    if profile.responsible_process_counts:
        shown.override_euuid = client.override_euuid
    if profile.clients_have_groups:
        shown.group_members_read = int(client.group_members_read)
        shown.assigned_group_members = client.assigned_group_members
    if profile.skywalk_is_published:
        _show_skywalk(client, shown)
    if profile.flows_can_be_demultiplexed:
        shown.validated_parent = int(client.validated_parent)
        shown.parent_client_id = client.parent_client_id
    if profile.clients_keep_skip_policy:
        shown.skip_policy_id = client.skip_policy_id
    return shown


def _show_registrations(client: Client, shown: ClientSnapshot, *, delegates: bool) -> None:
    """Fill in the fields that releases with flow registrations have, and only those.

    ``delegates``: flows have the index of the interface that theirs delegates to.
    """
    failed = client.failed_trigger
    shown.flow_result_read = 0
    shown.registrations = tuple(
        _registration(registration, delegates=delegates)
        for registration in client.registrations or ()
    )
    shown.interface_options = tuple(
        InterfaceOptionSnapshot(*option) for option in client.interface_options
    )
    if failed is None:
        shown.failed_trigger_agent = FailedTriggerSnapshot(0, ZERO_UUID)
    else:
        shown.failed_trigger_agent = FailedTriggerSnapshot(failed.generation, failed.agent)
    shown.agent_handle = 1
    shown.legacy_client_is_flow = int(client.legacy_client_is_flow)


def _show_skywalk(client: Client, shown: ClientSnapshot) -> None:
    """Fill in what clients and their registrations have of Skywalk."""
    shown.port_reserved = int(client.port_reservation is not None)
    shown.latest_flow_registration_id = client.latest_registration_id
    for registration, each in zip(
        client.registrations or (), shown.registrations or (), strict=True
    ):
        each.stats = int(registration.stats_address is not None)
        each.ustats_uaddr = registration.stats_address or 0


def _client(client: Client, max_bytes: int) -> ClientSnapshot:
    route = client.current_route
    handle = client.interface_handle
    overflowed = client.result_length == RESULT_OVERFLOWED
    valid_bytes = max_bytes if overflowed else client.result_length
    return ClientSnapshot(
        client_id=client.client_id,
        result_read=int(client.result_read),
        flow_result_read=int(client.flow_result_read),
        allow_multiple_flows=int(client.allow_multiple_flows),
        defunct=int(client.defunct),
        background=int(client.background),
        background_update=int(client.background_update),
        platform_binary=int(client.platform_binary),
        policy_id=client.policy_id,
        ip_protocol=client.ip_protocol,
        proc_pid=client.proc_pid,
        has_route=route is not None,
        route_ifindex=route.interface.index if route is not None else None,
        route_flags=route.flags if route is not None else None,
        interface_handle=handle.name if handle is not None else None,
        result_length=client.result_length,
        result=bytes(client.result[:valid_bytes]),
        parameters=bytes(client.parameters),
        assertions=tuple(client.assertion_list or ()),
        flows=tuple(map(_flow, client.flow_list)),
    )


def _registration(registration: FlowRegistration, *, delegates: bool) -> RegistrationSnapshot:
    handle = registration.interface_handle
    return RegistrationSnapshot(
        registration_id=registration.registration_id,
        flags=registration.flags,
        flow_result_read=int(registration.flow_result_read),
        defunct=int(registration.defunct),
        last_interface_details=registration.last_interface_details,
        interface_handle=handle.name if handle is not None else None,
        interface_cb=int(registration.interface_has_cb),
        flows=tuple(_registered_flow(flow, delegates=delegates) for flow in registration.flow_list),
    )


def _registered_flow(flow: Flow, *, delegates: bool) -> FlowSnapshot:
    shown = _flow(flow)
    shown.requested_nexus = 0
    shown.interface_flags = flow.interface_flags
    if delegates:
        shown.delegated_interface_index = flow.delegated_interface_index
    return shown


def _flow(flow: Flow) -> FlowSnapshot:
    handle = flow.handle
    return FlowSnapshot(
        invalid=int(flow.invalid),
        nexus=int(flow.nexus),
        socket=int(flow.socket),
        viable=int(flow.viable),
        requested_nexus=int(flow.requested_nexus),
        assigned=int(flow.assigned),
        has_protoctl_event=int(flow.has_protoctl_event),
        check_tcp_heuristics=int(flow.check_tcp_heuristics),
        interface_index=flow.interface_index,
        necp_flow_flags=flow.necp_flow_flags,
        protoctl_event=flow.protoctl_event,
        local_addr=flow.local_addr,
        remote_addr=flow.remote_addr,
        assigned_results_length=flow.assigned_results_length,
        assigned_results=flow.assigned_results or None,
        nexus_agent=flow.nexus_agent if flow.nexus else None,
        handle=None if flow.nexus else handle.name if handle is not None else _NO_HANDLE,
        cb=None if flow.nexus else int(flow.has_cb),
    )


def _route_statistics(kernel: KernelState) -> tuple[RouteStatsSnapshot, ...]:
    counted = []
    for name, route in sorted(kernel.routes.by_id.items()):
        if route.stats is not None:
            counters = tuple(route.stats.get(counter, 0) for counter in COUNTER_NAMES)
            counted.append(RouteStatsSnapshot(name, counters))
    return tuple(counted)


SNAPSHOT: Final = Description(
    subject=TakeSnapshot,
    handler=take_snapshot,
    summary="Shows the state. Nothing changes.",
    answer="counters, fds, clients, flows and queues; on request policies and agents",
    other_facts=(
        "clients_have_groups",
        "agents_have_tokens",
        "skywalk_is_published",
        "flows_can_be_demultiplexed",
        "clients_keep_skip_policy",
        "flow_divert_can_be_in_process",
    ),
    support=Support.PARTIAL,
    missing="caches of TCP and interfaces are not shown; their effects are",
)
