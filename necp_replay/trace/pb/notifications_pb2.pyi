from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from typing import ClassVar as _ClassVar, Optional as _Optional

DESCRIPTOR: _descriptor.FileDescriptor

class InjectNexusFlow(_message.Message):
    __slots__ = ("client_id", "agent", "interface_index", "requested", "assigned", "viable", "check_tcp_heuristics", "local", "remote", "results")
    CLIENT_ID_FIELD_NUMBER: _ClassVar[int]
    AGENT_FIELD_NUMBER: _ClassVar[int]
    INTERFACE_INDEX_FIELD_NUMBER: _ClassVar[int]
    REQUESTED_FIELD_NUMBER: _ClassVar[int]
    ASSIGNED_FIELD_NUMBER: _ClassVar[int]
    VIABLE_FIELD_NUMBER: _ClassVar[int]
    CHECK_TCP_HEURISTICS_FIELD_NUMBER: _ClassVar[int]
    LOCAL_FIELD_NUMBER: _ClassVar[int]
    REMOTE_FIELD_NUMBER: _ClassVar[int]
    RESULTS_FIELD_NUMBER: _ClassVar[int]
    client_id: bytes
    agent: bytes
    interface_index: int
    requested: bool
    assigned: bool
    viable: bool
    check_tcp_heuristics: bool
    local: bytes
    remote: bytes
    results: bytes
    def __init__(self, client_id: _Optional[bytes] = ..., agent: _Optional[bytes] = ..., interface_index: _Optional[int] = ..., requested: _Optional[bool] = ..., assigned: _Optional[bool] = ..., viable: _Optional[bool] = ..., check_tcp_heuristics: _Optional[bool] = ..., local: _Optional[bytes] = ..., remote: _Optional[bytes] = ..., results: _Optional[bytes] = ...) -> None: ...

class CreateRegistration(_message.Message):
    __slots__ = ("client_id", "flags")
    CLIENT_ID_FIELD_NUMBER: _ClassVar[int]
    FLAGS_FIELD_NUMBER: _ClassVar[int]
    client_id: bytes
    flags: int
    def __init__(self, client_id: _Optional[bytes] = ..., flags: _Optional[int] = ...) -> None: ...

class AssertBbRadioManager(_message.Message):
    __slots__ = ("client_id", "on")
    CLIENT_ID_FIELD_NUMBER: _ClassVar[int]
    ON_FIELD_NUMBER: _ClassVar[int]
    client_id: bytes
    on: bool
    def __init__(self, client_id: _Optional[bytes] = ..., on: _Optional[bool] = ...) -> None: ...

class FdDefunct(_message.Message):
    __slots__ = ("pid", "fd")
    PID_FIELD_NUMBER: _ClassVar[int]
    FD_FIELD_NUMBER: _ClassVar[int]
    pid: int
    fd: int
    def __init__(self, pid: _Optional[int] = ..., fd: _Optional[int] = ...) -> None: ...

class FdBackground(_message.Message):
    __slots__ = ("pid", "fd", "background")
    PID_FIELD_NUMBER: _ClassVar[int]
    FD_FIELD_NUMBER: _ClassVar[int]
    BACKGROUND_FIELD_NUMBER: _ClassVar[int]
    pid: int
    fd: int
    background: bool
    def __init__(self, pid: _Optional[int] = ..., fd: _Optional[int] = ..., background: _Optional[bool] = ...) -> None: ...

class FdMemstatus(_message.Message):
    __slots__ = ("pid", "fd", "status")
    PID_FIELD_NUMBER: _ClassVar[int]
    FD_FIELD_NUMBER: _ClassVar[int]
    STATUS_FIELD_NUMBER: _ClassVar[int]
    pid: int
    fd: int
    status: int
    def __init__(self, pid: _Optional[int] = ..., fd: _Optional[int] = ..., status: _Optional[int] = ...) -> None: ...

class ForceUpdateClient(_message.Message):
    __slots__ = ("client_id", "remove_agent", "generation")
    CLIENT_ID_FIELD_NUMBER: _ClassVar[int]
    REMOVE_AGENT_FIELD_NUMBER: _ClassVar[int]
    GENERATION_FIELD_NUMBER: _ClassVar[int]
    client_id: bytes
    remove_agent: bytes
    generation: int
    def __init__(self, client_id: _Optional[bytes] = ..., remove_agent: _Optional[bytes] = ..., generation: _Optional[int] = ...) -> None: ...

class AssignClientResult(_message.Message):
    __slots__ = ("agent", "client_id", "results")
    AGENT_FIELD_NUMBER: _ClassVar[int]
    CLIENT_ID_FIELD_NUMBER: _ClassVar[int]
    RESULTS_FIELD_NUMBER: _ClassVar[int]
    agent: bytes
    client_id: bytes
    results: bytes
    def __init__(self, agent: _Optional[bytes] = ..., client_id: _Optional[bytes] = ..., results: _Optional[bytes] = ...) -> None: ...

