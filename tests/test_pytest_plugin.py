"""Traces as tests: collected, named, accepted and reported by pytest."""

from __future__ import annotations

from pathlib import Path

import pytest

from necp_replay.cli.main import main
from tests.cli.workplace import NEW, OLD, SCENARIO

pytest_plugins = ["pytester"]


@pytest.fixture
def folder(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    """A folder with a recorded trace, outside CI, with the plugin loaded."""
    monkeypatch.delenv("CI", raising=False)
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parents[1]))
    pytester.makepyfile(scenario_file=SCENARIO)
    assert main(["record", "scenario_file.py", "-o", "traces"]) == 0
    return pytester


def run(folder: pytest.Pytester, *arguments: str) -> pytest.RunResult:
    return folder.runpytest_inprocess("-p", "necp_replay.pytest_plugin", "traces", *arguments)


def test_a_trace_is_a_test(folder: pytest.Pytester) -> None:
    result = run(folder, "--collect-only", "-q")
    result.stdout.fnmatch_lines(["*remove_twice.necptrace::recorded"])


def test_without_a_golden_a_scenario_fails_readably(folder: pytest.Pytester) -> None:
    result = run(folder)
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*has no golden*", "*necp-replay accept*"])
    result.stdout.no_fnmatch_line("*Traceback*")


def test_accepted_traces_pass_on_every_release_asked_for(folder: pytest.Pytester) -> None:
    run(folder, "--necp-accept").assert_outcomes(passed=1)
    run(folder).assert_outcomes(passed=1)
    result = run(folder, "--necp-release", OLD, "--necp-release", NEW, "-v")
    result.assert_outcomes(passed=2)
    result.stdout.fnmatch_lines([f"*::{OLD} PASSED*", f"*::{NEW} PASSED*"])


def test_goldens_may_be_elsewhere(folder: pytest.Pytester) -> None:
    run(folder, "--necp-accept", "--necp-golden", "elsewhere").assert_outcomes(passed=1)
    assert (folder.path / "elsewhere" / "remove_twice.golden").is_file()
    run(folder, "--necp-golden", "elsewhere").assert_outcomes(passed=1)
    run(folder).assert_outcomes(failed=1)


def test_a_mismatch_is_reported_as_text(folder: pytest.Pytester) -> None:
    run(folder, "--necp-accept")
    golden = folder.path / "golden" / "remove_twice.golden"
    golden.write_text(golden.read_text("utf-8").replace("-> ENOENT", "-> EBADF"), "utf-8")
    result = run(folder, "-q")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*> record 9 necp_client_action REMOVE*", "*golden*EBADF*"])


def test_accepting_in_ci_is_refused(
    folder: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CI", "1")
    result = run(folder, "--necp-accept")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["*CI is set*"])


def test_workers_of_xdist_share_the_traces(folder: pytest.Pytester) -> None:
    run(folder, "--necp-accept")
    result = folder.runpytest_subprocess(
        *("-p", "necp_replay.pytest_plugin", "-p", "xdist", "-n", "2", "traces"),
        *("--necp-release", OLD, "--necp-release", NEW),
    )
    result.assert_outcomes(passed=2)
