"""Folders of files that are written: made, locked for a rename, and brought to disk."""

from __future__ import annotations

import contextlib
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from necp_replay.files.refusals import cannot_write

if sys.platform != "win32":
    import fcntl

_FOLDER_FLAGS: Final = os.O_RDONLY | getattr(os, "O_DIRECTORY", 0) | getattr(os, "O_CLOEXEC", 0)
_PATIENCE_S: Final = 1.0
"""A writer holds the lock for one rename. Whoever holds it for longer is not a writer of ours."""
_PAUSE_S: Final = 0.01


def make_folder(folder: Path) -> None:
    """Make a folder and those above it, unless it is there. Raises WriteError."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise cannot_write(error, folder) from error


@contextlib.contextmanager
def lock_folder(folder: Path) -> Iterator[None]:
    """Keep other writers of this project from renaming into a folder meanwhile.

    The lock is advisory. Where the folder cannot be locked (another system, some network file
    systems, no permission to read it, a lock that is never released) the block runs without it.
    """
    with contextlib.ExitStack() as stack:
        if sys.platform != "win32":
            with contextlib.suppress(OSError):
                descriptor = os.open(folder, _FOLDER_FLAGS)
                # Closing the descriptor releases the lock.
                stack.callback(os.close, descriptor)
                _lock(descriptor)
        yield


def sync_folder(folder: Path) -> None:
    """Bring the names in a folder to disk. Raises OSError."""
    if hasattr(os, "O_DIRECTORY"):
        try:
            descriptor = os.open(folder, _FOLDER_FLAGS)
        except PermissionError:
            # A folder that may be written but not read cannot be opened, so not synced either.
            return
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _lock(descriptor: int) -> None:
    """Wait for the lock, but not for ever. Raises OSError without it."""
    deadline_s = time.monotonic() + _PATIENCE_S
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= deadline_s:
                raise
            time.sleep(_PAUSE_S)
        else:
            return
