from necp_replay.trace.pb import effects_pb2 as _effects_pb2
from necp_replay.trace.pb import snapshot_pb2 as _snapshot_pb2
from necp_replay.trace.pb import user_buffer_pb2 as _user_buffer_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class SessionBuffer(_message.Message):
    __slots__ = ("out_buffer", "beyond_vectors")
    OUT_BUFFER_FIELD_NUMBER: _ClassVar[int]
    BEYOND_VECTORS_FIELD_NUMBER: _ClassVar[int]
    out_buffer: _user_buffer_pb2.OutBuffer
    beyond_vectors: bytes
    def __init__(self, out_buffer: _Optional[_Union[_user_buffer_pb2.OutBuffer, _Mapping]] = ..., beyond_vectors: _Optional[bytes] = ...) -> None: ...

class MatchResult(_message.Message):
    __slots__ = ("result",)
    RESULT_FIELD_NUMBER: _ClassVar[int]
    result: _user_buffer_pb2.OutBuffer
    def __init__(self, result: _Optional[_Union[_user_buffer_pb2.OutBuffer, _Mapping]] = ...) -> None: ...

class InterfaceAnswer(_message.Message):
    __slots__ = ("functional_type",)
    FUNCTIONAL_TYPE_FIELD_NUMBER: _ClassVar[int]
    functional_type: int
    def __init__(self, functional_type: _Optional[int] = ...) -> None: ...

class TimerAnswer(_message.Message):
    __slots__ = ("fired",)
    FIRED_FIELD_NUMBER: _ClassVar[int]
    fired: bool
    def __init__(self, fired: _Optional[bool] = ...) -> None: ...

class Readiness(_message.Message):
    __slots__ = ("readable",)
    READABLE_FIELD_NUMBER: _ClassVar[int]
    readable: bool
    def __init__(self, readable: _Optional[bool] = ...) -> None: ...

class Selected(_message.Message):
    __slots__ = ("ready",)
    READY_FIELD_NUMBER: _ClassVar[int]
    ready: int
    def __init__(self, ready: _Optional[int] = ...) -> None: ...

class BlockClient(_message.Message):
    __slots__ = ("necp_client_uuid",)
    NECP_CLIENT_UUID_FIELD_NUMBER: _ClassVar[int]
    necp_client_uuid: bytes
    def __init__(self, necp_client_uuid: _Optional[bytes] = ...) -> None: ...

class NexusParametersAnswer(_message.Message):
    __slots__ = ("parameters",)
    PARAMETERS_FIELD_NUMBER: _ClassVar[int]
    parameters: _effects_pb2.NexusParameters
    def __init__(self, parameters: _Optional[_Union[_effects_pb2.NexusParameters, _Mapping]] = ...) -> None: ...

class AssignMessage(_message.Message):
    __slots__ = ("message",)
    MESSAGE_FIELD_NUMBER: _ClassVar[int]
    message: bytes
    def __init__(self, message: _Optional[bytes] = ...) -> None: ...

class AttributesAnswer(_message.Message):
    __slots__ = ("valsize", "domain", "account", "buffer", "domain_owner", "tracker_domain", "domain_context")
    VALSIZE_FIELD_NUMBER: _ClassVar[int]
    DOMAIN_FIELD_NUMBER: _ClassVar[int]
    ACCOUNT_FIELD_NUMBER: _ClassVar[int]
    BUFFER_FIELD_NUMBER: _ClassVar[int]
    DOMAIN_OWNER_FIELD_NUMBER: _ClassVar[int]
    TRACKER_DOMAIN_FIELD_NUMBER: _ClassVar[int]
    DOMAIN_CONTEXT_FIELD_NUMBER: _ClassVar[int]
    valsize: int
    domain: bytes
    account: bytes
    buffer: _user_buffer_pb2.OutBuffer
    domain_owner: bytes
    tracker_domain: bytes
    domain_context: bytes
    def __init__(self, valsize: _Optional[int] = ..., domain: _Optional[bytes] = ..., account: _Optional[bytes] = ..., buffer: _Optional[_Union[_user_buffer_pb2.OutBuffer, _Mapping]] = ..., domain_owner: _Optional[bytes] = ..., tracker_domain: _Optional[bytes] = ..., domain_context: _Optional[bytes] = ...) -> None: ...

