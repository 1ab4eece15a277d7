"""User buffers of scenarios: bytes to read, room to write to, or memory that faults."""

from __future__ import annotations

from necp_replay.events.user_buffer import UserBuffer

BufferLike = UserBuffer | bytes | None
"""A user buffer, bytes to make one from, or None for a NULL pointer."""


def as_buffer(content: BufferLike, size_bytes: int | None = None) -> UserBuffer | None:
    """Make a user buffer of ``size_bytes``, or of the bytes' own length if that is more.

    Zeros at the end are not stored: memory is zero unless a buffer says otherwise.
    """
    if content is None or isinstance(content, UserBuffer):
        return content
    length = len(content) if size_bytes is None else max(size_bytes, len(content))
    return UserBuffer(content=content.rstrip(b"\0"), length=length)


def room(size_bytes: int) -> UserBuffer:
    """A buffer of zeros for the kernel to write to."""
    return UserBuffer(length=size_bytes)


def faulting(size_bytes: int, mapped_bytes: int, content: bytes = b"") -> UserBuffer:
    """A buffer whose first ``mapped_bytes`` can be read and written; the rest faults."""
    return UserBuffer(content=content.rstrip(b"\0"), length=size_bytes, mapped=mapped_bytes)


def read_only(content: bytes) -> UserBuffer:
    """A buffer that can be read but not written."""
    return UserBuffer(content=content.rstrip(b"\0"), length=len(content), readonly=True)


def nowhere() -> UserBuffer:
    """A pointer that is not NULL, to an address where no memory is mapped."""
    return UserBuffer(unmapped=True)
