from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class Shown(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    SHOWN_NO_FIELD: _ClassVar[Shown]
    SHOWN_BYTES: _ClassVar[Shown]
    SHOWN_NO_BUFFER: _ClassVar[Shown]
    SHOWN_NOTHING: _ClassVar[Shown]
    SHOWN_DIGEST: _ClassVar[Shown]
SHOWN_NO_FIELD: Shown
SHOWN_BYTES: Shown
SHOWN_NO_BUFFER: Shown
SHOWN_NOTHING: Shown
SHOWN_DIGEST: Shown

class UserBuffer(_message.Message):
    __slots__ = ("content", "length", "limits")
    CONTENT_FIELD_NUMBER: _ClassVar[int]
    LENGTH_FIELD_NUMBER: _ClassVar[int]
    LIMITS_FIELD_NUMBER: _ClassVar[int]
    content: bytes
    length: int
    limits: UserBufferLimits
    def __init__(self, content: _Optional[bytes] = ..., length: _Optional[int] = ..., limits: _Optional[_Union[UserBufferLimits, _Mapping]] = ...) -> None: ...

class UserBufferLimits(_message.Message):
    __slots__ = ("mapped", "readonly", "unmapped", "pointers", "known")
    MAPPED_FIELD_NUMBER: _ClassVar[int]
    READONLY_FIELD_NUMBER: _ClassVar[int]
    UNMAPPED_FIELD_NUMBER: _ClassVar[int]
    POINTERS_FIELD_NUMBER: _ClassVar[int]
    KNOWN_FIELD_NUMBER: _ClassVar[int]
    mapped: int
    readonly: bool
    unmapped: bool
    pointers: _containers.RepeatedCompositeFieldContainer[UserPointer]
    known: int
    def __init__(self, mapped: _Optional[int] = ..., readonly: _Optional[bool] = ..., unmapped: _Optional[bool] = ..., pointers: _Optional[_Iterable[_Union[UserPointer, _Mapping]]] = ..., known: _Optional[int] = ...) -> None: ...

class UserPointer(_message.Message):
    __slots__ = ("offset", "to")
    OFFSET_FIELD_NUMBER: _ClassVar[int]
    TO_FIELD_NUMBER: _ClassVar[int]
    offset: int
    to: UserBuffer
    def __init__(self, offset: _Optional[int] = ..., to: _Optional[_Union[UserBuffer, _Mapping]] = ...) -> None: ...

class BufferDigest(_message.Message):
    __slots__ = ("sha256", "length")
    SHA256_FIELD_NUMBER: _ClassVar[int]
    LENGTH_FIELD_NUMBER: _ClassVar[int]
    sha256: bytes
    length: int
    def __init__(self, sha256: _Optional[bytes] = ..., length: _Optional[int] = ...) -> None: ...

class OutBuffer(_message.Message):
    __slots__ = ("shown", "content", "digest")
    SHOWN_FIELD_NUMBER: _ClassVar[int]
    CONTENT_FIELD_NUMBER: _ClassVar[int]
    DIGEST_FIELD_NUMBER: _ClassVar[int]
    shown: Shown
    content: bytes
    digest: BufferDigest
    def __init__(self, shown: _Optional[_Union[Shown, str]] = ..., content: _Optional[bytes] = ..., digest: _Optional[_Union[BufferDigest, _Mapping]] = ...) -> None: ...
