"""Pipes are copied to a temporary file within a limit, and only if a trace comes out of them."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import tempfile
import time
from pathlib import Path

import pytest

from tests.cli.process import COMMAND, environment
from tests.cli.workplace import Workplace

SPOOLING = {
    "doctor": (),
    "cut": ("--select", "1", "-o", "out.necptrace"),
    "split": ("--by", "pid", "-o", "parts"),
    "anonymize": ("--seed", "1", "-o", "out.necptrace"),
    "attachments": (),
    "recover": ("-o", "out.necptrace"),
}
OTHERS = {
    "info": (),
    "show": (),
    "convert": (),
    "replay": (),
    "explain": ("--record", "1"),
}


@pytest.fixture
def spool(workplace: Workplace) -> tuple[Workplace, Path, dict[str, str]]:
    """A workplace with a trace, a folder for temporary files, and the environment that names it."""
    workplace.record()
    folder = workplace.root / "temporary"
    folder.mkdir()
    return workplace, folder, {"TMPDIR": str(folder)}


Spool = tuple[Workplace, Path, dict[str, str]]

ENDLESS = {
    "zeros": "cat /dev/zero",
    "noise": r"yes $(printf '\377\001\200')",
    "braces": "yes '{'",
}
"""Shell commands that write without end. ``convert`` takes what begins with a brace for JSON."""


@pytest.mark.parametrize("command", [*SPOOLING, *OTHERS])
@pytest.mark.parametrize("source", ["/dev/zero", "zeros", "noise", "braces"])
def test_endless_input_is_refused_at_once(
    spool: Spool, monkeypatch: pytest.MonkeyPatch, command: str, source: str
) -> None:
    workplace, folder, _ = spool
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    more = {**SPOOLING, **OTHERS}[command]
    writer = None
    if source in ENDLESS:
        os.mkfifo(workplace.root / source)
        writer = subprocess.Popen(["sh", "-c", f"{ENDLESS[source]} > {source}"], cwd=workplace.root)
    started_s = time.monotonic()
    printed = workplace.run(command, source, *more)
    assert time.monotonic() - started_s < 20
    if writer is not None:
        writer.wait(20)
    assert printed.status == 2
    said = printed.out + printed.err
    assert source in said
    if command == "recover":
        expected = "no part of a trace is within"
    elif command == "convert" and source == "braces":
        expected = "line 1: not JSON"
    else:
        expected = "not a trace"
    assert expected in said
    assert list(folder.iterdir()) == []
    assert not (workplace.root / "out.necptrace").exists()


def test_a_pipe_whose_beginning_is_lost_is_recovered(spool: Spool) -> None:
    workplace, folder, env = spool
    trace = "traces/remove_twice.necptrace"
    words = (*COMMAND, "recover", "-", "-o", "out.necptrace", "--release", "xnu-4570.51.1")
    done = subprocess.run(
        ["sh", "-c", f'(head -c 9000 /dev/zero; tail -c +9 {trace}) | "$@"', "sh", *words],
        cwd=workplace.root,
        env=environment(env),
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 4, done.stderr
    assert workplace.run("info", "out.necptrace").status == 0
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize("command", SPOOLING)
def test_a_pipe_of_more_than_the_limit_is_refused(spool: Spool, command: str) -> None:
    workplace, folder, env = spool
    trace = "traces/remove_twice.necptrace"
    pipe = f"(cat {trace}; head -c 2000000 /dev/zero)"
    words = (*COMMAND, command, "-", *SPOOLING[command], "--spool-limit", "1M")
    done = subprocess.run(
        ["sh", "-c", f'{pipe} | "$@"', "sh", *words],
        cwd=workplace.root,
        env=environment(env),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert "<stdin>: more than 1,048,576 bytes" in done.stdout + done.stderr
    assert "--spool-limit" in done.stdout + done.stderr
    assert list(folder.iterdir()) == []


def test_a_socket_is_refused(spool: Spool, monkeypatch: pytest.MonkeyPatch) -> None:
    workplace, _, _ = spool
    # The name of a socket is limited to about a hundred bytes.
    monkeypatch.chdir(workplace.root)
    with socket.socket(socket.AF_UNIX) as server:
        server.bind("s")
        for command in ("doctor", "info", "replay", "convert"):
            printed = workplace.run(command, "s")
            assert printed.status == 2
            assert "It is a socket or a device" in printed.out + printed.err


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
@pytest.mark.parametrize("command", ["doctor", "cut"])
def test_a_signal_removes_the_copy(spool: Spool, command: str, number: signal.Signals) -> None:
    workplace, folder, env = spool
    trace = (workplace.root / "traces" / "remove_twice.necptrace").read_bytes()
    with subprocess.Popen(
        [*COMMAND, command, "-", *SPOOLING[command]],
        cwd=workplace.root,
        env=environment(env),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stdin is not None and process.stderr is not None
        process.stdin.write(trace)
        process.stdin.flush()
        deadline_s = time.monotonic() + 20
        while not list(folder.rglob("*.necptrace")) and time.monotonic() < deadline_s:
            time.sleep(0.01)
        process.send_signal(number)
        assert process.wait(20) == 128 + number
        assert process.stderr.read() == b""
    assert list(folder.iterdir()) == []


def test_a_full_temporary_folder_is_a_message(spool: Spool) -> None:
    workplace, folder, env = spool
    limit = "import resource, os, sys; resource.setrlimit(resource.RLIMIT_FSIZE, (512, 512));"
    limit += "import signal; signal.signal(signal.SIGXFSZ, signal.SIG_IGN);"
    limit += "from necp_replay.cli.main import main; sys.exit(main())"
    trace = (workplace.root / "traces" / "remove_twice.necptrace").read_bytes()
    done = subprocess.run(
        [COMMAND[0], "-c", limit, "doctor", "-"],
        cwd=workplace.root,
        env=environment({**env, "PYTHONDONTWRITEBYTECODE": "1"}),
        input=trace + os.urandom(4000),
        capture_output=True,
        check=False,
    )
    assert done.returncode == 2
    assert b"necp-replay-" in done.stdout + done.stderr
    assert b"cannot be written: File too large" in done.stdout + done.stderr
    assert list(folder.iterdir()) == []


def test_no_temporary_folder_is_a_message(spool: Spool) -> None:
    workplace, folder, _ = spool
    folder.rmdir()
    code = "import sys, tempfile; tempfile._candidate_tempdir_list = lambda: ['missing'];"
    code += "from necp_replay.cli.main import main; sys.exit(main())"
    done = subprocess.run(
        [COMMAND[0], "-c", code, "doctor", "-"],
        cwd=workplace.root,
        env=environment(),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert "no temporary folder" in done.stdout + done.stderr
    assert "Set TMPDIR" in done.stdout + done.stderr
