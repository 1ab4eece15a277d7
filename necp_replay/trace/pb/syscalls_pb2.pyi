from necp_replay.trace.pb import user_buffer_pb2 as _user_buffer_pb2
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class NecpClientAction(_message.Message):
    __slots__ = ("pid", "fd", "action", "client_id", "client_id_len", "buffer", "buffer_size")
    PID_FIELD_NUMBER: _ClassVar[int]
    FD_FIELD_NUMBER: _ClassVar[int]
    ACTION_FIELD_NUMBER: _ClassVar[int]
    CLIENT_ID_FIELD_NUMBER: _ClassVar[int]
    CLIENT_ID_LEN_FIELD_NUMBER: _ClassVar[int]
    BUFFER_FIELD_NUMBER: _ClassVar[int]
    BUFFER_SIZE_FIELD_NUMBER: _ClassVar[int]
    pid: int
    fd: int
    action: int
    client_id: _user_buffer_pb2.UserBuffer
    client_id_len: int
    buffer: _user_buffer_pb2.UserBuffer
    buffer_size: int
    def __init__(self, pid: _Optional[int] = ..., fd: _Optional[int] = ..., action: _Optional[int] = ..., client_id: _Optional[_Union[_user_buffer_pb2.UserBuffer, _Mapping]] = ..., client_id_len: _Optional[int] = ..., buffer: _Optional[_Union[_user_buffer_pb2.UserBuffer, _Mapping]] = ..., buffer_size: _Optional[int] = ...) -> None: ...

class NecpOpen(_message.Message):
    __slots__ = ("pid", "flags", "assigned_fd")
    PID_FIELD_NUMBER: _ClassVar[int]
    FLAGS_FIELD_NUMBER: _ClassVar[int]
    ASSIGNED_FD_FIELD_NUMBER: _ClassVar[int]
    pid: int
    flags: int
    assigned_fd: int
    def __init__(self, pid: _Optional[int] = ..., flags: _Optional[int] = ..., assigned_fd: _Optional[int] = ...) -> None: ...

class NecpSessionOpen(_message.Message):
    __slots__ = ("pid", "flags", "assigned_fd")
    PID_FIELD_NUMBER: _ClassVar[int]
    FLAGS_FIELD_NUMBER: _ClassVar[int]
    ASSIGNED_FD_FIELD_NUMBER: _ClassVar[int]
    pid: int
    flags: int
    assigned_fd: int
    def __init__(self, pid: _Optional[int] = ..., flags: _Optional[int] = ..., assigned_fd: _Optional[int] = ...) -> None: ...

class OpenOther(_message.Message):
    __slots__ = ("pid", "assigned_fd")
    PID_FIELD_NUMBER: _ClassVar[int]
    ASSIGNED_FD_FIELD_NUMBER: _ClassVar[int]
    pid: int
    assigned_fd: int
    def __init__(self, pid: _Optional[int] = ..., assigned_fd: _Optional[int] = ...) -> None: ...

class Close(_message.Message):
    __slots__ = ("pid", "fd")
    PID_FIELD_NUMBER: _ClassVar[int]
    FD_FIELD_NUMBER: _ClassVar[int]
    pid: int
    fd: int
    def __init__(self, pid: _Optional[int] = ..., fd: _Optional[int] = ...) -> None: ...

class NecpSessionAction(_message.Message):
    __slots__ = ("pid", "fd", "action", "in_buffer", "in_buffer_length", "out_buffer", "out_buffer_length")
    PID_FIELD_NUMBER: _ClassVar[int]
    FD_FIELD_NUMBER: _ClassVar[int]
    ACTION_FIELD_NUMBER: _ClassVar[int]
    IN_BUFFER_FIELD_NUMBER: _ClassVar[int]
    IN_BUFFER_LENGTH_FIELD_NUMBER: _ClassVar[int]
    OUT_BUFFER_FIELD_NUMBER: _ClassVar[int]
    OUT_BUFFER_LENGTH_FIELD_NUMBER: _ClassVar[int]
    pid: int
    fd: int
    action: int
    in_buffer: _user_buffer_pb2.UserBuffer
    in_buffer_length: int
    out_buffer: _user_buffer_pb2.UserBuffer
    out_buffer_length: int
    def __init__(self, pid: _Optional[int] = ..., fd: _Optional[int] = ..., action: _Optional[int] = ..., in_buffer: _Optional[_Union[_user_buffer_pb2.UserBuffer, _Mapping]] = ..., in_buffer_length: _Optional[int] = ..., out_buffer: _Optional[_Union[_user_buffer_pb2.UserBuffer, _Mapping]] = ..., out_buffer_length: _Optional[int] = ...) -> None: ...

