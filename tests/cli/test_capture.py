"""``necp-replay capture``: what it prints, its exit status, and what it leaves."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from necp_replay.capture import system_release
from necp_replay.capture.recording import create_recording
from necp_replay.capture.run import capture_environment
from tests.capture.built import built_programs, needs_compiler
from tests.cli.workplace import NEW, Workplace

pytestmark = needs_compiler
ARGUMENTS = ("capture", "--release", NEW, "-o", "app.necptrace")


@pytest.fixture(autouse=True)
def _cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


def capture(workplace: Workplace, *program: str) -> tuple[int, str]:
    """Run the command on the program of the tests; returns the status and what it says."""
    built = built_programs()
    library = ("--library", str(built.library))
    printed = workplace.run(*ARGUMENTS, *library, "--", str(built.program), *program)
    return printed.status, printed.err


def test_a_program_becomes_a_trace(workplace: Workplace) -> None:
    status, said = capture(workplace, "faults")
    assert status == 0
    assert "12 calls of 1 process\n" in said
    assert "missing: interfaces, agents and policies of the system are not all known" in said
    assert not (workplace.root / "app.necptrace.recording").exists()
    assert NEW in workplace.run("info", "app.necptrace").out


def test_the_library_is_built_and_found_again(workplace: Workplace, tmp_path: Path) -> None:
    program = str(built_programs().program)
    for _ in range(2):
        assert workplace.run(*ARGUMENTS, "--", program, "faults").status == 0
    assert len(list((tmp_path / "cache" / "necp-replay").iterdir())) == 1


def test_no_library_is_loaded_from_a_folder_that_others_write(
    workplace: Workplace, tmp_path: Path
) -> None:
    folder = tmp_path / "cache" / "necp-replay"
    folder.mkdir(parents=True)
    folder.chmod(0o777)
    printed = workplace.run(*ARGUMENTS, "--", str(built_programs().program), "faults")
    assert printed.status == 2
    assert "is not private" in printed.err


def test_no_library_is_loaded_through_a_link(workplace: Workplace, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir(mode=0o700)
    (tmp_path / "cache").mkdir()
    (tmp_path / "cache" / "necp-replay").symlink_to(tmp_path / "elsewhere")
    printed = workplace.run(*ARGUMENTS, "--", str(built_programs().program), "faults")
    assert printed.status == 2
    assert "is not private" in printed.err


def test_the_status_is_that_of_the_program(workplace: Workplace) -> None:
    status, said = capture(workplace, "ending", "status")
    assert (status, "ended with status 7" in said) == (7, True)


def test_a_program_that_a_signal_ends_has_a_trace(workplace: Workplace) -> None:
    status, said = capture(workplace, "ending", "signal")
    assert (status, "1 call of 1 process" in said) == (137, True)


def test_a_program_that_loads_no_library_is_named(workplace: Workplace) -> None:
    printed = workplace.run(*ARGUMENTS, "--library", "nothing", "--", "true")
    assert (printed.status, "there is no such library" in printed.err) == (2, True)
    workplace.write("empty.so", "")
    printed = workplace.run(*ARGUMENTS, "--library", "empty.so", "--", "true")
    assert printed.status == 0
    assert "nothing was recorded: it did not start, or it clears its environment" in printed.err


def test_calls_that_were_lost_are_counted(workplace: Workplace) -> None:
    built = built_programs()
    library = ("--library", str(built.library), "--size", "64K")
    printed = workplace.run(*ARGUMENTS, *library, "--", str(built.program), "threads", "1", "701")
    assert printed.status == 4
    assert "was not recorded, because the recording was full (" in printed.err


def test_a_recording_that_is_left_becomes_a_trace(workplace: Workplace) -> None:
    built = built_programs()
    path = workplace.root / "left.recording"
    create_recording(path, 1 << 20)
    built.run("faults", **capture_environment(built.library, path))
    printed = workplace.run(*ARGUMENTS, "--from", "left.recording")
    assert (printed.status, "12 calls of 1 process" in printed.err) == (0, True)
    assert path.exists()


def test_a_recording_of_an_earlier_capture_is_not_overwritten(workplace: Workplace) -> None:
    (workplace.root / "app.necptrace.recording").write_bytes(b"worth keeping")
    status, said = capture(workplace, "faults")
    assert (status, "Make a trace of it with --from" in said) == (2, True)
    assert (workplace.root / "app.necptrace.recording").read_bytes() == b"worth keeping"


def test_the_release_has_to_be_said_where_the_kernel_does_not_say_it(workplace: Workplace) -> None:
    printed = workplace.run("capture", "-o", "app.necptrace", "--", "true")
    assert (printed.status, "--release has to say" in printed.err) == (2, True)


def test_a_release_that_is_not_modelled_can_be_captured(
    workplace: Workplace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(system_release, "running_release", lambda: "xnu-99999.1.1")
    built = built_programs()
    arguments = ("capture", "-o", "app.necptrace", "--library", str(built.library))
    printed = workplace.run(*arguments, "--", str(built.program), "session")
    assert printed.status == 0
    assert "xnu-99999.1.1 is not modelled: the trace can be read" in printed.err
    assert "xnu-99999.1.1" in workplace.run("info", "app.necptrace").out


def test_the_environment_can_be_given(workplace: Workplace) -> None:
    built = built_programs()
    workplace.write("network.jsonl", '{"op":"iface_attach","index":4,"name":"en0"}\n')
    given = ("--library", str(built.library), "--environment", "network.jsonl")
    printed = workplace.run(*ARGUMENTS, *given, "--", str(built.program), "session")
    assert (printed.status, "not all known" in printed.err) == (0, False)
    workplace.write("network.jsonl", '{"op":"iface_atach"}\n')
    printed = workplace.run(*ARGUMENTS, *given, "--", str(built.program), "session")
    assert (printed.status, "network.jsonl: line 1: op: unknown" in printed.err) == (2, True)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGUSR1])
def test_signals_are_forwarded(tmp_path: Path, number: signal.Signals) -> None:
    built = built_programs()
    command = [sys.executable, "-m", "necp_replay", *ARGUMENTS, "--library", str(built.library)]
    with subprocess.Popen(
        [*command, "--", str(built.program), "ending", "wait"],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=tmp_path,
    ) as running:
        assert running.stdout is not None
        assert running.stdout.readline() == b"ready\n"
        running.send_signal(number)
        _, said = running.communicate(timeout=60)
    assert running.returncode == 128 + number
    assert b"1 call of 1 process" in said


def test_a_capture_that_is_killed_ends_the_program_and_leaves_the_recording(
    tmp_path: Path,
) -> None:
    built = built_programs()
    command = [sys.executable, "-m", "necp_replay", *ARGUMENTS, "--library", str(built.library)]
    with subprocess.Popen(
        [*command, "--", str(built.program), "ending", "wait"],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        cwd=tmp_path,
    ) as running:
        assert running.stdout is not None
        assert running.stdout.readline() == b"ready\n"
        running.kill()
        # The program holds the other end of its standard output until it ends.
        assert running.stdout.read() == b""
    done = subprocess.run(
        [sys.executable, "-m", "necp_replay", *ARGUMENTS, "--from", "app.necptrace.recording"],
        cwd=tmp_path,
        capture_output=True,
        check=True,
    )
    assert b"1 call of 1 process" in done.stderr
