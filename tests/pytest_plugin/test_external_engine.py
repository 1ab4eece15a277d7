"""Traces can be replayed through an external engine."""

from __future__ import annotations

import sys

import pytest

from tests.pytest_plugin.project import Project

pytest_plugins = ["pytester"]

OURS = f"{sys.executable} -m necp_replay serve"


@pytest.mark.parametrize("place", ["option", "ini file"])
def test_an_external_engine_can_be_set_by_option_and_ini_file(project: Project, place: str) -> None:
    if place == "option":
        result = project.run("--necp-engine", OURS)
    else:
        (project.root / "pytest.ini").write_text(f"[pytest]\nnecp_engine = {OURS}\n", "utf-8")
        result = project.run()
    result.assert_outcomes(passed=2)


def test_every_trace_fails_if_the_engine_ends_without_an_answer(project: Project) -> None:
    silent = f"{sys.executable} -c pass"
    result = project.run("--necp-engine", silent, "-q")
    result.assert_outcomes(failed=2)
    result.stdout.fnmatch_lines(["FAILED traces/client/remove_twice.necptrace*ended*"])


def test_a_time_limit_of_zero_is_refused(project: Project) -> None:
    result = project.run("--necp-engine", OURS, "--necp-engine-limit", "0")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["*--necp-engine-limit must be more than 0*"])


def test_the_outcomes_of_an_external_engine_can_be_accepted(project: Project) -> None:
    golden = project.root / "golden" / "client" / "remove_twice@xnu-4570.51.1.golden"
    text = golden.read_text("utf-8")
    project.change_golden()
    project.run("--necp-accept", "--necp-engine", OURS).assert_outcomes(passed=2)
    assert golden.read_text("utf-8") == text
