from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from typing import ClassVar as _ClassVar, Optional as _Optional

DESCRIPTOR: _descriptor.FileDescriptor

class NetagentOpen(_message.Message):
    __slots__ = ("session", "via")
    SESSION_FIELD_NUMBER: _ClassVar[int]
    VIA_FIELD_NUMBER: _ClassVar[int]
    session: str
    via: str
    def __init__(self, session: _Optional[str] = ..., via: _Optional[str] = ...) -> None: ...

class NetagentRegister(_message.Message):
    __slots__ = ("session", "uuid", "domain", "type", "desc", "flags", "data", "via", "raw", "data_size", "payload_length", "message_id")
    SESSION_FIELD_NUMBER: _ClassVar[int]
    UUID_FIELD_NUMBER: _ClassVar[int]
    DOMAIN_FIELD_NUMBER: _ClassVar[int]
    TYPE_FIELD_NUMBER: _ClassVar[int]
    DESC_FIELD_NUMBER: _ClassVar[int]
    FLAGS_FIELD_NUMBER: _ClassVar[int]
    DATA_FIELD_NUMBER: _ClassVar[int]
    VIA_FIELD_NUMBER: _ClassVar[int]
    RAW_FIELD_NUMBER: _ClassVar[int]
    DATA_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAYLOAD_LENGTH_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_ID_FIELD_NUMBER: _ClassVar[int]
    session: str
    uuid: bytes
    domain: bytes
    type: bytes
    desc: bytes
    flags: int
    data: bytes
    via: str
    raw: bytes
    data_size: int
    payload_length: int
    message_id: int
    def __init__(self, session: _Optional[str] = ..., uuid: _Optional[bytes] = ..., domain: _Optional[bytes] = ..., type: _Optional[bytes] = ..., desc: _Optional[bytes] = ..., flags: _Optional[int] = ..., data: _Optional[bytes] = ..., via: _Optional[str] = ..., raw: _Optional[bytes] = ..., data_size: _Optional[int] = ..., payload_length: _Optional[int] = ..., message_id: _Optional[int] = ...) -> None: ...

class NetagentUpdate(_message.Message):
    __slots__ = ("session", "uuid", "domain", "type", "desc", "flags", "data", "via", "raw", "data_size", "payload_length", "message_id")
    SESSION_FIELD_NUMBER: _ClassVar[int]
    UUID_FIELD_NUMBER: _ClassVar[int]
    DOMAIN_FIELD_NUMBER: _ClassVar[int]
    TYPE_FIELD_NUMBER: _ClassVar[int]
    DESC_FIELD_NUMBER: _ClassVar[int]
    FLAGS_FIELD_NUMBER: _ClassVar[int]
    DATA_FIELD_NUMBER: _ClassVar[int]
    VIA_FIELD_NUMBER: _ClassVar[int]
    RAW_FIELD_NUMBER: _ClassVar[int]
    DATA_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAYLOAD_LENGTH_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_ID_FIELD_NUMBER: _ClassVar[int]
    session: str
    uuid: bytes
    domain: bytes
    type: bytes
    desc: bytes
    flags: int
    data: bytes
    via: str
    raw: bytes
    data_size: int
    payload_length: int
    message_id: int
    def __init__(self, session: _Optional[str] = ..., uuid: _Optional[bytes] = ..., domain: _Optional[bytes] = ..., type: _Optional[bytes] = ..., desc: _Optional[bytes] = ..., flags: _Optional[int] = ..., data: _Optional[bytes] = ..., via: _Optional[str] = ..., raw: _Optional[bytes] = ..., data_size: _Optional[int] = ..., payload_length: _Optional[int] = ..., message_id: _Optional[int] = ...) -> None: ...

class NetagentSetFlags(_message.Message):
    __slots__ = ("session", "flags", "uuid", "via")
    SESSION_FIELD_NUMBER: _ClassVar[int]
    FLAGS_FIELD_NUMBER: _ClassVar[int]
    UUID_FIELD_NUMBER: _ClassVar[int]
    VIA_FIELD_NUMBER: _ClassVar[int]
    session: str
    flags: int
    uuid: bytes
    via: str
    def __init__(self, session: _Optional[str] = ..., flags: _Optional[int] = ..., uuid: _Optional[bytes] = ..., via: _Optional[str] = ...) -> None: ...

class NetagentUnregister(_message.Message):
    __slots__ = ("session", "uuid", "via", "domain", "type", "flags", "desc", "data", "raw", "data_size", "payload_length", "message_id")
    SESSION_FIELD_NUMBER: _ClassVar[int]
    UUID_FIELD_NUMBER: _ClassVar[int]
    VIA_FIELD_NUMBER: _ClassVar[int]
    DOMAIN_FIELD_NUMBER: _ClassVar[int]
    TYPE_FIELD_NUMBER: _ClassVar[int]
    FLAGS_FIELD_NUMBER: _ClassVar[int]
    DESC_FIELD_NUMBER: _ClassVar[int]
    DATA_FIELD_NUMBER: _ClassVar[int]
    RAW_FIELD_NUMBER: _ClassVar[int]
    DATA_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAYLOAD_LENGTH_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_ID_FIELD_NUMBER: _ClassVar[int]
    session: str
    uuid: bytes
    via: str
    domain: bytes
    type: bytes
    flags: int
    desc: bytes
    data: bytes
    raw: bytes
    data_size: int
    payload_length: int
    message_id: int
    def __init__(self, session: _Optional[str] = ..., uuid: _Optional[bytes] = ..., via: _Optional[str] = ..., domain: _Optional[bytes] = ..., type: _Optional[bytes] = ..., flags: _Optional[int] = ..., desc: _Optional[bytes] = ..., data: _Optional[bytes] = ..., raw: _Optional[bytes] = ..., data_size: _Optional[int] = ..., payload_length: _Optional[int] = ..., message_id: _Optional[int] = ...) -> None: ...

