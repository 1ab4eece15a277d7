"""The folder for what runs remember: which one it is, and which are refused."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from necp_replay.errors import UsageError
from necp_replay.suite.cache_folder import VARIABLE, chosen_folder, open_folder


def test_the_option_goes_before_the_environment_and_that_before_the_default(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setenv(VARIABLE, "named")
    assert chosen_folder(Path("given")) == Path("given")
    assert chosen_folder(None) == Path("named")
    monkeypatch.delenv(VARIABLE)
    assert chosen_folder(None) == tmp_path / "necp-replay"
    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert chosen_folder(None) == tmp_path / ".cache" / "necp-replay"


def test_an_empty_variable_and_no_home_mean_no_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, "")
    assert chosen_folder(None) is None
    monkeypatch.delenv(VARIABLE)
    monkeypatch.setenv("XDG_CACHE_HOME", "relative")
    assert chosen_folder(None) is None


def test_a_folder_is_made_for_its_owner_only(tmp_path: Path) -> None:
    folder = tmp_path / "new" / "cache"
    assert open_folder(folder) == open_folder(folder) == folder
    assert folder.stat().st_mode & 0o777 == 0o700


def test_what_others_could_have_written_is_refused(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to("real")
    (tmp_path / "file").touch()
    (tmp_path / "open").mkdir()
    (tmp_path / "open").chmod(0o777)
    for name, reason in (
        ("link", "is a link, which is not followed"),
        ("file", "is not a folder"),
        ("open", "may be written by others"),
        ("file/below", "cannot be used"),
    ):
        with pytest.raises(UsageError, match=reason) as caught:
            open_folder(tmp_path / name)
        assert "--no-cache" in caught.value.hint
