from necp_replay.trace.pb import user_buffer_pb2 as _user_buffer_pb2
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class SocketFields(_message.Message):
    __slots__ = ("domain", "local", "remote", "lport", "fport", "bound_if", "last_outif", "cb", "vflag")
    DOMAIN_FIELD_NUMBER: _ClassVar[int]
    LOCAL_FIELD_NUMBER: _ClassVar[int]
    REMOTE_FIELD_NUMBER: _ClassVar[int]
    LPORT_FIELD_NUMBER: _ClassVar[int]
    FPORT_FIELD_NUMBER: _ClassVar[int]
    BOUND_IF_FIELD_NUMBER: _ClassVar[int]
    LAST_OUTIF_FIELD_NUMBER: _ClassVar[int]
    CB_FIELD_NUMBER: _ClassVar[int]
    VFLAG_FIELD_NUMBER: _ClassVar[int]
    domain: int
    local: str
    remote: str
    lport: int
    fport: int
    bound_if: int
    last_outif: int
    cb: bool
    vflag: int
    def __init__(self, domain: _Optional[int] = ..., local: _Optional[str] = ..., remote: _Optional[str] = ..., lport: _Optional[int] = ..., fport: _Optional[int] = ..., bound_if: _Optional[int] = ..., last_outif: _Optional[int] = ..., cb: _Optional[bool] = ..., vflag: _Optional[int] = ...) -> None: ...

class SocketCreate(_message.Message):
    __slots__ = ("name", "domain", "local", "remote", "lport", "fport", "bound_if", "last_outif", "cb", "vflag")
    NAME_FIELD_NUMBER: _ClassVar[int]
    DOMAIN_FIELD_NUMBER: _ClassVar[int]
    LOCAL_FIELD_NUMBER: _ClassVar[int]
    REMOTE_FIELD_NUMBER: _ClassVar[int]
    LPORT_FIELD_NUMBER: _ClassVar[int]
    FPORT_FIELD_NUMBER: _ClassVar[int]
    BOUND_IF_FIELD_NUMBER: _ClassVar[int]
    LAST_OUTIF_FIELD_NUMBER: _ClassVar[int]
    CB_FIELD_NUMBER: _ClassVar[int]
    VFLAG_FIELD_NUMBER: _ClassVar[int]
    name: str
    domain: int
    local: str
    remote: str
    lport: int
    fport: int
    bound_if: int
    last_outif: int
    cb: bool
    vflag: int
    def __init__(self, name: _Optional[str] = ..., domain: _Optional[int] = ..., local: _Optional[str] = ..., remote: _Optional[str] = ..., lport: _Optional[int] = ..., fport: _Optional[int] = ..., bound_if: _Optional[int] = ..., last_outif: _Optional[int] = ..., cb: _Optional[bool] = ..., vflag: _Optional[int] = ...) -> None: ...

class SocketUpdate(_message.Message):
    __slots__ = ("name", "domain", "local", "remote", "lport", "fport", "bound_if", "last_outif", "cb", "vflag", "external_port", "bound_if_null")
    NAME_FIELD_NUMBER: _ClassVar[int]
    DOMAIN_FIELD_NUMBER: _ClassVar[int]
    LOCAL_FIELD_NUMBER: _ClassVar[int]
    REMOTE_FIELD_NUMBER: _ClassVar[int]
    LPORT_FIELD_NUMBER: _ClassVar[int]
    FPORT_FIELD_NUMBER: _ClassVar[int]
    BOUND_IF_FIELD_NUMBER: _ClassVar[int]
    LAST_OUTIF_FIELD_NUMBER: _ClassVar[int]
    CB_FIELD_NUMBER: _ClassVar[int]
    VFLAG_FIELD_NUMBER: _ClassVar[int]
    EXTERNAL_PORT_FIELD_NUMBER: _ClassVar[int]
    BOUND_IF_NULL_FIELD_NUMBER: _ClassVar[int]
    name: str
    domain: int
    local: str
    remote: str
    lport: int
    fport: int
    bound_if: int
    last_outif: int
    cb: bool
    vflag: int
    external_port: int
    bound_if_null: int
    def __init__(self, name: _Optional[str] = ..., domain: _Optional[int] = ..., local: _Optional[str] = ..., remote: _Optional[str] = ..., lport: _Optional[int] = ..., fport: _Optional[int] = ..., bound_if: _Optional[int] = ..., last_outif: _Optional[int] = ..., cb: _Optional[bool] = ..., vflag: _Optional[int] = ..., external_port: _Optional[int] = ..., bound_if_null: _Optional[int] = ...) -> None: ...

class RegisterSocketFlow(_message.Message):
    __slots__ = ("pid", "client_id", "socket", "set_uuid")
    PID_FIELD_NUMBER: _ClassVar[int]
    CLIENT_ID_FIELD_NUMBER: _ClassVar[int]
    SOCKET_FIELD_NUMBER: _ClassVar[int]
    SET_UUID_FIELD_NUMBER: _ClassVar[int]
    pid: int
    client_id: bytes
    socket: str
    set_uuid: bool
    def __init__(self, pid: _Optional[int] = ..., client_id: _Optional[bytes] = ..., socket: _Optional[str] = ..., set_uuid: _Optional[bool] = ...) -> None: ...

