"""Folders that are made, locked and synced for files that are written."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

import pytest

from necp_replay.errors import WriteError
from necp_replay.files.folders import lock_folder, make_folder, sync_folder


def test_a_folder_is_made_with_those_above_it(tmp_path: Path) -> None:
    make_folder(tmp_path / "a" / "b")
    make_folder(tmp_path / "a" / "b")
    assert (tmp_path / "a" / "b").is_dir()


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("")
    with pytest.raises(WriteError, match="a/b: cannot be written: Not a directory"):
        make_folder(tmp_path / "a" / "b")


def test_a_folder_is_locked_while_the_block_runs(tmp_path: Path) -> None:
    folder = os.open(tmp_path, os.O_RDONLY)
    try:
        with lock_folder(tmp_path), pytest.raises(BlockingIOError):
            fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
        fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
    finally:
        os.close(folder)


def test_the_block_runs_where_there_is_no_folder_to_lock(tmp_path: Path) -> None:
    ran = False
    with lock_folder(tmp_path / "none"):
        ran = True
    assert ran


def test_errors_of_the_block_come_through(tmp_path: Path) -> None:
    with pytest.raises(PermissionError), lock_folder(tmp_path):
        raise PermissionError


def test_a_folder_is_synced(tmp_path: Path) -> None:
    sync_folder(tmp_path)
    with pytest.raises(FileNotFoundError):
        sync_folder(tmp_path / "none")
