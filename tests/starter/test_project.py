"""The files of a new project: complete, and never written over another file."""

from __future__ import annotations

import ast
import tomllib
from pathlib import Path

import pytest

from necp_replay.errors import UsageError
from necp_replay.starter.project import FILES, SCENARIO, template, write_project
from necp_replay.starter.tour import RIGHT, TOUR, WRONG


def test_all_files_of_the_table_are_written(tmp_path: Path) -> None:
    paths = write_project(tmp_path / "new")
    assert [path.relative_to(tmp_path / "new").as_posix() for path in paths] == list(FILES)
    assert all(path.read_text("utf-8") for path in paths)


def test_the_templates_are_valid() -> None:
    ast.parse(template(SCENARIO))
    assert tomllib.loads(template("necp-replay.toml")) == {"traces": "traces", "golden": "golden"}
    assert tomllib.loads(template("pyproject.toml"))["tool"]["pytest"]


def test_a_file_that_is_there_is_named_and_nothing_is_written(tmp_path: Path) -> None:
    taken = tmp_path / ".gitattributes"
    taken.write_text("mine", "utf-8")
    with pytest.raises(UsageError, match=r"\.gitattributes") as refused:
        write_project(tmp_path)
    assert "nothing was written" in str(refused.value)
    assert list(tmp_path.iterdir()) == [taken]


def test_the_edits_of_the_tour_undo_each_other() -> None:
    edits = [step.edit for step in TOUR if step.edit is not None]
    assert edits == [(RIGHT, WRONG), (WRONG, RIGHT)]
    assert template(SCENARIO).count(RIGHT) == 1
    assert WRONG not in template(SCENARIO)
