from necp_replay.trace.pb import agents_pb2 as _agents_pb2
from necp_replay.trace.pb import clock_pb2 as _clock_pb2
from necp_replay.trace.pb import header_pb2 as _header_pb2
from necp_replay.trace.pb import interfaces_pb2 as _interfaces_pb2
from necp_replay.trace.pb import notifications_pb2 as _notifications_pb2
from necp_replay.trace.pb import outcome_pb2 as _outcome_pb2
from necp_replay.trace.pb import policy_control_pb2 as _policy_control_pb2
from necp_replay.trace.pb import processes_pb2 as _processes_pb2
from necp_replay.trace.pb import routes_pb2 as _routes_pb2
from necp_replay.trace.pb import sockets_pb2 as _sockets_pb2
from necp_replay.trace.pb import syscalls_pb2 as _syscalls_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class Chunk(_message.Message):
    __slots__ = ("first_record", "record_count", "clock_ns", "header", "records", "state_hashes")
    FIRST_RECORD_FIELD_NUMBER: _ClassVar[int]
    RECORD_COUNT_FIELD_NUMBER: _ClassVar[int]
    CLOCK_NS_FIELD_NUMBER: _ClassVar[int]
    HEADER_FIELD_NUMBER: _ClassVar[int]
    RECORDS_FIELD_NUMBER: _ClassVar[int]
    STATE_HASHES_FIELD_NUMBER: _ClassVar[int]
    first_record: int
    record_count: int
    clock_ns: int
    header: _header_pb2.Header
    records: _containers.RepeatedCompositeFieldContainer[Record]
    state_hashes: _containers.RepeatedCompositeFieldContainer[StateHash]
    def __init__(self, first_record: _Optional[int] = ..., record_count: _Optional[int] = ..., clock_ns: _Optional[int] = ..., header: _Optional[_Union[_header_pb2.Header, _Mapping]] = ..., records: _Optional[_Iterable[_Union[Record, _Mapping]]] = ..., state_hashes: _Optional[_Iterable[_Union[StateHash, _Mapping]]] = ...) -> None: ...

class StateHash(_message.Message):
    __slots__ = ("record", "form", "sha256")
    RECORD_FIELD_NUMBER: _ClassVar[int]
    FORM_FIELD_NUMBER: _ClassVar[int]
    SHA256_FIELD_NUMBER: _ClassVar[int]
    record: int
    form: int
    sha256: bytes
    def __init__(self, record: _Optional[int] = ..., form: _Optional[int] = ..., sha256: _Optional[bytes] = ...) -> None: ...

class UndecodedChunk(_message.Message):
    __slots__ = ("first_record", "record_count", "clock_ns", "header", "records", "state_hashes")
    FIRST_RECORD_FIELD_NUMBER: _ClassVar[int]
    RECORD_COUNT_FIELD_NUMBER: _ClassVar[int]
    CLOCK_NS_FIELD_NUMBER: _ClassVar[int]
    HEADER_FIELD_NUMBER: _ClassVar[int]
    RECORDS_FIELD_NUMBER: _ClassVar[int]
    STATE_HASHES_FIELD_NUMBER: _ClassVar[int]
    first_record: int
    record_count: int
    clock_ns: int
    header: _header_pb2.Header
    records: _containers.RepeatedScalarFieldContainer[bytes]
    state_hashes: _containers.RepeatedCompositeFieldContainer[StateHash]
    def __init__(self, first_record: _Optional[int] = ..., record_count: _Optional[int] = ..., clock_ns: _Optional[int] = ..., header: _Optional[_Union[_header_pb2.Header, _Mapping]] = ..., records: _Optional[_Iterable[bytes]] = ..., state_hashes: _Optional[_Iterable[_Union[StateHash, _Mapping]]] = ...) -> None: ...

