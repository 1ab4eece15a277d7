"""Standard streams that are closed, full, or in an encoding that lacks what is printed."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.process import run_command
from tests.cli.workplace import Workplace

TRACE = "traces/remove_twice.necptrace"
PRINTING = pytest.mark.parametrize(
    "arguments",
    [
        pytest.param(("replay", "traces"), id="replay"),
        pytest.param(("replay", "traces", "--format", "json"), id="replay json"),
        pytest.param(("show", TRACE), id="show"),
        pytest.param(("info", TRACE), id="info"),
        pytest.param(("convert", TRACE), id="convert"),
        pytest.param(("doctor", TRACE), id="doctor"),
        pytest.param(("releases",), id="releases"),
        pytest.param(("--help",), id="help"),
        pytest.param(("show", "--help"), id="help of a command"),
        pytest.param(("--version",), id="version"),
    ],
)
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


@PRINTING
@pytest.mark.parametrize("output", [">&-", ">/dev/full"])
def test_output_that_cannot_be_written_is_an_error(
    accepted: Workplace, arguments: tuple[str, ...], output: str
) -> None:
    done = run_command(accepted.root, *arguments, shell=output)
    assert done.returncode == 2
    assert "necp-replay: standard input or output: " in done.stderr
    assert "Traceback" not in done.stderr
    assert "Exception ignored" not in done.stderr


@pytest.mark.parametrize("errors", ["2>&-", "2>/dev/full"])
def test_messages_that_nobody_can_read_change_no_status(accepted: Workplace, errors: str) -> None:
    assert run_command(accepted.root, "replay", "traces", shell=errors).returncode == 0
    assert run_command(accepted.root, "replay", "elsewhere", shell=errors).returncode == 2
    assert run_command(accepted.root, "no-such-command", shell=errors).returncode == 2


def test_all_streams_closed_is_an_error(accepted: Workplace) -> None:
    done = run_command(accepted.root, "replay", "traces", shell="<&- >&- 2>&-")
    assert done.returncode == 2


@pytest.mark.parametrize("command", ["doctor", "info", "show", "convert"])
def test_closed_input_is_an_error(accepted: Workplace, command: str) -> None:
    done = run_command(accepted.root, command, "-", shell="<&-")
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    assert "Bad file descriptor" in done.stderr + done.stdout


def test_a_command_that_does_not_read_its_input_runs_without(accepted: Workplace) -> None:
    assert run_command(accepted.root, "replay", "traces", shell="<&-").returncode == 0


def test_a_file_written_without_standard_streams_is_whole(accepted: Workplace) -> None:
    arguments = ("convert", TRACE, "-o")
    assert run_command(accepted.root, *arguments, "one.jsonl").returncode == 0
    assert run_command(accepted.root, *arguments, "two.jsonl", shell="<&- >&-").returncode == 0
    one, two = ((accepted.root / name).read_bytes() for name in ("one.jsonl", "two.jsonl"))
    assert one == two


@PRINTING
def test_a_reader_that_has_left_is_no_verdict(
    accepted: Workplace, arguments: tuple[str, ...]
) -> None:
    done = run_command(accepted.root, *arguments, shell="| exec true; sleep 0.3")
    assert "Traceback" not in done.stderr
    assert "Exception ignored" not in done.stderr


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_any_encoding_of_the_output_escapes_what_it_lacks(
    accepted: Workplace, encoding: str
) -> None:
    folder = accepted.root / "traces" / "\u2318\U0001f310"
    folder.mkdir()
    trace = accepted.root / TRACE
    (folder / "\xe9.necptrace").write_bytes(trace.read_bytes())
    env = {"PYTHONIOENCODING": encoding}
    accept = run_command(accepted.root, "accept", "traces", env=env)
    assert (accept.returncode, accept.stderr) == (0, "")
    assert list((accepted.root / "golden").rglob("\xe9*.golden"))
    for arguments in (("replay", "traces"), ("replay", "traces", "-v"), ("doctor", "traces")):
        done = run_command(accepted.root, *arguments, env=env)
        assert (done.returncode, done.stderr) == (0, "")
    failed = run_command(accepted.root, "show", "\u2318/\U0001f310", env=env)
    assert failed.returncode == 2
    assert "Traceback" not in failed.stderr


def test_a_name_that_is_not_utf8_is_printed_as_an_escape(accepted: Workplace) -> None:
    trace = accepted.root / TRACE
    name = b"\xff\xfe.necptrace".decode("utf-8", "surrogateescape")
    Path(trace.parent, name).write_bytes(trace.read_bytes())
    for command in ("replay", "doctor", "accept"):
        done = run_command(accepted.root, command, "traces")
        assert "Traceback" not in done.stderr
        assert done.returncode in (0, 1)
