"""`necp-replay doctor` and `recover`, and replays of damaged traces."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.workplace import Workplace


@pytest.fixture
def trace(workplace: Workplace) -> Path:
    return workplace.record().relative_to(workplace.root)


@pytest.fixture
def cut(trace: Path) -> Path:
    """The trace without the end of its last chunk and its closing record."""
    path = Path("cut.necptrace")
    path.write_bytes(trace.read_bytes()[:-150])
    return path


def test_an_intact_trace_is_status_0(workplace: Workplace, trace: Path) -> None:
    printed = workplace.run("doctor", str(trace))
    assert printed.status == 0
    assert printed.out.startswith(f"{trace}\n")
    assert "nothing found" in printed.out


def test_a_damaged_trace_is_status_1_with_the_place(workplace: Workplace, cut: Path) -> None:
    printed = workplace.run("doctor", str(cut))
    assert printed.status == 1
    assert "error   at byte" in printed.out
    assert "the file is cut short" in printed.out


def test_a_file_that_is_not_a_trace_is_status_2_and_others_are_checked(
    workplace: Workplace, trace: Path, cut: Path
) -> None:
    text = workplace.write("README.md", "no trace")
    printed = workplace.run("doctor", str(text), "none.necptrace", str(cut), str(trace))
    assert printed.status == 2
    assert "unreadable: " in printed.out
    assert "this is not a trace" in printed.out
    assert "none.necptrace: cannot be read" in printed.out
    assert "nothing found" in printed.out


def test_the_json_has_the_findings(workplace: Workplace, trace: Path, cut: Path) -> None:
    printed = workplace.run("doctor", str(trace), str(cut), "none.necptrace", "--json")
    assert printed.status == 2
    report = printed.json()
    assert (report["traces"], report["unreadable"], report["errors"]) == (3, 1, 2)
    sound, damaged, unreadable = report["per_trace"]
    assert sound["findings"] == []
    assert damaged["findings"][0]["severity"] == "error"
    assert damaged["findings"][0]["check"] == "damage"
    assert damaged["findings"][0]["offset"] > 0
    assert "cannot be read" in unreadable["unreadable"]


def test_control_characters_in_a_name_are_escaped(workplace: Workplace) -> None:
    path = workplace.write("\x1b[2Ja.necptrace", "no trace")
    printed = workplace.run("doctor", str(path))
    assert "\x1b" not in printed.out
    assert "\x1b" not in workplace.run("recover", str(path), "-o", "b.necptrace").err


def test_an_intact_trace_is_recovered_unchanged_with_status_0(
    workplace: Workplace, trace: Path
) -> None:
    printed = workplace.run("recover", str(trace), "-o", "a.necptrace")
    assert printed.status == 0
    assert "nothing lost" in printed.out
    assert Path("a.necptrace").read_bytes() == trace.read_bytes()


def test_a_recovery_with_losses_is_status_4_and_lists_them(workplace: Workplace, cut: Path) -> None:
    printed = workplace.run("recover", str(cut), "-o", "a.necptrace")
    assert printed.status == 4
    assert "lost record 1 and those after it, if there were any" in printed.out
    assert workplace.run("doctor", "a.necptrace").status == 0


def test_the_json_has_the_losses(workplace: Workplace, cut: Path) -> None:
    printed = workplace.run("recover", str(cut), "-o", "a.necptrace", "--json")
    assert printed.status == 4
    report = printed.json()
    assert report["lossless"] is False
    assert report["gaps"] == [{"first": 1, "last": None}]
    [loss] = report["losses"]
    assert loss["offset"] + loss["bytes"] == cut.stat().st_size


def test_a_recovery_replaces_no_file(workplace: Workplace, trace: Path, cut: Path) -> None:
    before = trace.read_bytes()
    printed = workplace.run("recover", str(cut), "-o", str(trace))
    assert printed.status == 2
    assert "exists already" in printed.err
    assert trace.read_bytes() == before


def test_a_damaged_trace_never_replays_as_identical(workplace: Workplace, trace: Path) -> None:
    assert workplace.run("accept", str(trace)).status == 0
    assert workplace.run("replay", str(trace)).status == 0
    whole = trace.read_bytes()
    for position in range(0, len(whole), 41):
        flipped = bytearray(whole)
        flipped[position] ^= 1 << position % 8
        for damaged in (bytes(flipped), whole[:position]):
            trace.write_bytes(damaged)
            printed = workplace.run("replay", str(trace), "--format", "json")
            assert printed.status == 2, position
            [report] = printed.json()["per_trace"]
            assert report["verdict"] == "error"


POINTER = "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n"


@pytest.mark.parametrize(
    "arguments",
    [
        ("doctor", "P"),
        ("info", "P"),
        ("replay", "P"),
        ("convert", "P"),
        ("convert", "P", "-o", "x.necptrace"),
        ("recover", "P", "-o", "x.necptrace"),
        ("import", "vectors", "P", "-o", "x"),
        ("replay", "traces", "--rules", "P"),
    ],
    ids=" ".join,
)
def test_a_git_lfs_pointer_is_named_as_such(
    workplace: Workplace, arguments: tuple[str, ...]
) -> None:
    workplace.record()
    workplace.write("pointer.jsonl", POINTER)
    printed = workplace.run(*("pointer.jsonl" if word == "P" else word for word in arguments))
    assert printed.status == 2
    said = printed.out + printed.err
    assert "a Git LFS pointer" in said
    assert "git lfs pull" in said
