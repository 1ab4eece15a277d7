from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class FlowSnapshot(_message.Message):
    __slots__ = ("invalid", "nexus", "socket", "viable", "requested_nexus", "assigned", "has_protoctl_event", "check_tcp_heuristics", "interface_index", "necp_flow_flags", "protoctl_event", "local_addr", "remote_addr", "assigned_results_length", "assigned_results", "nexus_agent", "handle", "cb", "interface_flags", "delegated_interface_index")
    INVALID_FIELD_NUMBER: _ClassVar[int]
    NEXUS_FIELD_NUMBER: _ClassVar[int]
    SOCKET_FIELD_NUMBER: _ClassVar[int]
    VIABLE_FIELD_NUMBER: _ClassVar[int]
    REQUESTED_NEXUS_FIELD_NUMBER: _ClassVar[int]
    ASSIGNED_FIELD_NUMBER: _ClassVar[int]
    HAS_PROTOCTL_EVENT_FIELD_NUMBER: _ClassVar[int]
    CHECK_TCP_HEURISTICS_FIELD_NUMBER: _ClassVar[int]
    INTERFACE_INDEX_FIELD_NUMBER: _ClassVar[int]
    NECP_FLOW_FLAGS_FIELD_NUMBER: _ClassVar[int]
    PROTOCTL_EVENT_FIELD_NUMBER: _ClassVar[int]
    LOCAL_ADDR_FIELD_NUMBER: _ClassVar[int]
    REMOTE_ADDR_FIELD_NUMBER: _ClassVar[int]
    ASSIGNED_RESULTS_LENGTH_FIELD_NUMBER: _ClassVar[int]
    ASSIGNED_RESULTS_FIELD_NUMBER: _ClassVar[int]
    NEXUS_AGENT_FIELD_NUMBER: _ClassVar[int]
    HANDLE_FIELD_NUMBER: _ClassVar[int]
    CB_FIELD_NUMBER: _ClassVar[int]
    INTERFACE_FLAGS_FIELD_NUMBER: _ClassVar[int]
    DELEGATED_INTERFACE_INDEX_FIELD_NUMBER: _ClassVar[int]
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
    protoctl_event: _containers.RepeatedScalarFieldContainer[int]
    local_addr: bytes
    remote_addr: bytes
    assigned_results_length: int
    assigned_results: bytes
    nexus_agent: bytes
    handle: str
    cb: int
    interface_flags: int
    delegated_interface_index: int
    def __init__(self, invalid: _Optional[int] = ..., nexus: _Optional[int] = ..., socket: _Optional[int] = ..., viable: _Optional[int] = ..., requested_nexus: _Optional[int] = ..., assigned: _Optional[int] = ..., has_protoctl_event: _Optional[int] = ..., check_tcp_heuristics: _Optional[int] = ..., interface_index: _Optional[int] = ..., necp_flow_flags: _Optional[int] = ..., protoctl_event: _Optional[_Iterable[int]] = ..., local_addr: _Optional[bytes] = ..., remote_addr: _Optional[bytes] = ..., assigned_results_length: _Optional[int] = ..., assigned_results: _Optional[bytes] = ..., nexus_agent: _Optional[bytes] = ..., handle: _Optional[str] = ..., cb: _Optional[int] = ..., interface_flags: _Optional[int] = ..., delegated_interface_index: _Optional[int] = ...) -> None: ...

class RegistrationSnapshot(_message.Message):
    __slots__ = ("registration_id", "flags", "flow_result_read", "defunct", "last_interface_details", "interface_handle", "interface_cb", "flows", "stats", "ustats_uaddr")
    REGISTRATION_ID_FIELD_NUMBER: _ClassVar[int]
    FLAGS_FIELD_NUMBER: _ClassVar[int]
    FLOW_RESULT_READ_FIELD_NUMBER: _ClassVar[int]
    DEFUNCT_FIELD_NUMBER: _ClassVar[int]
    LAST_INTERFACE_DETAILS_FIELD_NUMBER: _ClassVar[int]
    INTERFACE_HANDLE_FIELD_NUMBER: _ClassVar[int]
    INTERFACE_CB_FIELD_NUMBER: _ClassVar[int]
    FLOWS_FIELD_NUMBER: _ClassVar[int]
    STATS_FIELD_NUMBER: _ClassVar[int]
    USTATS_UADDR_FIELD_NUMBER: _ClassVar[int]
    registration_id: bytes
    flags: int
    flow_result_read: int
    defunct: int
    last_interface_details: int
    interface_handle: str
    interface_cb: int
    flows: _containers.RepeatedCompositeFieldContainer[FlowSnapshot]
    stats: int
    ustats_uaddr: int
    def __init__(self, registration_id: _Optional[bytes] = ..., flags: _Optional[int] = ..., flow_result_read: _Optional[int] = ..., defunct: _Optional[int] = ..., last_interface_details: _Optional[int] = ..., interface_handle: _Optional[str] = ..., interface_cb: _Optional[int] = ..., flows: _Optional[_Iterable[_Union[FlowSnapshot, _Mapping]]] = ..., stats: _Optional[int] = ..., ustats_uaddr: _Optional[int] = ...) -> None: ...

