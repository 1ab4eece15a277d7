from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class NecpCtlOpen(_message.Message):
    __slots__ = ("pid", "session")
    PID_FIELD_NUMBER: _ClassVar[int]
    SESSION_FIELD_NUMBER: _ClassVar[int]
    pid: int
    session: str
    def __init__(self, pid: _Optional[int] = ..., session: _Optional[str] = ...) -> None: ...

class ControlTlv(_message.Message):
    __slots__ = ("type", "value")
    TYPE_FIELD_NUMBER: _ClassVar[int]
    VALUE_FIELD_NUMBER: _ClassVar[int]
    type: int
    value: bytes
    def __init__(self, type: _Optional[int] = ..., value: _Optional[bytes] = ...) -> None: ...

class NecpCtlSend(_message.Message):
    __slots__ = ("pid", "session", "type", "tlvs", "hex")
    PID_FIELD_NUMBER: _ClassVar[int]
    SESSION_FIELD_NUMBER: _ClassVar[int]
    TYPE_FIELD_NUMBER: _ClassVar[int]
    TLVS_FIELD_NUMBER: _ClassVar[int]
    HEX_FIELD_NUMBER: _ClassVar[int]
    pid: int
    session: str
    type: int
    tlvs: _containers.RepeatedCompositeFieldContainer[ControlTlv]
    hex: bytes
    def __init__(self, pid: _Optional[int] = ..., session: _Optional[str] = ..., type: _Optional[int] = ..., tlvs: _Optional[_Iterable[_Union[ControlTlv, _Mapping]]] = ..., hex: _Optional[bytes] = ...) -> None: ...

class NecpCtlClose(_message.Message):
    __slots__ = ("pid", "session")
    PID_FIELD_NUMBER: _ClassVar[int]
    SESSION_FIELD_NUMBER: _ClassVar[int]
    pid: int
    session: str
    def __init__(self, pid: _Optional[int] = ..., session: _Optional[str] = ...) -> None: ...
