"""Compiles, for each data class of the events, functions to and from its protobuf message.

Messages mirror the data classes field by field (schemas/*.proto), so a class's type hints are all
that is needed. They are read once, when the module is imported; encoding and decoding a record then
does no reflection. Encoding makes nested dictionaries, from which protobuf builds a whole record in
one call.
"""

from __future__ import annotations

import dataclasses
import functools
import operator
import sys
import typing
from collections.abc import Callable
from typing import Any, Final

from necp_replay.dataclass import dataclass
from necp_replay.errors import TraceError
from necp_replay.events import effects
from necp_replay.events.text import Text
from necp_replay.events.user_buffer import (
    MAX_POINTER_DEPTH,
    BufferDigest,
    OutBuffer,
    Unseen,
    UserBuffer,
    UserPointer,
)
from necp_replay.trace.pb import effects_pb2, processes_pb2, routes_pb2
from necp_replay.trace.pb import user_buffer_pb2 as pb

Decode = Callable[[Any], Any]
"""From a message, or the value of a field in one, to the value in the event."""
Encode = Callable[[Any], Any]
"""From the value in the event to one that protobuf accepts for the field."""

SHOWN_NO_FIELD: Final = int(pb.SHOWN_NO_FIELD)
SHOWN_BYTES: Final = int(pb.SHOWN_BYTES)
SHOWN_NO_BUFFER: Final = int(pb.SHOWN_NO_BUFFER)
SHOWN_NOTHING: Final = int(pb.SHOWN_NOTHING)
SHOWN_DIGEST: Final = int(pb.SHOWN_DIGEST)


@dataclass(frozen=True, slots=True)
class MessageCodec:
    """The two functions for one data class: from its message, and to arguments for its message."""

    decode: Decode
    encode: Encode


@functools.cache
def message_codec(cls: type) -> MessageCodec:
    """The codec of a data class. Its message has the same name and the same fields."""
    if cls in _CUSTOM:
        return _CUSTOM[cls]
    names = [field.name for field in dataclasses.fields(cls)]
    hints = typing.get_type_hints(cls, vars(sys.modules[cls.__module__]), {}, include_extras=True)
    fields = [_field_codec(name, hints[name]) for name in names]
    if all(field.is_plain for field in fields):
        return MessageCodec(_decode_plain(cls, names), _encode_plain(names))
    readers = [field.read for field in fields]
    writers = [(field.name, operator.attrgetter(field.name), field.encode) for field in fields]

    def decode(message: Any) -> Any:
        return cls(*[read(message) for read in readers])

    def encode(event: Any) -> dict[str, Any]:
        written = {}
        for name, get, convert in writers:
            value = get(event)
            if value is not None:
                written[name] = value if convert is None else convert(value)
        return written

    return MessageCodec(decode, encode)


def read_shown(shown: int, content: bytes, digest: pb.BufferDigest) -> OutBuffer:
    """A user buffer after a call from the three fields that hold it.

    Raises TraceError for a ``shown`` that this version does not know.
    """
    if shown == SHOWN_BYTES:
        return content
    if shown == SHOWN_DIGEST:
        return BufferDigest(digest.sha256, digest.length)
    unseen = _UNSEEN.get(shown)
    if unseen is None:
        raise TraceError(f"a buffer after a call is shown in an unknown way ({shown})")
    return unseen


def write_shown(value: OutBuffer) -> tuple[int, bytes, dict[str, Any] | None]:
    """The three fields for a user buffer after a call: how it is shown, bytes, digest."""
    match value:
        case bytes():
            return SHOWN_BYTES, value, None
        case BufferDigest():
            return SHOWN_DIGEST, b"", {"sha256": value.sha256, "length": value.length}
        case Unseen.NO_BUFFER:
            return SHOWN_NO_BUFFER, b"", None
        case Unseen.NOT_SHOWN:
            return SHOWN_NOTHING, b"", None
        case _:
            typing.assert_never(value)


