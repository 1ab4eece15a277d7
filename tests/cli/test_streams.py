"""Standard streams that are closed, full, or in an encoding that lacks what is printed."""

from __future__ import annotations

import io
import sys
from pathlib import Path

import pytest

from necp_replay.cli.main import main
from tests.cli.process import run_command, run_commands
from tests.cli.workplace import Workplace

TRACE = "traces/remove_twice.necptrace"
PRINTING = [
    ("replay", "traces"),
    ("replay", "traces", "--format", "json"),
    ("show", TRACE),
    ("info", TRACE),
    ("convert", TRACE),
    ("doctor", TRACE),
    ("releases",),
    ("--help",),
    ("show", "--help"),
    ("--version",),
]
"""Commands that print something."""
ENCODINGS = [
    "cp1252",
    "ascii:strict",
    "latin-1",
    "shift_jis",
    "utf-16",
    "utf-7",
    "idna",
    "undefined",
]


@pytest.fixture
def accepted(workplace: Workplace) -> Workplace:
    """A trace that is replayed as identical."""
    workplace.record()
    assert workplace.run("accept", "traces").status == 0
    return workplace


@pytest.mark.parametrize("output", [">&-", ">/dev/full"])
def test_output_that_cannot_be_written_is_an_error(accepted: Workplace, output: str) -> None:
    for done in run_commands(accepted.root, PRINTING, shell=output):
        assert done.returncode == 2, done
        assert "necp-replay: standard input or output: " in done.stderr, done
        assert "Traceback" not in done.stderr, done
        assert "Exception ignored" not in done.stderr, done


@pytest.mark.parametrize("errors", ["2>&-", "2>/dev/full"])
def test_messages_that_cannot_be_printed_change_no_status(accepted: Workplace, errors: str) -> None:
    assert run_command(accepted.root, "replay", "traces", shell=errors).returncode == 0
    assert run_command(accepted.root, "replay", "elsewhere", shell=errors).returncode == 2
    assert run_command(accepted.root, "no-such-command", shell=errors).returncode == 2


def test_all_streams_closed_is_an_error(accepted: Workplace) -> None:
    done = run_command(accepted.root, "replay", "traces", shell="<&- >&- 2>&-")
    assert done.returncode == 2


def test_closed_input_is_an_error_of_commands_that_read_it(accepted: Workplace) -> None:
    reading = [(command, "-") for command in ("doctor", "info", "show", "convert")]
    commands = [*reading, ("replay", "traces")]
    *failed, replay = run_commands(accepted.root, commands, shell="<&-")
    for done in failed:
        assert done.returncode == 2, done
        assert "Traceback" not in done.stderr, done
        assert "Bad file descriptor" in done.stderr + done.stdout, done
    assert replay.returncode == 0


def test_a_file_written_without_standard_streams_is_whole(accepted: Workplace) -> None:
    arguments = ("convert", TRACE, "-o")
    assert run_command(accepted.root, *arguments, "one.jsonl").returncode == 0
    assert run_command(accepted.root, *arguments, "two.jsonl", shell="<&- >&-").returncode == 0
    one, two = ((accepted.root / name).read_bytes() for name in ("one.jsonl", "two.jsonl"))
    assert one == two


def test_a_closed_output_does_not_change_the_exit_status(accepted: Workplace) -> None:
    golden = accepted.root / "golden" / "remove_twice@xnu-4570.51.1.golden"
    changed = golden.read_text("utf-8").replace("-> ENOENT", "-> EBADF")
    other = accepted.root / "other"
    other.mkdir()
    (other / golden.name).write_text(changed, "utf-8")
    failing = ("replay", "traces", "--golden", "other", "-v")
    *passing, failed = run_commands(accepted.root, [*PRINTING, failing], shell="| exec true")
    assert failed.returncode == 1, failed
    for done in passing:
        assert done.returncode == 0, done
        assert "Traceback" not in done.stderr, done
        assert "Exception ignored" not in done.stderr, done


@pytest.fixture
def oddly_named(accepted: Workplace) -> Workplace:
    """The same, with a second trace whose name few encodings can write."""
    folder = accepted.root / "traces" / "\u2318\U0001f310"
    folder.mkdir()
    (folder / "\xe9.necptrace").write_bytes((accepted.root / TRACE).read_bytes())
    return accepted


WELL = [
    ("accept", "traces"),
    ("replay", "traces"),
    ("replay", "traces", "-v"),
    ("doctor", "traces"),
]
FAILING = ("show", "\u2318/\U0001f310")


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_any_encoding_of_the_output_escapes_what_it_lacks(
    oddly_named: Workplace, monkeypatch: pytest.MonkeyPatch, encoding: str
) -> None:
    name, _, errors = encoding.partition(":")

    def run(*arguments: str) -> tuple[int, bytes]:
        written = io.BytesIO()
        monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(io.BytesIO(), name, errors or None))
        monkeypatch.setattr(sys, "stderr", io.TextIOWrapper(written, name, errors or None))
        status = main(arguments)
        return status, written.getvalue()

    for arguments in WELL:
        assert run(*arguments) == (0, b""), arguments
    assert list((oddly_named.root / "golden").rglob("\xe9*.golden"))
    status, said = run(*FAILING)
    assert status == 2
    assert said
    assert b"Traceback" not in said


@pytest.mark.parametrize("encoding", ["cp1252", "undefined"])
def test_the_encoding_that_a_process_starts_with_is_any(
    oddly_named: Workplace, encoding: str
) -> None:
    env = {"PYTHONIOENCODING": encoding}
    *well, failed = run_commands(oddly_named.root, [*WELL, FAILING], env=env)
    for done in well:
        assert (done.returncode, done.stderr) == (0, ""), done
    assert failed.returncode == 2
    assert "Traceback" not in failed.stderr


def test_a_name_that_is_not_utf8_is_printed_as_an_escape(accepted: Workplace) -> None:
    trace = accepted.root / TRACE
    name = b"\xff\xfe.necptrace".decode("utf-8", "surrogateescape")
    Path(trace.parent, name).write_bytes(trace.read_bytes())
    commands = [(command, "traces") for command in ("replay", "doctor", "accept")]
    for done in run_commands(accepted.root, commands):
        assert "Traceback" not in done.stderr
        assert done.returncode in (0, 1)
