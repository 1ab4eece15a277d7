"""`necp-replay cut`, `split`, `cat` and `merge`: their output, status and errors."""

from __future__ import annotations

import pytest

from tests.cli.workplace import Workplace


def test_a_cut_prints_what_it_kept_and_why_and_replays_the_same(workplace: Workplace) -> None:
    path = workplace.record()
    printed = workplace.run("cut", str(path), "--select", "REMOVE", "-o", "cut.necptrace")
    assert printed.status == 0
    assert "records kept for the 2 that `REMOVE` selects" in printed.out
    assert "the same interface" in printed.out
    assert workplace.run("replay", "cut.necptrace").status == 0


def test_the_json_of_a_cut_has_the_same_content(workplace: Workplace) -> None:
    path = workplace.record()
    printed = workplace.run("cut", str(path), "--select", "REMOVE", "-o", "cut.necptrace", "--json")
    (cut,) = printed.json()["cuts"]
    assert cut["selected"] == 2
    assert cut["kept"] == sum(cut["reasons"].values())
    assert (cut["reach"], cut["attempts"]) == ("what they touch", 1)


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["--select", "pid 9"], "no record of the trace is selected by pid 9"),
        (["--select", "pid"], "--select: at character 4"),
        (["--select", "1", "--release", "xnu-1"], "xnu-1"),
    ],
    ids=["nothing selected", "no selection", "unknown release"],
)
def test_an_error_of_cut_is_one_line_and_leaves_no_file(
    workplace: Workplace, arguments: list[str], reason: str
) -> None:
    path = workplace.record()
    printed = workplace.run("cut", str(path), "-o", "cut.necptrace", *arguments)
    assert printed.status == 2
    assert reason in printed.err.splitlines()[0]
    assert not (workplace.root / "cut.necptrace").exists()


def test_split_prints_a_row_for_each_part(workplace: Workplace) -> None:
    path = workplace.record()
    printed = workplace.run("split", str(path), "--by", "pid", "-o", "parts")
    assert printed.status == 0
    assert "parts/remove_twice-pid-100.necptrace" in printed.out
    assert workplace.run("replay", "parts").status == 0


def test_cat_has_status_4_if_outcomes_are_left_out(workplace: Workplace) -> None:
    path = workplace.record()
    second = workplace.root / "second.necptrace"
    second.write_bytes(path.read_bytes())
    printed = workplace.run("cat", str(path), str(second), "-o", "both.necptrace")
    assert printed.status == 4
    assert "left out that are not true" in printed.out
    report = workplace.run("cat", str(path), str(second), "-o", "again.necptrace", "--json")
    assert report.json()["records"] == 2 * 9
    assert workplace.run("replay", "both.necptrace").status == 0


def test_merge_without_times_suggests_cat(workplace: Workplace) -> None:
    path = workplace.record()
    second = workplace.root / "second.necptrace"
    second.write_bytes(path.read_bytes())
    printed = workplace.run("merge", str(path), str(second), "-o", "both.necptrace")
    assert printed.status == 2
    assert "carry no time" in printed.err
    assert "necp-replay cat" in printed.err


@pytest.mark.parametrize("command", ["cut", "split", "cat", "merge", "anonymize"])
def test_help_has_examples(workplace: Workplace, command: str) -> None:
    printed = workplace.run(command, "--help")
    assert printed.status == 0
    assert "examples:\n  " in printed.out
    assert f"necp-replay {command} " in printed.out
