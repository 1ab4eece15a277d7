"""The digest of the content of a file."""

from __future__ import annotations

import hashlib
import os
import stat
from typing import Final

_BLOCK_BYTES: Final = 1 << 20
_FLAGS: Final = (
    os.O_RDONLY
    | getattr(os, "O_CLOEXEC", 0)
    | getattr(os, "O_NONBLOCK", 0)
    | getattr(os, "O_BINARY", 0)
)


def content_digest(path: str) -> bytes:
    """The digest of a regular file. Raises OSError, and ValueError for anything else.

    A FIFO is not even opened: its writer would take that for its reader.
    """
    if not stat.S_ISREG(os.stat(path).st_mode):
        raise ValueError(path)
    descriptor = os.open(path, _FLAGS)
    try:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise ValueError(path)
        digest = hashlib.blake2b(digest_size=20)
        while block := os.read(descriptor, _BLOCK_BYTES):
            digest.update(block)
        return digest.digest()
    finally:
        os.close(descriptor)
