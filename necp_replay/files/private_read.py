"""Reads files that runs store for later runs: no link is followed, and the size is checked.

What is private has to be the user's own. A file that cannot be trusted is treated as if it were
missing: its work is done again.
"""

from __future__ import annotations

import os
import stat
import sys
from pathlib import Path
from typing import Final

_FLAGS: Final = (
    os.O_RDONLY
    | getattr(os, "O_NOFOLLOW", 0)
    | getattr(os, "O_CLOEXEC", 0)
    # A FIFO would make the call wait for a writer.
    | getattr(os, "O_NONBLOCK", 0)
    | getattr(os, "O_BINARY", 0)
)
_OTHERS_WRITE: Final = stat.S_IWGRP | stat.S_IWOTH


def read_private(path: Path, most_bytes: int) -> bytes | None:
    """The content of a regular file that only its owner, this user, may write. None without one."""
    return read_bounded(path, most_bytes, private=True)


def read_bounded(path: Path, most_bytes: int, *, private: bool = False) -> bytes | None:
    """The content of a regular file of at most ``most_bytes``. None without one.

    ``private`` refuses one that others may write, or that belongs to another user.
    """
    try:
        descriptor = os.open(path, _FLAGS)
    except OSError:
        return None
    try:
        found = os.fstat(descriptor)
        if not stat.S_ISREG(found.st_mode) or found.st_size > most_bytes:
            return None
        if (private and sys.platform != "win32") and (
            found.st_uid != os.geteuid() or found.st_mode & _OTHERS_WRITE
        ):
            return None
        with open(descriptor, "rb", closefd=False) as stream:
            content = stream.read(most_bytes + 1)
    except OSError:
        return None
    finally:
        os.close(descriptor)
    return content if len(content) <= most_bytes else None