class FailedTriggerSnapshot(_message.Message):
    __slots__ = ("generation", "uuid")
    GENERATION_FIELD_NUMBER: _ClassVar[int]
    UUID_FIELD_NUMBER: _ClassVar[int]
    generation: int
    uuid: bytes
    def __init__(self, generation: _Optional[int] = ..., uuid: _Optional[bytes] = ...) -> None: ...

class InterfaceOptionSnapshot(_message.Message):
    __slots__ = ("index", "generation", "agent")
    INDEX_FIELD_NUMBER: _ClassVar[int]
    GENERATION_FIELD_NUMBER: _ClassVar[int]
    AGENT_FIELD_NUMBER: _ClassVar[int]
    index: int
    generation: int
    agent: bytes
    def __init__(self, index: _Optional[int] = ..., generation: _Optional[int] = ..., agent: _Optional[bytes] = ...) -> None: ...

class RegistrationSnapshotList(_message.Message):
    __slots__ = ("items",)
    ITEMS_FIELD_NUMBER: _ClassVar[int]
    items: _containers.RepeatedCompositeFieldContainer[RegistrationSnapshot]
    def __init__(self, items: _Optional[_Iterable[_Union[RegistrationSnapshot, _Mapping]]] = ...) -> None: ...

class InterfaceOptionSnapshotList(_message.Message):
    __slots__ = ("items",)
    ITEMS_FIELD_NUMBER: _ClassVar[int]
    items: _containers.RepeatedCompositeFieldContainer[InterfaceOptionSnapshot]
    def __init__(self, items: _Optional[_Iterable[_Union[InterfaceOptionSnapshot, _Mapping]]] = ...) -> None: ...

