"""Compiles, for each type of the vocabulary, functions that read it from JSON and write it.

A :class:`Shape` is compiled once per type, so reading and writing events needs no reflection.
Readers are strict: they raise ValueError that names the field and what is wrong with it.
"""

from __future__ import annotations

import dataclasses
import functools
import sys
import types
import typing
from collections.abc import Callable, Mapping
from typing import Any, Final

from necp_replay.dataclass import dataclass
from necp_replay.events.interfaces import InterfaceAddress
from necp_replay.events.policy_control import ControlTlv
from necp_replay.events.snapshot import ClientSnapshot, FlowSnapshot
from necp_replay.events.text import Text
from necp_replay.events.user_buffer import (
    MAX_POINTER_DEPTH,
    BufferDigest,
    OutBuffer,
    Unseen,
    UserBuffer,
    UserPointer,
)

INTEGER_MIN: Final = -(1 << 63)
INTEGER_MAX: Final = (1 << 64) - 1
_MISSING: Final = object()


@dataclass(frozen=True, slots=True)
class Shape:
    """How one type is read from JSON and written to it.

    ``readers`` has a function for each type that the JSON parser may return (``dict``, ``list``,
    ``str``, ``int``, ``bool``, ``NoneType``), ``writers`` for each type of the event's value. So
    one lookup both checks the type and chooses the member of a union. ``name`` is for errors.
    """

    name: str
    readers: Mapping[type, Callable[[Any], Any]]
    writers: Mapping[type, Callable[[Any], Any]]

    def read(self, value: object) -> Any:
        """Convert a JSON value. Raises ValueError if it has the wrong type."""
        reader = self.readers.get(type(value))
        if reader is None:
            raise ValueError(f"expected {self.name}, not {json_type_name(value)}")
        return reader(value)

    def write(self, value: object) -> Any:
        """Convert an event's value. Raises ValueError if it has the wrong type."""
        writer = self.writers.get(type(value))
        if writer is None:
            raise ValueError(f"expected {self.name}, not {type(value).__name__}")
        return writer(value)


def json_type_name(value: object) -> str:
    """The type of a JSON value in words."""
    return _JSON_TYPE_NAMES.get(type(value), type(value).__name__)


def field_types(cls: type) -> dict[str, Any]:
    """The types of a data class's fields, by field name.

    Names are looked up in the class's module only, so that a field may be called ``bytes``.
    """
    namespace = vars(sys.modules[cls.__module__])
    return typing.get_type_hints(cls, namespace, {}, include_extras=True)


@functools.cache
def object_shape(cls: type, *, omit_defaults: bool) -> Shape:
    """The shape of a data class: a JSON object with its fields.

    With ``omit_defaults`` every field that has its default is left out. Without it, only such
    fields are left out whose default is None or which vectors do not measure. Reading fills in the
    default.
    """
    custom = _CUSTOM.get(cls)
    if custom is not None:
        return custom
    hints = field_types(cls)
    fields = tuple(
        _field(
            field, shape_of(hints[field.name], omit_defaults=omit_defaults), hints, omit_defaults
        )
        for field in dataclasses.fields(cls)
    )
    by_json_name = {field.json_name: field for field in fields}
    required = tuple(field.json_name for field in fields if field.default is _MISSING)

    def read(value: dict[str, Any]) -> Any:
        arguments: dict[str, Any] = {}
        for json_name, member in value.items():
            field = by_json_name.get(json_name)
            if field is None:
                raise ValueError(f"unknown field {json_name!r}")
            reader = field.readers.get(type(member))
            if reader is None:
                found = json_type_name(member)
                raise ValueError(f"{json_name}: expected {field.expected}, not {found}")
            try:
                arguments[field.name] = reader(member)
            except ValueError as error:
                raise ValueError(f"{json_name}: {error}") from error
        for json_name in required:
            if json_name not in value:
                raise ValueError(f"field {json_name!r} is missing")
        for field in defaults_unlike_class:
            arguments.setdefault(field.name, field.default)
        return cls(**arguments)

    left_out_with = _LEFT_OUT_WITH.get(cls, ())

    def write(event: Any) -> dict[str, Any]:
        written: dict[str, Any] = {}
        left_out: frozenset[str] = frozenset()
        for marker, names in left_out_with:
            if getattr(event, marker) is not None:
                left_out |= names
        for field in fields:
            member = getattr(event, field.name)
            if field.name in left_out and member == field.default:
                continue
            if field.omitted is not _MISSING and member == field.omitted:
                continue
            writer = field.writers.get(type(member))
            if writer is None:
                raise ValueError(f"{field.json_name}: expected {field.expected}, not {member!r}")
            written[field.json_name] = writer(member)
        return written

    defaults_unlike_class = tuple(field for field in fields if field.default_unlike_class)
    return Shape(f"an object ({cls.__name__})", {dict: read}, {cls: write})


