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
        try:
            status = process.wait(20)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            raise
        assert process.stderr.read() == b""
    assert status in (128 + number, -number)
    assert survivors_later(mark) == []


_STARTING = """\
import multiprocessing, os, signal
from necp_replay.processes.worker import worker_pool, workers_starting

if __name__ == "__mp_main__":
    os.kill(os.getpid(), signal.SIGINT)


def work():
    return "worked"


if __name__ == "__main__":
    with worker_pool(1, multiprocessing.get_context("spawn")) as pool:
        with workers_starting():
            future = pool.submit(work)
        print(future.result())
"""


def test_an_interrupt_that_comes_while_a_worker_starts_is_ignored(tmp_path: Path) -> None:
    (tmp_path / "starting.py").write_text(_STARTING, "utf-8")
    done = subprocess.run(
        [sys.executable, "starting.py"],
        cwd=tmp_path,
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "worked\n", "")
