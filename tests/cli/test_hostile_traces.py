"""Whatever a trace holds, every command that opens it ends soon, in bounded memory, with a word."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_no_command_falls_for_any_hostile_trace(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "tests.cli.hostile_traces", str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)
    assert done.stderr == ""
    assert done.stdout == "done\n"