class NecpMatchPolicy(_message.Message):
    __slots__ = ("pid", "parameters", "parameters_size", "result")
    PID_FIELD_NUMBER: _ClassVar[int]
    PARAMETERS_FIELD_NUMBER: _ClassVar[int]
    PARAMETERS_SIZE_FIELD_NUMBER: _ClassVar[int]
    RESULT_FIELD_NUMBER: _ClassVar[int]
    pid: int
    parameters: _user_buffer_pb2.UserBuffer
    parameters_size: int
    result: _user_buffer_pb2.UserBuffer
    def __init__(self, pid: _Optional[int] = ..., parameters: _Optional[_Union[_user_buffer_pb2.UserBuffer, _Mapping]] = ..., parameters_size: _Optional[int] = ..., result: _Optional[_Union[_user_buffer_pb2.UserBuffer, _Mapping]] = ...) -> None: ...

class NetagentTrigger(_message.Message):
    __slots__ = ("pid", "agent_uuid", "len")
    PID_FIELD_NUMBER: _ClassVar[int]
    AGENT_UUID_FIELD_NUMBER: _ClassVar[int]
    LEN_FIELD_NUMBER: _ClassVar[int]
    pid: int
    agent_uuid: _user_buffer_pb2.UserBuffer
    len: int
    def __init__(self, pid: _Optional[int] = ..., agent_uuid: _Optional[_Union[_user_buffer_pb2.UserBuffer, _Mapping]] = ..., len: _Optional[int] = ...) -> None: ...

class FdPoll(_message.Message):
    __slots__ = ("pid", "fd", "how", "events", "filter")
    PID_FIELD_NUMBER: _ClassVar[int]
    FD_FIELD_NUMBER: _ClassVar[int]
    HOW_FIELD_NUMBER: _ClassVar[int]
    EVENTS_FIELD_NUMBER: _ClassVar[int]
    FILTER_FIELD_NUMBER: _ClassVar[int]
    pid: int
    fd: int
    how: str
    events: int
    filter: int
    def __init__(self, pid: _Optional[int] = ..., fd: _Optional[int] = ..., how: _Optional[str] = ..., events: _Optional[int] = ..., filter: _Optional[int] = ...) -> None: ...

class FdRead(_message.Message):
    __slots__ = ("pid", "fd")
    PID_FIELD_NUMBER: _ClassVar[int]
    FD_FIELD_NUMBER: _ClassVar[int]
    pid: int
    fd: int
    def __init__(self, pid: _Optional[int] = ..., fd: _Optional[int] = ...) -> None: ...

class FdWrite(_message.Message):
    __slots__ = ("pid", "fd")
    PID_FIELD_NUMBER: _ClassVar[int]
    FD_FIELD_NUMBER: _ClassVar[int]
    pid: int
    fd: int
    def __init__(self, pid: _Optional[int] = ..., fd: _Optional[int] = ...) -> None: ...

class FdIoctl(_message.Message):
    __slots__ = ("pid", "fd", "com")
    PID_FIELD_NUMBER: _ClassVar[int]
    FD_FIELD_NUMBER: _ClassVar[int]
    COM_FIELD_NUMBER: _ClassVar[int]
    pid: int
    fd: int
    com: int
    def __init__(self, pid: _Optional[int] = ..., fd: _Optional[int] = ..., com: _Optional[int] = ...) -> None: ...

class FdSelect(_message.Message):
    __slots__ = ("pid", "fd", "which")
    PID_FIELD_NUMBER: _ClassVar[int]
    FD_FIELD_NUMBER: _ClassVar[int]
    WHICH_FIELD_NUMBER: _ClassVar[int]
    pid: int
    fd: int
    which: str
    def __init__(self, pid: _Optional[int] = ..., fd: _Optional[int] = ..., which: _Optional[str] = ...) -> None: ...
