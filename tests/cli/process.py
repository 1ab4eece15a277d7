"""Runs a command as a process of its own, with the streams, environment and limits of a test."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
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


def run_commands(
    folder: Path,
    commands: Sequence[Sequence[str]],
    shell: str = "",
    env: Mapping[str, str] = {},
) -> list[subprocess.CompletedProcess[str]]:
    """Run several commands one after the other, in one process where that changes nothing.

    One interpreter starts with the streams and the environment, imports the package, and runs each
    command in a fork of itself, which ends as any interpreter does. To start and to import takes
    longer than most commands. Where ``shell`` redirects the output, only errors are returned.
    """
    with tempfile.TemporaryDirectory() as place:
        keeps_output = "" if ">" in shell or "|" in shell else "1"
        program = [sys.executable, "-c", _SEVERAL, place, keeps_output, json.dumps(commands)]
        done = _run(folder, program, shell, env)
        statuses = Path(place, "statuses").read_text("utf-8").split()
        assert len(statuses) == len(commands), done.stderr
        return [
            subprocess.CompletedProcess(
                list(command),
                int(statuses[number]),
                _text(place, f"{number}.out"),
                _text(place, f"{number}.err"),
            )
            for number, command in enumerate(commands)
        ]


def _text(place: str, name: str) -> str:
    path = Path(place, name)
    return path.read_text("utf-8", errors="replace") if path.exists() else ""


_SEVERAL = """\
import json, os, sys
import necp_replay.report.info_text, necp_replay.report.table
import necp_replay.kernel.machine, necp_replay.replay.run
from necp_replay.cli.command_line import build_parser
from necp_replay.cli.main import main
build_parser()
_, place, keeps_output, commands = sys.argv
def keep(stream, name):
    file = os.open(f"{place}/{name}", os.O_CREAT | os.O_WRONLY)
    os.dup2(file, stream)
    os.close(file)
for number, command in enumerate(json.loads(commands)):
    child = os.fork()
    if not child:
        keep(2, f"{number}.err")
        if keeps_output:
            keep(1, f"{number}.out")
        sys.argv[1:] = command
        sys.exit(main())
    _, status = os.waitpid(child, 0)
    with open(f"{place}/statuses", "a") as file:
        print(os.waitstatus_to_exitcode(status), file=file)
"""


def run_unprivileged(
    folder: Path,
    *arguments: str,
    shell: str = "",
    env: Mapping[str, str] = {},
    module: str = "necp_replay",
) -> subprocess.CompletedProcess[str]:
    """The same, and permissions of files hold also if the tests run as root.

    ``module`` can be another one that is run as a program, such as ``pytest``.
    """
    return _run(folder, [sys.executable, "-c", _UNPRIVILEGED, module, *arguments], shell, env)


_UNPRIVILEGED = """\
import ctypes, os, sys
if os.getuid() == 0:
    # PR_CAPBSET_DROP of CAP_DAC_OVERRIDE and CAP_DAC_READ_SEARCH, which takes effect with exec.
    for capability in (1, 2):
        if ctypes.CDLL(None).prctl(24, capability, 0, 0, 0):
            sys.exit("root keeps its privileges")
os.execv(sys.executable, [sys.executable, "-B", "-m", *sys.argv[1:]])
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
