"""Traces of many seeds that the workers of a cluster generate."""

from __future__ import annotations

from pathlib import Path

import pytest

from necp_replay.cli.main import main
from tests.cluster.conftest import Started

MADE = ("generate", "--seed", "98", "--traces", "4", "--records", "30", "-o", "out")


def test_they_are_those_of_one_process(
    started: Started,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    found = []
    for words in ((), ("--scheduler", started.address)):
        folder = tmp_path / str(len(words))
        folder.mkdir()
        monkeypatch.chdir(folder)
        assert main([*MADE, *words]) == 0
        files = {path.name: path.read_bytes() for path in (folder / "out").iterdir()}
        found.append((capsys.readouterr().out, files))
    assert found[0] == found[1]
    assert len(found[0][1]) == 4
