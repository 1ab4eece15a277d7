"""Goldens that belong to no trace fail a complete session."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from pathlib import Path

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


@pytest.mark.parametrize("workers", [False, True])
def test_accepting_what_is_accepted_says_nothing(project: Project, workers: bool) -> None:
    run = project.run_workers if workers else project.run
    result = run("--necp-accept")
    result.assert_outcomes(passed=2)
    result.stdout.no_fnmatch_line("*could not run*")
    result.stdout.no_fnmatch_line("*What to do*")


def test_accepting_says_what_was_written(project: Project) -> None:
    project.change_golden()
    result = project.run("--necp-accept")
    result.assert_outcomes(passed=2)
    result.stdout.fnmatch_lines(["changed golden/client/remove_twice@xnu-4570.51.1.golden"])
    result.stdout.no_fnmatch_line("*could not run*")


def test_a_golden_that_cannot_be_written_is_a_message(project: Project) -> None:
    golden = project.root / "golden" / "client" / "remove_twice@xnu-4570.51.1.golden"
    golden.unlink()
    golden.mkdir()
    result = project.run("--necp-accept")
    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(
        [
            "*golden/client/remove_twice@xnu-4570.51.1.golden: is neither a regular file nor a*",
            "*1 trace could not run, first traces/client/remove_twice.necptrace*",
        ]
    )
    result.stdout.no_fnmatch_line("*Traceback*")


@pytest.mark.parametrize("needless", [False, True])
def test_a_read_only_file_system_is_a_message(
    project: Project, monkeypatch: pytest.MonkeyPatch, needless: bool
) -> None:
    """``needless``: the golden of the release is not needed any more, so accepting removes it."""
    if needless:
        common = project.root / "golden" / "policies" / "deep-er" / "add.golden"
        (common.with_name("add@xnu-4570.51.1.golden")).write_bytes(common.read_bytes())
    else:
        project.change_golden()

    def refuse(*arguments: object, **options: object) -> None:
        raise OSError(errno.EROFS, os.strerror(errno.EROFS), "golden")

    monkeypatch.setattr(os, "open", refuse_for_writing(os.open, refuse))
    monkeypatch.setattr(Path, "unlink", refuse)
    result = project.run("--necp-accept", "-p", "no:cacheprovider")
    monkeypatch.undo()
    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(["*cannot be written: Read-only file system"])
    result.stdout.fnmatch_lines(["The file system is read-only: write elsewhere."])
    result.stdout.no_fnmatch_line("*Traceback*")


def refuse_for_writing(real: Callable[..., int], refuse: Callable[..., None]) -> Callable[..., int]:
    """``os.open`` that refuses to make a golden."""

    def opened(path: str, flags: int, *more: int, **options: int) -> int:
        if flags & os.O_CREAT and ".golden" in str(path):
            refuse()
        return real(path, flags, *more, **options)

    return opened


def test_a_golden_that_cannot_be_read_is_named_as_people_type_it(project: Project) -> None:
    golden = project.root / "golden/client/remove_twice@xnu-4570.51.1.golden"
    golden.write_text("nonsense", "utf-8")
    result = project.run()
    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(
        ["*remove_twice.necptrace: golden/client/remove_twice@xnu-4570.51.1.golden: line 1: *"]
    )