class Allowed(_message.Message):
    __slots__ = ("allowed",)
    ALLOWED_FIELD_NUMBER: _ClassVar[int]
    allowed: bool
    def __init__(self, allowed: _Optional[bool] = ...) -> None: ...

class SignatureAnswer(_message.Message):
    __slots__ = ("buffer", "valsize")
    BUFFER_FIELD_NUMBER: _ClassVar[int]
    VALSIZE_FIELD_NUMBER: _ClassVar[int]
    buffer: bytes
    valsize: int
    def __init__(self, buffer: _Optional[bytes] = ..., valsize: _Optional[int] = ...) -> None: ...

class OptionData(_message.Message):
    __slots__ = ("data",)
    DATA_FIELD_NUMBER: _ClassVar[int]
    data: bytes
    def __init__(self, data: _Optional[bytes] = ...) -> None: ...

class Panicked(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class TypeConfused(_message.Message):
    __slots__ = ("function", "would_corrupt")
    FUNCTION_FIELD_NUMBER: _ClassVar[int]
    WOULD_CORRUPT_FIELD_NUMBER: _ClassVar[int]
    function: str
    would_corrupt: str
    def __init__(self, function: _Optional[str] = ..., would_corrupt: _Optional[str] = ...) -> None: ...

class Absent(_message.Message):
    __slots__ = ("why",)
    WHY_FIELD_NUMBER: _ClassVar[int]
    why: str
    def __init__(self, why: _Optional[str] = ...) -> None: ...

class NotDetermined(_message.Message):
    __slots__ = ("why",)
    WHY_FIELD_NUMBER: _ClassVar[int]
    why: str
    def __init__(self, why: _Optional[str] = ...) -> None: ...

class Outcome(_message.Message):
    __slots__ = ("errno", "retval", "client_id_shown", "client_id", "buffer_shown", "buffer", "effects", "client_id_digest", "buffer_digest", "unmeasured", "session_buffer", "match_result", "interface_answer", "timer_answer", "readiness", "selected", "block_client", "nexus_parameters_answer", "assign_message", "attributes_answer", "option_data", "snapshot", "panicked", "type_confused", "absent", "not_determined", "allowed", "signature_answer")
    ERRNO_FIELD_NUMBER: _ClassVar[int]
    RETVAL_FIELD_NUMBER: _ClassVar[int]
    CLIENT_ID_SHOWN_FIELD_NUMBER: _ClassVar[int]
    CLIENT_ID_FIELD_NUMBER: _ClassVar[int]
    BUFFER_SHOWN_FIELD_NUMBER: _ClassVar[int]
    BUFFER_FIELD_NUMBER: _ClassVar[int]
    EFFECTS_FIELD_NUMBER: _ClassVar[int]
    CLIENT_ID_DIGEST_FIELD_NUMBER: _ClassVar[int]
    BUFFER_DIGEST_FIELD_NUMBER: _ClassVar[int]
    UNMEASURED_FIELD_NUMBER: _ClassVar[int]
    SESSION_BUFFER_FIELD_NUMBER: _ClassVar[int]
    MATCH_RESULT_FIELD_NUMBER: _ClassVar[int]
    INTERFACE_ANSWER_FIELD_NUMBER: _ClassVar[int]
    TIMER_ANSWER_FIELD_NUMBER: _ClassVar[int]
    READINESS_FIELD_NUMBER: _ClassVar[int]
    SELECTED_FIELD_NUMBER: _ClassVar[int]
    BLOCK_CLIENT_FIELD_NUMBER: _ClassVar[int]
    NEXUS_PARAMETERS_ANSWER_FIELD_NUMBER: _ClassVar[int]
    ASSIGN_MESSAGE_FIELD_NUMBER: _ClassVar[int]
    ATTRIBUTES_ANSWER_FIELD_NUMBER: _ClassVar[int]
    OPTION_DATA_FIELD_NUMBER: _ClassVar[int]
    SNAPSHOT_FIELD_NUMBER: _ClassVar[int]
    PANICKED_FIELD_NUMBER: _ClassVar[int]
    TYPE_CONFUSED_FIELD_NUMBER: _ClassVar[int]
    ABSENT_FIELD_NUMBER: _ClassVar[int]
    NOT_DETERMINED_FIELD_NUMBER: _ClassVar[int]
    ALLOWED_FIELD_NUMBER: _ClassVar[int]
    SIGNATURE_ANSWER_FIELD_NUMBER: _ClassVar[int]
    errno: int
    retval: int
    client_id_shown: _user_buffer_pb2.Shown
    client_id: bytes
    buffer_shown: _user_buffer_pb2.Shown
    buffer: bytes
    effects: _containers.RepeatedCompositeFieldContainer[_effects_pb2.Effect]
    client_id_digest: _user_buffer_pb2.BufferDigest
    buffer_digest: _user_buffer_pb2.BufferDigest
    unmeasured: _containers.RepeatedScalarFieldContainer[str]
    session_buffer: SessionBuffer
    match_result: MatchResult
    interface_answer: InterfaceAnswer
    timer_answer: TimerAnswer
    readiness: Readiness
    selected: Selected
    block_client: BlockClient
    nexus_parameters_answer: NexusParametersAnswer
    assign_message: AssignMessage
    attributes_answer: AttributesAnswer
    option_data: OptionData
    snapshot: _snapshot_pb2.Snapshot
    panicked: Panicked
    type_confused: TypeConfused
    absent: Absent
    not_determined: NotDetermined
    allowed: Allowed
    signature_answer: SignatureAnswer
    def __init__(self, errno: _Optional[int] = ..., retval: _Optional[int] = ..., client_id_shown: _Optional[_Union[_user_buffer_pb2.Shown, str]] = ..., client_id: _Optional[bytes] = ..., buffer_shown: _Optional[_Union[_user_buffer_pb2.Shown, str]] = ..., buffer: _Optional[bytes] = ..., effects: _Optional[_Iterable[_Union[_effects_pb2.Effect, _Mapping]]] = ..., client_id_digest: _Optional[_Union[_user_buffer_pb2.BufferDigest, _Mapping]] = ..., buffer_digest: _Optional[_Union[_user_buffer_pb2.BufferDigest, _Mapping]] = ..., unmeasured: _Optional[_Iterable[str]] = ..., session_buffer: _Optional[_Union[SessionBuffer, _Mapping]] = ..., match_result: _Optional[_Union[MatchResult, _Mapping]] = ..., interface_answer: _Optional[_Union[InterfaceAnswer, _Mapping]] = ..., timer_answer: _Optional[_Union[TimerAnswer, _Mapping]] = ..., readiness: _Optional[_Union[Readiness, _Mapping]] = ..., selected: _Optional[_Union[Selected, _Mapping]] = ..., block_client: _Optional[_Union[BlockClient, _Mapping]] = ..., nexus_parameters_answer: _Optional[_Union[NexusParametersAnswer, _Mapping]] = ..., assign_message: _Optional[_Union[AssignMessage, _Mapping]] = ..., attributes_answer: _Optional[_Union[AttributesAnswer, _Mapping]] = ..., option_data: _Optional[_Union[OptionData, _Mapping]] = ..., snapshot: _Optional[_Union[_snapshot_pb2.Snapshot, _Mapping]] = ..., panicked: _Optional[_Union[Panicked, _Mapping]] = ..., type_confused: _Optional[_Union[TypeConfused, _Mapping]] = ..., absent: _Optional[_Union[Absent, _Mapping]] = ..., not_determined: _Optional[_Union[NotDetermined, _Mapping]] = ..., allowed: _Optional[_Union[Allowed, _Mapping]] = ..., signature_answer: _Optional[_Union[SignatureAnswer, _Mapping]] = ...) -> None: ...
