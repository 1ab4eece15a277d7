"""Options and settings of the ini file."""

from __future__ import annotations

import pytest

from tests.pytest_plugin.project import NEW, OLD, REMOVE, Project, ids

pytest_plugins = ["pytester"]

IMPORTS = """
import sys

def test_imports():
    ours = {name.split(".")[1] for name in sys.modules if name.startswith("necp_replay.")}
    assert ours <= {"dataclass", "errors", "files", "pytest_plugin", "trace"}
    assert "google.protobuf" not in sys.modules
"""


def test_an_option_sets_the_folder_of_goldens(project: Project) -> None:
    (project.root / "golden").rename(project.root / "elsewhere")
    project.run().assert_outcomes(failed=2)
    project.run("--necp-golden", "elsewhere").assert_outcomes(passed=2)


def test_the_ini_file_sets_the_folder_of_goldens(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    (project.root / "golden").rename(project.root / "elsewhere")
    (project.root / "pytest.ini").write_text("[pytest]\nnecp_golden = elsewhere\n", "utf-8")
    project.run().assert_outcomes(passed=2)
    monkeypatch.chdir(project.root / "traces" / "client")
    project.run().assert_outcomes(passed=1)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("pytest.ini", f"[pytest]\nnecp_releases = {OLD} {NEW}\n"),
        ("pyproject.toml", f'[tool.pytest.ini_options]\nnecp_releases = ["{OLD}", "{NEW}"]\n'),
    ],
)
def test_the_ini_file_sets_the_releases(project: Project, name: str, text: str) -> None:
    (project.root / "pytest.ini").unlink()
    (project.root / name).write_text(text, "utf-8")
    both = [f"{REMOVE}::{OLD}", f"{REMOVE}::{NEW}"]
    assert ids(project.run("--collect-only", "-q", REMOVE)) == both
    one = project.run("--collect-only", "-q", REMOVE, "--necp-release", OLD)
    assert ids(one) == [f"{REMOVE}::{OLD}"]


@pytest.mark.parametrize("place", ["option", "ini file"])
def test_an_unknown_release_is_refused_before_any_test_runs(project: Project, place: str) -> None:
    if place == "option":
        result = project.run("--necp-release", "xnu-1")
    else:
        (project.root / "pytest.ini").write_text("[pytest]\nnecp_releases = xnu-1\n", "utf-8")
        result = project.run()
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines([f"*release 'xnu-1' is not modelled*{NEW}*"])


def test_accepting_in_ci_is_refused(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CI", "1")
    result = project.run("--necp-accept")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["*CI is set*"])


@pytest.mark.parametrize("folder", ["beside", "project"])
def test_a_session_without_traces_does_not_import_the_engine(project: Project, folder: str) -> None:
    (project.root / folder).mkdir()
    if folder == "project":
        (project.root / folder / "necp-replay.toml").touch()
    (project.root / folder / "test_imports.py").write_text(IMPORTS, "utf-8")
    result = project.pytester.runpytest_subprocess(
        "-p", "necp_replay.pytest_plugin", f"{folder}/test_imports.py"
    )
    result.assert_outcomes(passed=1)
    result.stdout.no_fnmatch_line("*= necp-replay =*")


def test_a_folder_of_goldens_that_is_not_there_is_refused(project: Project) -> None:
    result = project.run("--necp-golden", "goldn")
    assert result.ret == 4
    result.stderr.fnmatch_lines(["*--necp-golden names goldn, which is not there.*"])
    assert project.run("--necp-golden", "goldn", "--necp-accept").ret == 0
    assert (project.root / "goldn").is_dir()


def test_an_empty_folder_of_goldens_is_refused(project: Project) -> None:
    result = project.run("--necp-golden", "")
    assert result.ret == 4
    result.stderr.fnmatch_lines(["*--necp-golden is empty*"])


def test_a_file_in_place_of_the_folder_of_goldens_is_refused(project: Project) -> None:
    result = project.run("--necp-golden", "pytest.ini")
    assert result.ret == 4
    result.stderr.fnmatch_lines(["*--necp-golden names pytest.ini, which is not a folder.*"])
