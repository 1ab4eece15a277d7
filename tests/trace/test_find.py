"""Trace files below paths, and their names."""

from pathlib import Path

import pytest

from necp_replay.errors import UsageError
from necp_replay.trace.find import find_traces


def test_names_are_relative_to_the_folder_called_traces(tmp_path: Path) -> None:
    for name in ("traces/client/add.necptrace", "traces/top.necptrace", "other/x.necptrace"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"")
    found = find_traces([tmp_path / "traces" / "client", tmp_path / "traces", tmp_path / "other"])
    assert [trace.name for trace in found] == ["client/add", "top", "x"]


def test_a_folder_that_cannot_be_read_is_among_the_traces(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_: Path) -> None:
        raise PermissionError

    monkeypatch.setattr("necp_replay.files.walk.os.scandir", refuse)
    (found,) = find_traces([tmp_path])
    assert (found.path, found.name) == (tmp_path, ".")


def test_a_folder_without_traces_could_not_run(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"no \.necptrace file"):
        find_traces([tmp_path])
    with pytest.raises(UsageError, match="no such file"):
        find_traces([tmp_path / "nowhere"])
