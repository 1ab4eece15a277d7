from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class Wake(_message.Message):
    __slots__ = ("pid", "fd")
    PID_FIELD_NUMBER: _ClassVar[int]
    FD_FIELD_NUMBER: _ClassVar[int]
    pid: int
    fd: int
    def __init__(self, pid: _Optional[int] = ..., fd: _Optional[int] = ...) -> None: ...

class NexusParameters(_message.Message):
    __slots__ = ("pid", "epid", "euuid", "local_addr", "remote_addr", "ip_protocol", "traffic_class", "policy_id", "is_listener", "allow_qos_marking", "transport_protocol", "ethertype", "is_interpose", "is_custom_ether", "override_address_selection", "use_stable_address", "no_wake_from_sleep", "skip_policy_id", "is_demuxable_parent", "reuse_port", "parent_flow_uuid", "demux_pattern_count", "demux_patterns", "port_reservation")
    PID_FIELD_NUMBER: _ClassVar[int]
    EPID_FIELD_NUMBER: _ClassVar[int]
    EUUID_FIELD_NUMBER: _ClassVar[int]
    LOCAL_ADDR_FIELD_NUMBER: _ClassVar[int]
    REMOTE_ADDR_FIELD_NUMBER: _ClassVar[int]
    IP_PROTOCOL_FIELD_NUMBER: _ClassVar[int]
    TRAFFIC_CLASS_FIELD_NUMBER: _ClassVar[int]
    POLICY_ID_FIELD_NUMBER: _ClassVar[int]
    IS_LISTENER_FIELD_NUMBER: _ClassVar[int]
    ALLOW_QOS_MARKING_FIELD_NUMBER: _ClassVar[int]
    TRANSPORT_PROTOCOL_FIELD_NUMBER: _ClassVar[int]
    ETHERTYPE_FIELD_NUMBER: _ClassVar[int]
    IS_INTERPOSE_FIELD_NUMBER: _ClassVar[int]
    IS_CUSTOM_ETHER_FIELD_NUMBER: _ClassVar[int]
    OVERRIDE_ADDRESS_SELECTION_FIELD_NUMBER: _ClassVar[int]
    USE_STABLE_ADDRESS_FIELD_NUMBER: _ClassVar[int]
    NO_WAKE_FROM_SLEEP_FIELD_NUMBER: _ClassVar[int]
    SKIP_POLICY_ID_FIELD_NUMBER: _ClassVar[int]
    IS_DEMUXABLE_PARENT_FIELD_NUMBER: _ClassVar[int]
    REUSE_PORT_FIELD_NUMBER: _ClassVar[int]
    PARENT_FLOW_UUID_FIELD_NUMBER: _ClassVar[int]
    DEMUX_PATTERN_COUNT_FIELD_NUMBER: _ClassVar[int]
    DEMUX_PATTERNS_FIELD_NUMBER: _ClassVar[int]
    PORT_RESERVATION_FIELD_NUMBER: _ClassVar[int]
    pid: int
    epid: int
    euuid: bytes
    local_addr: bytes
    remote_addr: bytes
    ip_protocol: int
    traffic_class: int
    policy_id: int
    is_listener: int
    allow_qos_marking: int
    transport_protocol: int
    ethertype: int
    is_interpose: int
    is_custom_ether: int
    override_address_selection: int
    use_stable_address: int
    no_wake_from_sleep: int
    skip_policy_id: int
    is_demuxable_parent: int
    reuse_port: int
    parent_flow_uuid: bytes
    demux_pattern_count: int
    demux_patterns: bytes
    port_reservation: int
    def __init__(self, pid: _Optional[int] = ..., epid: _Optional[int] = ..., euuid: _Optional[bytes] = ..., local_addr: _Optional[bytes] = ..., remote_addr: _Optional[bytes] = ..., ip_protocol: _Optional[int] = ..., traffic_class: _Optional[int] = ..., policy_id: _Optional[int] = ..., is_listener: _Optional[int] = ..., allow_qos_marking: _Optional[int] = ..., transport_protocol: _Optional[int] = ..., ethertype: _Optional[int] = ..., is_interpose: _Optional[int] = ..., is_custom_ether: _Optional[int] = ..., override_address_selection: _Optional[int] = ..., use_stable_address: _Optional[int] = ..., no_wake_from_sleep: _Optional[int] = ..., skip_policy_id: _Optional[int] = ..., is_demuxable_parent: _Optional[int] = ..., reuse_port: _Optional[int] = ..., parent_flow_uuid: _Optional[bytes] = ..., demux_pattern_count: _Optional[int] = ..., demux_patterns: _Optional[bytes] = ..., port_reservation: _Optional[int] = ...) -> None: ...

