"""Adding to the end of a file, which is as it was when that is given up."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from necp_replay.errors import WriteError
from necp_replay.files.append import AppendedFile, append_text


@pytest.fixture
def target(tmp_path: Path) -> Path:
    path = tmp_path / "a"
    path.write_bytes(b"first")
    return path


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_content_follows_what_was_there(target: Path) -> None:
    file = AppendedFile(target, 5)
    file.write(b", second")
    assert names(target.parent) == ["a.partial"]
    file.publish()
    assert names(target.parent) == ["a"]
    assert target.read_bytes() == b"first, second"


def test_given_up_the_file_is_as_it_was(target: Path) -> None:
    file = AppendedFile(target, 5)
    file.write(b", second")
    file.give_up()
    assert names(target.parent) == ["a"]
    assert target.read_bytes() == b"first"


def test_given_up_it_can_be_kept(target: Path) -> None:
    file = AppendedFile(target, 5)
    file.write(b", second")
    file.give_up(keep=True)
    assert names(target.parent) == ["a.partial"]
    assert (target.parent / "a.partial").read_bytes() == b"first, second"


def test_a_partial_file_is_published_without_its_suffix(target: Path) -> None:
    file = AppendedFile(target.rename(target.with_name("a.partial")), 5)
    file.write(b", second")
    file.publish()
    assert names(target.parent) == ["a"]


def test_a_partial_file_that_is_appended_to_is_not_appended_to_twice(target: Path) -> None:
    partial = target.rename(target.with_name("a.partial"))
    first = AppendedFile(partial, 5)
    with pytest.raises(FileExistsError):
        AppendedFile(partial, 5)
    first.give_up()
    assert partial.read_bytes() == b"first"


def test_a_file_put_there_meanwhile_stays(target: Path) -> None:
    file = AppendedFile(target, 5)
    file.write(b", second")
    target.write_text("somebody's")
    with pytest.raises(WriteError, match="another program wrote"):
        file.publish()
    file.give_up()
    assert target.read_text() == "somebody's"
    assert (target.parent / "a.partial").read_bytes() == b"first"


def test_links_and_fifos_are_refused(target: Path) -> None:
    link = target.with_name("link")
    link.symlink_to(target)
    fifo = target.with_name("fifo")
    os.mkfifo(fifo)
    for path, reason in ((link, "is a symbolic link"), (fifo, "is a FIFO")):
        with pytest.raises(WriteError, match=reason):
            AppendedFile(path, 0)
    assert names(target.parent) == ["a", "fifo", "link"]


def test_text_is_added_to_a_file_that_may_be_new(tmp_path: Path) -> None:
    append_text(tmp_path / "summary.md", "one\n")
    append_text(tmp_path / "summary.md", "two\n")
    assert (tmp_path / "summary.md").read_bytes() == b"one\ntwo\n"


def test_text_that_cannot_be_added_names_the_file(tmp_path: Path) -> None:
    with pytest.raises(WriteError, match=r"none/summary\.md: cannot be written"):
        append_text(tmp_path / "none" / "summary.md", "one\n")
