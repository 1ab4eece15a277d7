"""`necp-replay step`: its commands from options, a pipe and a terminal, and what it refuses."""

from __future__ import annotations

import io
import json
import os
import pty
import select
import signal
import sys
import time
from pathlib import Path

import pytest

from necp_replay.trace.reader import TraceReader
from necp_replay.trace.writer import TraceWriter
from tests.cli.workplace import NEW, Workplace

ROOT = Path(__file__).parents[2]
VPN = str(ROOT / "traces/policies/vpn.necptrace")
PANIC = str(next((ROOT / "traces/vulnerabilities").glob("*.necptrace")))


def _commands(*commands: str) -> list[str]:
    return [word for command in commands for word in ("-c", command)]


def test_a_place_shows_record_changes_and_result(workplace: Workplace) -> None:
    printed = workplace.run("step", VPN, *_commands("to 23"))
    assert printed.status == 0, printed
    assert "23 1s necp_client_action ADD pid=100 fd=3 client=zero -> ok" in printed.out
    assert "counters > necp_client_count: 0 -> 1" in printed.out
    assert "client #1 of mail (100): IP_TUNNEL utun0, through utun0, satisfied (new)" in printed.out


def test_back_and_forward_show_the_same_places(workplace: Workplace) -> None:
    there = workplace.run("step", VPN, *_commands("to 24", "next", "record"))
    again = workplace.run("step", VPN, *_commands("to end", "back 10", "record"))
    place = "record"
    assert there.out.split(place)[-1] == again.out.split(place)[-1]


def test_commands_come_from_a_pipe(workplace: Workplace, monkeypatch: pytest.MonkeyPatch) -> None:
    lines = "# a comment\n\nto 14\nwhat-if policy 2 POLICY_RESULT=DROP\nundo\nquit\nnext\n"
    monkeypatch.setattr("sys.stdin", io.StringIO(lines))
    printed = workplace.run("step", VPN, "-")
    assert printed.status == 0, printed
    assert "what if  3 DROP" in printed.out
    assert "no edits are in force" in printed.out
    assert "> next" not in printed.out, "nothing is carried out after quit"


def test_every_command_answers_in_json(workplace: Workplace) -> None:
    commands = ("to 23", "explain", "state client/#1/result", "what-if drop", "edits", "help")
    printed = workplace.run("step", VPN, *_commands(*commands), "--format", "json")
    lines = [json.loads(line) for line in printed.out.splitlines()]
    assert [line["command"] for line in lines] == list(commands)
    assert lines[0]["place"]["record"]["record"] == 23
    assert lines[1]["explanation"]["record"] == 23
    assert lines[2]["places"][0]["path"].endswith("client/#1/result")
    assert lines[3]["what_if"]["causes"][0]["record"] == 23
    assert lines[4]["edits"]


@pytest.mark.parametrize(
    ("command", "reason", "hint"),
    [
        ("fnd error", "there is no command fnd", "Did you mean find?"),
        ("to 99", "there is no record 99", "Records are counted from 1"),
        ("to", "to needs a record", "Try: to 12"),
        ("next 1 2", "next takes [N]", "help lists the commands"),
        ("next x", "x is not a number of records", "Give a number"),
        ("more", "nothing was compared", "what-if"),
        ("undo", "no edit is in force", "what-if"),
        ("state clientt", "the state has nothing at clientt here", ""),
        ("explain", "before the first record", "next"),
        ("what-if drop", "before the first record", "next"),
        ("find 'open", "no closing quotation", "Close the quotes."),
    ],
)
def test_a_script_ends_at_the_first_command_that_cannot_be_carried_out(
    workplace: Workplace, command: str, reason: str, hint: str
) -> None:
    printed = workplace.run("step", VPN, *_commands(command, "next"))
    assert printed.status == 2
    assert reason in printed.err
    assert hint in printed.err
    assert not printed.out


def test_a_trace_that_takes_the_system_down_can_be_stepped_through(workplace: Workplace) -> None:
    printed = workplace.run(
        "step", PANIC, *_commands("to end", "back", "rfind error", "what-if drop")
    )
    assert printed.status == 0, printed


def test_a_damaged_trace_is_stepped_up_to_the_damage(workplace: Workplace) -> None:
    damaged = workplace.root / "damaged.necptrace"
    damaged.write_bytes(Path(VPN).read_bytes()[:-60])
    printed = workplace.run("step", str(damaged), *_commands("to end", "next", "back"))
    assert printed.status == 4, printed
    assert printed.err.count("damaged.necptrace: at byte") == 2
    assert "end of the trace" not in printed.out


