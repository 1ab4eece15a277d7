"""Groups of processes end with the process that guards them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.process import environment
from tests.processes.survivors import survivors, survivors_later

_GUARDING = """\
import os, subprocess, sys, time
from necp_replay.processes.guardian import guard, release

words = ["sh", "-c", "trap '' TERM HUP INT; sleep 600 & sleep 600"]
first = subprocess.Popen(words, start_new_session=True)
guard(first.pid)
second = subprocess.Popen(["sleep", "600"], start_new_session=True)
guard(second.pid)
second.kill()
second.wait()
release(second.pid)
print("ready", flush=True)
ENDING
"""
_ENDINGS = {
    "return": "pass",
    "exit": "sys.exit(3)",
    "os._exit": "os._exit(3)",
    "exception": "raise ValueError",
    "SIGKILL": "os.kill(os.getpid(), 9)",
    "SIGTERM": "os.kill(os.getpid(), 15)",
}


@pytest.mark.parametrize("ending", _ENDINGS.values(), ids=_ENDINGS)
def test_a_group_ends_with_the_process_that_guards_it(tmp_path: Path, ending: str) -> None:
    mark = f"MARK={tmp_path.name}{os.getpid()}"
    env = environment({"MARK": mark.partition("=")[2]})
    code = _GUARDING.replace("ENDING", ending)
    with subprocess.Popen(
        [sys.executable, "-c", code], env=env, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n"
    assert survivors_later(mark) == []


def test_a_signal_to_the_group_of_the_process_does_not_end_its_guardian(tmp_path: Path) -> None:
    mark = f"MARK={tmp_path.name}{os.getpid()}"
    env = environment({"MARK": mark.partition("=")[2]})
    code = _GUARDING.replace("ENDING", "time.sleep(600)")
    with subprocess.Popen(
        [sys.executable, "-c", code], env=env, stdout=subprocess.PIPE, start_new_session=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n"
        assert len(survivors(mark)) > 2
        os.killpg(process.pid, signal.SIGTERM)
    assert survivors_later(mark) == []