@dataclass(frozen=True, slots=True)
class _Field:
    """One field of a data class, compiled.

    ``omitted`` is the value with which the field is left out. It and ``default`` may be _MISSING.
    """

    name: str
    json_name: str
    expected: str
    readers: Mapping[type, Callable[[Any], Any]]
    writers: Mapping[type, Callable[[Any], Any]]
    default: Any
    default_unlike_class: bool
    omitted: Any


def _field(
    field: dataclasses.Field[Any], shape: Shape, hints: dict[str, Any], omit_defaults: bool
) -> _Field:
    default: Any = _MISSING if field.default is dataclasses.MISSING else field.default
    unlike = False
    if hints[field.name] == OutBuffer:
        default, unlike = Unseen.NOT_SHOWN, True
    elif (field.name, shape.name) in _ABSENT_WHEN_NONE:
        default, unlike = None, True
    omitted = default
    if field.name in _WRITTEN_AS_NULL or not (
        omit_defaults or default is None or unlike or not field.compare
    ):
        omitted = _MISSING
    return _Field(
        name=field.name,
        json_name=field.name.rstrip("_"),
        expected=shape.name,
        readers=shape.readers,
        writers=shape.writers,
        default=default,
        default_unlike_class=unlike,
        omitted=omitted,
    )


def shape_of(hint: Any, *, omit_defaults: bool) -> Shape:
    """The shape of a field's type."""
    if hint in (OutBuffer, OutBuffer | None):
        return _OUT_BUFFER
    if hint in _SCALARS:
        return _SCALARS[hint]
    origin = typing.get_origin(hint)
    if origin in (typing.Union, types.UnionType):
        return _union([shape_of(h, omit_defaults=omit_defaults) for h in typing.get_args(hint)])
    if origin is tuple:
        return _sequence(shape_of(typing.get_args(hint)[0], omit_defaults=omit_defaults))
    if hint is InterfaceAddress:
        # Vectors may have just the address instead of an object.
        whole = object_shape(hint, omit_defaults=omit_defaults)
        readers = {**whole.readers, str: lambda text: InterfaceAddress(_read_string(text))}
        return Shape(f"{whole.name} or an address", readers, whole.writers)
    return object_shape(hint, omit_defaults=omit_defaults)


def _union(members: list[Shape]) -> Shape:
    readers: dict[type, Callable[[Any], Any]] = {}
    writers: dict[type, Callable[[Any], Any]] = {}
    for member in members:
        readers.update(member.readers)
        writers.update(member.writers)
    return Shape(" or ".join(member.name for member in members), readers, writers)


def _sequence(item: Shape) -> Shape:
    def read(value: list[Any]) -> tuple[Any, ...]:
        items = []
        for position, member in enumerate(value):
            try:
                items.append(item.read(member))
            except ValueError as error:
                raise ValueError(f"[{position}]: {error}") from error
        return tuple(items)

    def write(value: tuple[Any, ...]) -> list[Any]:
        return [item.write(member) for member in value]

    return Shape(f"a list of {item.name}", {list: read}, {tuple: write})


