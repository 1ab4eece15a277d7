"""Builds the recording library once for each of its versions, and finds one that was built.

The built library is kept in a private folder of the user. A program loads it, so nobody else may
have put it there: the folder and the file belong to the user, nobody else may write them, and no
link is followed.
"""

from __future__ import annotations

import hashlib
import os
import platform
import shlex
import shutil
import stat
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Final

from necp_replay.errors import UsageError
from necp_replay.files.atomic import write_bytes
from necp_replay.files.folders import make_folder

SOURCES: Final = Path(__file__).parent / "library"
_PLATFORM_FILES: Final = {"darwin": "darwin.c", "linux": "linux.c"}
FLAGS: Final = ("-std=c11", "-O2", "-fPIC", "-fvisibility=hidden")
_PLATFORM_FLAGS: Final = {
    "darwin": ("-dynamiclib", "-undefined", "dynamic_lookup"),
    "linux": ("-shared", "-ftls-model=initial-exec", "-pthread"),
}
_PLATFORM_LIBRARIES: Final = {"darwin": (), "linux": ("-ldl",)}
_COMPILERS: Final = ("cc", "clang", "gcc")
_LIMIT_S: Final = 120
_OTHERS_MAY_WRITE: Final = stat.S_IWGRP | stat.S_IWOTH


def build_library() -> Path:
    """The recording library for this system, built if it is not there. Raises UsageError."""
    if sys.platform not in _PLATFORM_FILES:
        raise UsageError(f"programs cannot be captured on {sys.platform}")
    folder = _private_folder()
    target = folder / f"capture-{_version()}.{_suffix()}"
    if target.exists() or target.is_symlink():
        _check_private(target, stat.S_ISREG)
        return target
    with tempfile.TemporaryDirectory() as workplace:
        built = Path(workplace) / target.name
        compile_library(built)
        write_bytes(target, built.read_bytes(), private=True)
    return target


def compile_library(built: Path, *, extra_flags: tuple[str, ...] = ()) -> None:
    """Compile the library. Raises UsageError without a compiler, or if it fails."""
    command = [
        *_compiler(),
        *FLAGS,
        *_PLATFORM_FLAGS[sys.platform],
        *extra_flags,
        "-o",
        str(built),
        *map(str, source_files(sys.platform)),
        *_PLATFORM_LIBRARIES[sys.platform],
    ]
    try:
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=_LIMIT_S,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise UsageError(f"the recording library cannot be built: {error}") from None
    if done.returncode:
        lines = done.stdout.decode("utf-8", "replace").splitlines()
        shown = next((line for line in lines if "error" in line), lines[-1] if lines else "")
        raise UsageError(
            f"the recording library cannot be built: {shown[:200]}",
            hint=f"The command was: {shlex.join(command)}",
        )


def source_files(system: str) -> tuple[Path, ...]:
    """The files that are compiled on a system (``sys.platform``)."""
    others = {name for key, name in _PLATFORM_FILES.items() if key != system}
    return tuple(sorted(path for path in SOURCES.glob("*.c") if path.name not in others))


def _compiler() -> list[str]:
    named = shlex.split(os.environ.get("CC", ""))
    if named:
        return named
    for name in _COMPILERS:
        if found := shutil.which(name):
            return [found]
    raise UsageError(
        "the recording library cannot be built: there is no C compiler",
        hint="Install one (macOS: xcode-select --install), set CC, or name a library that was"
        " built elsewhere with --library.",
    )


def _suffix() -> str:
    return "dylib" if sys.platform == "darwin" else "so"


def _version() -> str:
    """A digest of the files and the command that the library is built from."""
    digest = hashlib.sha256(repr((FLAGS, _PLATFORM_FLAGS, platform.machine())).encode())
    for path in sorted(SOURCES.glob("*.[ch]")):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def _private_folder() -> Path:
    """The folder for built libraries. Raises UsageError for one that others may write."""
    base = os.environ.get("XDG_CACHE_HOME", "")
    home = Path(base) if base.startswith("/") else Path.home() / ".cache"
    folder = home / "necp-replay"
    make_folder(home)
    try:
        folder.mkdir(mode=0o700)
    except FileExistsError:
        pass  # The next lines check its owner and permissions.
    except OSError as error:
        raise UsageError(f"{folder} cannot be made: {error.strerror}") from None
    _check_private(folder, stat.S_ISDIR)
    if set(str(folder)) & set(": \t"):
        # The system takes these characters for the end of the library's name.
        raise UsageError(
            f"{folder} has a blank or a colon in its name",
            hint="Set XDG_CACHE_HOME to a folder whose path has neither.",
        )
    return folder


def _check_private(path: Path, is_kind: Callable[[int], bool]) -> None:
    found = path.lstat()
    if (
        not is_kind(found.st_mode)
        or found.st_uid != os.geteuid()
        or found.st_mode & _OTHERS_MAY_WRITE
    ):
        raise UsageError(
            f"{path} is not private, so no library is loaded from there",
            hint="It has to be your own, not a link, and writable by nobody else. Remove it.",
        )
