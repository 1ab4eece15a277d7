"""Goldens for other releases: what git did to them is told without reading them as goldens."""

from __future__ import annotations

from pathlib import Path

import pytest

from necp_replay.errors import GoldenError
from necp_replay.golden.altered_by_git import check_unaltered
from necp_replay.golden.versions import FIRST_LINES

LINES = [
    FIRST_LINES[2],
    "",
    "1 close pid=100 fd=3 -> ok",
    "  <<<<<<< indented",
    "======== 8",
    "x" * 9000,
]
"""Lines that are no marks of a merge."""


def complaint(tmp_path: Path, content: bytes) -> str | None:
    path = tmp_path / "a.golden"
    path.write_bytes(content)
    try:
        check_unaltered(path)
    except GoldenError as error:
        assert error.file == str(path)
        return str(error).removeprefix(f"{path}: ")
    return None


def test_a_golden_as_it_was_written_is_unaltered(tmp_path: Path) -> None:
    text = "\n".join(LINES * 300) + "\n"
    assert complaint(tmp_path, text.encode()) is None
    assert complaint(tmp_path, text.encode()[:-1]) is None


@pytest.mark.parametrize("place", [1, 3, 700, 1799])
@pytest.mark.parametrize("mark", ["<<<<<<< HEAD", "=======", ">>>>>>> theirs", "||||||| base"])
def test_a_mark_of_a_merge_is_found_wherever_it_is(tmp_path: Path, place: int, mark: str) -> None:
    lines = LINES * 300
    lines[place] = mark
    text = "\n".join(lines).encode()
    assert len(text) > 1 << 20
    expected = f"line {place + 1}: an unresolved merge conflict"
    assert complaint(tmp_path, text) == expected
    assert complaint(tmp_path, text.replace(mark.encode(), mark.encode() + b"\r")) in (
        expected,
        f"line {place + 1}: the lines end with CR LF",
    )


@pytest.mark.parametrize("line", [1, 500])
def test_line_ends_that_git_changed_are_found(tmp_path: Path, line: int) -> None:
    lines = [f"{text}\n" for text in LINES * 300]
    lines[line - 1] = lines[line - 1].replace("\n", "\r\n")
    said = complaint(tmp_path, "".join(lines).encode())
    assert said == f"line {line}: the lines end with CR LF"


def test_what_is_no_golden_is_named(tmp_path: Path) -> None:
    pointer = b"version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 3\n"
    assert complaint(tmp_path, pointer) == "line 1: this is not a golden, but a Git LFS pointer"
    assert complaint(tmp_path, b"") == "line 1: the file is empty"
