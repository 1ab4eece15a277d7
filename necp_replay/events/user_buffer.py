"""User buffers: the memory at a pointer that a process passes to a call."""

from __future__ import annotations

import enum
from typing import Final

from necp_replay.dataclass import dataclass

MAX_POINTER_DEPTH: Final = 16
"""How deep user buffers with pointers may nest. The kernel follows one level."""


@dataclass(slots=True)
class UserPointer:
    """An 8-byte pointer at ``offset`` bytes in a user buffer. ``to`` is None for NULL."""

    offset: int
    to: UserBuffer | None = None


@dataclass(slots=True)
class UserBuffer:
    """One user buffer as it was before the call. A NULL pointer is None, not a buffer.

    - ``content``: its bytes without the zero bytes at the end. JSON calls it ``hex``.
    - ``length``: its size in bytes: that of the bytes that were given or the call's length
      argument, whichever is larger; the argument counts for at most 16 MiB. JSON calls it
      ``bytes``.
    - ``mapped``: the number of accessible bytes, from its start. A longer copy moves these bytes
      and then fails with EFAULT. If it is None, at least 4096 zero bytes after ``length`` are
      accessible too.
    - ``readonly``: copying out fails with EFAULT and writes nothing.
    - ``unmapped``: the pointer is not NULL, but no memory is there.
    - ``pointers``: pointers in the content, and what they point to.
    - ``known``: how many bytes from its start are known; ``content`` holds no others. If it is
      None, all are.
    """

    content: bytes = b""
    length: int = 0
    mapped: int | None = None
    readonly: bool = False
    unmapped: bool = False
    pointers: tuple[UserPointer, ...] = ()
    known: int | None = None

    @property
    def is_partly_known(self) -> bool:
        """Whether some of its bytes, or of those at its pointers, are not known."""
        return self.known is not None or any(
            pointer.to is not None and pointer.to.is_partly_known for pointer in self.pointers
        )


class Unseen(enum.Enum):
    """Why an outcome does not show the bytes of a user buffer."""

    NO_BUFFER = "no buffer"
    """The pointer was NULL or to unmapped memory."""
    NOT_SHOWN = "not shown"
    """The buffer holds pointers, or its bytes are not compared."""


@dataclass(slots=True)
class BufferDigest:
    """The SHA-256 of a buffer of more than 64 KiB, over all ``length`` bytes, zeros included."""

    sha256: bytes
    length: int


OutBuffer = bytes | BufferDigest | Unseen
"""A user buffer after a call: its bytes without the zeros at the end, a digest, or why neither."""

OUT_BUFFER_DIGEST_BYTES = 65_536
"""Longer buffers are shown as a :class:`BufferDigest`."""