class ControlSocketMessage(_message.Message):
    __slots__ = ("id", "error", "flags", "payload", "agent_id")
    ID_FIELD_NUMBER: _ClassVar[int]
    ERROR_FIELD_NUMBER: _ClassVar[int]
    FLAGS_FIELD_NUMBER: _ClassVar[int]
    PAYLOAD_FIELD_NUMBER: _ClassVar[int]
    AGENT_ID_FIELD_NUMBER: _ClassVar[int]
    id: int
    error: int
    flags: int
    payload: bytes
    agent_id: bytes
    def __init__(self, id: _Optional[int] = ..., error: _Optional[int] = ..., flags: _Optional[int] = ..., payload: _Optional[bytes] = ..., agent_id: _Optional[bytes] = ...) -> None: ...

class KernelAgentMessage(_message.Message):
    __slots__ = ("nexus_parameters", "wants_results", "necp_handle", "agent_parameters", "group_members", "client_error", "force_report")
    NEXUS_PARAMETERS_FIELD_NUMBER: _ClassVar[int]
    WANTS_RESULTS_FIELD_NUMBER: _ClassVar[int]
    NECP_HANDLE_FIELD_NUMBER: _ClassVar[int]
    AGENT_PARAMETERS_FIELD_NUMBER: _ClassVar[int]
    GROUP_MEMBERS_FIELD_NUMBER: _ClassVar[int]
    CLIENT_ERROR_FIELD_NUMBER: _ClassVar[int]
    FORCE_REPORT_FIELD_NUMBER: _ClassVar[int]
    nexus_parameters: NexusParameters
    wants_results: int
    necp_handle: int
    agent_parameters: bytes
    group_members: bytes
    client_error: int
    force_report: int
    def __init__(self, nexus_parameters: _Optional[_Union[NexusParameters, _Mapping]] = ..., wants_results: _Optional[int] = ..., necp_handle: _Optional[int] = ..., agent_parameters: _Optional[bytes] = ..., group_members: _Optional[bytes] = ..., client_error: _Optional[int] = ..., force_report: _Optional[int] = ...) -> None: ...

class AgentMessage(_message.Message):
    __slots__ = ("agent", "type", "client_id", "errno", "control_socket", "kernel_agent")
    AGENT_FIELD_NUMBER: _ClassVar[int]
    TYPE_FIELD_NUMBER: _ClassVar[int]
    CLIENT_ID_FIELD_NUMBER: _ClassVar[int]
    ERRNO_FIELD_NUMBER: _ClassVar[int]
    CONTROL_SOCKET_FIELD_NUMBER: _ClassVar[int]
    KERNEL_AGENT_FIELD_NUMBER: _ClassVar[int]
    agent: bytes
    type: int
    client_id: bytes
    errno: int
    control_socket: ControlSocketMessage
    kernel_agent: KernelAgentMessage
    def __init__(self, agent: _Optional[bytes] = ..., type: _Optional[int] = ..., client_id: _Optional[bytes] = ..., errno: _Optional[int] = ..., control_socket: _Optional[_Union[ControlSocketMessage, _Mapping]] = ..., kernel_agent: _Optional[_Union[KernelAgentMessage, _Mapping]] = ...) -> None: ...

