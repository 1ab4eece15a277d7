"""Goldens that belong to no trace fail a complete session."""

from __future__ import annotations

import pytest

from tests.pytest_plugin.project import Project

pytest_plugins = ["pytester"]


def test_a_golden_without_a_trace_fails_a_complete_session(project: Project) -> None:
    (project.root / "golden" / "gone.golden").touch()
    result = project.run()
    result.assert_outcomes(passed=2, errors=1)
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.stdout.fnmatch_lines(
        [
            "ERROR golden/gone.golden - this golden belongs to no trace",
            "1 golden belongs to no trace:",
            "  golden/gone.golden",
            "    necp-replay accept traces --remove-unused",
        ]
    )


def test_tests_other_than_traces_do_not_matter(project: Project) -> None:
    (project.root / "golden" / "gone.golden").touch()
    project.pytester.makepyfile("def test_other(): pass")
    project.run("--ignore=traces").assert_outcomes(passed=1)
    project.run().assert_outcomes(passed=3, errors=1)


def test_goldens_are_not_judged_when_accepting(project: Project) -> None:
    (project.root / "golden" / "gone.golden").touch()
    result = project.run("--necp-accept")
    result.assert_outcomes(passed=2)
    assert result.ret == pytest.ExitCode.OK


def test_the_project_file_sets_the_folders_of_traces_and_goldens(project: Project) -> None:
    (project.root / "traces").rename(project.root / "captures")
    (project.root / "golden").rename(project.root / "accepted")
    text = 'traces = "captures"\ngolden = "accepted"\n'
    (project.root / "necp-replay.toml").write_text(text, "utf-8")
    project.run("-m", "necp_client").assert_outcomes(passed=1, deselected=1)
    (project.root / "accepted" / "gone.golden").touch()
    project.run().assert_outcomes(passed=2, errors=1)
