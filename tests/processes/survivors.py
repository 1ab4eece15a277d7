"""Finds the processes of a test by a mark in their environment or command line."""

from __future__ import annotations

import os
import time
from pathlib import Path

PATIENCE_S = 10.0
"""How long a process may take to go, on a busy machine."""


def survivors(mark: str) -> list[str]:
    """The command lines of running processes that carry a mark."""
    found = []
    for folder in Path("/proc").iterdir():
        if not folder.name.isdigit() or int(folder.name) == os.getpid():
            continue
        try:
            words = (folder / "cmdline").read_bytes()
            carries = mark.encode() in words or mark.encode() in (folder / "environ").read_bytes()
            state = (folder / "stat").read_text("ascii", "replace").rpartition(")")[2].split()[0]
        except OSError:
            # It has ended, or it belongs to another user.
            continue
        if carries and state != "Z":
            found.append(words.replace(b"\0", b" ").decode("utf-8", "replace"))
    return found


def survivors_later(mark: str, patience_s: float = PATIENCE_S) -> list[str]:
    """The same, once they had time to end."""
    deadline_s = time.monotonic() + patience_s
    while (found := survivors(mark)) and time.monotonic() < deadline_s:
        time.sleep(0.05)
    return found