class ClientSnapshot(_message.Message):
    __slots__ = ("client_id", "result_read", "flow_result_read", "allow_multiple_flows", "defunct", "background", "background_update", "platform_binary", "policy_id", "ip_protocol", "proc_pid", "has_route", "route_ifindex", "route_flags", "interface_handle", "result_length", "result", "parameters", "assertions", "flows", "registrations", "interface_options", "failed_trigger_agent", "agent_handle", "legacy_client_is_flow", "delegated_upid", "override_euuid", "group_members_read", "assigned_group_members", "port_reserved", "latest_flow_registration_id", "validated_parent", "parent_client_id", "skip_policy_id")
    CLIENT_ID_FIELD_NUMBER: _ClassVar[int]
    RESULT_READ_FIELD_NUMBER: _ClassVar[int]
    FLOW_RESULT_READ_FIELD_NUMBER: _ClassVar[int]
    ALLOW_MULTIPLE_FLOWS_FIELD_NUMBER: _ClassVar[int]
    DEFUNCT_FIELD_NUMBER: _ClassVar[int]
    BACKGROUND_FIELD_NUMBER: _ClassVar[int]
    BACKGROUND_UPDATE_FIELD_NUMBER: _ClassVar[int]
    PLATFORM_BINARY_FIELD_NUMBER: _ClassVar[int]
    POLICY_ID_FIELD_NUMBER: _ClassVar[int]
    IP_PROTOCOL_FIELD_NUMBER: _ClassVar[int]
    PROC_PID_FIELD_NUMBER: _ClassVar[int]
    HAS_ROUTE_FIELD_NUMBER: _ClassVar[int]
    ROUTE_IFINDEX_FIELD_NUMBER: _ClassVar[int]
    ROUTE_FLAGS_FIELD_NUMBER: _ClassVar[int]
    INTERFACE_HANDLE_FIELD_NUMBER: _ClassVar[int]
    RESULT_LENGTH_FIELD_NUMBER: _ClassVar[int]
    RESULT_FIELD_NUMBER: _ClassVar[int]
    PARAMETERS_FIELD_NUMBER: _ClassVar[int]
    ASSERTIONS_FIELD_NUMBER: _ClassVar[int]
    FLOWS_FIELD_NUMBER: _ClassVar[int]
    REGISTRATIONS_FIELD_NUMBER: _ClassVar[int]
    INTERFACE_OPTIONS_FIELD_NUMBER: _ClassVar[int]
    FAILED_TRIGGER_AGENT_FIELD_NUMBER: _ClassVar[int]
    AGENT_HANDLE_FIELD_NUMBER: _ClassVar[int]
    LEGACY_CLIENT_IS_FLOW_FIELD_NUMBER: _ClassVar[int]
    DELEGATED_UPID_FIELD_NUMBER: _ClassVar[int]
    OVERRIDE_EUUID_FIELD_NUMBER: _ClassVar[int]
    GROUP_MEMBERS_READ_FIELD_NUMBER: _ClassVar[int]
    ASSIGNED_GROUP_MEMBERS_FIELD_NUMBER: _ClassVar[int]
    PORT_RESERVED_FIELD_NUMBER: _ClassVar[int]
    LATEST_FLOW_REGISTRATION_ID_FIELD_NUMBER: _ClassVar[int]
    VALIDATED_PARENT_FIELD_NUMBER: _ClassVar[int]
    PARENT_CLIENT_ID_FIELD_NUMBER: _ClassVar[int]
    SKIP_POLICY_ID_FIELD_NUMBER: _ClassVar[int]
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
    route_ifindex: int
    route_flags: int
    interface_handle: str
    result_length: int
    result: bytes
    parameters: bytes
    assertions: _containers.RepeatedScalarFieldContainer[bytes]
    flows: _containers.RepeatedCompositeFieldContainer[FlowSnapshot]
    registrations: RegistrationSnapshotList
    interface_options: InterfaceOptionSnapshotList
    failed_trigger_agent: FailedTriggerSnapshot
    agent_handle: int
    legacy_client_is_flow: int
    delegated_upid: int
    override_euuid: bytes
    group_members_read: int
    assigned_group_members: bytes
    port_reserved: int
    latest_flow_registration_id: bytes
    validated_parent: int
    parent_client_id: bytes
    skip_policy_id: int
    def __init__(self, client_id: _Optional[bytes] = ..., result_read: _Optional[int] = ..., flow_result_read: _Optional[int] = ..., allow_multiple_flows: _Optional[int] = ..., defunct: _Optional[int] = ..., background: _Optional[int] = ..., background_update: _Optional[int] = ..., platform_binary: _Optional[int] = ..., policy_id: _Optional[int] = ..., ip_protocol: _Optional[int] = ..., proc_pid: _Optional[int] = ..., has_route: _Optional[bool] = ..., route_ifindex: _Optional[int] = ..., route_flags: _Optional[int] = ..., interface_handle: _Optional[str] = ..., result_length: _Optional[int] = ..., result: _Optional[bytes] = ..., parameters: _Optional[bytes] = ..., assertions: _Optional[_Iterable[bytes]] = ..., flows: _Optional[_Iterable[_Union[FlowSnapshot, _Mapping]]] = ..., registrations: _Optional[_Union[RegistrationSnapshotList, _Mapping]] = ..., interface_options: _Optional[_Union[InterfaceOptionSnapshotList, _Mapping]] = ..., failed_trigger_agent: _Optional[_Union[FailedTriggerSnapshot, _Mapping]] = ..., agent_handle: _Optional[int] = ..., legacy_client_is_flow: _Optional[int] = ..., delegated_upid: _Optional[int] = ..., override_euuid: _Optional[bytes] = ..., group_members_read: _Optional[int] = ..., assigned_group_members: _Optional[bytes] = ..., port_reserved: _Optional[int] = ..., latest_flow_registration_id: _Optional[bytes] = ..., validated_parent: _Optional[int] = ..., parent_client_id: _Optional[bytes] = ..., skip_policy_id: _Optional[int] = ...) -> None: ...

