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
    script = f'"$@" {shell}'
    return subprocess.run(
        ["sh", "-c", script, "sh", *COMMAND, *arguments],
        cwd=folder,
        env=environment(env),
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
        timeout=60,
    )
