"""Snapshots: the state of the subsystem at one moment, in the kernel's structures and names."""

from __future__ import annotations

from dataclasses import field

from necp_replay.dataclass import dataclass
from necp_replay.events.snapshot_text import ShownInWords


@dataclass(slots=True, repr=False)
class FlowSnapshot(ShownInWords):
    """``struct necp_client_flow``.

    Nexus flows have ``nexus_agent``, all others ``handle`` and ``cb``. Flows of a registration have
    ``interface_flags``, and no ``requested_nexus``: it is 0. ``delegated_interface_index`` is None
    in releases that do not have it.
    """

    invalid: int
    nexus: int
    socket: int
    viable: int
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
    requested_nexus: int = 0
    interface_flags: int | None = None
    delegated_interface_index: int | None = None


@dataclass(slots=True, repr=False)
class RegistrationSnapshot(ShownInWords):
    """``struct necp_client_flow_registration``, in releases that have it.

    ``stats`` says whether it has statistics in an arena, ``ustats_uaddr`` where they are in the
    memory of the process. Both are None in releases without arenas.
    """

    registration_id: bytes
    flags: int
    flow_result_read: int
    defunct: int
    last_interface_details: int
    interface_handle: str | None
    interface_cb: int
    flows: tuple[FlowSnapshot, ...] = ()
    stats: int | None = None
    ustats_uaddr: int | None = None


@dataclass(slots=True, repr=False)
class FailedTriggerSnapshot(ShownInWords):
    """The agent whose trigger failed for a client, which hides it while its generation stays."""

    generation: int
    uuid: bytes


@dataclass(slots=True, repr=False)
class InterfaceOptionSnapshot(ShownInWords):
    """``struct necp_client_interface_option``: an interface that a client may use as well."""

    index: int
    generation: int
    agent: bytes


@dataclass(slots=True, repr=False)
class ClientSnapshot(ShownInWords):
    """``struct necp_client``.

    ``result`` is the valid part of the result buffer. After an overflow ``result_length`` is -1 and
    ``result`` has all 512 bytes. Without a route ``route_ifindex`` and ``route_flags`` are None.

    Where releases have flow registrations, ``registrations``, ``interface_options``,
    ``failed_trigger_agent``, ``agent_handle`` and ``legacy_client_is_flow`` are there.
    ``flow_result_read``, ``defunct``, ``interface_handle`` and ``flows`` are of no use then: they
    are 0, None and empty. Where ``delegated_upid`` is there, so are ``background`` and
    ``background_update``; ``override_euuid`` is there in still later releases, and so is
    ``group_members_read``. ``assigned_group_members`` is None also where there are none. The fields
    from ``port_reserved`` on are None in releases that do not have them.
    """

    client_id: bytes
    result_read: int
    allow_multiple_flows: int
    platform_binary: int
    policy_id: int
    ip_protocol: int
    proc_pid: int
    has_route: bool
    route_ifindex: int | None
    route_flags: int | None
    result_length: int
    result: bytes
    parameters: bytes
    assertions: tuple[bytes, ...] = ()
    flows: tuple[FlowSnapshot, ...] = ()
    flow_result_read: int = 0
    defunct: int = 0
    background: int = 0
    background_update: int = 0
    interface_handle: str | None = None
    registrations: tuple[RegistrationSnapshot, ...] | None = None
    interface_options: tuple[InterfaceOptionSnapshot, ...] | None = None
    failed_trigger_agent: FailedTriggerSnapshot | None = None
    agent_handle: int | None = None
    legacy_client_is_flow: int | None = None
    delegated_upid: int | None = None
    override_euuid: bytes | None = None
    group_members_read: int | None = None
    assigned_group_members: bytes | None = None
    port_reserved: int | None = None
    latest_flow_registration_id: bytes | None = None
    validated_parent: int | None = None
    parent_client_id: bytes | None = None
    skip_policy_id: int | None = None


@dataclass(slots=True, repr=False)
class UpdateSnapshot(ShownInWords):
    """A queued update for an observer. ``length`` includes the header of 4 bytes."""

    client_id: bytes
    length: int
    update_type: int
    tlv: bytes


@dataclass(slots=True, repr=False)
class FdSnapshot(ShownInWords):
    """``struct necp_fd_data``. Its clients are sorted by id.

    The fields from ``background`` on are None where a trace does not show them, because its release
    does not have them. ``stats_arenas`` is how many arenas for statistics it has, ``sysctl_arena``
    whether it has one for sysctls.
    """

    fd: int
    pid: int
    flags: int
    update_count: int
    updates: tuple[UpdateSnapshot, ...]
    readable: bool
    clients: tuple[ClientSnapshot, ...]
    background: int | None = None
    stats_arena_active: int | None = None
    stats_arenas: int | None = None
    sysctl_arena: int | None = None
    request_in_process_flow_divert: int | None = None


@dataclass(slots=True, repr=False)
class PolicySnapshot(ShownInWords):
    """``struct necp_session_policy``, without what it matches and decides."""

    id: int
    order: int
    applied: int
    pending_deletion: int
    pending_update: int


@dataclass(slots=True, repr=False)
class SessionSnapshot(ShownInWords):
    """``struct necp_session``."""

    control_unit: int
    priority: int
    order: int
    proc_locked: int
    proc_pid: int
    dirty: int
    policies: tuple[PolicySnapshot, ...]


@dataclass(slots=True, repr=False)
class PoliciesSnapshot(ShownInWords):
    """The policy database."""

    session_count: int
    drop_all_level: int
    drop_all_order: int
    application_policies_count: int
    socket_policies_count: int
    ip_output_policies_count: int
    sessions: tuple[SessionSnapshot, ...]


@dataclass(slots=True, repr=False)
class AgentSnapshot(ShownInWords):
    """``struct netagent_wrapper``.

    Tokens and errors of clients are None in releases that do not have them.
    """

    uuid: bytes
    flags: int
    generation: int
    use_count: int
    control_unit: int
    data_size: int
    pending_triggers: tuple[bytes, ...]
    token_count: int | None = None
    token_low_water: int | None = None
    last_client_error: int | None = None
    client_error_count: int | None = None


@dataclass(slots=True, repr=False)
class NetagentsSnapshot(ShownInWords):
    """The agent registry."""

    netagent_registered_count: int
    netagent_active_count: int
    next_generation: int
    agents: tuple[AgentSnapshot, ...]


@dataclass(slots=True, repr=False)
class RouteStatsSnapshot(ShownInWords):
    """Counters of a route that has a statistics block. Vectors do not measure them."""

    route: str
    counters: tuple[int, ...]


@dataclass(slots=True, repr=False)
class Snapshot(ShownInWords):
    """Everything that a process or an administrator could find out about the subsystem.

    ``policies`` and ``netagents`` are None unless a full snapshot was taken. The counters at the
    end are None in releases without Skywalk.
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
    necp_arena_count: int | None = None
    necp_sysctl_arena_count: int | None = None
    necp_nexus_flow_count: int | None = None
