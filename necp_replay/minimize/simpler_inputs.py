"""Simpler forms of an input: fewer TLVs, shorter buffers, fewer optional fields.

Each form differs from the input in one place. The caller tries them in order, and asks again for
the forms of the input that it kept.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import MISSING, Field, fields, is_dataclass, replace
from typing import Any, Final

from necp_replay.abi.tlv import TLV_HEADER_BYTES, iterate_tlvs, pack_tlv, tlvs_end
from necp_replay.events.inputs import Step
from necp_replay.events.user_buffer import UserBuffer

_LENGTHS: Final = {
    "buffer": "buffer_size",
    "in_buffer": "in_buffer_length",
    "parameters": "parameters_size",
}
"""The field with the length argument of a user buffer."""
_KEPT: Final = frozenset({"pid", "fd", "assigned_fd", "index", "ifindex"})
"""Fields that say what an input is about. Another value makes it another input."""
_DEEPEST: Final = 2
"""How deep TLVs inside TLVs are taken apart, such as the conditions of a policy."""
_MOST_ZEROS: Final = 4096
"""A buffer with more zeros than this at its end is left alone."""


def simpler_steps(step: Step) -> Iterator[Step]:
    """Every form of a step that is simpler in one place, the largest changes first."""
    event = step.input
    for entry in fields(event):
        if entry.name in _KEPT or entry.name in _LENGTHS.values():
            continue
        value = getattr(event, entry.name)
        if isinstance(value, UserBuffer):
            for buffer in _simpler_buffers(value):
                changes: dict[str, Any] = {entry.name: buffer}
                length = _LENGTHS.get(entry.name)
                if length is not None and getattr(event, length, None) == value.length:
                    changes[length] = buffer.length
                yield replace(step, input=replace(event, **changes))
            continue
        for simpler in _simpler_values(entry, value):
            changes = {entry.name: simpler}
            yield replace(step, input=replace(event, **changes))


def _simpler_values(entry: Field[Any], value: Any) -> Iterator[Any]:
    """The default of a field, then the value with one part left out."""
    default = entry.default
    if default is not MISSING and value != default:
        yield default
    if isinstance(value, tuple) and len(value) > 1:
        for place in range(len(value)):
            yield value[:place] + value[place + 1 :]
    elif is_dataclass(value) and not isinstance(value, type):
        for part in fields(value):
            for simpler in _simpler_values(part, getattr(value, part.name)):
                changes: dict[str, Any] = {part.name: simpler}
                yield replace(value, **changes)


def _simpler_buffers(buffer: UserBuffer) -> Iterator[UserBuffer]:
    """The buffer with one TLV less, at any depth, or with fewer bytes after the TLVs."""
    if buffer.pointers or buffer.known is not None or buffer.unmapped:
        return
    zeros = buffer.length - len(buffer.content)
    if zeros > _MOST_ZEROS:
        return
    # Zeros at the end are not in the content.
    whole = buffer.content + bytes(zeros)
    for content in _simpler_tlvs(whole, _DEEPEST):
        yield _with_content(buffer, content)


def _simpler_tlvs(data: bytes, depth: int) -> Iterator[bytes]:
    found = list(iterate_tlvs(data))
    end = tlvs_end(data)
    if found and end < len(data):
        yield data[:end]
    for offset, kind, value in found:
        after = offset + TLV_HEADER_BYTES + len(value)
        yield data[:offset] + data[after:]
        if depth and len(value) > TLV_HEADER_BYTES and tlvs_end(value) == len(value):
            for simpler in _simpler_tlvs(value, depth - 1):
                yield data[:offset] + pack_tlv(kind, simpler) + data[after:]


def _with_content(buffer: UserBuffer, content: bytes) -> UserBuffer:
    mapped = None if buffer.mapped is None else min(buffer.mapped, len(content))
    return replace(buffer, content=content.rstrip(b"\0"), length=len(content), mapped=mapped)
