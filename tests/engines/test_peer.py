"""Engines and what they start end with the command, however it ends."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.cli.process import COMMAND, environment
from tests.cli.workplace import Workplace
from tests.engines.programs import odd_command
from tests.processes.survivors import survivors, survivors_later

HELPER = "import subprocess; subprocess.Popen(['sh', '-c', 'trap \"\" TERM INT HUP; sleep 600'])"
"""A helper that holds the engine's output open."""


@pytest.fixture
def two_traces(workplace: Workplace) -> Workplace:
    """Two traces of at least three steps, both accepted."""
    trace = workplace.record()
    (trace.parent / "again.necptrace").write_bytes(trace.read_bytes())
    assert workplace.run("accept", "traces").status == 0
    return workplace


def _mark(folder: Path) -> tuple[str, dict[str, str]]:
    value = f"{folder.name}-{os.getpid()}"
    return f"NECP_TEST_MARK={value}", {"NECP_TEST_MARK": value}


def test_an_engine_that_ends_after_starting_a_helper_tells_its_status_at_once(
    two_traces: Workplace,
) -> None:
    mark, more = _mark(two_traces.root)
    command = odd_command(two_traces.root, f"{HELPER}\n    os._exit(3)")
    started_s = time.monotonic()
    done = subprocess.run(
        [*COMMAND, "replay", "traces", "--engine", command, "--engine-limit", "60"],
        cwd=two_traces.root,
        env=environment(more),
        capture_output=True,
        text=True,
        check=False,
    )
    assert time.monotonic() - started_s < 20
    assert done.returncode == 2
    assert "the engine ended without an answer (exit status 3)" in done.stdout
    assert survivors_later(mark) == []


def test_helpers_of_an_engine_that_ends_well_are_ended(two_traces: Workplace) -> None:
    mark, more = _mark(two_traces.root)
    command = odd_command(two_traces.root, HELPER)
    done = subprocess.run(
        [*COMMAND, "replay", "traces", "--engine", command],
        cwd=two_traces.root,
        env=environment(more),
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0
    assert survivors_later(mark) == []


@pytest.mark.parametrize("jobs", ["1", "2"])
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGKILL])
def test_engines_and_their_helpers_end_with_the_command(
    two_traces: Workplace, number: signal.Signals, jobs: str
) -> None:
    mark, more = _mark(two_traces.root)
    # It never answers, ends for no signal that can be ignored, nor when its input ends.
    stays = "import signal\n    for each in (1, 2, 15): signal.signal(each, signal.SIG_IGN)\n"
    stays += f"    {HELPER}\n    open('running', 'a').close()\n    time.sleep(600)"
    command = odd_command(two_traces.root, stays)
    with subprocess.Popen(
        [*COMMAND, "replay", "traces", "--jobs", jobs, "--engine", command, "--engine-limit", "99"],
        cwd=two_traces.root,
        env=environment(more),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        deadline_s = time.monotonic() + 60
        while not (two_traces.root / "running").exists() and time.monotonic() < deadline_s:
            time.sleep(0.02)
        time.sleep(0.2)
        assert len(survivors(mark)) > 2
        process.send_signal(number)
        assert process.stdout is not None and process.stderr is not None
        printed = process.stdout.read() + process.stderr.read()
        status = process.wait(20)
    assert status in (128 + number, -number)
    assert printed == b""
    assert survivors_later(mark) == []


@pytest.mark.parametrize("jobs", ["1", "2"])
@pytest.mark.parametrize("ending", ["pass", "os.kill(parent, 9)", "os.kill(parent, 15)"])
def test_a_helper_that_leaves_the_group_of_its_engine_ends_with_the_command(
    two_traces: Workplace, ending: str, jobs: str
) -> None:
    mark, more = _mark(two_traces.root)
    leaves = "import subprocess\n    subprocess.Popen(['sh', '-c', 'sleep 600 & sleep 600'],"
    leaves += "stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, start_new_session=True)"
    # The shell needs a moment to start its program, which has to be found as well.
    leaves += f"\n    parent = int(os.environ['COMMAND_PID'])\n    time.sleep(0.5)\n    {ending}"
    command = odd_command(two_traces.root, leaves)
    # The shell becomes the command, and tells the number of its process.
    words = ["sh", "-c", 'COMMAND_PID=$$ exec "$@"', "sh", *COMMAND, "replay", "traces"]
    done = subprocess.run(
        [*words, "--jobs", jobs, "--engine", command],
        cwd=two_traces.root,
        env=environment(more),
        capture_output=True,
        check=False,
    )
    # Each of several engines signals the command; the later signals find it ending.
    assert done.returncode in (0, -signal.SIGKILL, 128 + signal.SIGTERM, -signal.SIGTERM)
    assert survivors_later(mark) == []


def test_a_worker_that_is_killed_is_a_verdict_and_the_other_traces_go_on(
    two_traces: Workplace,
) -> None:
    # The parent process of the engine is the worker.
    once = "os.path.exists('kill') and (os.remove('kill'), os.kill(os.getppid(), 9))"
    command = odd_command(two_traces.root, once)
    two_traces.write("kill", "")
    arguments = ("replay", "traces", "--jobs", "2", "--engine", command)
    printed = two_traces.run(*arguments)
    assert printed.status == 0, printed
    always = odd_command(two_traces.root, "os.kill(os.getppid(), 9)")
    printed = two_traces.run("replay", "traces", "--jobs", "2", "--engine", always)
    assert printed.status == 2
    assert "the process that worked on it was killed" in printed.out


def test_an_empty_environment_is_enough_for_an_engine(two_traces: Workplace) -> None:
    command = odd_command(two_traces.root, "pass")
    done = subprocess.run(
        [sys.executable, "-m", "necp_replay", "replay", "traces", "--engine", command],
        cwd=two_traces.root,
        env={"PYTHONPATH": environment()["PYTHONPATH"]},
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
