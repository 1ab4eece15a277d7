"""Every command ends soon and in bounded memory for every hostile trace."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.examples import is_thorough

ROOT = Path(__file__).parents[2]


def test_every_command_survives_every_hostile_trace(tmp_path: Path) -> None:
    share = 1 if is_thorough() else 3
    command = [sys.executable, "-m", "tests.cli.hostile_traces", str(tmp_path), str(share)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)
    assert done.stderr == ""
    assert done.stdout == "done\n"
