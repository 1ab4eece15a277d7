"""The messages between this tool and an engine in another process, as delimited protobuf.

schemas/engine_protocol.proto is the specification. Both directions are here: encoding and decoding
of requests and of replies.
"""

from __future__ import annotations

from typing import Any, Final

from google.protobuf.message import DecodeError, Message

from necp_replay.dataclass import dataclass
from necp_replay.errors import TraceError
from necp_replay.events.inputs import Step
from necp_replay.events.outcome import Outcome
from necp_replay.events.snapshot import Snapshot
from necp_replay.trace.call_encoding import varint
from necp_replay.trace.limits import check_large_message
from necp_replay.trace.message_codec import message_codec
from necp_replay.trace.pb import engine_protocol_pb2 as pb
from necp_replay.trace.pb import outcome_pb2
from necp_replay.trace.record_codec import (
    decode_outcome,
    decode_records,
    encode_outcome,
    encode_record,
)

PROTOCOL: Final = 1
"""The version of the protocol that is supported."""
MAX_MESSAGE_BYTES: Final = 64 * 1024 * 1024
"""The longest message that is accepted. A trace has no larger chunk either."""


@dataclass(frozen=True, slots=True)
class Hello:
    """The first request: the version of the protocol and the release to be modelled."""

    protocol: int
    release: str


@dataclass(frozen=True, slots=True)
class Apply:
    """A request to apply one input."""

    step: Step


@dataclass(frozen=True, slots=True)
class StateWanted:
    """A request for a snapshot of the complete state."""


@dataclass(frozen=True, slots=True)
class Reset:
    """A request to start again with a fresh system."""


@dataclass(frozen=True, slots=True)
class Unknown:
    """A request of a kind that this version does not know."""


@dataclass(frozen=True, slots=True)
class Welcome:
    """The reply to `Hello`: the engine's name and version, and the release that it models."""

    protocol: int
    name: str
    release: str


@dataclass(frozen=True, slots=True)
class Done:
    """The reply to `Reset`."""


@dataclass(frozen=True, slots=True)
class Failure:
    """The reply of an engine that cannot do what was asked."""

    reason: str


Request = Hello | Apply | StateWanted | Reset | Unknown
Reply = Welcome | Outcome | Snapshot | Done | Failure


def encode_request(request: Request) -> bytes:
    """A request preceded by its length. Raises ValueError for a step that a record cannot hold."""
    match request:
        case Hello():
            hello = pb.EngineHello(protocol=request.protocol, release=request.release)
            return _delimited(pb.EngineRequest(hello=hello))
        case Apply():
            record = encode_record(request.step, None)
            body = _APPLY_TAG + varint(len(record)) + record
            return varint(len(body)) + body
        case StateWanted():
            return _delimited(pb.EngineRequest(snapshot=pb.EngineStateWanted()))
        case Reset():
            return _delimited(pb.EngineRequest(reset=pb.EngineReset()))
        case Unknown():
            return _delimited(pb.EngineRequest())


def decode_request(body: bytes) -> Request:
    """A request from its bytes without the length. Raises TraceError if they are not a request."""
    message = _parse(pb.EngineRequest(), body)
    match message.WhichOneof("request"):
        case "hello":
            return Hello(message.hello.protocol, message.hello.release)
        case "apply":
            _, step, _ = next(decode_records([message.apply], 1))
            return Apply(step)
        case "snapshot":
            return StateWanted()
        case "reset":
            return Reset()
        case _:
            return Unknown()


def encode_reply(reply: Reply) -> bytes:
    """A reply preceded by its length."""
    match reply:
        case Welcome():
            hello = pb.EngineWelcome(
                protocol=reply.protocol, name=reply.name, release=reply.release
            )
            return _delimited(pb.EngineReply(hello=hello))
        case Outcome():
            outcome = outcome_pb2.Outcome(**encode_outcome(reply)).SerializeToString()
            body = _OUTCOME_TAG + varint(len(outcome)) + outcome
            return varint(len(body)) + body
        case Snapshot():
            return _delimited(pb.EngineReply(snapshot=_SNAPSHOT.encode(reply)))
        case Done():
            return _delimited(pb.EngineReply(reset=pb.EngineDone()))
        case Failure():
            return _delimited(pb.EngineReply(failure=pb.EngineFailure(reason=reply.reason)))


def decode_reply(body: bytes) -> Reply:
    """A reply from its bytes without the length. Raises TraceError if they are not a reply."""
    message = _parse(pb.EngineReply(), body)
    match message.WhichOneof("reply"):
        case "outcome":
            return decode_outcome(message.outcome)
        case "hello":
            hello = message.hello
            return Welcome(hello.protocol, hello.name, hello.release)
        case "snapshot":
            snapshot: Snapshot = _SNAPSHOT.decode(message.snapshot)
            return snapshot
        case "reset":
            return Done()
        case "failure":
            return Failure(message.failure.reason)
        case _:
            raise TraceError("a reply that this version does not know")


def take_message(buffered: bytearray) -> bytes | None:
    """Remove the first message from a buffer and return it; None while it is incomplete.

    Raises TraceError for a length above :data:`MAX_MESSAGE_BYTES`.
    """
    length = shift = offset = 0
    while True:
        if offset == len(buffered):
            return None
        byte = buffered[offset]
        offset += 1
        length |= (byte & 0x7F) << shift
        shift += 7
        if length > MAX_MESSAGE_BYTES or shift > 35:
            raise TraceError(f"a message of more than {MAX_MESSAGE_BYTES >> 20} MiB")
        if byte < 0x80:
            break
    if len(buffered) < offset + length:
        return None
    body = bytes(buffered[offset : offset + length])
    del buffered[: offset + length]
    return body


def _parse(message: pb.EngineRequest | pb.EngineReply, body: bytes) -> Any:
    check_large_message(body, message.DESCRIPTOR)
    try:
        message.ParseFromString(body)
    except DecodeError as error:
        raise TraceError("not a message of the engine protocol") from error
    return message


def _delimited(message: Message) -> bytes:
    body = message.SerializeToString()
    return varint(len(body)) + body


def _tag(message: type[Message], field: str) -> bytes:
    return varint(message.DESCRIPTOR.fields_by_name[field].number << 3 | 2)


_SNAPSHOT: Final = message_codec(Snapshot)
_APPLY_TAG: Final = _tag(pb.EngineRequest, "apply")
_OUTCOME_TAG: Final = _tag(pb.EngineReply, "outcome")