class Record(_message.Message):
    __slots__ = ("outcome", "uuids", "now_ns", "necp_client_action", "fd_poll", "close", "necp_open", "now", "update_all_clients", "timer_fire", "snapshot", "proc_add", "proc_update", "proc_exit", "iface_attach", "iface_update", "iface_detach", "iface_order", "iface_add_agent", "iface_del_agent", "route_add", "route_update", "route_delete", "netagent_register", "netagent_update", "netagent_set_flags", "netagent_unregister", "netagent_close", "netagent_setopt", "netagent_getopt", "netagent_message", "netagent_fail", "netagent_assign_nexus", "netagent_protoctl", "netagent_trigger", "socket_create", "socket_update", "register_socket_flow", "assign_from_socket", "inpcb_remove_cb", "inpcb_dispose", "register_multipath_cb", "mppcb_dispose", "socket_set_attributes", "socket_get_attributes", "inject_nexus_flow", "fd_defunct", "fd_background", "fd_memstatus", "force_update_client", "assign_client_result", "protoctl_event", "copy_nexus_parameters", "create_nexus_assign_message", "reap_caches", "sysctl_set", "fd_read", "fd_write", "fd_ioctl", "fd_select", "open_other", "necp_session_open", "necp_session_action", "necp_match_policy", "netagent_open", "necp_ctl_open", "necp_ctl_send", "necp_ctl_close", "partial", "create_registration", "assert_bb_radio_manager", "resolver_key", "socket_allowed_to_recv", "socket_set_resolver_signature", "socket_get_resolver_signature", "request_in_process_flow_divert", "netagent_results", "application_id_key", "random_bytes", "set_delegated_upid")
    OUTCOME_FIELD_NUMBER: _ClassVar[int]
    UUIDS_FIELD_NUMBER: _ClassVar[int]
    NOW_NS_FIELD_NUMBER: _ClassVar[int]
    NECP_CLIENT_ACTION_FIELD_NUMBER: _ClassVar[int]
    FD_POLL_FIELD_NUMBER: _ClassVar[int]
    CLOSE_FIELD_NUMBER: _ClassVar[int]
    NECP_OPEN_FIELD_NUMBER: _ClassVar[int]
    NOW_FIELD_NUMBER: _ClassVar[int]
    UPDATE_ALL_CLIENTS_FIELD_NUMBER: _ClassVar[int]
    TIMER_FIRE_FIELD_NUMBER: _ClassVar[int]
    SNAPSHOT_FIELD_NUMBER: _ClassVar[int]
    PROC_ADD_FIELD_NUMBER: _ClassVar[int]
    PROC_UPDATE_FIELD_NUMBER: _ClassVar[int]
    PROC_EXIT_FIELD_NUMBER: _ClassVar[int]
    IFACE_ATTACH_FIELD_NUMBER: _ClassVar[int]
    IFACE_UPDATE_FIELD_NUMBER: _ClassVar[int]
    IFACE_DETACH_FIELD_NUMBER: _ClassVar[int]
    IFACE_ORDER_FIELD_NUMBER: _ClassVar[int]
    IFACE_ADD_AGENT_FIELD_NUMBER: _ClassVar[int]
    IFACE_DEL_AGENT_FIELD_NUMBER: _ClassVar[int]
    ROUTE_ADD_FIELD_NUMBER: _ClassVar[int]
    ROUTE_UPDATE_FIELD_NUMBER: _ClassVar[int]
    ROUTE_DELETE_FIELD_NUMBER: _ClassVar[int]
    NETAGENT_REGISTER_FIELD_NUMBER: _ClassVar[int]
    NETAGENT_UPDATE_FIELD_NUMBER: _ClassVar[int]
    NETAGENT_SET_FLAGS_FIELD_NUMBER: _ClassVar[int]
    NETAGENT_UNREGISTER_FIELD_NUMBER: _ClassVar[int]
    NETAGENT_CLOSE_FIELD_NUMBER: _ClassVar[int]
    NETAGENT_SETOPT_FIELD_NUMBER: _ClassVar[int]
    NETAGENT_GETOPT_FIELD_NUMBER: _ClassVar[int]
    NETAGENT_MESSAGE_FIELD_NUMBER: _ClassVar[int]
    NETAGENT_FAIL_FIELD_NUMBER: _ClassVar[int]
    NETAGENT_ASSIGN_NEXUS_FIELD_NUMBER: _ClassVar[int]
    NETAGENT_PROTOCTL_FIELD_NUMBER: _ClassVar[int]
    NETAGENT_TRIGGER_FIELD_NUMBER: _ClassVar[int]
    SOCKET_CREATE_FIELD_NUMBER: _ClassVar[int]
    SOCKET_UPDATE_FIELD_NUMBER: _ClassVar[int]
    REGISTER_SOCKET_FLOW_FIELD_NUMBER: _ClassVar[int]
    ASSIGN_FROM_SOCKET_FIELD_NUMBER: _ClassVar[int]
    INPCB_REMOVE_CB_FIELD_NUMBER: _ClassVar[int]
    INPCB_DISPOSE_FIELD_NUMBER: _ClassVar[int]
    REGISTER_MULTIPATH_CB_FIELD_NUMBER: _ClassVar[int]
    MPPCB_DISPOSE_FIELD_NUMBER: _ClassVar[int]
    SOCKET_SET_ATTRIBUTES_FIELD_NUMBER: _ClassVar[int]
    SOCKET_GET_ATTRIBUTES_FIELD_NUMBER: _ClassVar[int]
    INJECT_NEXUS_FLOW_FIELD_NUMBER: _ClassVar[int]
    FD_DEFUNCT_FIELD_NUMBER: _ClassVar[int]
    FD_BACKGROUND_FIELD_NUMBER: _ClassVar[int]
    FD_MEMSTATUS_FIELD_NUMBER: _ClassVar[int]
    FORCE_UPDATE_CLIENT_FIELD_NUMBER: _ClassVar[int]
    ASSIGN_CLIENT_RESULT_FIELD_NUMBER: _ClassVar[int]
    PROTOCTL_EVENT_FIELD_NUMBER: _ClassVar[int]
    COPY_NEXUS_PARAMETERS_FIELD_NUMBER: _ClassVar[int]
    CREATE_NEXUS_ASSIGN_MESSAGE_FIELD_NUMBER: _ClassVar[int]
    REAP_CACHES_FIELD_NUMBER: _ClassVar[int]
    SYSCTL_SET_FIELD_NUMBER: _ClassVar[int]
    FD_READ_FIELD_NUMBER: _ClassVar[int]
    FD_WRITE_FIELD_NUMBER: _ClassVar[int]
    FD_IOCTL_FIELD_NUMBER: _ClassVar[int]
    FD_SELECT_FIELD_NUMBER: _ClassVar[int]
    OPEN_OTHER_FIELD_NUMBER: _ClassVar[int]
    NECP_SESSION_OPEN_FIELD_NUMBER: _ClassVar[int]
    NECP_SESSION_ACTION_FIELD_NUMBER: _ClassVar[int]
    NECP_MATCH_POLICY_FIELD_NUMBER: _ClassVar[int]
    NETAGENT_OPEN_FIELD_NUMBER: _ClassVar[int]
    NECP_CTL_OPEN_FIELD_NUMBER: _ClassVar[int]
    NECP_CTL_SEND_FIELD_NUMBER: _ClassVar[int]
    NECP_CTL_CLOSE_FIELD_NUMBER: _ClassVar[int]
    PARTIAL_FIELD_NUMBER: _ClassVar[int]
    CREATE_REGISTRATION_FIELD_NUMBER: _ClassVar[int]
    ASSERT_BB_RADIO_MANAGER_FIELD_NUMBER: _ClassVar[int]
    RESOLVER_KEY_FIELD_NUMBER: _ClassVar[int]
    SOCKET_ALLOWED_TO_RECV_FIELD_NUMBER: _ClassVar[int]
    SOCKET_SET_RESOLVER_SIGNATURE_FIELD_NUMBER: _ClassVar[int]
    SOCKET_GET_RESOLVER_SIGNATURE_FIELD_NUMBER: _ClassVar[int]
    REQUEST_IN_PROCESS_FLOW_DIVERT_FIELD_NUMBER: _ClassVar[int]
    NETAGENT_RESULTS_FIELD_NUMBER: _ClassVar[int]
    APPLICATION_ID_KEY_FIELD_NUMBER: _ClassVar[int]
    RANDOM_BYTES_FIELD_NUMBER: _ClassVar[int]
    SET_DELEGATED_UPID_FIELD_NUMBER: _ClassVar[int]
    outcome: _outcome_pb2.Outcome
    uuids: bytes
    now_ns: int
    necp_client_action: _syscalls_pb2.NecpClientAction
    fd_poll: _syscalls_pb2.FdPoll
    close: _syscalls_pb2.Close
    necp_open: _syscalls_pb2.NecpOpen
    now: _clock_pb2.Now
    update_all_clients: _clock_pb2.UpdateAllClients
    timer_fire: _clock_pb2.TimerFire
    snapshot: _notifications_pb2.TakeSnapshot
    proc_add: _processes_pb2.ProcAdd
    proc_update: _processes_pb2.ProcUpdate
    proc_exit: _processes_pb2.ProcExit
    iface_attach: _interfaces_pb2.IfaceAttach
    iface_update: _interfaces_pb2.IfaceUpdate
    iface_detach: _interfaces_pb2.IfaceDetach
    iface_order: _interfaces_pb2.IfaceOrder
    iface_add_agent: _interfaces_pb2.IfaceAddAgent
    iface_del_agent: _interfaces_pb2.IfaceDelAgent
    route_add: _routes_pb2.RouteAdd
    route_update: _routes_pb2.RouteUpdate
    route_delete: _routes_pb2.RouteDelete
    netagent_register: _agents_pb2.NetagentRegister
    netagent_update: _agents_pb2.NetagentUpdate
    netagent_set_flags: _agents_pb2.NetagentSetFlags
    netagent_unregister: _agents_pb2.NetagentUnregister
    netagent_close: _agents_pb2.NetagentClose
    netagent_setopt: _agents_pb2.NetagentSetopt
    netagent_getopt: _agents_pb2.NetagentGetopt
    netagent_message: _agents_pb2.NetagentMessage
    netagent_fail: _agents_pb2.NetagentFail
    netagent_assign_nexus: _agents_pb2.NetagentAssignNexus
    netagent_protoctl: _agents_pb2.NetagentProtoctl
    netagent_trigger: _syscalls_pb2.NetagentTrigger
    socket_create: _sockets_pb2.SocketCreate
    socket_update: _sockets_pb2.SocketUpdate
    register_socket_flow: _sockets_pb2.RegisterSocketFlow
    assign_from_socket: _sockets_pb2.AssignFromSocket
    inpcb_remove_cb: _sockets_pb2.InpcbRemoveCb
    inpcb_dispose: _sockets_pb2.InpcbDispose
    register_multipath_cb: _sockets_pb2.RegisterMultipathCb
    mppcb_dispose: _sockets_pb2.MppcbDispose
    socket_set_attributes: _sockets_pb2.SocketSetAttributes
    socket_get_attributes: _sockets_pb2.SocketGetAttributes
    inject_nexus_flow: _notifications_pb2.InjectNexusFlow
    fd_defunct: _notifications_pb2.FdDefunct
    fd_background: _notifications_pb2.FdBackground
    fd_memstatus: _notifications_pb2.FdMemstatus
    force_update_client: _notifications_pb2.ForceUpdateClient
    assign_client_result: _notifications_pb2.AssignClientResult
    protoctl_event: _notifications_pb2.ProtoctlEvent
    copy_nexus_parameters: _notifications_pb2.CopyNexusParameters
    create_nexus_assign_message: _notifications_pb2.CreateNexusAssignMessage
    reap_caches: _notifications_pb2.ReapCaches
    sysctl_set: _notifications_pb2.SysctlSet
    fd_read: _syscalls_pb2.FdRead
    fd_write: _syscalls_pb2.FdWrite
    fd_ioctl: _syscalls_pb2.FdIoctl
    fd_select: _syscalls_pb2.FdSelect
    open_other: _syscalls_pb2.OpenOther
    necp_session_open: _syscalls_pb2.NecpSessionOpen
    necp_session_action: _syscalls_pb2.NecpSessionAction
    necp_match_policy: _syscalls_pb2.NecpMatchPolicy
    netagent_open: _agents_pb2.NetagentOpen
    necp_ctl_open: _policy_control_pb2.NecpCtlOpen
    necp_ctl_send: _policy_control_pb2.NecpCtlSend
    necp_ctl_close: _policy_control_pb2.NecpCtlClose
    partial: PartialRecord
    create_registration: _notifications_pb2.CreateRegistration
    assert_bb_radio_manager: _notifications_pb2.AssertBbRadioManager
    resolver_key: _notifications_pb2.ResolverKey
    socket_allowed_to_recv: _sockets_pb2.SocketAllowedToRecv
    socket_set_resolver_signature: _sockets_pb2.SocketSetResolverSignature
    socket_get_resolver_signature: _sockets_pb2.SocketGetResolverSignature
    request_in_process_flow_divert: _notifications_pb2.RequestInProcessFlowDivert
    netagent_results: _agents_pb2.NetagentResults
    application_id_key: _notifications_pb2.ApplicationIdKey
    random_bytes: _notifications_pb2.RandomBytes
    set_delegated_upid: _notifications_pb2.SetDelegatedUpid
    def __init__(self, outcome: _Optional[_Union[_outcome_pb2.Outcome, _Mapping]] = ..., uuids: _Optional[bytes] = ..., now_ns: _Optional[int] = ..., necp_client_action: _Optional[_Union[_syscalls_pb2.NecpClientAction, _Mapping]] = ..., fd_poll: _Optional[_Union[_syscalls_pb2.FdPoll, _Mapping]] = ..., close: _Optional[_Union[_syscalls_pb2.Close, _Mapping]] = ..., necp_open: _Optional[_Union[_syscalls_pb2.NecpOpen, _Mapping]] = ..., now: _Optional[_Union[_clock_pb2.Now, _Mapping]] = ..., update_all_clients: _Optional[_Union[_clock_pb2.UpdateAllClients, _Mapping]] = ..., timer_fire: _Optional[_Union[_clock_pb2.TimerFire, _Mapping]] = ..., snapshot: _Optional[_Union[_notifications_pb2.TakeSnapshot, _Mapping]] = ..., proc_add: _Optional[_Union[_processes_pb2.ProcAdd, _Mapping]] = ..., proc_update: _Optional[_Union[_processes_pb2.ProcUpdate, _Mapping]] = ..., proc_exit: _Optional[_Union[_processes_pb2.ProcExit, _Mapping]] = ..., iface_attach: _Optional[_Union[_interfaces_pb2.IfaceAttach, _Mapping]] = ..., iface_update: _Optional[_Union[_interfaces_pb2.IfaceUpdate, _Mapping]] = ..., iface_detach: _Optional[_Union[_interfaces_pb2.IfaceDetach, _Mapping]] = ..., iface_order: _Optional[_Union[_interfaces_pb2.IfaceOrder, _Mapping]] = ..., iface_add_agent: _Optional[_Union[_interfaces_pb2.IfaceAddAgent, _Mapping]] = ..., iface_del_agent: _Optional[_Union[_interfaces_pb2.IfaceDelAgent, _Mapping]] = ..., route_add: _Optional[_Union[_routes_pb2.RouteAdd, _Mapping]] = ..., route_update: _Optional[_Union[_routes_pb2.RouteUpdate, _Mapping]] = ..., route_delete: _Optional[_Union[_routes_pb2.RouteDelete, _Mapping]] = ..., netagent_register: _Optional[_Union[_agents_pb2.NetagentRegister, _Mapping]] = ..., netagent_update: _Optional[_Union[_agents_pb2.NetagentUpdate, _Mapping]] = ..., netagent_set_flags: _Optional[_Union[_agents_pb2.NetagentSetFlags, _Mapping]] = ..., netagent_unregister: _Optional[_Union[_agents_pb2.NetagentUnregister, _Mapping]] = ..., netagent_close: _Optional[_Union[_agents_pb2.NetagentClose, _Mapping]] = ..., netagent_setopt: _Optional[_Union[_agents_pb2.NetagentSetopt, _Mapping]] = ..., netagent_getopt: _Optional[_Union[_agents_pb2.NetagentGetopt, _Mapping]] = ..., netagent_message: _Optional[_Union[_agents_pb2.NetagentMessage, _Mapping]] = ..., netagent_fail: _Optional[_Union[_agents_pb2.NetagentFail, _Mapping]] = ..., netagent_assign_nexus: _Optional[_Union[_agents_pb2.NetagentAssignNexus, _Mapping]] = ..., netagent_protoctl: _Optional[_Union[_agents_pb2.NetagentProtoctl, _Mapping]] = ..., netagent_trigger: _Optional[_Union[_syscalls_pb2.NetagentTrigger, _Mapping]] = ..., socket_create: _Optional[_Union[_sockets_pb2.SocketCreate, _Mapping]] = ..., socket_update: _Optional[_Union[_sockets_pb2.SocketUpdate, _Mapping]] = ..., register_socket_flow: _Optional[_Union[_sockets_pb2.RegisterSocketFlow, _Mapping]] = ..., assign_from_socket: _Optional[_Union[_sockets_pb2.AssignFromSocket, _Mapping]] = ..., inpcb_remove_cb: _Optional[_Union[_sockets_pb2.InpcbRemoveCb, _Mapping]] = ..., inpcb_dispose: _Optional[_Union[_sockets_pb2.InpcbDispose, _Mapping]] = ..., register_multipath_cb: _Optional[_Union[_sockets_pb2.RegisterMultipathCb, _Mapping]] = ..., mppcb_dispose: _Optional[_Union[_sockets_pb2.MppcbDispose, _Mapping]] = ..., socket_set_attributes: _Optional[_Union[_sockets_pb2.SocketSetAttributes, _Mapping]] = ..., socket_get_attributes: _Optional[_Union[_sockets_pb2.SocketGetAttributes, _Mapping]] = ..., inject_nexus_flow: _Optional[_Union[_notifications_pb2.InjectNexusFlow, _Mapping]] = ..., fd_defunct: _Optional[_Union[_notifications_pb2.FdDefunct, _Mapping]] = ..., fd_background: _Optional[_Union[_notifications_pb2.FdBackground, _Mapping]] = ..., fd_memstatus: _Optional[_Union[_notifications_pb2.FdMemstatus, _Mapping]] = ..., force_update_client: _Optional[_Union[_notifications_pb2.ForceUpdateClient, _Mapping]] = ..., assign_client_result: _Optional[_Union[_notifications_pb2.AssignClientResult, _Mapping]] = ..., protoctl_event: _Optional[_Union[_notifications_pb2.ProtoctlEvent, _Mapping]] = ..., copy_nexus_parameters: _Optional[_Union[_notifications_pb2.CopyNexusParameters, _Mapping]] = ..., create_nexus_assign_message: _Optional[_Union[_notifications_pb2.CreateNexusAssignMessage, _Mapping]] = ..., reap_caches: _Optional[_Union[_notifications_pb2.ReapCaches, _Mapping]] = ..., sysctl_set: _Optional[_Union[_notifications_pb2.SysctlSet, _Mapping]] = ..., fd_read: _Optional[_Union[_syscalls_pb2.FdRead, _Mapping]] = ..., fd_write: _Optional[_Union[_syscalls_pb2.FdWrite, _Mapping]] = ..., fd_ioctl: _Optional[_Union[_syscalls_pb2.FdIoctl, _Mapping]] = ..., fd_select: _Optional[_Union[_syscalls_pb2.FdSelect, _Mapping]] = ..., open_other: _Optional[_Union[_syscalls_pb2.OpenOther, _Mapping]] = ..., necp_session_open: _Optional[_Union[_syscalls_pb2.NecpSessionOpen, _Mapping]] = ..., necp_session_action: _Optional[_Union[_syscalls_pb2.NecpSessionAction, _Mapping]] = ..., necp_match_policy: _Optional[_Union[_syscalls_pb2.NecpMatchPolicy, _Mapping]] = ..., netagent_open: _Optional[_Union[_agents_pb2.NetagentOpen, _Mapping]] = ..., necp_ctl_open: _Optional[_Union[_policy_control_pb2.NecpCtlOpen, _Mapping]] = ..., necp_ctl_send: _Optional[_Union[_policy_control_pb2.NecpCtlSend, _Mapping]] = ..., necp_ctl_close: _Optional[_Union[_policy_control_pb2.NecpCtlClose, _Mapping]] = ..., partial: _Optional[_Union[PartialRecord, _Mapping]] = ..., create_registration: _Optional[_Union[_notifications_pb2.CreateRegistration, _Mapping]] = ..., assert_bb_radio_manager: _Optional[_Union[_notifications_pb2.AssertBbRadioManager, _Mapping]] = ..., resolver_key: _Optional[_Union[_notifications_pb2.ResolverKey, _Mapping]] = ..., socket_allowed_to_recv: _Optional[_Union[_sockets_pb2.SocketAllowedToRecv, _Mapping]] = ..., socket_set_resolver_signature: _Optional[_Union[_sockets_pb2.SocketSetResolverSignature, _Mapping]] = ..., socket_get_resolver_signature: _Optional[_Union[_sockets_pb2.SocketGetResolverSignature, _Mapping]] = ..., request_in_process_flow_divert: _Optional[_Union[_notifications_pb2.RequestInProcessFlowDivert, _Mapping]] = ..., netagent_results: _Optional[_Union[_agents_pb2.NetagentResults, _Mapping]] = ..., application_id_key: _Optional[_Union[_notifications_pb2.ApplicationIdKey, _Mapping]] = ..., random_bytes: _Optional[_Union[_notifications_pb2.RandomBytes, _Mapping]] = ..., set_delegated_upid: _Optional[_Union[_notifications_pb2.SetDelegatedUpid, _Mapping]] = ...) -> None: ...