class NetagentClose(_message.Message):
    __slots__ = ("session", "uuid")
    SESSION_FIELD_NUMBER: _ClassVar[int]
    UUID_FIELD_NUMBER: _ClassVar[int]
    session: str
    uuid: bytes
    def __init__(self, session: _Optional[str] = ..., uuid: _Optional[bytes] = ...) -> None: ...

class NetagentSetopt(_message.Message):
    __slots__ = ("session", "opt", "hex", "uuid")
    SESSION_FIELD_NUMBER: _ClassVar[int]
    OPT_FIELD_NUMBER: _ClassVar[int]
    HEX_FIELD_NUMBER: _ClassVar[int]
    UUID_FIELD_NUMBER: _ClassVar[int]
    session: str
    opt: int
    hex: bytes
    uuid: bytes
    def __init__(self, session: _Optional[str] = ..., opt: _Optional[int] = ..., hex: _Optional[bytes] = ..., uuid: _Optional[bytes] = ...) -> None: ...

class NetagentGetopt(_message.Message):
    __slots__ = ("session", "opt", "len", "uuid")
    SESSION_FIELD_NUMBER: _ClassVar[int]
    OPT_FIELD_NUMBER: _ClassVar[int]
    LEN_FIELD_NUMBER: _ClassVar[int]
    UUID_FIELD_NUMBER: _ClassVar[int]
    session: str
    opt: int
    len: int
    uuid: bytes
    def __init__(self, session: _Optional[str] = ..., opt: _Optional[int] = ..., len: _Optional[int] = ..., uuid: _Optional[bytes] = ...) -> None: ...

class NetagentMessage(_message.Message):
    __slots__ = ("session", "hex", "uuid")
    SESSION_FIELD_NUMBER: _ClassVar[int]
    HEX_FIELD_NUMBER: _ClassVar[int]
    UUID_FIELD_NUMBER: _ClassVar[int]
    session: str
    hex: bytes
    uuid: bytes
    def __init__(self, session: _Optional[str] = ..., hex: _Optional[bytes] = ..., uuid: _Optional[bytes] = ...) -> None: ...

class NetagentFail(_message.Message):
    __slots__ = ("session", "errno", "uuid")
    SESSION_FIELD_NUMBER: _ClassVar[int]
    ERRNO_FIELD_NUMBER: _ClassVar[int]
    UUID_FIELD_NUMBER: _ClassVar[int]
    session: str
    errno: int
    uuid: bytes
    def __init__(self, session: _Optional[str] = ..., errno: _Optional[int] = ..., uuid: _Optional[bytes] = ...) -> None: ...

class NetagentAssignNexus(_message.Message):
    __slots__ = ("session", "client_id", "results", "via", "uuid", "raw", "payload_length", "message_id")
    SESSION_FIELD_NUMBER: _ClassVar[int]
    CLIENT_ID_FIELD_NUMBER: _ClassVar[int]
    RESULTS_FIELD_NUMBER: _ClassVar[int]
    VIA_FIELD_NUMBER: _ClassVar[int]
    UUID_FIELD_NUMBER: _ClassVar[int]
    RAW_FIELD_NUMBER: _ClassVar[int]
    PAYLOAD_LENGTH_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_ID_FIELD_NUMBER: _ClassVar[int]
    session: str
    client_id: bytes
    results: bytes
    via: str
    uuid: bytes
    raw: bytes
    payload_length: int
    message_id: int
    def __init__(self, session: _Optional[str] = ..., client_id: _Optional[bytes] = ..., results: _Optional[bytes] = ..., via: _Optional[str] = ..., uuid: _Optional[bytes] = ..., raw: _Optional[bytes] = ..., payload_length: _Optional[int] = ..., message_id: _Optional[int] = ...) -> None: ...

class NetagentProtoctl(_message.Message):
    __slots__ = ("session", "client_id", "code", "val", "seq", "uuid")
    SESSION_FIELD_NUMBER: _ClassVar[int]
    CLIENT_ID_FIELD_NUMBER: _ClassVar[int]
    CODE_FIELD_NUMBER: _ClassVar[int]
    VAL_FIELD_NUMBER: _ClassVar[int]
    SEQ_FIELD_NUMBER: _ClassVar[int]
    UUID_FIELD_NUMBER: _ClassVar[int]
    session: str
    client_id: bytes
    code: int
    val: int
    seq: int
    uuid: bytes
    def __init__(self, session: _Optional[str] = ..., client_id: _Optional[bytes] = ..., code: _Optional[int] = ..., val: _Optional[int] = ..., seq: _Optional[int] = ..., uuid: _Optional[bytes] = ...) -> None: ...

class NetagentResults(_message.Message):
    __slots__ = ("session", "results")
    SESSION_FIELD_NUMBER: _ClassVar[int]
    RESULTS_FIELD_NUMBER: _ClassVar[int]
    session: str
    results: bytes
    def __init__(self, session: _Optional[str] = ..., results: _Optional[bytes] = ...) -> None: ...
