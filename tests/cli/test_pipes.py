"""Commands that read a trace more than once accept pipes too."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.workplace import Workplace


def through_a_pipe(
    workplace: Workplace, content: bytes, *arguments: str
) -> subprocess.CompletedProcess[bytes]:
    """Run a command with a pipe as its standard input."""
    command = [sys.executable, "-m", "necp_replay.cli.main", *arguments]
    return subprocess.run(
        command, input=content, capture_output=True, check=False, cwd=workplace.root
    )


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        pytest.param(("info", "-"), "<stdin>", id="info"),
        pytest.param(("show", "-", "--select", "1"), "iface_attach", id="show"),
        pytest.param(("doctor", "-"), "nothing found", id="doctor"),
        pytest.param(("doctor", "/dev/stdin"), "nothing found", id="doctor by another name"),
        pytest.param(("recover", "-", "-o", "a.necptrace"), "nothing lost", id="recover"),
        pytest.param(("cut", "-", "--select", "5", "-o", "a.necptrace"), "kept", id="cut"),
        pytest.param(("split", "-", "--by", "pid", "-o", "parts"), "stdin-pid-100", id="split"),
        pytest.param(("anonymize", "-", "--seed", "1", "-o", "a"), "same", id="anonymize"),
    ],
)
def test_commands_read_a_trace_from_a_pipe(
    workplace: Workplace, arguments: tuple[str, ...], said: str
) -> None:
    done = through_a_pipe(workplace, workplace.record().read_bytes(), *arguments)
    assert done.returncode == 0, done.stderr
    assert said in done.stdout.decode()


@pytest.mark.parametrize("command", ["doctor", "recover", "cut", "split", "anonymize"])
def test_an_error_names_the_pipe(workplace: Workplace, command: str) -> None:
    more = {
        "doctor": [],
        "recover": ["-o", "a.necptrace"],
        "cut": ["--select", "1", "-o", "a.necptrace"],
        "split": ["--by", "pid", "-o", "parts"],
        "anonymize": ["--seed", "1", "-o", "a.necptrace"],
    }
    done = through_a_pipe(workplace, b"no trace at all", command, "-", *more[command])
    assert done.returncode == 2
    assert b"<stdin>" in done.stdout + done.stderr
    assert b"stdin.necptrace" not in done.stdout + done.stderr


def test_doctor_checks_all_traces_of_a_folder(workplace: Workplace) -> None:
    trace = workplace.record()
    (trace.parent / "cut.necptrace").write_bytes(trace.read_bytes()[:-30])
    printed = workplace.run("doctor", "traces", "none")
    assert printed.status == 2
    assert "remove_twice.necptrace\n" in printed.out
    assert f"{Path('traces/cut.necptrace')}\n  error" in printed.out
    assert "none: cannot be read" in printed.out
