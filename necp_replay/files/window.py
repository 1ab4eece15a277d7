"""Reads places of a file through a window of memory.

A recording is not mapped to read it: on a full disk of memory (tmpfs) the system has no page for
what was reserved and never written, and ends a process that looks there. Reading gives zeros.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

_WINDOW_BYTES: Final = 1 << 20


class FileWindow:
    """An open file of which a part is in memory: ``content``. Raises OSError if it cannot be read.

    ``size_bytes`` is the size of the file when it was opened.
    """

    def __init__(self, path: Path) -> None:
        """Open the file."""
        self._descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_CLOEXEC", 0))
        try:
            self.size_bytes = os.fstat(self._descriptor).st_size
        except OSError:
            self.close()
            raise
        self.content = b""
        self._start = 0

    def close(self) -> None:
        """Close the file."""
        os.close(self._descriptor)

    def at(self, place: int, count: int) -> int:
        """Where in ``content`` the ``count`` bytes at a place are, which are read if need be.

        Bytes after the end of the file are zeros.
        """
        index = place - self._start
        if index < 0 or index + count > len(self.content):
            content = os.pread(self._descriptor, max(count, _WINDOW_BYTES), place)
            self.content, self._start, index = content.ljust(count, b"\0"), place, 0
        return index

    def bytes_at(self, place: int, count: int) -> bytes:
        """The ``count`` bytes at a place."""
        index = self.at(place, count)
        return self.content[index : index + count]
