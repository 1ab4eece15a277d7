"""Files that belong together: all of them are written, or none."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from necp_replay.errors import WriteError
from necp_replay.files.write_together import write_together


def contents(folder: Path) -> dict[str, str]:
    return {path.name: path.read_text() for path in folder.iterdir()}


def test_all_files_are_written(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("old")
    write_together({tmp_path / "a": "new", tmp_path / "b": "Grüße\n"})
    assert contents(tmp_path) == {"a": "new", "b": "Grüße\n"}


def test_nothing_is_written_without_files(tmp_path: Path) -> None:
    write_together({})
    assert contents(tmp_path) == {}


def test_a_file_that_cannot_be_written_leaves_the_others_as_they_were(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("old")
    with pytest.raises(WriteError, match="cannot be written"):
        write_together({tmp_path / "a": "new", tmp_path / "b": "new", tmp_path / "none" / "c": ""})
    assert contents(tmp_path) == {"a": "old"}


def test_a_disk_that_fills_up_leaves_all_files_as_they_were(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a").write_text("old")
    synced = []

    def fsync(descriptor: int) -> None:
        synced.append(descriptor)
        if len(synced) == 2:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", fsync)
    with pytest.raises(WriteError, match="b: cannot be written: No space left on device"):
        write_together({tmp_path / "a": "new", tmp_path / "b": "new"})
    assert contents(tmp_path) == {"a": "old"}


def test_a_file_that_another_program_writes_meanwhile_is_left_to_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = os.fsync

    def fsync(descriptor: int) -> None:
        (tmp_path / "a").write_text("theirs")
        before(descriptor)

    monkeypatch.setattr(os, "fsync", fsync)
    with pytest.raises(WriteError, match="another program wrote this file"):
        write_together({tmp_path / "a": "ours", tmp_path / "b": "ours"})
    assert contents(tmp_path) == {"a": "theirs"}
