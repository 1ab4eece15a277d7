"""Workers end with the process that started them, however it ends."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.process import environment
from tests.processes.survivors import survivors_later

_WORKING = """\
import os, signal, sys, time
from necp_replay.cli.termination import tidy_termination
from necp_replay.processes.worker import worker_pool


def work(number):
    deadline = time.monotonic() + 600
    while time.monotonic() < deadline:
        pass


def main():
    with tidy_termination(), worker_pool(2) as pool:
        futures = [pool.submit(work, number) for number in range(4)]
        while not all(future.running() for future in futures[:2]):
            time.sleep(0.01)
        time.sleep(0.3)
        print("ready", flush=True)
        futures[0].result()


try:
    main()
except KeyboardInterrupt:
    sys.exit(130)
"""


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGKILL])
@pytest.mark.parametrize("to_all", [False, True], ids=["to the command", "to the group"])
def test_workers_end_with_the_command(tmp_path: Path, number: signal.Signals, to_all: bool) -> None:
    mark = f"MARK={tmp_path.name}{os.getpid()}"
    env = environment({"MARK": mark.partition("=")[2]})
    with subprocess.Popen(
        [sys.executable, "-c", _WORKING],
        env=env,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    ) as process:
        assert process.stdout is not None and process.stderr is not None
        assert process.stdout.readline() == b"ready\n"
        (os.killpg if to_all else os.kill)(process.pid, number)
        status = process.wait(20)
        assert process.stderr.read() == b""
    assert status in (128 + number, -number)
    assert survivors_later(mark) == []
