from necp_replay.trace.pb import outcome_pb2 as _outcome_pb2
from necp_replay.trace.pb import snapshot_pb2 as _snapshot_pb2
from necp_replay.trace.pb import trace_pb2 as _trace_pb2
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class EngineRequest(_message.Message):
    __slots__ = ("hello", "apply", "snapshot", "reset")
    HELLO_FIELD_NUMBER: _ClassVar[int]
    APPLY_FIELD_NUMBER: _ClassVar[int]
    SNAPSHOT_FIELD_NUMBER: _ClassVar[int]
    RESET_FIELD_NUMBER: _ClassVar[int]
    hello: EngineHello
    apply: _trace_pb2.Record
    snapshot: EngineStateWanted
    reset: EngineReset
    def __init__(self, hello: _Optional[_Union[EngineHello, _Mapping]] = ..., apply: _Optional[_Union[_trace_pb2.Record, _Mapping]] = ..., snapshot: _Optional[_Union[EngineStateWanted, _Mapping]] = ..., reset: _Optional[_Union[EngineReset, _Mapping]] = ...) -> None: ...

class EngineReply(_message.Message):
    __slots__ = ("hello", "outcome", "snapshot", "reset", "failure")
    HELLO_FIELD_NUMBER: _ClassVar[int]
    OUTCOME_FIELD_NUMBER: _ClassVar[int]
    SNAPSHOT_FIELD_NUMBER: _ClassVar[int]
    RESET_FIELD_NUMBER: _ClassVar[int]
    FAILURE_FIELD_NUMBER: _ClassVar[int]
    hello: EngineWelcome
    outcome: _outcome_pb2.Outcome
    snapshot: _snapshot_pb2.Snapshot
    reset: EngineDone
    failure: EngineFailure
    def __init__(self, hello: _Optional[_Union[EngineWelcome, _Mapping]] = ..., outcome: _Optional[_Union[_outcome_pb2.Outcome, _Mapping]] = ..., snapshot: _Optional[_Union[_snapshot_pb2.Snapshot, _Mapping]] = ..., reset: _Optional[_Union[EngineDone, _Mapping]] = ..., failure: _Optional[_Union[EngineFailure, _Mapping]] = ...) -> None: ...

class EngineHello(_message.Message):
    __slots__ = ("protocol", "release")
    PROTOCOL_FIELD_NUMBER: _ClassVar[int]
    RELEASE_FIELD_NUMBER: _ClassVar[int]
    protocol: int
    release: str
    def __init__(self, protocol: _Optional[int] = ..., release: _Optional[str] = ...) -> None: ...

class EngineWelcome(_message.Message):
    __slots__ = ("protocol", "name", "release")
    PROTOCOL_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    RELEASE_FIELD_NUMBER: _ClassVar[int]
    protocol: int
    name: str
    release: str
    def __init__(self, protocol: _Optional[int] = ..., name: _Optional[str] = ..., release: _Optional[str] = ...) -> None: ...

class EngineStateWanted(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class EngineReset(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class EngineDone(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class EngineFailure(_message.Message):
    __slots__ = ("reason",)
    REASON_FIELD_NUMBER: _ClassVar[int]
    reason: str
    def __init__(self, reason: _Optional[str] = ...) -> None: ...
