"""A signal ends a command with the right status, and leaves no unfinished files."""

from __future__ import annotations

import os
import signal
import subprocess
import threading
import time

import pytest

from necp_replay.cli.termination import tidy_termination
from tests.cli.process import COMMAND, environment
from tests.cli.workplace import SCENARIO, Workplace
from tests.processes.survivors import survivors, survivors_later

SIGNALS = pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP], ids=lambda s: s.name)


@SIGNALS
def test_a_signal_ends_the_block_with_the_status_that_shells_use(number: signal.Signals) -> None:
    with pytest.raises(SystemExit) as caught, tidy_termination():
        os.kill(os.getpid(), number)
    assert caught.value.code == 128 + number


@SIGNALS
def test_the_earlier_signal_handlers_are_restored(number: signal.Signals) -> None:
    before = signal.getsignal(number)
    with tidy_termination():
        assert signal.getsignal(number) is not before
    assert signal.getsignal(number) is before


def test_an_ignored_signal_stays_ignored() -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with tidy_termination():
            os.kill(os.getpid(), signal.SIGHUP)
    finally:
        signal.signal(signal.SIGHUP, before)


def test_in_another_thread_the_block_runs_without_handlers() -> None:
    ran = []

    def work() -> None:
        with tidy_termination():
            ran.append(True)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert ran == [True]


@pytest.mark.parametrize(
    ("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)]
)
def test_an_interrupted_recording_leaves_no_file(
    workplace: Workplace, number: signal.Signals, status: int
) -> None:
    scenario = SCENARIO.replace("from necp_replay", "import os, time\n\nfrom necp_replay", 1)
    scenario += f"    os.kill(os.getppid(), {int(number)})\n    time.sleep(60)\n"
    workplace.write("scenarios/ended.py", scenario)
    printed = workplace.run("record", "scenarios/ended.py", "-o", "traces")
    assert printed.status == status
    assert not list(workplace.root.glob("traces/*"))


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_the_pager_too(workplace: Workplace, number: signal.Signals) -> None:
    trace = workplace.record()
    value = f"{workplace.root.name}-{os.getpid()}"
    terminal, its_end = os.openpty()
    with subprocess.Popen(
        [*COMMAND, "show", str(trace)],
        env=environment({"PAGER": "sleep 600", "PAGER_MARK": value, "TERM": "xterm"}),
        stdin=subprocess.DEVNULL,
        stdout=its_end,
        stderr=subprocess.PIPE,
    ) as process:
        os.close(its_end)
        deadline_s = time.monotonic() + 30
        while len(survivors(f"PAGER_MARK={value}")) < 2 and time.monotonic() < deadline_s:
            time.sleep(0.02)
        time.sleep(0.2)
        process.send_signal(number)
        assert process.wait(20) == 128 + number
        assert process.stderr is not None
        assert process.stderr.read() == b""
    os.close(terminal)
    assert survivors_later(f"PAGER_MARK={value}") == []
