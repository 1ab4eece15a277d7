"""The fixture that gives tests of commands a folder to work in."""

from pathlib import Path

import pytest

from tests.cli.workplace import Workplace


@pytest.fixture
def workplace(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Workplace:
    """An empty folder, outside CI."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("CI", raising=False)
    return Workplace(tmp_path, capsys)
