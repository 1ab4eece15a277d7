"""The parts of a snapshot as text for people: what a debugger and a failing assertion show.

Fields that are zero, empty or not there are left out, and bytes are decoded. So different states
can have the same text, which is never compared.
"""

from __future__ import annotations

import enum
from collections.abc import Iterator, Mapping
from dataclasses import fields
from typing import Any, Final

from necp_replay.abi.address_text import address_text
from necp_replay.abi.client import ClientParameter, ClientResult, ClientResultFlag
from necp_replay.abi.policy import PolicyResult
from necp_replay.abi.tlv import TLV_HEADER_BYTES, iterate_tlvs

_SHOWN_BYTES: Final = 32
"""The most bytes that are shown of what is not decoded."""
_NUMBER_BYTES: Final = 8
"""Values of TLVs up to this length are numbers."""

_TLVS: Final[Mapping[str, type[enum.IntEnum]]] = {
    "parameters": ClientParameter,
    "result": ClientResult,
    "assigned_results": ClientResult,
}
"""The fields that hold TLVs."""
_ADDRESSES: Final = frozenset({"local_addr", "remote_addr"})


class ShownInWords:
    """A part of a snapshot, which is printed in words."""

    __slots__ = ()

    def __repr__(self) -> str:
        """The decoded fields that are not zero."""
        return f"<{type(self).__name__}: {', '.join(_told(self)) or 'nothing'}>"


def _told(part: Any) -> Iterator[str]:
    for each in fields(part):
        value = getattr(part, each.name)
        if value and (not isinstance(value, bytes) or any(value)):
            yield f"{each.name} {_text(each.name, value)}"


def _text(name: str, value: Any) -> str:
    if isinstance(value, tuple):
        return f"[{', '.join(_text(name, item) for item in value)}]"
    if not isinstance(value, bytes):
        return str(int(value)) if isinstance(value, int) else str(value)
    if name in _ADDRESSES:
        return address_text(value)
    return _tlvs_text(_TLVS[name], value) if name in _TLVS else _bytes_text(value)


def _tlvs_text(types: type[enum.IntEnum], content: bytes) -> str:
    names = {member.value: member.name for member in types}
    told = []
    end = 0
    for offset, type_, value in iterate_tlvs(content):
        told.append(f"{names.get(type_, f'type {type_}')} {_tlv_text(types, type_, value)}")
        end = offset + TLV_HEADER_BYTES + len(value)
    if any(content[end:]):
        told.append(_bytes_text(content[end:]))
    return f"[{', '.join(told)}]"


def _tlv_text(types: type[enum.IntEnum], type_: int, value: bytes) -> str:
    number = int.from_bytes(value, "little")
    if types is ClientResult:
        if type_ == ClientResult.FLOW:
            return _tlvs_text(types, value)
        if type_ == ClientResult.FLAGS:
            return "|".join(flag.name or "" for flag in ClientResultFlag(number)) or "none"
        if type_ == ClientResult.POLICY_RESULT and number in _POLICY_RESULTS:
            return _POLICY_RESULTS[number]
        if type_ in (ClientResult.LOCAL_ENDPOINT, ClientResult.REMOTE_ENDPOINT):
            return address_text(value)
    elif type_ in (ClientParameter.LOCAL_ADDRESS, ClientParameter.REMOTE_ADDRESS):
        # struct necp_policy_condition_addr has a prefix before the address.
        return address_text(value[1:])
    elif type_ == ClientParameter.DOMAIN:
        return ascii(value.rstrip(b"\0").decode("latin-1"))
    return str(number) if len(value) <= _NUMBER_BYTES else _bytes_text(value)


def _bytes_text(content: bytes) -> str:
    if len(content) <= _SHOWN_BYTES:
        return content.hex()
    return f"{content[:_SHOWN_BYTES].hex()}... ({len(content)} bytes)"


_POLICY_RESULTS: Final = {member.value: member.name for member in PolicyResult}