class ProtoctlEvent(_message.Message):
    __slots__ = ("agent", "client_id", "code", "val", "seq")
    AGENT_FIELD_NUMBER: _ClassVar[int]
    CLIENT_ID_FIELD_NUMBER: _ClassVar[int]
    CODE_FIELD_NUMBER: _ClassVar[int]
    VAL_FIELD_NUMBER: _ClassVar[int]
    SEQ_FIELD_NUMBER: _ClassVar[int]
    agent: bytes
    client_id: bytes
    code: int
    val: int
    seq: int
    def __init__(self, agent: _Optional[bytes] = ..., client_id: _Optional[bytes] = ..., code: _Optional[int] = ..., val: _Optional[int] = ..., seq: _Optional[int] = ...) -> None: ...

class CopyNexusParameters(_message.Message):
    __slots__ = ("client_id",)
    CLIENT_ID_FIELD_NUMBER: _ClassVar[int]
    client_id: bytes
    def __init__(self, client_id: _Optional[bytes] = ...) -> None: ...

class CreateNexusAssignMessage(_message.Message):
    __slots__ = ("nexus_instance", "port", "key", "key_length", "flow_adv_index", "local", "remote", "ether", "flow_stats")
    NEXUS_INSTANCE_FIELD_NUMBER: _ClassVar[int]
    PORT_FIELD_NUMBER: _ClassVar[int]
    KEY_FIELD_NUMBER: _ClassVar[int]
    KEY_LENGTH_FIELD_NUMBER: _ClassVar[int]
    FLOW_ADV_INDEX_FIELD_NUMBER: _ClassVar[int]
    LOCAL_FIELD_NUMBER: _ClassVar[int]
    REMOTE_FIELD_NUMBER: _ClassVar[int]
    ETHER_FIELD_NUMBER: _ClassVar[int]
    FLOW_STATS_FIELD_NUMBER: _ClassVar[int]
    nexus_instance: bytes
    port: int
    key: bytes
    key_length: int
    flow_adv_index: int
    local: bytes
    remote: bytes
    ether: bytes
    flow_stats: int
    def __init__(self, nexus_instance: _Optional[bytes] = ..., port: _Optional[int] = ..., key: _Optional[bytes] = ..., key_length: _Optional[int] = ..., flow_adv_index: _Optional[int] = ..., local: _Optional[bytes] = ..., remote: _Optional[bytes] = ..., ether: _Optional[bytes] = ..., flow_stats: _Optional[int] = ...) -> None: ...

class ReapCaches(_message.Message):
    __slots__ = ("purge",)
    PURGE_FIELD_NUMBER: _ClassVar[int]
    purge: int
    def __init__(self, purge: _Optional[int] = ...) -> None: ...

class SysctlSet(_message.Message):
    __slots__ = ("name", "value")
    NAME_FIELD_NUMBER: _ClassVar[int]
    VALUE_FIELD_NUMBER: _ClassVar[int]
    name: str
    value: int
    def __init__(self, name: _Optional[str] = ..., value: _Optional[int] = ...) -> None: ...

class ResolverKey(_message.Message):
    __slots__ = ("key",)
    KEY_FIELD_NUMBER: _ClassVar[int]
    key: bytes
    def __init__(self, key: _Optional[bytes] = ...) -> None: ...

class ApplicationIdKey(_message.Message):
    __slots__ = ("key",)
    KEY_FIELD_NUMBER: _ClassVar[int]
    key: bytes
    def __init__(self, key: _Optional[bytes] = ...) -> None: ...

class RandomBytes(_message.Message):
    __slots__ = ("content",)
    CONTENT_FIELD_NUMBER: _ClassVar[int]
    content: bytes
    def __init__(self, content: _Optional[bytes] = ...) -> None: ...

class SetDelegatedUpid(_message.Message):
    __slots__ = ("client_id", "pid")
    CLIENT_ID_FIELD_NUMBER: _ClassVar[int]
    PID_FIELD_NUMBER: _ClassVar[int]
    client_id: bytes
    pid: int
    def __init__(self, client_id: _Optional[bytes] = ..., pid: _Optional[int] = ...) -> None: ...

class TakeSnapshot(_message.Message):
    __slots__ = ("full",)
    FULL_FIELD_NUMBER: _ClassVar[int]
    full: bool
    def __init__(self, full: _Optional[bool] = ...) -> None: ...

class RequestInProcessFlowDivert(_message.Message):
    __slots__ = ("pid",)
    PID_FIELD_NUMBER: _ClassVar[int]
    pid: int
    def __init__(self, pid: _Optional[int] = ...) -> None: ...