class AssignFromSocket(_message.Message):
    __slots__ = ("pid", "client_id", "socket", "domain", "local", "remote", "lport", "fport", "bound_if", "last_outif", "cb", "vflag")
    PID_FIELD_NUMBER: _ClassVar[int]
    CLIENT_ID_FIELD_NUMBER: _ClassVar[int]
    SOCKET_FIELD_NUMBER: _ClassVar[int]
    DOMAIN_FIELD_NUMBER: _ClassVar[int]
    LOCAL_FIELD_NUMBER: _ClassVar[int]
    REMOTE_FIELD_NUMBER: _ClassVar[int]
    LPORT_FIELD_NUMBER: _ClassVar[int]
    FPORT_FIELD_NUMBER: _ClassVar[int]
    BOUND_IF_FIELD_NUMBER: _ClassVar[int]
    LAST_OUTIF_FIELD_NUMBER: _ClassVar[int]
    CB_FIELD_NUMBER: _ClassVar[int]
    VFLAG_FIELD_NUMBER: _ClassVar[int]
    pid: int
    client_id: bytes
    socket: str
    domain: int
    local: str
    remote: str
    lport: int
    fport: int
    bound_if: int
    last_outif: int
    cb: bool
    vflag: int
    def __init__(self, pid: _Optional[int] = ..., client_id: _Optional[bytes] = ..., socket: _Optional[str] = ..., domain: _Optional[int] = ..., local: _Optional[str] = ..., remote: _Optional[str] = ..., lport: _Optional[int] = ..., fport: _Optional[int] = ..., bound_if: _Optional[int] = ..., last_outif: _Optional[int] = ..., cb: _Optional[bool] = ..., vflag: _Optional[int] = ...) -> None: ...

class InpcbRemoveCb(_message.Message):
    __slots__ = ("socket",)
    SOCKET_FIELD_NUMBER: _ClassVar[int]
    socket: str
    def __init__(self, socket: _Optional[str] = ...) -> None: ...

class InpcbDispose(_message.Message):
    __slots__ = ("socket",)
    SOCKET_FIELD_NUMBER: _ClassVar[int]
    socket: str
    def __init__(self, socket: _Optional[str] = ...) -> None: ...

class RegisterMultipathCb(_message.Message):
    __slots__ = ("pid", "client_id", "mp", "cb", "set_uuid")
    PID_FIELD_NUMBER: _ClassVar[int]
    CLIENT_ID_FIELD_NUMBER: _ClassVar[int]
    MP_FIELD_NUMBER: _ClassVar[int]
    CB_FIELD_NUMBER: _ClassVar[int]
    SET_UUID_FIELD_NUMBER: _ClassVar[int]
    pid: int
    client_id: bytes
    mp: str
    cb: bool
    set_uuid: bool
    def __init__(self, pid: _Optional[int] = ..., client_id: _Optional[bytes] = ..., mp: _Optional[str] = ..., cb: _Optional[bool] = ..., set_uuid: _Optional[bool] = ...) -> None: ...

class MppcbDispose(_message.Message):
    __slots__ = ("mp",)
    MP_FIELD_NUMBER: _ClassVar[int]
    mp: str
    def __init__(self, mp: _Optional[str] = ...) -> None: ...

class SocketSetAttributes(_message.Message):
    __slots__ = ("socket", "buffer", "size")
    SOCKET_FIELD_NUMBER: _ClassVar[int]
    BUFFER_FIELD_NUMBER: _ClassVar[int]
    SIZE_FIELD_NUMBER: _ClassVar[int]
    socket: str
    buffer: _user_buffer_pb2.UserBuffer
    size: int
    def __init__(self, socket: _Optional[str] = ..., buffer: _Optional[_Union[_user_buffer_pb2.UserBuffer, _Mapping]] = ..., size: _Optional[int] = ...) -> None: ...

class SocketGetAttributes(_message.Message):
    __slots__ = ("socket", "buffer", "size")
    SOCKET_FIELD_NUMBER: _ClassVar[int]
    BUFFER_FIELD_NUMBER: _ClassVar[int]
    SIZE_FIELD_NUMBER: _ClassVar[int]
    socket: str
    buffer: _user_buffer_pb2.UserBuffer
    size: int
    def __init__(self, socket: _Optional[str] = ..., buffer: _Optional[_Union[_user_buffer_pb2.UserBuffer, _Mapping]] = ..., size: _Optional[int] = ...) -> None: ...

class SocketAllowedToRecv(_message.Message):
    __slots__ = ("socket", "index")
    SOCKET_FIELD_NUMBER: _ClassVar[int]
    INDEX_FIELD_NUMBER: _ClassVar[int]
    socket: str
    index: int
    def __init__(self, socket: _Optional[str] = ..., index: _Optional[int] = ...) -> None: ...

class SocketSetResolverSignature(_message.Message):
    __slots__ = ("socket", "buffer", "size")
    SOCKET_FIELD_NUMBER: _ClassVar[int]
    BUFFER_FIELD_NUMBER: _ClassVar[int]
    SIZE_FIELD_NUMBER: _ClassVar[int]
    socket: str
    buffer: _user_buffer_pb2.UserBuffer
    size: int
    def __init__(self, socket: _Optional[str] = ..., buffer: _Optional[_Union[_user_buffer_pb2.UserBuffer, _Mapping]] = ..., size: _Optional[int] = ...) -> None: ...

class SocketGetResolverSignature(_message.Message):
    __slots__ = ("socket", "buffer", "size")
    SOCKET_FIELD_NUMBER: _ClassVar[int]
    BUFFER_FIELD_NUMBER: _ClassVar[int]
    SIZE_FIELD_NUMBER: _ClassVar[int]
    socket: str
    buffer: _user_buffer_pb2.UserBuffer
    size: int
    def __init__(self, socket: _Optional[str] = ..., buffer: _Optional[_Union[_user_buffer_pb2.UserBuffer, _Mapping]] = ..., size: _Optional[int] = ...) -> None: ...