class SocketCallback(_message.Message):
    __slots__ = ("handle", "action", "interface_index", "viable", "invalid", "flow_flags")
    HANDLE_FIELD_NUMBER: _ClassVar[int]
    ACTION_FIELD_NUMBER: _ClassVar[int]
    INTERFACE_INDEX_FIELD_NUMBER: _ClassVar[int]
    VIABLE_FIELD_NUMBER: _ClassVar[int]
    INVALID_FIELD_NUMBER: _ClassVar[int]
    FLOW_FLAGS_FIELD_NUMBER: _ClassVar[int]
    handle: str
    action: int
    interface_index: int
    viable: bool
    invalid: bool
    flow_flags: int
    def __init__(self, handle: _Optional[str] = ..., action: _Optional[int] = ..., interface_index: _Optional[int] = ..., viable: _Optional[bool] = ..., invalid: _Optional[bool] = ..., flow_flags: _Optional[int] = ...) -> None: ...

class MultipathCallback(_message.Message):
    __slots__ = ("handle", "action", "interface_index", "viable", "invalid", "flow_flags")
    HANDLE_FIELD_NUMBER: _ClassVar[int]
    ACTION_FIELD_NUMBER: _ClassVar[int]
    INTERFACE_INDEX_FIELD_NUMBER: _ClassVar[int]
    VIABLE_FIELD_NUMBER: _ClassVar[int]
    INVALID_FIELD_NUMBER: _ClassVar[int]
    FLOW_FLAGS_FIELD_NUMBER: _ClassVar[int]
    handle: str
    action: int
    interface_index: int
    viable: bool
    invalid: bool
    flow_flags: int
    def __init__(self, handle: _Optional[str] = ..., action: _Optional[int] = ..., interface_index: _Optional[int] = ..., viable: _Optional[bool] = ..., invalid: _Optional[bool] = ..., flow_flags: _Optional[int] = ...) -> None: ...

class TimerArmed(_message.Message):
    __slots__ = ("deadline_us", "leeway_us", "was_pending", "timer")
    DEADLINE_US_FIELD_NUMBER: _ClassVar[int]
    LEEWAY_US_FIELD_NUMBER: _ClassVar[int]
    WAS_PENDING_FIELD_NUMBER: _ClassVar[int]
    TIMER_FIELD_NUMBER: _ClassVar[int]
    deadline_us: int
    leeway_us: int
    was_pending: bool
    timer: str
    def __init__(self, deadline_us: _Optional[int] = ..., leeway_us: _Optional[int] = ..., was_pending: _Optional[bool] = ..., timer: _Optional[str] = ...) -> None: ...

class KernelEvent(_message.Message):
    __slots__ = ("class_", "subclass", "code", "data")
    CLASS__FIELD_NUMBER: _ClassVar[int]
    SUBCLASS_FIELD_NUMBER: _ClassVar[int]
    CODE_FIELD_NUMBER: _ClassVar[int]
    DATA_FIELD_NUMBER: _ClassVar[int]
    class_: int
    subclass: int
    code: int
    data: bytes
    def __init__(self, class_: _Optional[int] = ..., subclass: _Optional[int] = ..., code: _Optional[int] = ..., data: _Optional[bytes] = ...) -> None: ...

class NetworkPolicyEvent(_message.Message):
    __slots__ = ("code", "data")
    CODE_FIELD_NUMBER: _ClassVar[int]
    DATA_FIELD_NUMBER: _ClassVar[int]
    code: int
    data: bytes
    def __init__(self, code: _Optional[int] = ..., data: _Optional[bytes] = ...) -> None: ...

