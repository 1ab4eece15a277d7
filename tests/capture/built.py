"""The programs of the tests and the recording library, compiled once for each process of tests."""

from __future__ import annotations

import atexit
import functools
import os
import shlex
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest

from necp_replay.capture.library import compile_library

_PROGRAMS: Final = Path(__file__).parent / "programs"
_STRICT: Final = ("-Wall", "-Wextra", "-Werror")
needs_compiler: Final = pytest.mark.skipif(
    sys.platform != "linux" or not any(map(shutil.which, ("cc", "clang", "gcc"))),
    reason="compiles programs for Linux, and this machine has no C compiler",
)


OWN_MOUNTS: Final = ("unshare", "-m" if os.geteuid() == 0 else "-Urm")
"""The words before a command that gives it a mount namespace of its own."""


def _may_mount() -> bool:
    if sys.platform != "linux" or shutil.which("unshare") is None:
        return False
    words = [*OWN_MOUNTS, "mount", "-t", "tmpfs", "none", tempfile.gettempdir()]
    return subprocess.run(words, capture_output=True, check=False).returncode == 0


needs_small_disk: Final = pytest.mark.skipif(
    not _may_mount(), reason="a small file system cannot be mounted here"
)


@dataclass(frozen=True, slots=True)
class BuiltPrograms:
    """Paths: the program that makes calls, the library that answers, and the recording library."""

    program: Path
    stand_in: Path
    library: Path

    def run(self, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
        """Run the program as it is, without capturing it."""
        return subprocess.run(
            [self.program, *arguments],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
            env={**os.environ, **variables},
        )


def compiler() -> list[str]:
    """The command of the C compiler."""
    named = shlex.split(os.environ.get("CC", ""))
    return named or [next(filter(shutil.which, ("cc", "clang", "gcc")))]


@functools.cache
def built_programs() -> BuiltPrograms:
    """Compile all with warnings as errors."""
    folder = Path(tempfile.mkdtemp(prefix="necp-replay-capture-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    stand_in, program = folder / "libstand_in.so", folder / "calls"
    common = [*compiler(), "-std=c11", "-O2", *_STRICT, "-pthread"]
    subprocess.run(
        [*common, "-fPIC", "-shared", "-o", stand_in, _PROGRAMS / "stand_in.c"], check=True
    )
    subprocess.run([*common, "-o", program, _PROGRAMS / "calls.c", stand_in], check=True)
    library = folder / "capture.so"
    compile_library(library, extra_flags=_STRICT)
    return BuiltPrograms(program, stand_in, library)
