"""``necp-replay live``: the running system as an engine, here a library that stands in for it."""

from __future__ import annotations

import shlex
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from necp_replay.trace.engine_messages import PROTOCOL, Hello, encode_request
from tests.capture.built import built_programs, needs_compiler
from tests.cli.workplace import NEW, Workplace

pytestmark = needs_compiler
COMMAND = (sys.executable, "-m", "necp_replay", "live")


def engine(*options: str) -> str:
    """The command line of the engine, with the stand-in for the system."""
    return shlex.join((*COMMAND, "--library", str(built_programs().stand_in), *options))


def captured(workplace: Workplace, *program: str) -> str:
    """The name of a trace of the stand-in."""
    built = built_programs()
    arguments = ("capture", "-o", "app.necptrace", "--release", NEW)
    library = ("--library", str(built.library))
    assert workplace.run(*arguments, *library, "--", str(built.program), *program).status == 0
    return "app.necptrace"


@pytest.mark.parametrize("program", [("threads", "2", "60"), ("faults",)], ids=lambda each: each[0])
def test_a_captured_trace_is_compared_with_the_system(
    workplace: Workplace, program: tuple[str, ...]
) -> None:
    trace = captured(workplace, *program)
    printed = workplace.run("replay", trace, "--engine", engine("--really"), "--format", "json")
    report = printed.json()
    assert (report["different"], report["errors"]) == (0, 0)
    assert report["identical"] >= 10
    # What begins and ends a process is not made for real.
    assert printed.status == 3


def test_a_session_is_opened_only_with_the_option_really(workplace: Workplace) -> None:
    trace = captured(workplace, "session")
    counts = []
    for options in ((), ("--really",)):
        printed = workplace.run("replay", trace, "--engine", engine(*options), "--format", "json")
        counts.append(printed.json()["identical"])
    assert counts[1] >= counts[0] + 3


def test_without_a_mac_a_library_has_to_be_named(workplace: Workplace) -> None:
    printed = workplace.run("live")
    assert (printed.status, "only macOS has the calls of NECP" in printed.err) == (2, True)


def test_a_library_that_is_not_there_is_refused(workplace: Workplace) -> None:
    printed = workplace.run("live", "--library", "nothing.so")
    assert (printed.status, "cannot be loaded" in printed.err) == (2, True)


def test_a_signal_ends_it_after_its_changes_are_undone(tmp_path: Path) -> None:
    with subprocess.Popen(
        [*COMMAND, "--library", str(built_programs().stand_in)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=tmp_path,
    ) as running:
        assert running.stdin is not None and running.stdout is not None
        running.stdin.write(encode_request(Hello(PROTOCOL, NEW)))
        running.stdin.flush()
        assert running.stdout.read(1)
        running.send_signal(signal.SIGTERM)
        assert running.wait(60) == 128 + signal.SIGTERM
