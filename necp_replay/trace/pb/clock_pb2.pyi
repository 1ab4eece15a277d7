from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from typing import ClassVar as _ClassVar, Optional as _Optional

DESCRIPTOR: _descriptor.FileDescriptor

class Now(_message.Message):
    __slots__ = ("ns",)
    NS_FIELD_NUMBER: _ClassVar[int]
    ns: int
    def __init__(self, ns: _Optional[int] = ...) -> None: ...

class UpdateAllClients(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class TimerFire(_message.Message):
    __slots__ = ("timer",)
    TIMER_FIELD_NUMBER: _ClassVar[int]
    timer: str
    def __init__(self, timer: _Optional[str] = ...) -> None: ...