def decode_special_buffer(message: pb.UserBuffer, depth: int = 0) -> UserBuffer:
    """A user buffer with limits: partly mapped or known, read-only, unmapped, or with pointers."""
    limits = message.limits
    if depth >= MAX_POINTER_DEPTH and limits.pointers:
        raise TraceError(f"user buffers nest more than {MAX_POINTER_DEPTH} deep")
    pointers = tuple(
        UserPointer(
            pointer.offset,
            decode_special_buffer(pointer.to, depth + 1) if pointer.HasField("to") else None,
        )
        for pointer in limits.pointers
    )
    mapped = limits.mapped if limits.HasField("mapped") else None
    known = limits.known if limits.HasField("known") else None
    content = message.content[:known]
    return UserBuffer(
        content, message.length, mapped, limits.readonly, limits.unmapped, pointers, known
    )


def encode_buffer(buffer: UserBuffer, depth: int = 0) -> dict[str, Any]:
    """A user buffer as arguments for its message."""
    written: dict[str, Any] = {"content": buffer.content, "length": buffer.length}
    limited = buffer.mapped is not None or buffer.readonly or buffer.unmapped
    limited = limited or buffer.known is not None
    if limited or buffer.pointers:
        if depth >= MAX_POINTER_DEPTH and buffer.pointers:
            raise ValueError(f"user buffers nest more than {MAX_POINTER_DEPTH} deep")
        limits: dict[str, Any] = {"readonly": buffer.readonly, "unmapped": buffer.unmapped}
        if buffer.mapped is not None:
            limits["mapped"] = buffer.mapped
        if buffer.known is not None:
            limits["known"] = buffer.known
        limits["pointers"] = [
            {"offset": pointer.offset}
            if pointer.to is None
            else {"offset": pointer.offset, "to": encode_buffer(pointer.to, depth + 1)}
            for pointer in buffer.pointers
        ]
        written["limits"] = limits
    return written


@dataclass(frozen=True, slots=True)
class _FieldCodec:
    """One field: how it is read, and how its value is encoded (None: unchanged).

    A plain field is a number, bool, string or bytes that is always set.
    """

    name: str
    read: Decode
    encode: Encode | None
    is_plain: bool = False


def _field_codec(name: str, hint: Any) -> _FieldCodec:
    """The codec of a field by its type hint. An optional field is None if the message lacks it."""
    get = operator.attrgetter(name)
    optional = type(None) in typing.get_args(hint)
    if optional:
        hint = functools.reduce(operator.or_, [h for h in typing.get_args(hint) if h is not _NONE])
    if hint in _PLAIN:
        if optional:
            return _FieldCodec(name, lambda m: get(m) if m.HasField(name) else None, None)
        return _FieldCodec(name, get, None, is_plain=True)
    codec = _value_codec(hint, optional=optional)
    decode = codec.decode
    if optional:
        return _FieldCodec(
            name, lambda m: decode(get(m)) if m.HasField(name) else None, codec.encode
        )
    return _FieldCodec(name, lambda m: decode(get(m)), codec.encode)


def _value_codec(hint: Any, *, optional: bool) -> MessageCodec:
    """The codec of a field that is neither a number nor a string: a message, list or union."""
    if hint in _UNIONS:
        return _UNIONS[hint]
    if typing.get_origin(hint) is not tuple:
        return message_codec(hint)
    item_hint = typing.get_args(hint)[0]
    items = _PLAIN_SEQUENCE if item_hint in _PLAIN else _message_sequence(message_codec(item_hint))
    if not optional:
        return items
    decode, encode = items.decode, items.encode
    # Protobuf cannot tell an empty list from a missing one, so an optional list is in a message.
    return MessageCodec(lambda m: decode(m.items), lambda value: {"items": encode(value)})


def _message_sequence(item: MessageCodec) -> MessageCodec:
    decode, encode = item.decode, item.encode
    return MessageCodec(
        lambda messages: tuple([decode(message) for message in messages]),
        lambda events: [encode(event) for event in events],
    )


def _decode_plain(cls: type, names: list[str]) -> Decode:
    """Read all fields in one call. ``attrgetter`` returns a tuple only for two names or more."""
    if not names:
        return lambda message: cls()
    get = operator.attrgetter(*names)
    if len(names) == 1:
        return lambda message: cls(get(message))
    return lambda message: cls(*get(message))


def _encode_plain(names: list[str]) -> Encode:
    if not names:
        return lambda event: {}
    get = operator.attrgetter(*names)
    if len(names) == 1:
        return lambda event: {names[0]: get(event)}
    return lambda event: dict(zip(names, get(event), strict=True))


