"""Writes the outputs shown in the README of the example project (`make transcripts`)."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.pytest_plugin.project import PLUGIN

EXAMPLE = Path(__file__).parents[2] / "docs" / "example-project"
README = EXAMPLE / "README.md"
PASSES = "pytest -q traces"
FAILS = "pytest -q"

_GOLDEN = Path("golden", "client", "remove_twice@xnu-4570.51.1.golden")
_SHOWN = r"(?<=^```\n)\$ {command}\n.*?(?=^```$)"


def break_golden(project: Path) -> None:
    """Change one golden, so that no release gives what it says."""
    golden = project / _GOLDEN
    text = golden.read_text("utf-8")
    golden.write_text(text.replace("-> ENOENT", "-> EINVAL"), "utf-8")


def environment() -> dict[str, str]:
    """The environment variables of a GitHub runner. pytest loads no plugins automatically."""
    checkout = str(Path(__file__).parents[2])
    return {
        "CI": "true",
        "COLUMNS": "80",
        "PYTHONPATH": checkout,
        "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
        "GITHUB_STEP_SUMMARY": "",
    }


def shown(command: str, printed: str) -> str:
    """A command and its output, with a fixed duration, since that differs from run to run."""
    lines = (line.rstrip() for line in re.sub(r"in \d+\.\d+s", "in 0.10s", printed).splitlines())
    return f"$ {command}\n" + "".join(f"{line}\n" for line in lines)


def in_readme(command: str) -> str:
    """The part of the README that shows a command and its output."""
    found = re.search(_pattern(command), README.read_text("utf-8"), re.M | re.S)
    return "" if found is None else found[0]


def _pattern(command: str) -> str:
    return _SHOWN.format(command=re.escape(command))


def _run(command: str, project: Path) -> str:
    """Run one of the commands in a copy of the project, and return its output."""
    words = [sys.executable, "-m", *command.split(), *PLUGIN]
    variables = {**os.environ, **environment(), "NECP_REPLAY_CACHE": ""}
    return subprocess.run(words, cwd=project, env=variables, capture_output=True, text=True).stdout


def main() -> None:
    """Run the commands of the README, and write their output into it."""
    text = README.read_text("utf-8")
    with tempfile.TemporaryDirectory() as folder:
        project = Path(folder, "project")
        shutil.copytree(EXAMPLE, project)
        for command in (PASSES, FAILS):
            if command == FAILS:
                break_golden(project)
            block = shown(command, _run(command, project)).replace("\\", r"\\")
            text = re.sub(_pattern(command), block, text, flags=re.M | re.S)
    README.write_text(text, "utf-8")


if __name__ == "__main__":
    main()
