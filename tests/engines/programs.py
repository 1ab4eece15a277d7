"""Programs that speak the engine protocol: ours, and others that misbehave at their third step."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

_PROGRAM = '''\
import os, sys, time
from necp_replay.engines.serve import serve
from necp_replay.events.outcome import Absent, Outcome
from necp_replay.kernel.machine import Machine
from necp_replay.engines.engine import open_machine


class Odd:
    """Ours for two steps, then what the program is about; only in traces that open an fd."""

    def __init__(self, release):
        self.machine = open_machine(release)
        self.steps = 0
        self.snapshot = self.machine.snapshot

    def submit(self, step):
        outcome = self.machine.submit(step)
        self.steps += 1
        if self.steps == 3:
            outcome = misbehave(self, step, outcome)
        return outcome


def misbehave(self, step, outcome):
    {misbehaviour}
    return outcome


serve(sys.stdin.buffer, sys.stdout.buffer, open_engine=Odd)
'''


def serve_command(*arguments: str) -> str:
    """The command that runs our own engine over the protocol."""
    return shlex.join([sys.executable, "-m", "necp_replay.cli.main", "serve", *arguments])


def odd_program(misbehaviour: str) -> str:
    """An engine that is ours until its third step, where it runs a statement, as a program."""
    return _PROGRAM.replace("{misbehaviour}", misbehaviour)


def odd_command(folder: Path, misbehaviour: str) -> str:
    """The command of an engine that is ours until its third step, where it runs a statement."""
    path = folder / "odd_engine.py"
    path.write_text(odd_program(misbehaviour), "utf-8")
    return shlex.join([sys.executable, str(path)])


@pytest.fixture(autouse=True)
def programs_find_the_package(monkeypatch: pytest.MonkeyPatch) -> None:
    """Programs run from any folder."""
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