def _decode_buffer(message: pb.UserBuffer) -> UserBuffer:
    if message.HasField("limits"):
        return decode_special_buffer(message)
    return UserBuffer(message.content, message.length)


def _decode_out_buffer(message: pb.OutBuffer) -> OutBuffer:
    return read_shown(message.shown, message.content, message.digest)


def _encode_out_buffer(value: OutBuffer) -> dict[str, Any]:
    shown, content, digest = write_shown(value)
    written: dict[str, Any] = {"shown": shown, "content": content}
    if digest is not None:
        written["digest"] = digest
    return written


def _decode_agent_message(message: effects_pb2.AgentMessage) -> effects.AgentMessage:
    """Decode an agent message. Its delivery is one of two messages, or missing."""
    delivery = message.WhichOneof("delivery")
    return effects.AgentMessage(
        message.agent,
        message.type,
        message.client_id if message.HasField("client_id") else None,
        message.errno,
        None if delivery is None else _DELIVERIES[delivery].decode(getattr(message, delivery)),
    )


def _encode_agent_message(event: effects.AgentMessage) -> dict[str, Any]:
    written: dict[str, Any] = {"agent": event.agent, "type": event.type, "errno": event.errno}
    if event.client_id is not None:
        written["client_id"] = event.client_id
    match event.delivery:
        case effects.ControlSocketMessage():
            written["control_socket"] = _DELIVERIES["control_socket"].encode(event.delivery)
        case effects.KernelAgentMessage():
            written["kernel_agent"] = _DELIVERIES["kernel_agent"].encode(event.delivery)
        case None:
            pass
        case _:
            typing.assert_never(event.delivery)
    return written


def _decode_privileges(message: processes_pb2.Privileges) -> bool | tuple[str | int, ...]:
    match message.WhichOneof("privileges"):
        case "all":
            return message.all
        case "only":
            return tuple(_decode_privilege(item) for item in message.only.items)
        case _:
            raise TraceError("privileges are neither all, nor none, nor a list")


def _decode_privilege(message: processes_pb2.Privilege) -> str | int:
    match message.WhichOneof("privilege"):
        case "name":
            return message.name
        case "number":
            return message.number
        case _:
            raise TraceError("a privilege has neither a name nor a number")


def _encode_privileges(value: bool | tuple[str | int, ...]) -> dict[str, Any]:
    if isinstance(value, bool):
        return {"all": value}
    items = [{"name": item} if isinstance(item, str) else {"number": item} for item in value]
    return {"only": {"items": items}}


def _decode_route_flags(message: routes_pb2.RouteFlags) -> int | tuple[str, ...]:
    match message.WhichOneof("flags"):
        case "number":
            return message.number
        case "names":
            return tuple(message.names.items)
        case _:
            raise TraceError("flags of a route are neither a number nor names")


def _encode_route_flags(value: int | tuple[str, ...]) -> dict[str, Any]:
    if isinstance(value, int):
        return {"number": value}
    return {"names": {"items": value}}


_NONE: Final = type(None)
_PLAIN: Final = frozenset({int, bool, bytes, str, Text})
_UNSEEN: Final[dict[int, Unseen]] = {
    SHOWN_NO_BUFFER: Unseen.NO_BUFFER,
    SHOWN_NOTHING: Unseen.NOT_SHOWN,
}
_PLAIN_SEQUENCE: Final = MessageCodec(tuple, lambda value: value)
_UNIONS: Final[dict[Any, MessageCodec]] = {
    OutBuffer: MessageCodec(_decode_out_buffer, _encode_out_buffer),
    bool | tuple[str | int, ...]: MessageCodec(_decode_privileges, _encode_privileges),
    int | tuple[str, ...]: MessageCodec(_decode_route_flags, _encode_route_flags),
}
_CUSTOM: Final[dict[type, MessageCodec]] = {
    UserBuffer: MessageCodec(_decode_buffer, encode_buffer),
    effects.AgentMessage: MessageCodec(_decode_agent_message, _encode_agent_message),
}
_DELIVERIES: Final[dict[str, MessageCodec]] = {
    "control_socket": message_codec(effects.ControlSocketMessage),
    "kernel_agent": message_codec(effects.KernelAgentMessage),
}
