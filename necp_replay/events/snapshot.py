"""Snapshots: the state of the subsystem at one moment, in the kernel's structures and names."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(slots=True)
class FlowSnapshot:
    """``struct necp_client_flow``.

    Nexus flows have ``nexus_agent``, all others ``handle`` and ``cb``.
    """

    invalid: int
    nexus: int
    socket: int
    viable: int
    requested_nexus: int
    assigned: int
    has_protoctl_event: int
    check_tcp_heuristics: int
    interface_index: int
    necp_flow_flags: int
    protoctl_event: tuple[int, ...]
    local_addr: bytes
    remote_addr: bytes
    assigned_results_length: int
    assigned_results: bytes | None
    nexus_agent: bytes | None = None
    handle: str | None = None
    cb: int | None = None


@dataclass(slots=True)
class ClientSnapshot:
    """``struct necp_client``.

    ``result`` is the valid part of the result buffer. After an overflow ``result_length`` is -1 and
    ``result`` has all 512 bytes. Without a route ``route_ifindex`` and ``route_flags`` are None.
    """

    client_id: bytes
    result_read: int
    flow_result_read: int
    allow_multiple_flows: int
    defunct: int
    background: int
    background_update: int
    platform_binary: int
    policy_id: int
    ip_protocol: int
    proc_pid: int
    has_route: bool
    route_ifindex: int | None
    route_flags: int | None
    interface_handle: str | None
    result_length: int
    result: bytes
    parameters: bytes
    assertions: tuple[bytes, ...] = ()
    flows: tuple[FlowSnapshot, ...] = ()


@dataclass(slots=True)
class UpdateSnapshot:
    """A queued update for an observer. ``length`` includes the header of 4 bytes."""

    client_id: bytes
    length: int
    update_type: int
    tlv: bytes


@dataclass(slots=True)
class FdSnapshot:
    """``struct necp_fd_data``. Its clients are sorted by id."""

    fd: int
    pid: int
    flags: int
    update_count: int
    updates: tuple[UpdateSnapshot, ...]
    readable: bool
    clients: tuple[ClientSnapshot, ...]


@dataclass(slots=True)
class PolicySnapshot:
    """``struct necp_session_policy``, without what it matches and decides."""

    id: int
    order: int
    applied: int
    pending_deletion: int
    pending_update: int


@dataclass(slots=True)
class SessionSnapshot:
    """``struct necp_session``."""

    control_unit: int
    priority: int
    order: int
    proc_locked: int
    proc_pid: int
    dirty: int
    policies: tuple[PolicySnapshot, ...]


@dataclass(slots=True)
class PoliciesSnapshot:
    """The policy database."""

    session_count: int
    drop_all_level: int
    drop_all_order: int
    application_policies_count: int
    socket_policies_count: int
    ip_output_policies_count: int
    sessions: tuple[SessionSnapshot, ...]


@dataclass(slots=True)
class AgentSnapshot:
    """``struct netagent_wrapper``."""

    uuid: bytes
    flags: int
    generation: int
    use_count: int
    control_unit: int
    data_size: int
    pending_triggers: tuple[bytes, ...]


@dataclass(slots=True)
class NetagentsSnapshot:
    """The agent registry."""

    netagent_registered_count: int
    netagent_active_count: int
    next_generation: int
    agents: tuple[AgentSnapshot, ...]


@dataclass(slots=True)
class RouteStatsSnapshot:
    """Counters of a route that has a statistics block. Vectors do not measure them."""

    route: str
    counters: tuple[int, ...]


@dataclass(slots=True)
class Snapshot:
    """Everything that a process or an administrator could find out about the subsystem.

    ``policies`` and ``netagents`` are None unless a full snapshot was taken.
    """

    necp_client_fd_count: int
    necp_observer_fd_count: int
    necp_client_count: int
    necp_socket_flow_count: int
    necp_if_flow_count: int
    observer_message_limit: int
    timer_armed: bool
    fds: tuple[FdSnapshot, ...]
    observers: tuple[FdSnapshot, ...]
    policies: PoliciesSnapshot | None = None
    netagents: NetagentsSnapshot | None = None
    route_statistics: tuple[RouteStatsSnapshot, ...] = field(default=(), compare=False)
