from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class SourceKind(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    SOURCE_KIND_UNKNOWN: _ClassVar[SourceKind]
    SOURCE_KIND_SCENARIO: _ClassVar[SourceKind]
    SOURCE_KIND_VECTORS: _ClassVar[SourceKind]
    SOURCE_KIND_IMPORT: _ClassVar[SourceKind]
    SOURCE_KIND_SYSTEM: _ClassVar[SourceKind]

class OutcomeDetail(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    OUTCOME_DETAIL_NONE: _ClassVar[OutcomeDetail]
    OUTCOME_DETAIL_VECTORS: _ClassVar[OutcomeDetail]
    OUTCOME_DETAIL_FULL: _ClassVar[OutcomeDetail]
SOURCE_KIND_UNKNOWN: SourceKind
SOURCE_KIND_SCENARIO: SourceKind
SOURCE_KIND_VECTORS: SourceKind
SOURCE_KIND_IMPORT: SourceKind
SOURCE_KIND_SYSTEM: SourceKind
OUTCOME_DETAIL_NONE: OutcomeDetail
OUTCOME_DETAIL_VECTORS: OutcomeDetail
OUTCOME_DETAIL_FULL: OutcomeDetail

class Header(_message.Message):
    __slots__ = ("format", "meaning", "required_features", "tool_version", "release", "name", "description", "source_kind", "source", "outcome_detail", "properties", "attachments")
    FORMAT_FIELD_NUMBER: _ClassVar[int]
    MEANING_FIELD_NUMBER: _ClassVar[int]
    REQUIRED_FEATURES_FIELD_NUMBER: _ClassVar[int]
    TOOL_VERSION_FIELD_NUMBER: _ClassVar[int]
    RELEASE_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    DESCRIPTION_FIELD_NUMBER: _ClassVar[int]
    SOURCE_KIND_FIELD_NUMBER: _ClassVar[int]
    SOURCE_FIELD_NUMBER: _ClassVar[int]
    OUTCOME_DETAIL_FIELD_NUMBER: _ClassVar[int]
    PROPERTIES_FIELD_NUMBER: _ClassVar[int]
    ATTACHMENTS_FIELD_NUMBER: _ClassVar[int]
    format: int
    meaning: int
    required_features: _containers.RepeatedScalarFieldContainer[str]
    tool_version: str
    release: str
    name: str
    description: str
    source_kind: SourceKind
    source: str
    outcome_detail: OutcomeDetail
    properties: _containers.RepeatedCompositeFieldContainer[Property]
    attachments: _containers.RepeatedCompositeFieldContainer[Attachment]
    def __init__(self, format: _Optional[int] = ..., meaning: _Optional[int] = ..., required_features: _Optional[_Iterable[str]] = ..., tool_version: _Optional[str] = ..., release: _Optional[str] = ..., name: _Optional[str] = ..., description: _Optional[str] = ..., source_kind: _Optional[_Union[SourceKind, str]] = ..., source: _Optional[str] = ..., outcome_detail: _Optional[_Union[OutcomeDetail, str]] = ..., properties: _Optional[_Iterable[_Union[Property, _Mapping]]] = ..., attachments: _Optional[_Iterable[_Union[Attachment, _Mapping]]] = ...) -> None: ...

class Property(_message.Message):
    __slots__ = ("key", "value")
    KEY_FIELD_NUMBER: _ClassVar[int]
    VALUE_FIELD_NUMBER: _ClassVar[int]
    key: str
    value: str
    def __init__(self, key: _Optional[str] = ..., value: _Optional[str] = ...) -> None: ...

class Attachment(_message.Message):
    __slots__ = ("name", "media_type", "content")
    NAME_FIELD_NUMBER: _ClassVar[int]
    MEDIA_TYPE_FIELD_NUMBER: _ClassVar[int]
    CONTENT_FIELD_NUMBER: _ClassVar[int]
    name: str
    media_type: str
    content: bytes
    def __init__(self, name: _Optional[str] = ..., media_type: _Optional[str] = ..., content: _Optional[bytes] = ...) -> None: ...
