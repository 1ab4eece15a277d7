"""`necp-replay show`: decoded records, selections, escaped text, and the pager."""

from __future__ import annotations

import io
import json
import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

from necp_replay.cli.pager import paged_output
from necp_replay.events.inputs import Step
from necp_replay.events.outcome import Outcome
from necp_replay.events.processes import ProcAdd
from necp_replay.trace.header import Attachment, Header, SourceKind
from necp_replay.trace.writer import TraceWriter
from tests.cli.workplace import NEW, Workplace
from tests.docs.terminal import Terminal

ROOT = Path(__file__).parents[2]
COMMAND = (sys.executable, "-m", "necp_replay.cli.main")


def test_records_are_shown_decoded(workplace: Workplace) -> None:
    printed = workplace.run("show", str(workplace.record()), "--select", "#1 or close")
    assert printed.status == 0
    lines = printed.out.splitlines()
    assert lines[0] == "6 1s necp_client_action ADD pid=100 fd=3 client=zero -> ok retval=0"
    assert lines[1] == "  ids"
    assert "      REMOTE_ADDRESS: 203.0.113.5:443 prefix 0" in lines
    assert "    client_id: #1" in lines
    assert "      FLAGS: 0x00000024 HAS_IPV4|SATISFIED" in lines
    assert "9 1s necp_client_action REMOVE pid=100 fd=3 client=#1 -> ENOENT" in lines
    assert "\x1b" not in printed.out


def test_a_matched_policy_is_shown_as_its_release_has_it(workplace: Workplace) -> None:
    trace = ROOT / "traces" / "differences" / "restricted_multicast.necptrace"
    printed = workplace.run("show", str(trace), "--select", "17")
    assert "    result: 296 bytes\n      routing_result: 3 DROP\n" in printed.out
    explained = workplace.run("explain", str(trace), "--record", "17")
    assert "result as written\n   ├─ routing_result 3 DROP\n" in explained.out


def test_json_lines_have_the_decoded_and_the_raw_record(workplace: Workplace) -> None:
    trace = str(workplace.record())
    printed = workplace.run("show", trace, "--select", "COPY_RESULT", "--json")
    (line,) = printed.out.splitlines()
    record = json.loads(line)
    assert record["title"] == "necp_client_action COPY_RESULT pid=100 fd=3 client=#1"
    assert (record["record"], record["clock_ns"]) == (7, 1_000_000_000)
    assert record["status"].startswith("ok retval=")
    (buffer,) = record["returned"]
    assert buffer["layer"] == "client results"
    assert {"key": "CLIENT_ID", "value": "#1"} in buffer["children"]
    raw = workplace.run("convert", trace).out.splitlines()[7]
    assert record["raw"] == json.loads(raw)


def test_hexdumps_are_printed_with_the_option(workplace: Workplace) -> None:
    trace = str(workplace.record())
    printed = workplace.run("show", trace, "--select", "COPY_RESULT", "--hex")
    assert "  passed client_id, 16 bytes" in printed.out
    assert "  returned client_id, as passed" in printed.out
    assert "    00000000  07 04 00 00 00 24 " in printed.out


def test_long_values_are_cut_unless_hex_is_given(workplace: Workplace) -> None:
    path = _trace(workplace, ProcAdd(1, "n"), description="")
    trace = str(path)
    long_one = {"op": "netagent_setopt", "session": "a", "opt": 99, "hex": "ab" * 1000}
    workplace.write("a.jsonl", workplace.run("convert", trace).out + json.dumps(long_one))
    assert workplace.run("convert", "a.jsonl", "-o", "b.necptrace").status == 0
    printed = workplace.run("show", "b.necptrace", "--select", "2")
    assert "more; --hex shows all)" in printed.out
    assert "ab" * 1000 not in printed.out
    assert "ab" * 1000 in workplace.run("show", "b.necptrace", "--hex").out


def test_control_characters_are_escaped(workplace: Workplace) -> None:
    evil = "\x1b]0;owned\x07\n\u202e\x9b2J"
    trace = str(_trace(workplace, ProcAdd(1, evil, entitlements=(evil,)), description=evil))
    for arguments in (("show", trace), ("show", trace, "--textconv"), ("show", trace, "--json")):
        printed = workplace.run(*arguments)
        assert printed.status == 0
        assert all(line.isprintable() for line in printed.out.split("\n"))


def test_a_trace_can_be_read_from_a_pipe(workplace: Workplace) -> None:
    content = workplace.record().read_bytes()
    command = [*COMMAND, "show", "-", "--select", "5-"]
    done = subprocess.run(command, input=content, capture_output=True, check=True, cwd=ROOT)
    assert done.stdout.startswith(b"5 1s necp_open")


