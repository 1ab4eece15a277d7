"""A project with traces and goldens, in which tests run pytest."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from necp_replay.cli.main import main
from tests.pytest_plugin.project import ADD, REMOVE, SCENARIOS, Project

RECORD = ("record", "--release", "xnu-4570.51.1")


@pytest.fixture(scope="session")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with traces and their goldens. Tests get a copy of it."""
    root = tmp_path_factory.mktemp("recorded")
    scenarios = root / "scenarios.py"
    scenarios.write_text(SCENARIOS, "utf-8")
    for trace in (REMOVE, ADD):
        path = root / trace
        assert main([*RECORD, f"{scenarios}::{path.stem}", "-o", str(path.parent)]) == 0
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("CI", raising=False)
        accepted = ["accept", str(root / "traces"), "--golden", str(root / "golden")]
        assert main(accepted) == 0
    (root / "pytest.ini").write_text("[pytest]\n", "utf-8")
    return root


@pytest.fixture
def project(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, recorded: Path) -> Project:
    """A copy of the project, outside CI, where pytest loads no plugins automatically."""
    monkeypatch.delenv("CI", raising=False)
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parents[2]))
    monkeypatch.setenv("COLUMNS", "200")
    shutil.copytree(recorded, pytester.path, dirs_exist_ok=True)
    return Project(pytester)
