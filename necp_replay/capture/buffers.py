"""User buffers of a recorded call: what was passed, and what it held after the call."""

from __future__ import annotations

from typing import Final

from necp_replay.abi.client_structs import CACHE_BUFFER_ADDR_OFFSET
from necp_replay.capture.recording import BEHIND, CUT, FAULT, READONLY, RecordedCall, RecordedMemory
from necp_replay.dataclass import dataclass
from necp_replay.events.user_buffer import (
    OUT_BUFFER_DIGEST_BYTES,
    OutBuffer,
    Unseen,
    UserBuffer,
    UserPointer,
)

_POINTER_BYTES: Final = 8


@dataclass(frozen=True, slots=True)
class PassedBuffer:
    """A buffer before a call and after it. ``is_known`` says whether ``after`` is all of it."""

    before: UserBuffer | None
    after: OutBuffer
    is_known: bool = True


def passed_buffer(call: RecordedCall, number: int, size_bytes: int | None = None) -> PassedBuffer:
    """The buffer that an argument of a call points to.

    ``size_bytes`` is its length where the call passes none; the recording may have more of it.
    """
    if call.arguments[number] == 0:
        return PassedBuffer(None, Unseen.NO_BUFFER)
    memory = call.before.get(number)
    if memory is None:
        # There was no room for it in the record.
        return PassedBuffer(UserBuffer(known=0), Unseen.NOT_SHOWN, is_known=False)
    length = memory.wanted if size_bytes is None else size_bytes
    content = memory.content[:length]
    later = call.after.get(number, memory)
    buffer = UserBuffer(
        content=content.rstrip(b"\0"),
        length=length,
        mapped=_mapped(memory, length),
        readonly=bool(later.flags & READONLY),
        known=len(content) if memory.flags & CUT and len(content) < length else None,
    )
    if buffer.mapped == 0 and length:
        return PassedBuffer(UserBuffer(length=length, unmapped=True), Unseen.NO_BUFFER)
    behind = call.before.get(BEHIND + number)
    if behind is not None and len(content) >= CACHE_BUFFER_ADDR_OFFSET + _POINTER_BYTES:
        buffer.content = _without_address(content)
        buffer.pointers = (UserPointer(CACHE_BUFFER_ADDR_OFFSET, _behind(behind)),)
        return PassedBuffer(buffer, Unseen.NOT_SHOWN)
    if buffer.known is not None or length > OUT_BUFFER_DIGEST_BYTES:
        return PassedBuffer(buffer, Unseen.NOT_SHOWN, is_known=False)
    return PassedBuffer(buffer, later.content[:length].rstrip(b"\0"))


def _mapped(memory: RecordedMemory, length: int) -> int | None:
    """How many bytes are accessible, where the memory ends early."""
    is_short = memory.flags & FAULT and len(memory.content) < length
    return len(memory.content) if is_short else None


def _behind(memory: RecordedMemory) -> UserBuffer:
    """What a pointer in a buffer leads to."""
    mapped = _mapped(memory, memory.wanted)
    return UserBuffer(
        content=memory.content.rstrip(b"\0"),
        length=memory.wanted,
        mapped=mapped if mapped != 0 else None,
        unmapped=mapped == 0 and memory.wanted > 0,
        known=len(memory.content) if memory.flags & CUT else None,
    )


def _without_address(content: bytes) -> bytes:
    """The bytes of a buffer without its pointer, which is no part of a trace."""
    end = CACHE_BUFFER_ADDR_OFFSET + _POINTER_BYTES
    return (content[:CACHE_BUFFER_ADDR_OFFSET] + bytes(_POINTER_BYTES) + content[end:]).rstrip(
        b"\0"
    )