def test_what_an_edit_changes_up_to_the_damage_is_not_all(workplace: Workplace) -> None:
    damaged = workplace.root / "damaged.necptrace"
    with (
        TraceReader(Path(VPN)) as reader,
        TraceWriter.create(damaged, reader.header) as writer,
    ):
        for number, step, outcome in reader:
            writer.write(step, outcome)
            if number == 20:
                writer.flush()
    damaged.write_bytes(damaged.read_bytes()[:-900])
    printed = workplace.run("step", str(damaged), *_commands("what-if drop 5"))
    assert printed.status == 4, printed
    assert "the rest of the trace cannot be read" in printed.out


def test_a_trace_without_outcomes_shows_what_the_model_answers(workplace: Workplace) -> None:
    bare = workplace.root / "bare.necptrace"
    with TraceReader(Path(VPN)) as reader, TraceWriter.create(bare, reader.header) as writer:
        for _, step, _ in reader:
            writer.write(step)
    printed = workplace.run("step", str(bare), *_commands("to 23", "what-if drop"))
    assert printed.status == 0, printed
    assert "-> ok retval=0" in printed.out


def test_standard_input_may_be_named_after_options(
    workplace: Workplace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("record\n"))
    printed = workplace.run("step", VPN, "--record", "23", "-")
    assert (printed.status, printed.err) == (0, "")
    assert "23 1s necp_client_action ADD" in printed.out


def test_arguments_that_cannot_be_stepped_through_are_refused(workplace: Workplace) -> None:
    for arguments, reason in (
        ((VPN, "--engine", "x"), "an external engine cannot go back"),
        ((str(ROOT / "traces"),), "this is a folder"),
        ((VPN, "-", "-c", "next"), "commands come from --command or from -"),
        ((VPN, "--record", "99"), "there is no record 99"),
        ((VPN, "--record", "9", "x"), "there is no x; choose -"),
        ((VPN, "-", "x"), "unexpected words: x"),
    ):
        printed = workplace.run("step", *arguments)
        assert printed.status == 2
        assert reason in printed.err


def test_explain_and_step_name_each_other_as_the_next_command(workplace: Workplace) -> None:
    explained = workplace.run("explain", VPN, "--record", "23", "--release", NEW)
    assert f"necp-replay step {VPN} --record 23 --release {NEW}" in explained.out
    stepped = workplace.run("step", VPN, "--record", "23", *_commands("explain"))
    assert f"necp-replay explain {VPN} --record 23" in stepped.out


def test_ctrl_c_stops_a_long_command_but_not_the_tool(tmp_path: Path) -> None:
    """In a terminal: a long search is stopped, and the next command answers."""
    trace = tmp_path / "long.necptrace"
    with TraceReader(Path(VPN)) as reader:
        header, steps = reader.header, [step for _, step, _ in reader]
    with TraceWriter.create(trace, header) as writer:
        for step in steps:
            writer.write(step)
        for _ in range(100_000):
            writer.write(steps[25])
    pid, terminal = pty.fork()
    if pid == 0:
        os.environ.update(TERM="dumb", NO_COLOR="1")
        words = [sys.executable, "-m", "necp_replay", "step", str(trace)]
        os.execv(sys.executable, words)
    try:
        _read_until(terminal, b"> ")
        os.write(terminal, b"find 99999\n")
        shown = b""
        for _ in range(60):
            shown += _read_for(terminal, 0.5)
            if b"stopped at record" in shown:
                break
            # A first Ctrl-C may come before the command has begun, and then only drops a line.
            os.write(terminal, b"\x03")
        assert b"stopped at record" in shown
        os.write(terminal, b"to 5\n")
        assert b"\r\n5 " in _read_until(terminal, b"\r\n5 ")
        os.write(terminal, b"\x04")
        deadline = time.monotonic() + _MOST_S
        while not (ended := os.waitpid(pid, os.WNOHANG))[0]:
            _read_for(terminal, 0.1)
            assert time.monotonic() < deadline, "Ctrl-D ends the tool"
        assert os.waitstatus_to_exitcode(ended[1]) == 0
        pid = 0
    finally:
        os.close(terminal)
        if pid:
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)


_MOST_S = 60.0


def _read_for(terminal: int, seconds: float) -> bytes:
    """What the terminal shows in a time; nothing once the program has ended."""
    shown = b""
    deadline = time.monotonic() + seconds
    while (left := deadline - time.monotonic()) > 0:
        if select.select([terminal], [], [], left)[0]:
            try:
                shown += os.read(terminal, 65536)
            except OSError:
                break
    return shown


def _read_until(terminal: int, end: bytes) -> bytes:
    """What the terminal shows up to a text."""
    shown = b""
    deadline = time.monotonic() + _MOST_S
    while end not in shown:
        assert time.monotonic() < deadline, shown[-2000:]
        shown += _read_for(terminal, 0.1)
    return shown
