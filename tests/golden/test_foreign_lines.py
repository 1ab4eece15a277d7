"""Marks of a merge, changed line ends and blank last lines are named as what they are."""

from pathlib import Path

import pytest

from necp_replay.errors import GoldenError
from necp_replay.golden.reader import GoldenReader, parse_golden

LINES = [
    "necp-replay golden 1",
    "1 proc_add pid=100 -> ok",
    "2 necp_open pid=100 -> ok retval=3",
    "  key: value",
    "final state",
    "  counters",
]
TEXT = "\n".join(LINES) + "\n"
MARKS = ["<<<<<<< HEAD", "||||||| base", "=======", ">>>>>>> theirs", "<<<<<<< HEAD\r"]


def refusals(tmp_path: Path, text: str) -> list[GoldenError]:
    """What both readers say of a golden."""
    path = tmp_path / "a.golden"
    path.write_bytes(text.encode())
    with pytest.raises(GoldenError) as parsed:
        parse_golden(text)
    with pytest.raises(GoldenError) as read, GoldenReader(path) as reader:
        list(reader)
    assert read.value.file == str(path)
    return [parsed.value, read.value]


@pytest.mark.parametrize("mark", MARKS)
@pytest.mark.parametrize("place", range(1, len(LINES) + 1))
def test_a_mark_of_a_merge_is_a_conflict_wherever_it_is(
    tmp_path: Path, mark: str, place: int
) -> None:
    text = "\n".join([*LINES[:place], mark, *LINES[place:]]) + "\n"
    for error in refusals(tmp_path, text):
        assert (error.reason, error.line) == ("an unresolved merge conflict", place + 1)
        assert "--theirs" in error.hint


@pytest.mark.parametrize("place", range(1, len(LINES)))
def test_a_line_end_that_git_changed_is_named(tmp_path: Path, place: int) -> None:
    lines = [f"{line}\r" if at == place else line for at, line in enumerate(LINES)]
    for error in refusals(tmp_path, "\n".join(lines) + "\n"):
        assert (error.reason, error.line) == ("the lines end with CR LF", place + 1)
        assert "*.golden text eol=lf" in error.hint


def test_another_carriage_return_is_a_character(tmp_path: Path) -> None:
    for error in refusals(tmp_path, TEXT.replace("value", "va\rlue")):
        assert error.reason == "the character U+000D is not escaped"


@pytest.mark.parametrize("count", [1, 3])
def test_blank_last_lines_are_no_records(tmp_path: Path, count: int) -> None:
    path = tmp_path / "a.golden"
    path.write_text(TEXT + "\n" * count, "utf-8")
    with GoldenReader(path) as reader:
        assert [stanza.number for stanza in reader] == [1, 2]
        assert reader.final.text == "  counters"
    assert parse_golden(TEXT + "\n" * count).text() == TEXT


def test_a_blank_line_elsewhere_is_refused(tmp_path: Path) -> None:
    for text in (TEXT.replace("2 nec", "\n2 nec"), TEXT + "\n3 x -> ok\n", TEXT + " \n"):
        refusals(tmp_path, text)