class UpdateSnapshot(_message.Message):
    __slots__ = ("client_id", "length", "update_type", "tlv")
    CLIENT_ID_FIELD_NUMBER: _ClassVar[int]
    LENGTH_FIELD_NUMBER: _ClassVar[int]
    UPDATE_TYPE_FIELD_NUMBER: _ClassVar[int]
    TLV_FIELD_NUMBER: _ClassVar[int]
    client_id: bytes
    length: int
    update_type: int
    tlv: bytes
    def __init__(self, client_id: _Optional[bytes] = ..., length: _Optional[int] = ..., update_type: _Optional[int] = ..., tlv: _Optional[bytes] = ...) -> None: ...

class FdSnapshot(_message.Message):
    __slots__ = ("fd", "pid", "flags", "update_count", "updates", "readable", "clients", "background", "stats_arena_active", "stats_arenas", "sysctl_arena", "request_in_process_flow_divert")
    FD_FIELD_NUMBER: _ClassVar[int]
    PID_FIELD_NUMBER: _ClassVar[int]
    FLAGS_FIELD_NUMBER: _ClassVar[int]
    UPDATE_COUNT_FIELD_NUMBER: _ClassVar[int]
    UPDATES_FIELD_NUMBER: _ClassVar[int]
    READABLE_FIELD_NUMBER: _ClassVar[int]
    CLIENTS_FIELD_NUMBER: _ClassVar[int]
    BACKGROUND_FIELD_NUMBER: _ClassVar[int]
    STATS_ARENA_ACTIVE_FIELD_NUMBER: _ClassVar[int]
    STATS_ARENAS_FIELD_NUMBER: _ClassVar[int]
    SYSCTL_ARENA_FIELD_NUMBER: _ClassVar[int]
    REQUEST_IN_PROCESS_FLOW_DIVERT_FIELD_NUMBER: _ClassVar[int]
    fd: int
    pid: int
    flags: int
    update_count: int
    updates: _containers.RepeatedCompositeFieldContainer[UpdateSnapshot]
    readable: bool
    clients: _containers.RepeatedCompositeFieldContainer[ClientSnapshot]
    background: int
    stats_arena_active: int
    stats_arenas: int
    sysctl_arena: int
    request_in_process_flow_divert: int
    def __init__(self, fd: _Optional[int] = ..., pid: _Optional[int] = ..., flags: _Optional[int] = ..., update_count: _Optional[int] = ..., updates: _Optional[_Iterable[_Union[UpdateSnapshot, _Mapping]]] = ..., readable: _Optional[bool] = ..., clients: _Optional[_Iterable[_Union[ClientSnapshot, _Mapping]]] = ..., background: _Optional[int] = ..., stats_arena_active: _Optional[int] = ..., stats_arenas: _Optional[int] = ..., sysctl_arena: _Optional[int] = ..., request_in_process_flow_divert: _Optional[int] = ...) -> None: ...

class PolicySnapshot(_message.Message):
    __slots__ = ("id", "order", "applied", "pending_deletion", "pending_update")
    ID_FIELD_NUMBER: _ClassVar[int]
    ORDER_FIELD_NUMBER: _ClassVar[int]
    APPLIED_FIELD_NUMBER: _ClassVar[int]
    PENDING_DELETION_FIELD_NUMBER: _ClassVar[int]
    PENDING_UPDATE_FIELD_NUMBER: _ClassVar[int]
    id: int
    order: int
    applied: int
    pending_deletion: int
    pending_update: int
    def __init__(self, id: _Optional[int] = ..., order: _Optional[int] = ..., applied: _Optional[int] = ..., pending_deletion: _Optional[int] = ..., pending_update: _Optional[int] = ...) -> None: ...

class SessionSnapshot(_message.Message):
    __slots__ = ("control_unit", "priority", "order", "proc_locked", "proc_pid", "dirty", "policies")
    CONTROL_UNIT_FIELD_NUMBER: _ClassVar[int]
    PRIORITY_FIELD_NUMBER: _ClassVar[int]
    ORDER_FIELD_NUMBER: _ClassVar[int]
    PROC_LOCKED_FIELD_NUMBER: _ClassVar[int]
    PROC_PID_FIELD_NUMBER: _ClassVar[int]
    DIRTY_FIELD_NUMBER: _ClassVar[int]
    POLICIES_FIELD_NUMBER: _ClassVar[int]
    control_unit: int
    priority: int
    order: int
    proc_locked: int
    proc_pid: int
    dirty: int
    policies: _containers.RepeatedCompositeFieldContainer[PolicySnapshot]
    def __init__(self, control_unit: _Optional[int] = ..., priority: _Optional[int] = ..., order: _Optional[int] = ..., proc_locked: _Optional[int] = ..., proc_pid: _Optional[int] = ..., dirty: _Optional[int] = ..., policies: _Optional[_Iterable[_Union[PolicySnapshot, _Mapping]]] = ...) -> None: ...

