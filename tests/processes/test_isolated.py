"""Other people's code runs in a process of its own, and may end that one."""

from __future__ import annotations

import faulthandler
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from necp_replay.errors import ScenarioError
from necp_replay.processes.isolated import EndedEarly, results_of_process
from tests.cli.process import environment
from tests.processes.survivors import survivors_later

Report = Callable[[object], None]


def test_the_results_arrive_in_order() -> None:
    def work(report: Report) -> None:
        for number in range(3):
            report(f"{number}" * 100_000)

    assert [str(item)[:2] for item in results_of_process(work)] == ["00", "11", "22"]


def test_the_work_is_done_in_another_process() -> None:
    def work(report: Report) -> None:
        report(os.getpid())

    (process,) = results_of_process(work)
    assert process != os.getpid()


class _Local(Exception):
    def __init__(self, one: int, two: int) -> None:
        super().__init__(f"{one} {two}")


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (ScenarioError("no", file="x.py", line=3), ScenarioError),
        (KeyError("x"), KeyError),
        (_Local(1, 2), RuntimeError),
    ],
)
def test_an_exception_arrives(error: Exception, kind: type[Exception]) -> None:
    def work(report: Report) -> None:
        raise error

    with pytest.raises(kind) as caught:
        list(results_of_process(work))
    assert str(error) in str(caught.value)


def _abort() -> None:
    """Abort without the report that pytest has Python print."""
    faulthandler.disable()
    os.abort()


@pytest.mark.parametrize(
    ("ending", "said"),
    [
        (lambda: os._exit(0), "exit status 0"),
        (lambda: os._exit(3), "exit status 3"),
        (lambda: os.kill(os.getpid(), signal.SIGKILL), "SIGKILL"),
        (_abort, "SIGABRT"),
        (lambda: os.execv("/bin/sh", ["sh", "-c", "exit 0"]), "exit status 0"),
    ],
    ids=["status 0", "status 3", "kill", "abort", "exec"],
)
def test_an_ending_in_between_is_told(ending: Callable[[], object], said: str) -> None:
    def work(report: Report) -> None:
        report(1)
        ending()

    results = results_of_process(work)
    assert next(results) == 1
    with pytest.raises(EndedEarly, match=said):
        next(results)


def test_the_process_ends_when_no_more_is_asked_for() -> None:
    mark = f"isolated-{os.getpid()}"

    def work(report: Report) -> None:
        report(os.getpid())
        os.execv(sys.executable, [sys.executable, "-c", "import time; time.sleep(600)", mark])

    for _ in results_of_process(work):
        break
    assert survivors_later(mark) == []


_STARTS = """\
import os, subprocess, sys, time
from necp_replay.processes.isolated import results_of_process


def work(report):
    subprocess.Popen(["sh", "-c", "sleep 600 & sleep 600"], start_new_session=True)
    report("started")
    # The shell needs a moment to start its program, which has to be found as well.
    time.sleep(0.5)
    ENDING


for result in results_of_process(work):
    print(result, flush=True)
"""


@pytest.mark.parametrize("ending", ["pass", "os._exit(0)", "os.kill(os.getppid(), 9)"])
def test_programs_that_it_started_end_with_the_command(tmp_path: Path, ending: str) -> None:
    mark = f"MARK={tmp_path.name}{os.getpid()}"
    done = subprocess.run(
        [sys.executable, "-c", _STARTS.replace("ENDING", ending)],
        env=environment({"MARK": mark.partition("=")[2]}),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        check=False,
    )
    assert done.stdout == b"started\n"
    assert survivors_later(mark) == []


_FORKS = """\
import os, time
from necp_replay.processes.isolated import results_of_process


def work(report):
    if os.fork():
        report("forked")
        time.sleep(600)
    # As subprocess does. Until it begins a program, it shows the environment of the command, which
    # has no mark.
    os.setsid()
    os.closerange(3, 256)
    time.sleep(0.2)
    os.execvp("sleep", ["sleep", "600"])


for result in results_of_process(work):
    break
"""


def test_a_program_that_it_is_about_to_start_ends_with_the_command(tmp_path: Path) -> None:
    mark = f"MARK={tmp_path.name}{os.getpid()}"
    subprocess.run(
        [sys.executable, "-c", _FORKS],
        env=environment({"MARK": mark.partition("=")[2]}),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        check=False,
    )
    assert survivors_later(mark) == []
