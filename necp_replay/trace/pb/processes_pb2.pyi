from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class Privilege(_message.Message):
    __slots__ = ("name", "number")
    NAME_FIELD_NUMBER: _ClassVar[int]
    NUMBER_FIELD_NUMBER: _ClassVar[int]
    name: str
    number: int
    def __init__(self, name: _Optional[str] = ..., number: _Optional[int] = ...) -> None: ...

class PrivilegeList(_message.Message):
    __slots__ = ("items",)
    ITEMS_FIELD_NUMBER: _ClassVar[int]
    items: _containers.RepeatedCompositeFieldContainer[Privilege]
    def __init__(self, items: _Optional[_Iterable[_Union[Privilege, _Mapping]]] = ...) -> None: ...

class Privileges(_message.Message):
    __slots__ = ("all", "only")
    ALL_FIELD_NUMBER: _ClassVar[int]
    ONLY_FIELD_NUMBER: _ClassVar[int]
    all: bool
    only: PrivilegeList
    def __init__(self, all: _Optional[bool] = ..., only: _Optional[_Union[PrivilegeList, _Mapping]] = ...) -> None: ...

class Entitlements(_message.Message):
    __slots__ = ("items",)
    ITEMS_FIELD_NUMBER: _ClassVar[int]
    items: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, items: _Optional[_Iterable[str]] = ...) -> None: ...

class ClientActions(_message.Message):
    __slots__ = ("items",)
    ITEMS_FIELD_NUMBER: _ClassVar[int]
    items: _containers.RepeatedScalarFieldContainer[int]
    def __init__(self, items: _Optional[_Iterable[int]] = ...) -> None: ...

class Sandbox(_message.Message):
    __slots__ = ("denies_open", "allowed_actions", "denied_privileges")
    DENIES_OPEN_FIELD_NUMBER: _ClassVar[int]
    ALLOWED_ACTIONS_FIELD_NUMBER: _ClassVar[int]
    DENIED_PRIVILEGES_FIELD_NUMBER: _ClassVar[int]
    denies_open: bool
    allowed_actions: ClientActions
    denied_privileges: _containers.RepeatedScalarFieldContainer[int]
    def __init__(self, denies_open: _Optional[bool] = ..., allowed_actions: _Optional[_Union[ClientActions, _Mapping]] = ..., denied_privileges: _Optional[_Iterable[int]] = ...) -> None: ...

class ProcAdd(_message.Message):
    __slots__ = ("pid", "name", "uid", "exec_uuid", "platform_binary", "fd_limit", "privileged", "entitlements", "coalition_leader", "responsible_pid", "platform_id", "sdk", "min_sdk", "cs_invalid", "signing_id", "responsible_uuid", "pidversion", "sandbox")
    PID_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    UID_FIELD_NUMBER: _ClassVar[int]
    EXEC_UUID_FIELD_NUMBER: _ClassVar[int]
    PLATFORM_BINARY_FIELD_NUMBER: _ClassVar[int]
    FD_LIMIT_FIELD_NUMBER: _ClassVar[int]
    PRIVILEGED_FIELD_NUMBER: _ClassVar[int]
    ENTITLEMENTS_FIELD_NUMBER: _ClassVar[int]
    COALITION_LEADER_FIELD_NUMBER: _ClassVar[int]
    RESPONSIBLE_PID_FIELD_NUMBER: _ClassVar[int]
    PLATFORM_ID_FIELD_NUMBER: _ClassVar[int]
    SDK_FIELD_NUMBER: _ClassVar[int]
    MIN_SDK_FIELD_NUMBER: _ClassVar[int]
    CS_INVALID_FIELD_NUMBER: _ClassVar[int]
    SIGNING_ID_FIELD_NUMBER: _ClassVar[int]
    RESPONSIBLE_UUID_FIELD_NUMBER: _ClassVar[int]
    PIDVERSION_FIELD_NUMBER: _ClassVar[int]
    SANDBOX_FIELD_NUMBER: _ClassVar[int]
    pid: int
    name: str
    uid: int
    exec_uuid: bytes
    platform_binary: bool
    fd_limit: int
    privileged: Privileges
    entitlements: _containers.RepeatedScalarFieldContainer[str]
    coalition_leader: int
    responsible_pid: int
    platform_id: int
    sdk: int
    min_sdk: int
    cs_invalid: bool
    signing_id: str
    responsible_uuid: bytes
    pidversion: int
    sandbox: Sandbox
    def __init__(self, pid: _Optional[int] = ..., name: _Optional[str] = ..., uid: _Optional[int] = ..., exec_uuid: _Optional[bytes] = ..., platform_binary: _Optional[bool] = ..., fd_limit: _Optional[int] = ..., privileged: _Optional[_Union[Privileges, _Mapping]] = ..., entitlements: _Optional[_Iterable[str]] = ..., coalition_leader: _Optional[int] = ..., responsible_pid: _Optional[int] = ..., platform_id: _Optional[int] = ..., sdk: _Optional[int] = ..., min_sdk: _Optional[int] = ..., cs_invalid: _Optional[bool] = ..., signing_id: _Optional[str] = ..., responsible_uuid: _Optional[bytes] = ..., pidversion: _Optional[int] = ..., sandbox: _Optional[_Union[Sandbox, _Mapping]] = ...) -> None: ...