class PoliciesSnapshot(_message.Message):
    __slots__ = ("session_count", "drop_all_level", "drop_all_order", "application_policies_count", "socket_policies_count", "ip_output_policies_count", "sessions")
    SESSION_COUNT_FIELD_NUMBER: _ClassVar[int]
    DROP_ALL_LEVEL_FIELD_NUMBER: _ClassVar[int]
    DROP_ALL_ORDER_FIELD_NUMBER: _ClassVar[int]
    APPLICATION_POLICIES_COUNT_FIELD_NUMBER: _ClassVar[int]
    SOCKET_POLICIES_COUNT_FIELD_NUMBER: _ClassVar[int]
    IP_OUTPUT_POLICIES_COUNT_FIELD_NUMBER: _ClassVar[int]
    SESSIONS_FIELD_NUMBER: _ClassVar[int]
    session_count: int
    drop_all_level: int
    drop_all_order: int
    application_policies_count: int
    socket_policies_count: int
    ip_output_policies_count: int
    sessions: _containers.RepeatedCompositeFieldContainer[SessionSnapshot]
    def __init__(self, session_count: _Optional[int] = ..., drop_all_level: _Optional[int] = ..., drop_all_order: _Optional[int] = ..., application_policies_count: _Optional[int] = ..., socket_policies_count: _Optional[int] = ..., ip_output_policies_count: _Optional[int] = ..., sessions: _Optional[_Iterable[_Union[SessionSnapshot, _Mapping]]] = ...) -> None: ...

class AgentSnapshot(_message.Message):
    __slots__ = ("uuid", "flags", "generation", "use_count", "control_unit", "data_size", "pending_triggers", "token_count", "token_low_water", "last_client_error", "client_error_count")
    UUID_FIELD_NUMBER: _ClassVar[int]
    FLAGS_FIELD_NUMBER: _ClassVar[int]
    GENERATION_FIELD_NUMBER: _ClassVar[int]
    USE_COUNT_FIELD_NUMBER: _ClassVar[int]
    CONTROL_UNIT_FIELD_NUMBER: _ClassVar[int]
    DATA_SIZE_FIELD_NUMBER: _ClassVar[int]
    PENDING_TRIGGERS_FIELD_NUMBER: _ClassVar[int]
    TOKEN_COUNT_FIELD_NUMBER: _ClassVar[int]
    TOKEN_LOW_WATER_FIELD_NUMBER: _ClassVar[int]
    LAST_CLIENT_ERROR_FIELD_NUMBER: _ClassVar[int]
    CLIENT_ERROR_COUNT_FIELD_NUMBER: _ClassVar[int]
    uuid: bytes
    flags: int
    generation: int
    use_count: int
    control_unit: int
    data_size: int
    pending_triggers: _containers.RepeatedScalarFieldContainer[bytes]
    token_count: int
    token_low_water: int
    last_client_error: int
    client_error_count: int
    def __init__(self, uuid: _Optional[bytes] = ..., flags: _Optional[int] = ..., generation: _Optional[int] = ..., use_count: _Optional[int] = ..., control_unit: _Optional[int] = ..., data_size: _Optional[int] = ..., pending_triggers: _Optional[_Iterable[bytes]] = ..., token_count: _Optional[int] = ..., token_low_water: _Optional[int] = ..., last_client_error: _Optional[int] = ..., client_error_count: _Optional[int] = ...) -> None: ...

class NetagentsSnapshot(_message.Message):
    __slots__ = ("netagent_registered_count", "netagent_active_count", "next_generation", "agents")
    NETAGENT_REGISTERED_COUNT_FIELD_NUMBER: _ClassVar[int]
    NETAGENT_ACTIVE_COUNT_FIELD_NUMBER: _ClassVar[int]
    NEXT_GENERATION_FIELD_NUMBER: _ClassVar[int]
    AGENTS_FIELD_NUMBER: _ClassVar[int]
    netagent_registered_count: int
    netagent_active_count: int
    next_generation: int
    agents: _containers.RepeatedCompositeFieldContainer[AgentSnapshot]
    def __init__(self, netagent_registered_count: _Optional[int] = ..., netagent_active_count: _Optional[int] = ..., next_generation: _Optional[int] = ..., agents: _Optional[_Iterable[_Union[AgentSnapshot, _Mapping]]] = ...) -> None: ...

