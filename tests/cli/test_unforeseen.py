"""An unforeseen exception has a status of its own, and says where to report it."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from necp_replay.cli import releases
from tests.cli.process import COMMAND, environment
from tests.cli.workplace import Workplace


class _Unprintable(Exception):
    def __str__(self) -> str:
        raise ValueError("broken")


@pytest.mark.parametrize(
    ("error", "said"),
    [
        pytest.param(ValueError("odd\x1b[2J"), "ValueError: odd\\x1b[2J", id="error"),
        pytest.param(KeyError(), "KeyError", id="without text"),
        pytest.param(RecursionError("too deep"), "RecursionError: too deep", id="recursion"),
        pytest.param(MemoryError(), "not enough memory", id="memory"),
        pytest.param(SystemExit(0), "SystemExit: 0", id="exit"),
        pytest.param(SystemExit("why"), "SystemExit: why", id="exit with text"),
        pytest.param(GeneratorExit(), "GeneratorExit", id="no Exception"),
        pytest.param(_Unprintable(), "_Unprintable", id="unprintable"),
    ],
)
def test_an_unforeseen_exception_ends_with_a_status_that_no_verdict_has(
    workplace: Workplace, monkeypatch: pytest.MonkeyPatch, error: BaseException, said: str
) -> None:
    def fail(options: object) -> int:
        raise error

    monkeypatch.setattr(releases, "run", fail)
    printed = workplace.run("releases")
    assert printed.status == 70
    assert said in printed.err
    assert "please report it" in printed.err
    assert "Traceback" not in printed.err
    assert "\x1b" not in printed.err


class _FailsWhenFreed:
    def __del__(self) -> None:
        raise ValueError("while it was freed")


def _fail_in_thread() -> None:
    thread = threading.Thread(target=_raise)
    thread.start()
    thread.join()


def _raise() -> None:
    raise ValueError("in a thread")


@pytest.mark.parametrize(
    ("fail", "said"),
    [
        pytest.param(_FailsWhenFreed, "ValueError: while it was freed", id="freed"),
        pytest.param(_fail_in_thread, "ValueError: in a thread", id="thread"),
    ],
)
def test_an_exception_that_python_would_only_print_is_unforeseen_too(
    workplace: Workplace, monkeypatch: pytest.MonkeyPatch, fail: Callable[[], object], said: str
) -> None:
    def run(options: object) -> int:
        fail()
        return 0

    monkeypatch.setattr(releases, "run", run)
    monkeypatch.setenv("NECP_REPLAY_TRACEBACK", "why.txt")
    printed = workplace.run("releases")
    assert printed.status == 70
    assert said in printed.err
    assert "Traceback" not in printed.err
    assert said in Path("why.txt").read_text("utf-8")


def test_the_traceback_goes_to_a_file_on_request(
    workplace: Workplace, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(options: object) -> int:
        raise ValueError("odd\x1b[2J")

    monkeypatch.setattr(releases, "run", fail)
    monkeypatch.setenv("NECP_REPLAY_TRACEBACK", "why.txt")
    printed = workplace.run("releases")
    assert printed.status == 70
    assert "The traceback is in why.txt." in printed.err
    text = Path("why.txt").read_text("utf-8")
    assert text.startswith("Traceback (most recent call last):\n")
    assert text.endswith("ValueError: odd\\x1b[2J\n")


def test_a_traceback_that_cannot_be_written_changes_no_status(
    workplace: Workplace, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(options: object) -> int:
        raise ValueError("odd")

    monkeypatch.setattr(releases, "run", fail)
    monkeypatch.setenv("NECP_REPLAY_TRACEBACK", "no/such/folder")
    printed = workplace.run("releases")
    assert printed.status == 70
    assert "The traceback could not be written: no/such/folder: " in printed.err


def test_an_error_that_was_foreseen_writes_no_traceback(
    workplace: Workplace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NECP_REPLAY_TRACEBACK", "why.txt")
    assert workplace.run("replay", "nowhere").status == 2
    assert not Path("why.txt").exists()


_INTERRUPT_ON_IMPORT = """\
import os, signal, sys


chosen = sys.argv.pop(1)


class Interrupt:
    def find_spec(self, name, path=None, target=None):
        if name == chosen:
            os.kill(os.getpid(), signal.SIGINT)


sys.meta_path.insert(0, Interrupt())
from necp_replay.cli.main import main

status = main()
os.kill(os.getpid(), signal.SIGINT)
sys.exit(status)
"""


@pytest.mark.parametrize(
    "module",
    [
        "necp_replay.cli.streams",
        "necp_replay.errors",
        "necp_replay.cli.command_line",
        "argparse",
        "necp_replay.cli.termination",
        "necp_replay.report.releases",
    ],
)
def test_an_interrupt_during_imports_ends_quietly(tmp_path: Path, module: str) -> None:
    (tmp_path / "interrupted.py").write_text(_INTERRUPT_ON_IMPORT, "utf-8")
    done = subprocess.run(
        [COMMAND[0], "interrupted.py", module, "releases"],
        cwd=tmp_path,
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (128 + signal.SIGINT, "", "")


def test_an_interrupt_ends_quietly(workplace: Workplace, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(options: object) -> int:
        print("half a line", end="")
        os.kill(os.getpid(), signal.SIGINT)
        return 0

    monkeypatch.setattr(releases, "run", interrupted)
    printed = workplace.run("releases")
    assert (printed.status, printed.err) == (130, "")


@pytest.mark.parametrize(
    ("number", "said"),
    [
        (errno.EMFILE, "the system: Too many open files"),
        (errno.EAGAIN, "the system: Resource temporarily unavailable"),
        (errno.ENOSPC, "standard input or output: No space left on device"),
    ],
)
def test_an_error_of_the_system_names_what_has_run_out(
    workplace: Workplace, monkeypatch: pytest.MonkeyPatch, number: int, said: str
) -> None:
    def fail(options: object) -> int:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(releases, "run", fail)
    printed = workplace.run("releases")
    assert printed.status == 2
    assert said in printed.err
    assert len(printed.err.splitlines()) == 2
