"""The commands in the README and the workflow of the example project work as shown."""

from __future__ import annotations

import re
import shlex
import shutil

import pytest

from necp_replay.cli.main import main
from tests.pytest_plugin.example import (
    EXAMPLE,
    FAILS,
    PASSES,
    break_golden,
    environment,
    in_readme,
    shown,
)
from tests.pytest_plugin.project import PLUGIN

pytest_plugins = ["pytester"]

WORKFLOW = EXAMPLE / ".github" / "workflows" / "necp.yml"


@pytest.fixture
def example(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    """A copy of the example project, with the environment of a GitHub runner."""
    for name, value in environment().items():
        monkeypatch.setenv(name, value)
    shutil.copytree(EXAMPLE, pytester.path, dirs_exist_ok=True)
    return pytester


def test_every_command_of_the_workflow_passes(example: pytest.Pytester) -> None:
    workflow = WORKFLOW.read_text("utf-8")
    commands = [shlex.split(line) for line in re.findall(r"run: (.+)$", workflow, re.M)]
    ran = []
    for program, *arguments in commands:
        if program == "pytest":
            status = int(example.runpytest_inprocess(*PLUGIN, *arguments).ret)
        elif program == "necp-replay":
            status = main(arguments)
        else:
            continue
        ran.append((program, arguments[0], status))
    assert ran == [
        ("necp-replay", "record", 0),
        ("pytest", "--junitxml=junit.xml", 0),
        ("necp-replay", "replay", 0),
    ]
    for artifact in ("junit.xml", "report.html"):
        assert (example.path / artifact).is_file()
        assert f"            {artifact}\n" in workflow


def test_the_readme_shows_the_output_of_a_passing_run(example: pytest.Pytester) -> None:
    result = example.runpytest_inprocess(*PLUGIN, *PASSES.split()[1:])
    result.assert_outcomes(passed=4, xfailed=1)
    assert in_readme(PASSES) == shown(PASSES, str(result.stdout)), "`make transcripts` writes it"


def test_the_readme_shows_the_output_of_a_failing_run(example: pytest.Pytester) -> None:
    break_golden(example.path)
    result = example.runpytest_inprocess(*PLUGIN, *FAILS.split()[1:])
    result.assert_outcomes(passed=3, failed=1, xfailed=1)
    assert in_readme(FAILS) == shown(FAILS, str(result.stdout)), "`make transcripts` writes it"
