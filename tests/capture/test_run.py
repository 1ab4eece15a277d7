"""Real programs that are captured: what they see, what is recorded, and how they end."""

from __future__ import annotations

import os
import shlex
import subprocess
import time
from pathlib import Path

import pytest

from necp_replay.capture.recording import CallKind, CallRecording, RecordedCall, create_recording
from necp_replay.capture.run import ProgramEnd, capture_environment, run_program
from necp_replay.errors import UsageError
from tests.capture.built import built_programs, needs_compiler
from tests.capture.killed import killed_once
from tests.examples import examples

pytestmark = needs_compiler


def captured(
    recording: Path, *arguments: str, size_bytes: int = 1 << 30
) -> subprocess.CompletedProcess[str]:
    """Run the program with the library before it."""
    built = built_programs()
    create_recording(recording, size_bytes)
    return built.run(*arguments, **capture_environment(built.library, recording))


def calls_in(recording: Path) -> list[RecordedCall]:
    with CallRecording(recording) as opened:
        return list(opened.calls())


@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param(("threads", "4", "500"), id="threads"),
        pytest.param(("fork",), id="fork, vfork and exec"),
        pytest.param(("signals",), id="signals whose handlers call and jump"),
        pytest.param(("faults",), id="bad addresses"),
        pytest.param(("socket",), id="sockets"),
        pytest.param(("session",), id="sessions"),
        pytest.param(("ready",), id="readiness"),
    ],
)
def test_a_program_sees_the_same_as_without_capture(
    tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    alone = built_programs().run(*arguments)
    with_library = captured(tmp_path / "recording", *arguments)
    assert (with_library.returncode, with_library.stdout, with_library.stderr) == (
        alone.returncode,
        alone.stdout,
        alone.stderr,
    )
    assert alone.returncode == 0


def test_every_call_of_every_thread_is_recorded(tmp_path: Path) -> None:
    captured(tmp_path / "recording", "threads", "4", "701")
    calls = calls_in(tmp_path / "recording")
    of_thread: dict[int, int] = {}
    for call in calls:
        if call.kind not in (CallKind.BEGINS, CallKind.EXITS):
            of_thread[call.thread] = of_thread.get(call.thread, 0) + 1
    assert list(of_thread.values()) == [701] * 4
    assert [call.begin for call in calls] == sorted(call.begin for call in calls)


def test_readiness_is_recorded_however_it_is_asked_for(tmp_path: Path) -> None:
    """An fd of another file is not recorded, nor what fails."""
    captured(tmp_path / "recording", "ready")
    asked = [
        (call.kind, call.arguments[1:3])
        for call in calls_in(tmp_path / "recording")
        if call.kind in (CallKind.POLL, CallKind.SELECT)
    ]
    # What a set of select holds is read before the call, for each set.
    reads, writes, others = (0, 1), (1, 1), (2, 0)
    assert asked == [
        (CallKind.POLL, (1, 1)),
        (CallKind.SELECT, reads),
        (CallKind.SELECT, writes),
        (CallKind.SELECT, others),
    ]


def test_a_call_is_recorded_with_its_buffers_before_and_after(tmp_path: Path) -> None:
    captured(tmp_path / "recording", "threads", "1", "8")
    add = next(call for call in calls_in(tmp_path / "recording") if call.arguments[1] == 1)
    assert add.kind is CallKind.NECP_CLIENT_ACTION
    assert (add.result, add.errno) == (0, 0)
    assert add.before[2].content == bytes(16)
    assert add.after[2].content[:8] == (1).to_bytes(8, "little")
    assert add.before[4].content == add.after[4].content != b""
    assert add.begin < add.end and add.begin_ns <= add.end_ns


def test_a_full_recording_loses_calls_and_says_how_many(tmp_path: Path) -> None:
    captured(tmp_path / "recording", "threads", "1", "701", size_bytes=64 << 10)
    with CallRecording(tmp_path / "recording") as recording:
        assert len(list(recording.calls())) + recording.lost == 701 + 2


def test_without_a_recording_nothing_is_recorded_or_said(tmp_path: Path) -> None:
    built = built_programs()
    environment = capture_environment(built.library, tmp_path / "missing")
    assert built.run("faults", **environment).stdout == built.run("faults").stdout


def test_a_program_with_little_memory_is_recorded(tmp_path: Path) -> None:
    built = built_programs()
    create_recording(tmp_path / "recording", 64 << 30)
    variables = capture_environment(built.library, tmp_path / "recording")
    done = subprocess.run(
        ["sh", "-c", f"ulimit -v 1000000; exec {shlex.quote(str(built.program))} faults"],
        env={**os.environ, **variables},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == built.run("faults").stdout
    kinds = [call.kind for call in calls_in(tmp_path / "recording")]
    assert kinds.count(CallKind.NECP_CLIENT_ACTION) == 10


def test_a_recording_at_the_end_of_a_link_is_not_written(tmp_path: Path) -> None:
    create_recording(tmp_path / "recording", 1 << 20)
    (tmp_path / "link").symlink_to("recording")
    built = built_programs()
    built.run("faults", **capture_environment(built.library, tmp_path / "link"))
    assert calls_in(tmp_path / "recording") == []


def ending(tmp_path: Path, how: str) -> ProgramEnd:
    built = built_programs()
    create_recording(tmp_path / "recording", 1 << 20)
    return run_program([str(built.program), "ending", how], built.library, tmp_path / "recording")


def test_the_status_of_the_program_is_passed_on(tmp_path: Path) -> None:
    assert ending(tmp_path, "status").status == 7


def test_a_program_that_is_killed_leaves_its_calls(tmp_path: Path) -> None:
    assert ending(tmp_path, "signal").status == 128 + 9
    kinds = [call.kind for call in calls_in(tmp_path / "recording")]
    assert kinds == [CallKind.BEGINS, CallKind.NECP_OPEN]


def test_what_the_program_leaves_running_is_ended(tmp_path: Path) -> None:
    end = ending(tmp_path, "leave")
    assert end.left_running
    child = next(call for call in calls_in(tmp_path / "recording") if call.kind is CallKind.FORKED)
    stat = Path(f"/proc/{child.process}/stat")
    # Where its status is never asked for, it stays as a zombie.
    assert not stat.exists() or stat.read_text().rpartition(")")[2].split()[0] == "Z"


def test_a_program_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be started: No such file"):
        run_program([str(tmp_path / "nothing")], tmp_path / "library", tmp_path / "recording")


@pytest.mark.parametrize("part", [0.2, 0.5, 0.8])
def test_no_call_that_returned_before_a_kill_is_missing(tmp_path: Path, part: float) -> None:
    calls = examples(1_000, thorough=8_000)
    begun_s = time.monotonic()
    assert killed_once(tmp_path, 4, calls, None) == calls + 12
    whole_s = time.monotonic() - begun_s
    killed_once(tmp_path, 4, 10 * calls, part * whole_s)