class PartialRecord(_message.Message):
    __slots__ = ("record", "unmeasured")
    RECORD_FIELD_NUMBER: _ClassVar[int]
    UNMEASURED_FIELD_NUMBER: _ClassVar[int]
    record: Record
    unmeasured: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, record: _Optional[_Union[Record, _Mapping]] = ..., unmeasured: _Optional[_Iterable[str]] = ...) -> None: ...

class Index(_message.Message):
    __slots__ = ("records", "outcomes", "uuids", "kinds", "offsets", "first_records", "clock_min_ns", "clock_max_ns", "content_bytes", "checksums", "partial", "state_hashes")
    RECORDS_FIELD_NUMBER: _ClassVar[int]
    OUTCOMES_FIELD_NUMBER: _ClassVar[int]
    UUIDS_FIELD_NUMBER: _ClassVar[int]
    KINDS_FIELD_NUMBER: _ClassVar[int]
    OFFSETS_FIELD_NUMBER: _ClassVar[int]
    FIRST_RECORDS_FIELD_NUMBER: _ClassVar[int]
    CLOCK_MIN_NS_FIELD_NUMBER: _ClassVar[int]
    CLOCK_MAX_NS_FIELD_NUMBER: _ClassVar[int]
    CONTENT_BYTES_FIELD_NUMBER: _ClassVar[int]
    CHECKSUMS_FIELD_NUMBER: _ClassVar[int]
    PARTIAL_FIELD_NUMBER: _ClassVar[int]
    STATE_HASHES_FIELD_NUMBER: _ClassVar[int]
    records: int
    outcomes: int
    uuids: int
    kinds: _containers.RepeatedCompositeFieldContainer[KindCount]
    offsets: _containers.RepeatedScalarFieldContainer[int]
    first_records: _containers.RepeatedScalarFieldContainer[int]
    clock_min_ns: _containers.RepeatedScalarFieldContainer[int]
    clock_max_ns: _containers.RepeatedScalarFieldContainer[int]
    content_bytes: _containers.RepeatedScalarFieldContainer[int]
    checksums: _containers.RepeatedScalarFieldContainer[int]
    partial: int
    state_hashes: int
    def __init__(self, records: _Optional[int] = ..., outcomes: _Optional[int] = ..., uuids: _Optional[int] = ..., kinds: _Optional[_Iterable[_Union[KindCount, _Mapping]]] = ..., offsets: _Optional[_Iterable[int]] = ..., first_records: _Optional[_Iterable[int]] = ..., clock_min_ns: _Optional[_Iterable[int]] = ..., clock_max_ns: _Optional[_Iterable[int]] = ..., content_bytes: _Optional[_Iterable[int]] = ..., checksums: _Optional[_Iterable[int]] = ..., partial: _Optional[int] = ..., state_hashes: _Optional[int] = ...) -> None: ...

class KindCount(_message.Message):
    __slots__ = ("input", "records")
    INPUT_FIELD_NUMBER: _ClassVar[int]
    RECORDS_FIELD_NUMBER: _ClassVar[int]
    input: int
    records: int
    def __init__(self, input: _Optional[int] = ..., records: _Optional[int] = ...) -> None: ...
