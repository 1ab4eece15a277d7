"""Lays out a user buffer in the memory of this process, with the ends and rights that it had.

After each buffer is a page without any rights. A buffer that ends early ends right before it.
"""

from __future__ import annotations

import ctypes
import hashlib
import mmap
from collections.abc import Callable
from types import TracebackType
from typing import Final, Self

from necp_replay.errors import EngineError
from necp_replay.events.user_buffer import (
    OUT_BUFFER_DIGEST_BYTES,
    BufferDigest,
    OutBuffer,
    Unseen,
    UserBuffer,
)

_NO_RIGHTS, _READ_ONLY = 0, 1
_PAGE_BYTES: Final = mmap.PAGESIZE
_SLACK_BYTES: Final = 4096
_MOST_BYTES: Final = 16 * 1024 * 1024
_POINTER_BYTES: Final = 8
Translate = Callable[[bytes], bytes]
"""Puts other ids into some bytes, as many as there were."""


class LaidOutBuffer:
    """A buffer of a record in memory. Use it as a context manager; it is unmapped at the end.

    ``address`` is None for NULL. ``to_system`` is applied to what the buffer holds.
    """

    def __init__(self, buffer: UserBuffer | None, to_system: Translate) -> None:
        """Map and fill the memory. Raises EngineError if the system refuses."""
        self.address: int | None = None
        self._buffer = buffer
        self._behind: list[LaidOutBuffer] = []
        self._memory: mmap.mmap | None = None
        if buffer is None:
            return
        length = min(buffer.length, _MOST_BYTES)
        accessible = length + _SLACK_BYTES if buffer.mapped is None else min(buffer.mapped, length)
        if buffer.unmapped:
            accessible = 0
        pages = -(-accessible // _PAGE_BYTES) + 1
        memory = self._memory = mmap.mmap(-1, pages * _PAGE_BYTES)
        start = ctypes.addressof(ctypes.c_char.from_buffer(memory))
        end = (pages - 1) * _PAGE_BYTES
        self._offset = end - accessible if buffer.mapped is not None or buffer.unmapped else 0
        self.address = start + self._offset
        self._shown = min(length, accessible)
        content = bytearray(to_system(buffer.content.ljust(length, b"\0")))
        for pointer in buffer.pointers:
            behind = LaidOutBuffer(pointer.to, to_system)
            self._behind.append(behind)
            place = slice(pointer.offset, pointer.offset + _POINTER_BYTES)
            content[place] = (behind.address or 0).to_bytes(_POINTER_BYTES, "little")
        memory[self._offset : self._offset + self._shown] = bytes(content[: self._shown])
        _protect(start + end, _PAGE_BYTES, _NO_RIGHTS)
        if buffer.readonly and end:
            _protect(start, end, _READ_ONLY)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        for behind in self._behind:
            behind.__exit__(None, None, None)
        if self._memory is not None:
            self._memory.close()

    def content(self) -> bytes:
        """The bytes that can be read, as the system left them."""
        if self._memory is None:
            return b""
        return self._memory[self._offset : self._offset + self._shown]

    def after(self, to_trace: Translate) -> OutBuffer:
        """The buffer after the call, as an outcome shows it."""
        buffer = self._buffer
        if buffer is None or buffer.unmapped:
            return Unseen.NO_BUFFER
        if buffer.pointers:
            return Unseen.NOT_SHOWN
        content = to_trace(self.content())
        if len(content) > OUT_BUFFER_DIGEST_BYTES:
            return BufferDigest(hashlib.sha256(content).digest(), len(content))
        return content.rstrip(b"\0")


def _protect(address: int, size: int, rights: int) -> None:
    library = ctypes.CDLL(None, use_errno=True)
    arguments = (ctypes.c_void_p(address), ctypes.c_size_t(size), ctypes.c_int(rights))
    if library.mprotect(*arguments) != 0:
        raise EngineError(f"memory cannot be protected: error {ctypes.get_errno()}")