class UuidPolicy(_message.Message):
    __slots__ = ("operation", "flags", "uuid")
    OPERATION_FIELD_NUMBER: _ClassVar[int]
    FLAGS_FIELD_NUMBER: _ClassVar[int]
    UUID_FIELD_NUMBER: _ClassVar[int]
    operation: int
    flags: int
    uuid: bytes
    def __init__(self, operation: _Optional[int] = ..., flags: _Optional[int] = ..., uuid: _Optional[bytes] = ...) -> None: ...

class Log(_message.Message):
    __slots__ = ("level", "function", "error", "os_log_type")
    LEVEL_FIELD_NUMBER: _ClassVar[int]
    FUNCTION_FIELD_NUMBER: _ClassVar[int]
    ERROR_FIELD_NUMBER: _ClassVar[int]
    OS_LOG_TYPE_FIELD_NUMBER: _ClassVar[int]
    level: int
    function: str
    error: int
    os_log_type: int
    def __init__(self, level: _Optional[int] = ..., function: _Optional[str] = ..., error: _Optional[int] = ..., os_log_type: _Optional[int] = ...) -> None: ...

class UserOverrun(_message.Message):
    __slots__ = ("declared", "written_to", "function")
    DECLARED_FIELD_NUMBER: _ClassVar[int]
    WRITTEN_TO_FIELD_NUMBER: _ClassVar[int]
    FUNCTION_FIELD_NUMBER: _ClassVar[int]
    declared: int
    written_to: int
    function: str
    def __init__(self, declared: _Optional[int] = ..., written_to: _Optional[int] = ..., function: _Optional[str] = ...) -> None: ...

class UserOverread(_message.Message):
    __slots__ = ("declared", "read_to", "function")
    DECLARED_FIELD_NUMBER: _ClassVar[int]
    READ_TO_FIELD_NUMBER: _ClassVar[int]
    FUNCTION_FIELD_NUMBER: _ClassVar[int]
    declared: int
    read_to: int
    function: str
    def __init__(self, declared: _Optional[int] = ..., read_to: _Optional[int] = ..., function: _Optional[str] = ...) -> None: ...

class MemoryCorruption(_message.Message):
    __slots__ = ("what", "function", "extent_bytes")
    WHAT_FIELD_NUMBER: _ClassVar[int]
    FUNCTION_FIELD_NUMBER: _ClassVar[int]
    EXTENT_BYTES_FIELD_NUMBER: _ClassVar[int]
    what: str
    function: str
    extent_bytes: int
    def __init__(self, what: _Optional[str] = ..., function: _Optional[str] = ..., extent_bytes: _Optional[int] = ...) -> None: ...

class KernelPointerLeak(_message.Message):
    __slots__ = ("function", "extent_bytes")
    FUNCTION_FIELD_NUMBER: _ClassVar[int]
    EXTENT_BYTES_FIELD_NUMBER: _ClassVar[int]
    function: str
    extent_bytes: int
    def __init__(self, function: _Optional[str] = ..., extent_bytes: _Optional[int] = ...) -> None: ...

class TypeConfusionMark(_message.Message):
    __slots__ = ("function",)
    FUNCTION_FIELD_NUMBER: _ClassVar[int]
    function: str
    def __init__(self, function: _Optional[str] = ...) -> None: ...