def test_records_before_damage_are_shown_first(workplace: Workplace) -> None:
    trace = workplace.record()
    trace.write_bytes(trace.read_bytes()[:-30])
    printed = workplace.run("show", str(trace))
    assert printed.status == 2
    assert printed.out.startswith("1 1s ")
    assert "remove_twice.necptrace: at byte" in printed.err


def test_the_error_for_a_wrong_selection_points_at_the_place(workplace: Workplace) -> None:
    printed = workplace.run("show", str(workplace.record()), "--select", "pid 100 fd 3")
    assert printed.status == 2
    assert "at character 9: expected 'and', 'or' or the end, not 'fd'" in printed.err
    assert printed.err.endswith("\n  pid 100 fd 3\n          ^\n")


def test_a_trace_diffs_as_text_in_git(workplace: Workplace) -> None:
    trace = workplace.record()
    textconv = f"{sys.executable} -m necp_replay.cli.main show --textconv"
    workplace.write(".gitattributes", (ROOT / ".gitattributes").read_text("utf-8"))
    head, *records = workplace.run("convert", str(trace)).out.splitlines()

    def git(*arguments: str) -> str:
        command = ["git", "-c", f"diff.necptrace.textconv={textconv}", *arguments]
        environment = {**os.environ, "PYTHONPATH": str(ROOT), "GIT_CONFIG_GLOBAL": os.devnull}
        done = subprocess.run(command, capture_output=True, check=True, env=environment)
        return done.stdout.decode()

    git("init", "-q")
    git("add", "-N", ".")
    git("add", "traces")
    workplace.write("a.jsonl", "\n".join([head, *records[:6], *records[7:]]))
    assert workplace.run("convert", "a.jsonl", "-o", str(trace)).status == 0
    changed = [line for line in git("diff", "traces").splitlines() if line[0] in "+-"][2:]
    assert changed[0].startswith("-1s necp_client_action COPY_RESULT pid=100 fd=3 client=#1")
    assert all(line[0] == "-" for line in changed)
    assert not any("REMOVE" in line for line in changed)


def _terminal(command: list[str], environment: dict[str, str]) -> str:
    """The output of a command on a terminal."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        command, stdout=theirs, stderr=theirs, stdin=theirs, env={**os.environ, **environment}
    )
    os.close(theirs)
    found = io.BytesIO()
    while True:
        try:
            content = os.read(ours, 65536)
        except OSError:
            break
        if not content:
            break
        found.write(content)
    os.close(ours)
    assert process.wait() == 0
    return found.getvalue().decode()


@pytest.mark.parametrize(
    ("options", "pager", "is_paged"),
    [
        ((), "sed s/^/paged:/", True),
        ((), "head -n 1", False),
        ((), "no-such-pager", False),
        ((), "", False),
        (("--no-pager",), "sed s/^/paged:/", False),
        (("--json",), "sed s/^/paged:/", False),
        (("--textconv",), "sed s/^/paged:/", False),
    ],
)
def test_pager_and_colours_are_used_on_terminals_only(
    workplace: Workplace, options: tuple[str, ...], pager: str, is_paged: bool
) -> None:
    trace = str(workplace.record())
    environment = {"PAGER": pager, "PYTHONPATH": str(ROOT), "TERM": "xterm"}
    shown = _terminal([*COMMAND, "show", trace, *options], environment)
    assert shown.startswith("paged:") is is_paged
    assert ("\x1b[32mok" in shown) is ("--json" not in options)
    assert ("REMOVE" in shown) is (pager != "head -n 1")
    plain = _terminal([*COMMAND, "show", trace, *options], {**environment, "NO_COLOR": "1"})
    assert "\x1b" not in plain


def test_a_dumb_terminal_gets_no_pager(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdout", Terminal())
    monkeypatch.setenv("PAGER", "cat")
    monkeypatch.setenv("TERM", "dumb")
    with paged_output(wanted=True) as output:
        assert output is sys.stdout


def _trace(workplace: Workplace, event: ProcAdd, *, description: str) -> Path:
    path = workplace.root / "a.necptrace"
    header = Header(
        NEW,
        "n",
        description,
        SourceKind.IMPORT,
        properties=((f"key {description}", description),),
        attachments=(
            Attachment(f"a{description}", "text/plain", description.encode()),
            Attachment("binary", "x", b"\xff\x1b"),
        ),
    )
    with TraceWriter.create(path, header) as writer:
        writer.write(Step(event), Outcome(0))
    return path