class RouteStatsSnapshot(_message.Message):
    __slots__ = ("route", "counters")
    ROUTE_FIELD_NUMBER: _ClassVar[int]
    COUNTERS_FIELD_NUMBER: _ClassVar[int]
    route: str
    counters: _containers.RepeatedScalarFieldContainer[int]
    def __init__(self, route: _Optional[str] = ..., counters: _Optional[_Iterable[int]] = ...) -> None: ...

class Snapshot(_message.Message):
    __slots__ = ("necp_client_fd_count", "necp_observer_fd_count", "necp_client_count", "necp_socket_flow_count", "necp_if_flow_count", "observer_message_limit", "timer_armed", "fds", "observers", "policies", "netagents", "route_statistics", "necp_arena_count", "necp_sysctl_arena_count", "necp_nexus_flow_count")
    NECP_CLIENT_FD_COUNT_FIELD_NUMBER: _ClassVar[int]
    NECP_OBSERVER_FD_COUNT_FIELD_NUMBER: _ClassVar[int]
    NECP_CLIENT_COUNT_FIELD_NUMBER: _ClassVar[int]
    NECP_SOCKET_FLOW_COUNT_FIELD_NUMBER: _ClassVar[int]
    NECP_IF_FLOW_COUNT_FIELD_NUMBER: _ClassVar[int]
    OBSERVER_MESSAGE_LIMIT_FIELD_NUMBER: _ClassVar[int]
    TIMER_ARMED_FIELD_NUMBER: _ClassVar[int]
    FDS_FIELD_NUMBER: _ClassVar[int]
    OBSERVERS_FIELD_NUMBER: _ClassVar[int]
    POLICIES_FIELD_NUMBER: _ClassVar[int]
    NETAGENTS_FIELD_NUMBER: _ClassVar[int]
    ROUTE_STATISTICS_FIELD_NUMBER: _ClassVar[int]
    NECP_ARENA_COUNT_FIELD_NUMBER: _ClassVar[int]
    NECP_SYSCTL_ARENA_COUNT_FIELD_NUMBER: _ClassVar[int]
    NECP_NEXUS_FLOW_COUNT_FIELD_NUMBER: _ClassVar[int]
    necp_client_fd_count: int
    necp_observer_fd_count: int
    necp_client_count: int
    necp_socket_flow_count: int
    necp_if_flow_count: int
    observer_message_limit: int
    timer_armed: bool
    fds: _containers.RepeatedCompositeFieldContainer[FdSnapshot]
    observers: _containers.RepeatedCompositeFieldContainer[FdSnapshot]
    policies: PoliciesSnapshot
    netagents: NetagentsSnapshot
    route_statistics: _containers.RepeatedCompositeFieldContainer[RouteStatsSnapshot]
    necp_arena_count: int
    necp_sysctl_arena_count: int
    necp_nexus_flow_count: int
    def __init__(self, necp_client_fd_count: _Optional[int] = ..., necp_observer_fd_count: _Optional[int] = ..., necp_client_count: _Optional[int] = ..., necp_socket_flow_count: _Optional[int] = ..., necp_if_flow_count: _Optional[int] = ..., observer_message_limit: _Optional[int] = ..., timer_armed: _Optional[bool] = ..., fds: _Optional[_Iterable[_Union[FdSnapshot, _Mapping]]] = ..., observers: _Optional[_Iterable[_Union[FdSnapshot, _Mapping]]] = ..., policies: _Optional[_Union[PoliciesSnapshot, _Mapping]] = ..., netagents: _Optional[_Union[NetagentsSnapshot, _Mapping]] = ..., route_statistics: _Optional[_Iterable[_Union[RouteStatsSnapshot, _Mapping]]] = ..., necp_arena_count: _Optional[int] = ..., necp_sysctl_arena_count: _Optional[int] = ..., necp_nexus_flow_count: _Optional[int] = ...) -> None: ...
