"""User buffers as scenarios pass them: bytes, room for an answer, or memory that faults."""

from __future__ import annotations

from necp_replay.events.user_buffer import UserBuffer

BufferLike = UserBuffer | bytes | None
"""A buffer described in full, plain bytes, or a NULL pointer."""


def as_buffer(content: BufferLike, size_bytes: int | None = None) -> UserBuffer | None:
    """A user buffer of ``size_bytes`` (default: what the bytes need), trailing zeros cut."""
    if content is None or isinstance(content, UserBuffer):
        return content
    length = len(content) if size_bytes is None else max(size_bytes, len(content))
    return UserBuffer(content=content.rstrip(b"\0"), length=length)


def room(size_bytes: int) -> UserBuffer:
    """A zero-filled buffer to be written to."""
    return UserBuffer(length=size_bytes)


def faulting(size_bytes: int, mapped_bytes: int, content: bytes = b"") -> UserBuffer:
    """A buffer of which only the first ``mapped_bytes`` can be read or written."""
    return UserBuffer(content=content.rstrip(b"\0"), length=size_bytes, mapped=mapped_bytes)


def read_only(content: bytes) -> UserBuffer:
    """A buffer that can be read and not written."""
    return UserBuffer(content=content.rstrip(b"\0"), length=len(content), readonly=True)


def nowhere() -> UserBuffer:
    """A pointer that is not NULL and leads to no memory."""
    return UserBuffer(unmapped=True)
