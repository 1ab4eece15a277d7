"""A signal ends the command also where Python or other code loses the exception that it raises."""

from __future__ import annotations

import fcntl
import os
import signal
import struct
import subprocess
import termios
import time
from pathlib import Path

import pytest

from tests.cli.process import COMMAND, environment
from tests.cli.workplace import Workplace

LOSES = """\
import gc, os, sys, weakref

how, chosen, number = sys.argv[1:4]
del sys.argv[1:4]


class Anything:
    pass


class Freed:
    def __del__(self):
        send()


class Named:
    def __set_name__(self, owner, name):
        send()


def send(*_):
    os.kill(os.getpid(), int(number))


def freed():
    Freed()


def weak_reference():
    anything = Anything()
    reference = weakref.ref(anything, send)
    del anything


def garbage():
    def once(phase, info):
        gc.callbacks.remove(once)
        send()

    gc.callbacks.append(once)
    gc.collect()


def another_exception():
    try:
        type("Owner", (), {"named": Named()})
    except RuntimeError:
        pass


def caught():
    try:
        send()
    except BaseException:
        pass


class Finder:
    def find_spec(self, name, path=None, target=None):
        if name == chosen:
            sys.meta_path.remove(self)
            globals()[how]()


sys.meta_path.insert(0, Finder())
from necp_replay.cli.main import main

sys.exit(main())
"""
SIGNALS = pytest.mark.parametrize(
    "number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP], ids=lambda each: each.name
)


@SIGNALS
@pytest.mark.parametrize(
    "module",
    [
        pytest.param("necp_replay.processes.dropped_exceptions", id="handlers are made"),
        pytest.param("argparse", id="commands are imported"),
        pytest.param("necp_replay.engines.serve", id="a command runs"),
    ],
)
@pytest.mark.parametrize(
    "how", ["freed", "weak_reference", "garbage", "another_exception", "caught"]
)
def test_a_signal_whose_exception_is_lost_ends_the_command(
    tmp_path: Path, number: signal.Signals, module: str, how: str
) -> None:
    (tmp_path / "loses.py").write_text(LOSES, "utf-8")
    # This command waits for its input, and there is none.
    with subprocess.Popen(
        [COMMAND[0], "loses.py", how, module, str(int(number)), "serve"],
        cwd=tmp_path,
        env=environment(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        try:
            status = process.wait(20)
        finally:
            process.kill()
        out, err = process.communicate()
    assert (status, out, err) == (128 + number, b"", b"")


_WAITING = """\
import concurrent.futures._base as futures
import os, signal, sys
from necp_replay.cli.main import main

acquire = futures._AcquireFutures.__enter__


def acquire_and_send(self):
    acquire(self)
    os.kill(os.getpid(), signal.SIGTERM)


futures._AcquireFutures.__enter__ = acquire_and_send
sys.exit(main())
"""


def test_a_signal_that_comes_while_futures_are_locked_ends_the_command(
    workplace: Workplace,
) -> None:
    trace = workplace.record()
    (trace.parent / "again.necptrace").write_bytes(trace.read_bytes())
    done = subprocess.run(
        [COMMAND[0], "-c", _WAITING, "replay", "traces", "--jobs", "2"],
        cwd=workplace.root,
        env=environment(),
        capture_output=True,
        check=False,
        timeout=60,
    )
    assert (done.returncode, done.stdout, done.stderr) == (128 + signal.SIGTERM, b"", b"")


FULL_BYTES = 50_000
"""Less than what a pipe of Linux takes: it holds 16 pages, and lines do not fill each of them."""


def _available(reader: int) -> int:
    """How many bytes wait in a pipe."""
    (number,) = struct.unpack("i", fcntl.ioctl(reader, termios.FIONREAD, bytes(4)))
    return int(number)


@SIGNALS
def test_a_signal_ends_a_command_whose_output_is_not_read(
    workplace: Workplace, number: signal.Signals
) -> None:
    generated = workplace.run("generate", "--seed", "1", "--records", "300", "-o", "long.necptrace")
    assert generated.status == 0
    reader, writer = os.pipe()
    with subprocess.Popen(
        [*COMMAND, "show", "--json", "long.necptrace"],
        cwd=workplace.root,
        env=environment(),
        stdout=writer,
        stderr=subprocess.PIPE,
    ) as process:
        os.close(writer)
        # It is stuck when the pipe is full.
        deadline_s = time.monotonic() + 30
        while _available(reader) < FULL_BYTES and time.monotonic() < deadline_s:
            time.sleep(0.05)
        process.send_signal(number)
        try:
            status = process.wait(20)
        finally:
            process.kill()
        _, err = process.communicate()
    os.close(reader)
    assert (status, err) == (128 + number, b"")
