"""Why a program may not have loaded the recording library."""

from __future__ import annotations

import os
import shutil
import stat
from pathlib import Path
from typing import Final

from necp_replay.capture.system_release import IS_DARWIN

_PROTECTED: Final = ("/System/", "/usr/", "/bin/", "/sbin/")
_NOT_PROTECTED: Final = ("/usr/local/",)
_ELF_MAGIC: Final = b"\x7fELF"
_PROGRAM_HEADER_INTERP: Final = 3
_MOST_HEADERS: Final = 64


def why_not_loaded(program: str) -> str:
    """The reason that fits a program best, as a sentence."""
    found = shutil.which(program)
    if found is None:
        return "the program no longer exists"
    path = os.path.realpath(found)
    if Path(path).stat().st_mode & (stat.S_ISUID | stat.S_ISGID):
        return "it runs with the rights of its owner or group, so the system ignores the library"
    if IS_DARWIN:
        if path.startswith(_PROTECTED) and not path.startswith(_NOT_PROTECTED):
            return (
                "System Integrity Protection protects it, so the system ignores the library: use"
                " the DTrace script, or a copy that is signed ad hoc"
            )
        return (
            "the system ignores the library for a program with a hardened runtime, unless it has"
            " the entitlement com.apple.security.cs.allow-dyld-environment-variables"
        )
    if _is_static(Path(path)):
        return "it is linked statically, so it loads no libraries"
    return "it did not start, or it clears its environment"


def _is_static(path: Path) -> bool:
    """Whether a 64-bit ELF file asks for no dynamic linker."""
    try:
        with path.open("rb") as file:
            head = file.read(64)
            if head[:5] != _ELF_MAGIC + b"\x02" or len(head) < 64:
                return False
            start = int.from_bytes(head[32:40], "little")
            size = int.from_bytes(head[54:56], "little")
            count = min(int.from_bytes(head[56:58], "little"), _MOST_HEADERS)
            file.seek(start)
            headers = file.read(size * count)
    except (OSError, OverflowError):
        return False
    kinds = [headers[place : place + 4] for place in range(0, len(headers), size or 1)]
    return _PROGRAM_HEADER_INTERP.to_bytes(4, "little") not in kinds
