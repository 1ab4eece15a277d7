"""Why a file cannot be written, with advice that fits the cause."""

from __future__ import annotations

import stat
from pathlib import Path
from typing import Final

from necp_replay.errors import WriteError, hint_for

_MAY_WRITE: Final = stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH
_KINDS: Final = {
    stat.S_IFLNK: (
        "is a symbolic link, which is neither replaced nor written through",
        "Name the file that it leads to, or remove the link.",
    ),
    stat.S_IFDIR: ("is a folder", "Name a file in it."),
    stat.S_IFIFO: ("is a FIFO, not a regular file", "Name a regular file."),
    stat.S_IFSOCK: ("is a socket, not a regular file", "Name a regular file."),
    stat.S_IFCHR: ("is a device, not a regular file", "Name a regular file."),
    stat.S_IFBLK: ("is a device, not a regular file", "Name a regular file."),
}


def cannot_write(error: OSError, path: Path | None) -> WriteError:
    """The failure to write ``path``, or a stream where that is None."""
    return WriteError(
        f"cannot be written: {error.strerror or error}",
        file=None if path is None else str(path),
        hint=hint_for(error, writes=True),
    )


def refuse_special_file(path: Path, kind: int) -> None:
    """Raise WriteError for a type of file (``stat.S_IFMT``) that cannot be replaced as a whole."""
    if kind != stat.S_IFREG:
        reason, hint = _KINDS.get(kind, ("is not a regular file", "Name a regular file."))
        raise WriteError(reason, file=str(path), hint=hint)


def refuse_protected_file(path: Path, mode: int) -> None:
    """Raise WriteError for a write-protected file, also for root.

    A rename would replace it all the same: it needs no permission of the file.
    """
    if not mode & _MAY_WRITE:
        raise WriteError(
            "is write-protected, so it is left as it is",
            file=str(path),
            hint="If it may change, allow it with `chmod u+w FILE`.",
        )