class FdUseCountLeak(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class SandboxDenial(_message.Message):
    __slots__ = ("pid", "operation", "argument")
    PID_FIELD_NUMBER: _ClassVar[int]
    OPERATION_FIELD_NUMBER: _ClassVar[int]
    ARGUMENT_FIELD_NUMBER: _ClassVar[int]
    pid: int
    operation: str
    argument: int
    def __init__(self, pid: _Optional[int] = ..., operation: _Optional[str] = ..., argument: _Optional[int] = ...) -> None: ...

class Panic(_message.Message):
    __slots__ = ("function", "reason")
    FUNCTION_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    function: str
    reason: str
    def __init__(self, function: _Optional[str] = ..., reason: _Optional[str] = ...) -> None: ...

class Effect(_message.Message):
    __slots__ = ("wake", "agent_message", "socket_callback", "multipath_callback", "timer_armed", "kernel_event", "network_policy_event", "uuid_policy", "log", "user_overrun", "user_overread", "memory_corruption", "kernel_pointer_leak", "panic", "type_confusion", "fd_use_count_leak", "sandbox_denial")
    WAKE_FIELD_NUMBER: _ClassVar[int]
    AGENT_MESSAGE_FIELD_NUMBER: _ClassVar[int]
    SOCKET_CALLBACK_FIELD_NUMBER: _ClassVar[int]
    MULTIPATH_CALLBACK_FIELD_NUMBER: _ClassVar[int]
    TIMER_ARMED_FIELD_NUMBER: _ClassVar[int]
    KERNEL_EVENT_FIELD_NUMBER: _ClassVar[int]
    NETWORK_POLICY_EVENT_FIELD_NUMBER: _ClassVar[int]
    UUID_POLICY_FIELD_NUMBER: _ClassVar[int]
    LOG_FIELD_NUMBER: _ClassVar[int]
    USER_OVERRUN_FIELD_NUMBER: _ClassVar[int]
    USER_OVERREAD_FIELD_NUMBER: _ClassVar[int]
    MEMORY_CORRUPTION_FIELD_NUMBER: _ClassVar[int]
    KERNEL_POINTER_LEAK_FIELD_NUMBER: _ClassVar[int]
    PANIC_FIELD_NUMBER: _ClassVar[int]
    TYPE_CONFUSION_FIELD_NUMBER: _ClassVar[int]
    FD_USE_COUNT_LEAK_FIELD_NUMBER: _ClassVar[int]
    SANDBOX_DENIAL_FIELD_NUMBER: _ClassVar[int]
    wake: Wake
    agent_message: AgentMessage
    socket_callback: SocketCallback
    multipath_callback: MultipathCallback
    timer_armed: TimerArmed
    kernel_event: KernelEvent
    network_policy_event: NetworkPolicyEvent
    uuid_policy: UuidPolicy
    log: Log
    user_overrun: UserOverrun
    user_overread: UserOverread
    memory_corruption: MemoryCorruption
    kernel_pointer_leak: KernelPointerLeak
    panic: Panic
    type_confusion: TypeConfusionMark
    fd_use_count_leak: FdUseCountLeak
    sandbox_denial: SandboxDenial
    def __init__(self, wake: _Optional[_Union[Wake, _Mapping]] = ..., agent_message: _Optional[_Union[AgentMessage, _Mapping]] = ..., socket_callback: _Optional[_Union[SocketCallback, _Mapping]] = ..., multipath_callback: _Optional[_Union[MultipathCallback, _Mapping]] = ..., timer_armed: _Optional[_Union[TimerArmed, _Mapping]] = ..., kernel_event: _Optional[_Union[KernelEvent, _Mapping]] = ..., network_policy_event: _Optional[_Union[NetworkPolicyEvent, _Mapping]] = ..., uuid_policy: _Optional[_Union[UuidPolicy, _Mapping]] = ..., log: _Optional[_Union[Log, _Mapping]] = ..., user_overrun: _Optional[_Union[UserOverrun, _Mapping]] = ..., user_overread: _Optional[_Union[UserOverread, _Mapping]] = ..., memory_corruption: _Optional[_Union[MemoryCorruption, _Mapping]] = ..., kernel_pointer_leak: _Optional[_Union[KernelPointerLeak, _Mapping]] = ..., panic: _Optional[_Union[Panic, _Mapping]] = ..., type_confusion: _Optional[_Union[TypeConfusionMark, _Mapping]] = ..., fd_use_count_leak: _Optional[_Union[FdUseCountLeak, _Mapping]] = ..., sandbox_denial: _Optional[_Union[SandboxDenial, _Mapping]] = ...) -> None: ...
