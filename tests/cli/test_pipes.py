"""Commands that read a trace more than once accept pipes too."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

import pytest

from tests.cli.process import COMMAND
from tests.cli.workplace import Printed, Workplace

ThroughAPipe: TypeAlias = Callable[..., Printed]


@pytest.fixture
def through_a_pipe(workplace: Workplace, monkeypatch: pytest.MonkeyPatch) -> ThroughAPipe:
    """Runs a command with a pipe as its standard input."""

    def run(content: bytes, *arguments: str) -> Printed:
        readable, writable = os.pipe()
        with os.fdopen(writable, "wb") as pipe:
            pipe.write(content)
        with os.fdopen(readable) as stream:
            monkeypatch.setattr(sys, "stdin", stream)
            return workplace.run(*arguments)

    return run


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        pytest.param(("info", "-"), "<stdin>", id="info"),
        pytest.param(("show", "-", "--select", "1"), "iface_attach", id="show"),
        pytest.param(("doctor", "-"), "nothing found", id="doctor"),
        pytest.param(("recover", "-", "-o", "a.necptrace"), "nothing lost", id="recover"),
        pytest.param(("cut", "-", "--select", "5", "-o", "a.necptrace"), "kept", id="cut"),
        pytest.param(("split", "-", "--by", "pid", "-o", "parts"), "stdin-pid-100", id="split"),
        pytest.param(("anonymize", "-", "--seed", "1", "-o", "a"), "same", id="anonymize"),
    ],
)
def test_commands_read_a_trace_from_a_pipe(
    workplace: Workplace, through_a_pipe: ThroughAPipe, arguments: tuple[str, ...], said: str
) -> None:
    printed = through_a_pipe(workplace.record().read_bytes(), *arguments)
    assert printed.status == 0, printed.err
    assert said in printed.out


@pytest.mark.parametrize("name", ["-", "/dev/stdin"])
def test_a_process_reads_a_trace_from_its_standard_input(workplace: Workplace, name: str) -> None:
    done = subprocess.run(
        [*COMMAND, "doctor", name],
        input=workplace.record().read_bytes(),
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert b"nothing found" in done.stdout


@pytest.mark.parametrize("command", ["doctor", "recover", "cut", "split", "anonymize"])
def test_an_error_names_the_pipe(through_a_pipe: ThroughAPipe, command: str) -> None:
    more = {
        "doctor": [],
        "recover": ["-o", "a.necptrace"],
        "cut": ["--select", "1", "-o", "a.necptrace"],
        "split": ["--by", "pid", "-o", "parts"],
        "anonymize": ["--seed", "1", "-o", "a.necptrace"],
    }
    printed = through_a_pipe(b"no trace at all", command, "-", *more[command])
    assert printed.status == 2
    assert "<stdin>" in printed.out + printed.err
    assert "stdin.necptrace" not in printed.out + printed.err


def test_doctor_checks_all_traces_of_a_folder(workplace: Workplace) -> None:
    trace = workplace.record()
    (trace.parent / "cut.necptrace").write_bytes(trace.read_bytes()[:-30])
    printed = workplace.run("doctor", "traces", "none")
    assert printed.status == 2
    assert "remove_twice.necptrace\n" in printed.out
    assert f"{Path('traces/cut.necptrace')}\n  error" in printed.out
    assert "none: cannot be read" in printed.out