class ProcUpdate(_message.Message):
    __slots__ = ("pid", "name", "uid", "exec_uuid", "platform_binary", "fd_limit", "privileged", "entitlements", "coalition_leader", "responsible_pid", "platform_id", "sdk", "min_sdk", "cs_invalid", "signing_id", "responsible_uuid", "pidversion", "sandbox")
    PID_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    UID_FIELD_NUMBER: _ClassVar[int]
    EXEC_UUID_FIELD_NUMBER: _ClassVar[int]
    PLATFORM_BINARY_FIELD_NUMBER: _ClassVar[int]
    FD_LIMIT_FIELD_NUMBER: _ClassVar[int]
    PRIVILEGED_FIELD_NUMBER: _ClassVar[int]
    ENTITLEMENTS_FIELD_NUMBER: _ClassVar[int]
    COALITION_LEADER_FIELD_NUMBER: _ClassVar[int]
    RESPONSIBLE_PID_FIELD_NUMBER: _ClassVar[int]
    PLATFORM_ID_FIELD_NUMBER: _ClassVar[int]
    SDK_FIELD_NUMBER: _ClassVar[int]
    MIN_SDK_FIELD_NUMBER: _ClassVar[int]
    CS_INVALID_FIELD_NUMBER: _ClassVar[int]
    SIGNING_ID_FIELD_NUMBER: _ClassVar[int]
    RESPONSIBLE_UUID_FIELD_NUMBER: _ClassVar[int]
    PIDVERSION_FIELD_NUMBER: _ClassVar[int]
    SANDBOX_FIELD_NUMBER: _ClassVar[int]
    pid: int
    name: str
    uid: int
    exec_uuid: bytes
    platform_binary: bool
    fd_limit: int
    privileged: Privileges
    entitlements: Entitlements
    coalition_leader: int
    responsible_pid: int
    platform_id: int
    sdk: int
    min_sdk: int
    cs_invalid: bool
    signing_id: str
    responsible_uuid: bytes
    pidversion: int
    sandbox: Sandbox
    def __init__(self, pid: _Optional[int] = ..., name: _Optional[str] = ..., uid: _Optional[int] = ..., exec_uuid: _Optional[bytes] = ..., platform_binary: _Optional[bool] = ..., fd_limit: _Optional[int] = ..., privileged: _Optional[_Union[Privileges, _Mapping]] = ..., entitlements: _Optional[_Union[Entitlements, _Mapping]] = ..., coalition_leader: _Optional[int] = ..., responsible_pid: _Optional[int] = ..., platform_id: _Optional[int] = ..., sdk: _Optional[int] = ..., min_sdk: _Optional[int] = ..., cs_invalid: _Optional[bool] = ..., signing_id: _Optional[str] = ..., responsible_uuid: _Optional[bytes] = ..., pidversion: _Optional[int] = ..., sandbox: _Optional[_Union[Sandbox, _Mapping]] = ...) -> None: ...

class ProcExit(_message.Message):
    __slots__ = ("pid",)
    PID_FIELD_NUMBER: _ClassVar[int]
    pid: int
    def __init__(self, pid: _Optional[int] = ...) -> None: ...