def _same(value: Any) -> Any:
    return value


def _read_integer(value: int) -> int:
    if not INTEGER_MIN <= value <= INTEGER_MAX:
        raise ValueError("the number needs more than 64 bits")
    return value


def _read_string(value: str) -> str:
    if not value.isascii():
        _encode_text(value)
    return value


def _encode_text(value: str) -> bytes:
    try:
        return value.encode()
    except UnicodeEncodeError:
        raise ValueError("a character that Unicode does not have") from None


def _read_hex(value: str) -> bytes:
    try:
        content = bytes.fromhex(value)
    except ValueError:
        raise ValueError("expected hexadecimal digits") from None
    if 2 * len(content) != len(value):
        raise ValueError("expected hexadecimal digits and nothing between them")
    return content


def _write_text(value: bytes) -> str | dict[str, str]:
    try:
        return value.decode()
    except UnicodeDecodeError:
        return {"hex": value.hex()}


def _read_only_key(value: dict[str, Any], key: str, meaning: str) -> Any:
    if len(value) != 1 or key not in value:
        raise ValueError(f"expected an object with {key!r} alone, {meaning}")
    return value[key]


def _read_text_object(value: dict[str, Any]) -> bytes:
    return bytes(_BYTES.read(_read_only_key(value, "hex", "the text's bytes")))


def _read_control_tlv(value: list[Any]) -> ControlTlv:
    if len(value) != 2:
        raise ValueError("expected a pair of a type and bytes")
    return ControlTlv(_INTEGER.read(value[0]), _BYTES.read(value[1]))


def _write_control_tlv(tlv: ControlTlv) -> list[Any]:
    return [tlv.type, tlv.value.hex()]


def _read_digest(value: dict[str, Any]) -> BufferDigest:
    if value.keys() != {"sha256", "bytes"}:
        raise ValueError("expected an object with 'sha256' and 'bytes'")
    sha256, length_bytes = _BYTES.read(value["sha256"]), _INTEGER.read(value["bytes"])
    return BufferDigest(sha256, length_bytes)


def _write_digest(value: BufferDigest) -> dict[str, Any]:
    return {"sha256": value.sha256.hex(), "bytes": value.length}


def _write_unseen(value: Unseen) -> None:
    if value is Unseen.NOT_SHOWN:
        raise ValueError("a buffer that is not shown is left out, not written")


def _read_user_buffer(value: dict[str, Any], depth: int = 0) -> UserBuffer:
    buffer = UserBuffer()
    for key, member in value.items():
        try:
            match key:
                case "hex":
                    buffer.content = _BYTES.read(member)
                case "bytes":
                    buffer.length = _INTEGER.read(member)
                case "mapped":
                    buffer.mapped = _INTEGER.read(member)
                case "readonly":
                    buffer.readonly = _BOOLEAN.read(member)
                case "unmapped":
                    buffer.unmapped = _BOOLEAN.read(member)
                case "pointers":
                    buffer.pointers = _read_pointers(member, depth)
                case "known":
                    buffer.known = _read_known(member)
                case _:
                    raise ValueError("unknown field")
        except ValueError as error:
            raise ValueError(f"{key}: {error}") from error
    if buffer.known is not None and "bytes" in value:
        buffer.content = buffer.content[: buffer.known]
    elif not (buffer.unmapped or ("hex" in value and "bytes" in value)):
        raise ValueError("expected 'hex' and 'bytes', 'known' and 'bytes', or 'unmapped'")
    return buffer


def _read_known(value: object) -> int:
    known = int(_INTEGER.read(value))
    if known < 0:
        raise ValueError("expected how many bytes from its start are known")
    return known


