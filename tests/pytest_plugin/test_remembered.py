"""What sessions of pytest remember, and share with `necp-replay replay`."""

from __future__ import annotations

from pathlib import Path

import pytest

from necp_replay.cli.main import main
from tests.pytest_plugin.project import REMOVE, Project

pytest_plugins = ["pytester"]
FROM_CACHE = "2 of 2 tests from the cache: identical before, and nothing changed since*"


@pytest.fixture
def remembering(project: Project, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Project:
    """The project, with a cache."""
    monkeypatch.setenv("NECP_REPLAY_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr("necp_replay.suite.known_traces.is_settled", lambda: True)
    return project


def test_an_unchanged_trace_is_not_replayed_again(remembering: Project) -> None:
    remembering.run().stdout.no_fnmatch_line("*from the cache*")
    result = remembering.run()
    result.assert_outcomes(passed=2)
    result.stdout.fnmatch_lines([FROM_CACHE])
    result = remembering.run("--necp-no-cache")
    result.assert_outcomes(passed=2)
    result.stdout.no_fnmatch_line("*from the cache*")


def test_a_changed_golden_fails_its_test(remembering: Project) -> None:
    remembering.run()
    golden = remembering.root / "golden" / "client" / "remove_twice@xnu-4570.51.1.golden"
    golden.write_text(golden.read_text("utf-8").replace("ENOENT", "EINVAL"), "utf-8")
    result = remembering.run()
    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(["1 of 2 tests from the cache*"])


def test_sessions_and_the_command_share_what_they_remember(
    remembering: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["replay", str(remembering.root / "traces")]) == 0
    remembering.run_workers().stdout.fnmatch_lines([FROM_CACHE])
    (remembering.root / "necp-replay.toml").write_text("# No rules.\n", "utf-8")
    for trace in remembering.root.glob("traces/**/*.necptrace"):
        trace.write_bytes(trace.read_bytes())
    capsys.readouterr()
    assert main(["replay", str(remembering.root / "traces")]) == 0
    assert "2 of 2 traces from the cache" in capsys.readouterr().out


def test_the_command_uses_verdicts_that_a_session_remembered(
    remembering: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    remembering.run()
    capsys.readouterr()
    assert main(["replay", str(remembering.root / "traces")]) == 0
    assert "2 of 2 traces from the cache" in capsys.readouterr().out


def test_an_unusable_cache_folder_of_the_option_is_a_usage_error(remembering: Project) -> None:
    result = remembering.run("--necp-cache", REMOVE)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["*the cache is not a folder*"])


def test_failed_first_of_pytest_orders_traces(remembering: Project) -> None:
    golden = remembering.root / "golden" / "policies" / "deep-er" / "add.golden"
    text = golden.read_text("utf-8")
    golden.write_text(text.replace("necp_open", "necp_opened"), "utf-8")
    remembering.run("-q", "--necp-release", "xnu-4570.41.2").assert_outcomes(passed=1, failed=1)
    result = remembering.run("-v", "--ff", "--necp-release", "xnu-4570.41.2")
    lines = [line for line in result.outlines if "::" in line and "%" in line]
    assert "FAILED" in lines[0]
