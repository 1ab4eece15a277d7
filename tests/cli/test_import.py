"""``import`` of what other tools recorded: what it prints, and its exit status."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.workplace import Workplace

STRACE = "necp_open(0) = 4\nnecp_client_action(4, 1, 0x16, 16, 0x20, 7) = 0\n"
DTRUSS = "necp_open(0x0, 0x0, 0x0)\t\t = 4 0\ndtrace: 12 drops on CPU 1\n"


def test_files_of_several_formats_become_traces_that_replay(workplace: Workplace) -> None:
    workplace.write("a.txt", STRACE)
    workplace.write("b.log", f"something else\n{DTRUSS.splitlines()[0]}\n")
    for release in ("macos-10.13.3", "macos-10.15"):
        printed = workplace.run("import", "a.txt", "b.log", "-o", release, "--release", release)
        assert printed.status == 0, printed.err
        replayed = workplace.run("replay", release)
        assert replayed.status == 0, replayed.out
        assert "0 different, 0 not modelled, 2 compared in part" in replayed.out


def test_what_was_imported_and_assumed_is_printed(workplace: Workplace) -> None:
    workplace.write("a.txt", STRACE)
    workplace.write("b.log", f"something else\n{DTRUSS.splitlines()[0]}\n")
    printed = workplace.run("import", "a.txt", "b.log", "-o", "field")
    assert "field/a.txt.necptrace: strace, 2 calls, 4 records; 0 lines left out" in printed.out
    assert "field/b.log.necptrace: dtruss, 1 call, 3 records; 1 line left out" in printed.out
    assert "assumed: the source names no process" in printed.out


def test_every_line_is_explained_and_nothing_is_written(workplace: Workplace) -> None:
    workplace.write("a.txt", f"one\ntwo\n{STRACE}")
    printed = workplace.run("import", "--explain", "a.txt")
    assert printed.status == 0
    lines = printed.out.splitlines()
    assert lines[1].split() == ["1", "to", "2", "left", "it", "is", "not", "about", "NECP"]
    assert "taken  necp_open(flags 0) = 4; not known: effects" in lines[2]
    assert not list(workplace.root.rglob("*.necptrace"))


def test_what_a_tracer_lost_is_said_and_ends_with_status_4(workplace: Workplace) -> None:
    workplace.write("a.txt", DTRUSS)
    printed = workplace.run("import", "a.txt", "-o", "field", "--explain")
    assert printed.status == 4
    assert "lost   the tracer lost events here" in printed.out
    assert "1 of which may hide a call" in printed.out


def test_a_format_can_be_named(workplace: Workplace) -> None:
    workplace.write("a.txt", STRACE)
    assert workplace.run("import", "strace", "a.txt", "-o", "field").status == 0
    refused = workplace.run("import", "dtruss", "a.txt", "-o", "other")
    assert refused.status == 2
    assert "a.txt: it shows no call of NECP (dtruss, 2 lines)" in refused.err


def test_formats_are_listed(workplace: Workplace) -> None:
    printed = workplace.run("import", "--list")
    assert printed.status == 0
    for name in ("strace-json", "dtruss", "f8", "dtrace", "vectors"):
        assert f"\n{name} " in printed.out


def test_vectors_are_found_without_naming_them(workplace: Workplace) -> None:
    workplace.write(
        "v.jsonl",
        '{"vectors":1,"release":"xnu-4570.51.1","name":"v"}\n'
        '{"op":"necp_open","pid":100,"out":{"errno":0,"retval":3,"effects":[]}}\n',
    )
    workplace.write("a.txt", STRACE)
    printed = workplace.run("import", "v.jsonl", "a.txt", "-o", "field")
    assert printed.status == 0, printed.err
    found = sorted(str(each.relative_to(workplace.root)) for each in _traces(workplace))
    assert found == ["field/a.txt.necptrace", "field/xnu-4570.51.1/v.necptrace"]


def _traces(workplace: Workplace) -> list[Path]:
    return list(workplace.root.rglob("*.necptrace"))


def test_one_bad_file_does_not_end_the_import(workplace: Workplace) -> None:
    workplace.write("bad.txt", "hello\n")
    workplace.write("a.txt", STRACE)
    printed = workplace.run("import", "bad.txt", "a.txt", "-o", "field")
    assert printed.status == 2
    assert printed.err.startswith("necp-replay: bad.txt: it is of no known format")
    assert "field/a.txt.necptrace: strace" in printed.out


def test_two_files_of_one_name_are_refused(workplace: Workplace) -> None:
    workplace.write("one/a.txt", STRACE)
    workplace.write("two/A.txt", STRACE)
    printed = workplace.run("import", "one/a.txt", "two/A.txt", "-o", "field")
    assert printed.status == 2
    assert "is the trace of another file, too" in printed.err
    assert len(_traces(workplace)) == 1


@pytest.mark.parametrize(
    "arguments", [[], ["a.txt"], ["vectors", "-o", "out"], ["a.txt", "--release", "macos-99"]]
)
def test_what_cannot_be_done_is_said(workplace: Workplace, arguments: list[str]) -> None:
    workplace.write("a.txt", STRACE)
    printed = workplace.run("import", *arguments)
    assert printed.status == 2
    assert printed.err.startswith("necp-replay: ")


def test_text_of_a_log_cannot_reach_the_terminal(workplace: Workplace) -> None:
    workplace.write("a.txt", "NECP1 pid=1 call=\x1b]0;evil\x07 args=0x0\n" + STRACE)
    printed = workplace.run("import", "dtrace", "a.txt", "--explain")
    assert "\x1b" not in printed.out + printed.err
