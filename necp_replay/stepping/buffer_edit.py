"""Changes one TLV inside a buffer that a call passed: a parameter, or a part of a policy."""

from __future__ import annotations

import enum
from dataclasses import replace
from difflib import get_close_matches
from typing import Any, Final

from necp_replay.abi.client import ClientParameter
from necp_replay.abi.policy import PolicyCondition, PolicyConditionFlag, PolicyResult, PolicyTlv
from necp_replay.abi.tlv import TLV_HEADER_BYTES, iterate_tlvs, pack_tlv, tlvs_end
from necp_replay.dataclass import dataclass
from necp_replay.errors import UsageError
from necp_replay.events.inputs import Input
from necp_replay.events.syscalls import NecpClientAction, NecpMatchPolicy, NecpSessionAction
from necp_replay.events.user_buffer import UserBuffer
from necp_replay.outcomes.safe_text import escape

_DEFAULT_INTEGER_BYTES: Final = 4
_MOST_VALUE_BYTES: Final = 64 * 1024


@dataclass(frozen=True, slots=True)
class _TlvBuffer:
    """A field that holds TLVs, the field with its length, and the names of the types."""

    field: str
    length_field: str
    types: type[enum.IntEnum]


_BUFFERS: Final[dict[type, _TlvBuffer]] = {
    NecpClientAction: _TlvBuffer("buffer", "buffer_size", ClientParameter),
    NecpSessionAction: _TlvBuffer("in_buffer", "in_buffer_length", PolicyTlv),
    NecpMatchPolicy: _TlvBuffer("parameters", "parameters_size", ClientParameter),
}


def with_tlv(event: Input, path: str, value: str) -> Input:
    """An input with one TLV of its buffer changed.

    ``path`` is ``FIELD.TYPE``, or ``FIELD.TYPE/2`` for the second TLV of the type. ``value`` is
    ``none`` to remove it, ``0x...``, ``"text"``, a number, or for conditions and results a name,
    such as ``DROP`` or ``!DOMAIN:"example.com"``. A TLV that is not there is added at the end.
    Raises UsageError naming what is wrong.
    """
    known = _BUFFERS.get(type(event))
    field, _, name = path.partition(".")
    if known is None or field != known.field:
        what = "no buffer" if known is None else f"one buffer, {known.field},"
        raise UsageError(
            f"{escape(field)} is not a buffer with TLVs",
            hint=f"The record has {what} whose parts have names.",
        )
    buffer: UserBuffer | None = getattr(event, known.field)
    if buffer is None or buffer.unmapped or buffer.is_partly_known:
        raise UsageError(f"the bytes of {field} are not known", hint="Choose another record.")
    type_, occurrence = _type_of(known, name)
    length = int(getattr(event, known.length_field))
    whole = buffer.content[:length].ljust(min(length, buffer.length), b"\0")
    edited = _edited(whole, type_, occurrence, value)
    changes: dict[str, Any] = {
        known.field: replace(
            buffer, content=edited.rstrip(b"\0"), length=max(len(edited), buffer.length)
        ),
        known.length_field: length + len(edited) - len(whole),
    }
    return replace(event, **changes)


def _type_of(known: _TlvBuffer, name: str) -> tuple[enum.IntEnum, int]:
    """The type of a TLV, and its place among the TLVs of that type, from 1."""
    name, _, number = name.partition("/")
    try:
        type_ = known.types[name.upper()]
    except KeyError:
        names = [each.name for each in known.types]
        near = get_close_matches(name.upper(), names, 3, 0.5)
        raise UsageError(
            f"no TLV has the name {escape(name) or '(empty)'}",
            hint=f"Did you mean {', '.join(near)}?" if near else f"Known: {', '.join(names)}.",
        ) from None
    if number and not (number.isascii() and number.isdecimal() and 0 < int(number[:6]) < 10_000):
        raise UsageError(f"{escape(number)} is not the place of a TLV", hint="Count from 1.")
    return type_, int(number or 1)


def _edited(content: bytes, type_: enum.IntEnum, occurrence: int, value: str) -> bytes:
    """The content with one TLV replaced, removed or added."""
    end = tlvs_end(content)
    places = [(at, old) for at, each, old in iterate_tlvs(content) if each == type_]
    if value == "none":
        if len(places) < occurrence:
            raise UsageError(f"the buffer has no such {type_.name}", hint="record shows its TLVs.")
        at, old = places[occurrence - 1]
        return content[:at] + content[at + TLV_HEADER_BYTES + len(old) :]
    if len(places) < occurrence:
        added = pack_tlv(type_, _packed(type_, value, _DEFAULT_INTEGER_BYTES))
        return content[:end] + added + content[end:]
    at, old = places[occurrence - 1]
    new = pack_tlv(type_, _packed(type_, value, len(old)))
    return content[:at] + new + content[at + TLV_HEADER_BYTES + len(old) :]


def _packed(type_: enum.IntEnum, value: str, integer_bytes: int) -> bytes:
    """The bytes of a value. A number is as long as the value that it replaces."""
    if type_ is PolicyTlv.POLICY_RESULT and value[:1].isalpha():
        return _named(value, PolicyResult, b"")
    if type_ is PolicyTlv.POLICY_CONDITION and value.lstrip("!")[:1].isalpha():
        flags = PolicyConditionFlag.NEGATIVE if value.startswith("!") else 0
        return _named(value.removeprefix("!"), PolicyCondition, bytes([flags]))
    return packed_value(value, integer_bytes)


def _named(value: str, names: type[enum.IntEnum], between: bytes) -> bytes:
    """``NAME`` or ``NAME:VALUE``: one byte for the name, and the value after it."""
    name, _, rest = value.partition(":")
    try:
        number = names[name.upper()]
    except KeyError:
        known = [each.name for each in names]
        near = get_close_matches(name.upper(), known, 3, 0.5)
        raise UsageError(
            f"{escape(name)} is not known here",
            hint=f"Did you mean {', '.join(near)}?" if near else f"Known: {', '.join(known)}.",
        ) from None
    return bytes([number]) + between + (packed_value(rest, _DEFAULT_INTEGER_BYTES) if rest else b"")


def packed_value(value: str, integer_bytes: int) -> bytes:
    """The bytes that ``0x...``, ``"text"`` or a number stand for; numbers are little-endian.

    Raises UsageError for anything else.
    """
    if len(value) > _MOST_VALUE_BYTES:
        raise UsageError("the value is too long", hint=f"At most {_MOST_VALUE_BYTES:,} characters.")
    if len(value) >= 2 and value[0] == value[-1] == '"':
        return value[1:-1].encode("utf-8", "surrogateescape")
    if value.startswith("0x"):
        try:
            return bytes.fromhex(value[2:])
        except ValueError:
            raise UsageError(
                f"{escape(value)} are no bytes",
                hint="Bytes are written as 0x and an even number of hexadecimal digits.",
            ) from None
    if value.isascii() and value.isdecimal():
        try:
            return int(value).to_bytes(integer_bytes, "little")
        except (ValueError, OverflowError):  # ValueError for thousands of digits.
            raise UsageError(
                f"{escape(value)} does not fit in {integer_bytes} bytes",
                hint="Write longer values as bytes: 0x and an even number of hexadecimal digits.",
            ) from None
    raise UsageError(
        f"{escape(value)} is not a value", hint='Values are 0x616263, "abc", a number, or none.'
    )
