"""What a process passed as a pointer argument: mapped bytes, a fault after n bytes, or nothing."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import Final

MAX_POINTER_DEPTH: Final = 16
"""User buffers that point to each other nest no deeper; the kernel follows one level."""


@dataclass(slots=True)
class UserPointer:
    """An 8-byte pointer stored at ``offset`` bytes into a user buffer; ``to`` is None for NULL."""

    offset: int
    to: UserBuffer | None = None


@dataclass(slots=True)
class UserBuffer:
    """One user buffer as it stood before the call.

    ``content`` holds the bytes with trailing zero bytes cut; ``length`` is the buffer's length in
    bytes (the larger of the bytes given and the call's length argument, the latter capped at
    16 MiB). JSON calls the two ``hex`` and ``bytes``, as the conformance vectors do.
    ``mapped`` limits what can be read or written, counted from the start: a copy that goes further
    moves the bytes up to there and then fails with EFAULT. Without it at least 4096 zero bytes past
    ``length`` are accessible too. ``readonly`` makes copying out fail with nothing written;
    ``unmapped`` is a pointer to nothing at all. A NULL pointer is not a buffer: it is ``None``.
    """

    content: bytes = b""
    length: int = 0
    mapped: int | None = None
    readonly: bool = False
    unmapped: bool = False
    pointers: tuple[UserPointer, ...] = ()


class Unseen(enum.Enum):
    """Why an outcome does not show the bytes of a user buffer."""

    NO_BUFFER = "no buffer"
    """The pointer was NULL or unmapped."""
    NOT_SHOWN = "not shown"
    """The buffer holds pointers, or its bytes are no part of the comparison."""


@dataclass(slots=True)
class BufferDigest:
    """Stands for a buffer of more than 64 KiB: SHA-256 over all ``length`` bytes, untrimmed."""

    sha256: bytes
    length: int


OutBuffer = bytes | BufferDigest | Unseen
"""A user buffer after a call: its bytes with trailing zeros cut, a digest, or why it is unseen."""

OUT_BUFFER_DIGEST_BYTES = 65_536
"""Buffers longer than this are shown as a :class:`BufferDigest`."""
