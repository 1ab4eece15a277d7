"""Runs a command as a process of its own, with the streams, environment and limits of a test."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).parents[2]
COMMAND = (sys.executable, "-m", "necp_replay")


def environment(more: Mapping[str, str] = {}) -> dict[str, str]:
    """The environment of this process, in which the package is found, and ``more``."""
    kept = {key: value for key, value in os.environ.items() if key != "CI"}
    return {**kept, "PYTHONPATH": str(ROOT), **more}


def run_command(
    folder: Path, *arguments: str, shell: str = "", env: Mapping[str, str] = {}
) -> subprocess.CompletedProcess[str]:
    """Run a command in a folder. ``shell`` are redirections, such as ``>&-``."""
    return _run(folder, [*COMMAND, *arguments], shell, env)


def run_unprivileged(
    folder: Path, *arguments: str, shell: str = "", env: Mapping[str, str] = {}
) -> subprocess.CompletedProcess[str]:
    """The same, and permissions of files hold also if the tests run as root."""
    return _run(folder, [sys.executable, "-c", _UNPRIVILEGED, *arguments], shell, env)


_UNPRIVILEGED = """\
import ctypes, os, sys
if os.getuid() == 0:
    # PR_CAPBSET_DROP of CAP_DAC_OVERRIDE and CAP_DAC_READ_SEARCH, which takes effect with exec.
    for capability in (1, 2):
        if ctypes.CDLL(None).prctl(24, capability, 0, 0, 0):
            sys.exit("root keeps its privileges")
os.execv(sys.executable, [sys.executable, "-B", "-m", "necp_replay", *sys.argv[1:]])
"""


def _run(
    folder: Path, command: list[str], shell: str, env: Mapping[str, str]
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["sh", "-c", f'"$@" {shell}', "sh", *command],
        cwd=folder,
        env=environment(env),
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
        timeout=60,
    )