def _read_pointers(value: object, depth: int) -> tuple[UserPointer, ...]:
    if not isinstance(value, list):
        raise ValueError(f"expected a list, not {json_type_name(value)}")
    if depth >= MAX_POINTER_DEPTH:
        raise ValueError(f"user buffers nest more than {MAX_POINTER_DEPTH} deep")
    pointers = []
    for pointer in value:
        if not isinstance(pointer, dict) or pointer.keys() != {"offset", "to"}:
            raise ValueError("expected objects with 'offset' and 'to'")
        target = pointer["to"]
        if target is not None and not isinstance(target, dict):
            raise ValueError(f"to: expected a user buffer or null, not {json_type_name(target)}")
        to = None if target is None else _read_user_buffer(target, depth + 1)
        pointers.append(UserPointer(_INTEGER.read(pointer["offset"]), to))
    return tuple(pointers)


def _write_user_buffer(buffer: UserBuffer) -> dict[str, Any]:
    written: dict[str, Any] = {}
    if buffer.unmapped:
        written["unmapped"] = True
    if not buffer.unmapped or buffer.content or buffer.length:
        written["hex"] = buffer.content.hex()
        written["bytes"] = buffer.length
    if buffer.mapped is not None:
        written["mapped"] = buffer.mapped
    if buffer.known is not None:
        written["known"] = buffer.known
    if buffer.readonly:
        written["readonly"] = True
    if buffer.pointers:
        written["pointers"] = [
            {
                "offset": pointer.offset,
                "to": None if pointer.to is None else _write_user_buffer(pointer.to),
            }
            for pointer in buffer.pointers
        ]
    return written


_JSON_TYPE_NAMES: Final[dict[type, str]] = {
    dict: "an object",
    list: "a list",
    str: "a string",
    int: "a number",
    float: "a number with a fraction",
    bool: "true or false",
    types.NoneType: "null",
}
_INTEGER: Final = Shape("a whole number", {int: _read_integer}, {int: _same})
_BOOLEAN: Final = Shape("true or false", {bool: _same}, {bool: _same})
_BYTES: Final = Shape("a string of hexadecimal digits", {str: _read_hex}, {bytes: bytes.hex})
_SCALARS: Final[dict[Any, Shape]] = {
    int: _INTEGER,
    bool: _BOOLEAN,
    bytes: _BYTES,
    str: Shape("a string", {str: _read_string}, {str: _same}),
    types.NoneType: Shape("null", {types.NoneType: _same}, {types.NoneType: _same}),
    Text: Shape("a text", {str: _encode_text, dict: _read_text_object}, {bytes: _write_text}),
}
_OUT_BUFFER: Final = Shape(
    "the bytes of a buffer, their digest, or null",
    {
        str: _read_hex,
        dict: _read_digest,
        types.NoneType: lambda _: Unseen.NO_BUFFER,
    },
    {bytes: bytes.hex, BufferDigest: _write_digest, Unseen: _write_unseen},
)
_CUSTOM: Final[dict[type, Shape]] = {
    ControlTlv: Shape(
        "a pair of a type and bytes", {list: _read_control_tlv}, {ControlTlv: _write_control_tlv}
    ),
    UserBuffer: Shape("a user buffer", {dict: _read_user_buffer}, {UserBuffer: _write_user_buffer}),
}
_WRITTEN_AS_NULL: Final = frozenset({"interface_handle"})
"""Fields that vectors write as null, and that may be missing."""
_LEFT_OUT_WITH: Final[dict[type, tuple[tuple[str, frozenset[str]], ...]]] = {
    ClientSnapshot: (
        ("registrations", frozenset({"flow_result_read", "defunct", "interface_handle"})),
        ("delegated_upid", frozenset({"background", "background_update"})),
    ),
    FlowSnapshot: (("interface_flags", frozenset({"requested_nexus"})),),
}
"""Fields that are left out at their default where another field of their class is there."""
_ABSENT_WHEN_NONE: Final = frozenset({("route_flags", "a whole number or null")})
"""Fields without a default that vectors leave out instead of writing null."""
