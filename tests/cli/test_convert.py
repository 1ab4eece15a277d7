"""`necp-replay convert`: traces to JSON lines and back, through files and pipes."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.workplace import Workplace

ROOT = Path(__file__).parents[2]


def test_a_trace_survives_both_conversions_byte_for_byte(workplace: Workplace) -> None:
    trace = workplace.record()
    assert workplace.run("convert", str(trace), "-o", "a.jsonl").status == 0
    assert workplace.run("convert", "a.jsonl", "-o", "a.necptrace").status == 0
    assert Path("a.necptrace").read_bytes() == trace.read_bytes()


def test_edited_lines_give_an_edited_trace(workplace: Workplace) -> None:
    printed = workplace.run("convert", str(workplace.record()))
    head, *records = printed.out.splitlines()
    workplace.write("a.jsonl", "\n".join([head, *records[:-1]]))
    assert workplace.run("convert", "a.jsonl", "-o", "a.necptrace").status == 0
    printed = workplace.run("convert", "a.necptrace")
    assert printed.out.splitlines() == [head, *records[:-1]]


def test_both_directions_work_through_pipes(workplace: Workplace) -> None:
    trace = workplace.record().read_bytes()
    lines = _through_a_pipe(trace)
    assert json.loads(lines.splitlines()[0])["name"] == "remove_twice"
    assert _through_a_pipe(lines) == trace


def test_a_failure_keeps_the_existing_file(workplace: Workplace) -> None:
    trace = workplace.record()
    damaged = workplace.root / "damaged.necptrace"
    damaged.write_bytes(trace.read_bytes()[:-30])
    workplace.write("a.jsonl", "before")
    printed = workplace.run("convert", str(damaged), "-o", "a.jsonl")
    assert printed.status == 2
    assert "damaged.necptrace: at byte" in printed.err
    assert Path("a.jsonl").read_text() == "before"
    workplace.write("b.jsonl", '{"necptrace":1,"release":"r"}\n{"op":"fly"}\n')
    printed = workplace.run("convert", "b.jsonl", "-o", str(trace))
    assert printed.status == 2
    assert "b.jsonl: line 2: op: unknown operation 'fly'" in printed.err
    assert workplace.run("convert", str(trace)).status == 0
    assert not list(workplace.root.rglob("*.partial"))


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        pytest.param(("nowhere",), "nowhere: cannot be read", id="no file"),
        pytest.param((".",), "cannot be read", id="a folder"),
        pytest.param(("x.txt",), "not a trace", id="neither"),
        pytest.param(("empty",), "empty", id="empty"),
        pytest.param(("x.jsonl", "-o", "x.jsonl"), "the same file", id="onto itself"),
        pytest.param(("x.jsonl", "-o", "y.jsonl"), "the output is a trace", id="a trace as lines"),
        pytest.param(("x.jsonl", "-o", "no/y.necptrace"), "cannot be written", id="no folder"),
        pytest.param(
            ("traces/remove_twice.necptrace", "-o", "y.necptrace"),
            "the output is JSON lines",
            id="lines as a trace",
        ),
        pytest.param(
            ("traces/remove_twice.necptrace", "-o", "no/y.jsonl"),
            "cannot be written",
            id="no folder for lines",
        ),
    ],
)
def test_wrong_inputs_and_outputs_are_refused(
    workplace: Workplace, arguments: tuple[str, ...], said: str
) -> None:
    workplace.record()
    workplace.write("x.txt", "hello")
    workplace.write("empty", "")
    workplace.write("x.jsonl", '{"necptrace":1,"release":"r"}\n')
    printed = workplace.run("convert", *arguments)
    assert printed.status == 2
    assert said in printed.err
    assert not list(workplace.root.glob("y.*"))


def _through_a_pipe(content: bytes) -> bytes:
    command = [sys.executable, "-m", "necp_replay.cli.main", "convert", "-"]
    done = subprocess.run(command, input=content, capture_output=True, check=True, cwd=ROOT)
    return done.stdout


def test_only_selected_records_are_converted(workplace: Workplace) -> None:
    trace = str(workplace.record())
    head, *lines = workplace.run("convert", trace).out.splitlines()
    printed = workplace.run("convert", trace, "--select", "7-8 or proc_add")
    assert printed.out.splitlines() == [head, lines[3], lines[6], lines[7]]


def test_selecting_from_json_lines_is_refused(workplace: Workplace) -> None:
    workplace.write("a.jsonl", '{"necptrace":1,"release":"r"}\n')
    printed = workplace.run("convert", "a.jsonl", "-o", "a.necptrace", "--select", "1")
    assert printed.status == 2
    assert "--select" in printed.err
    assert not Path("a.necptrace").exists()
