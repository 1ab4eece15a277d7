"""Traces are collected as tests, with ids, markers and keywords, and replayed."""

from __future__ import annotations

import os
import shutil

import pytest

from necp_replay.trace.header import SourceKind
from tests.pytest_plugin.project import ADD, NEW, OLD, REMOVE, Project, ids, rewrite

pytest_plugins = ["pytester"]


def collected(project: Project, *arguments: str) -> list[str]:
    return ids(project.run("--collect-only", "-q", *arguments))


def test_the_test_of_a_trace_is_named_after_its_recorded_release(project: Project) -> None:
    assert collected(project) == [f"{REMOVE}::{NEW}", f"{ADD}::{NEW}"]


def test_a_trace_has_one_test_for_each_requested_release(project: Project) -> None:
    asked = ("--necp-release", OLD, "--necp-release", NEW, "--necp-release", OLD)
    assert collected(project, REMOVE, *asked) == [f"{REMOVE}::{OLD}", f"{REMOVE}::{NEW}"]


def test_a_scenario_has_no_test_on_a_release_that_it_cannot_run_on(project: Project) -> None:
    later = "traces/later.necptrace"
    rewrite(project.root / REMOVE, project.root / later, properties=(("since", NEW),))
    asked = ("--necp-release", OLD, "--necp-release", NEW)
    assert collected(project, later, *asked) == [f"{later}::{NEW}"]


@pytest.mark.parametrize("given", [REMOVE, f"{REMOVE}::{NEW}", "traces/client"])
def test_a_trace_is_selected_by_path_node_id_or_folder(project: Project, given: str) -> None:
    assert collected(project, given) == [f"{REMOVE}::{NEW}"]


@pytest.mark.parametrize(
    "selection",
    [
        ("-m", "necp_client"),
        ("-m", "necp and not necp_policies"),
        ("-m", "not necp_deep_er"),
        ("-k", "twice"),
        ("-k", "client"),
        ("-k", "client/remove"),
        ("-k", f"remove and {NEW}"),
        ("-k", "scenario and not policies"),
    ],
    ids=" ".join,
)
def test_markers_and_keywords_select_traces(project: Project, selection: tuple[str, str]) -> None:
    assert collected(project, "--strict-markers", *selection) == [f"{REMOVE}::{NEW}"]


def test_the_marker_necp_is_listed(project: Project) -> None:
    project.run("--markers").stdout.fnmatch_lines(["@pytest.mark.necp: *necp_AREA*"])


def test_accepted_traces_pass_on_every_requested_release(project: Project) -> None:
    result = project.run("--necp-release", OLD, "--necp-release", NEW, "-v")
    result.assert_outcomes(passed=4)
    result.stdout.fnmatch_lines([f"{REMOVE}::{OLD} PASSED*", f"{REMOVE}::{NEW} PASSED*"])
    result.stdout.no_fnmatch_line("*= necp-replay =*")


def test_only_the_test_of_an_unreadable_trace_fails(project: Project) -> None:
    project.damage()
    result = project.run()
    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(
        [
            f"FAILED {REMOVE}::unreadable - at byte *",
            f"  1 trace could not run, first {REMOVE}: at byte *",
        ]
    )
    result.stdout.no_fnmatch_line("*Traceback*")


def test_an_incomplete_trace_fails_with_the_place_of_the_damage(project: Project) -> None:
    path = project.root / REMOVE
    path.write_bytes(path.read_bytes()[:-30])
    result = project.run()
    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines([f"  {REMOVE}: *cut short*", f"FAILED {REMOVE}::{NEW} - *"])


def test_control_characters_in_a_file_name_are_escaped(project: Project) -> None:
    project.damage().rename(project.root / "traces" / "client" / "a\x1b[31mb.necptrace")
    for arguments in (["-q", "--tb=short"], ["-v"], ["--collect-only"], ["--collect-only", "-q"]):
        printed = "\n".join(project.run(*arguments).outlines)
        assert "\\x1b[31mb.necptrace" in printed
        assert "\x1b" not in printed


@pytest.mark.parametrize("release", ["a::b", "\x1b[31m", "a/../b", "", "x" * 65])
def test_an_unusable_release_name_is_not_used_as_the_name_of_a_test(
    project: Project, release: str
) -> None:
    rewrite(project.root / REMOVE, project.root / "traces/stranger.necptrace", release=release)
    result = project.run("traces/stranger.necptrace")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["FAILED traces/stranger.necptrace::unreadable - *"])


def test_a_measured_trace_has_a_test_only_on_the_release_it_was_measured_on(
    project: Project,
) -> None:
    measured = "traces/measured/remove.necptrace"
    vectors = SourceKind.VECTORS
    rewrite(project.root / REMOVE, project.root / measured, source_kind=vectors)
    asked = ("--necp-release", OLD, "--necp-release", NEW)
    assert collected(project, measured, *asked) == [f"{measured}::{NEW}"]
    project.run(measured, *asked).assert_outcomes(passed=1)
    project.run(measured, "--necp-release", OLD).assert_outcomes(failed=1)


def test_accepted_goldens_pass_afterwards(project: Project) -> None:
    project.change_golden()
    project.run().assert_outcomes(passed=1, failed=1)
    accepted = project.run("--necp-accept")
    accepted.assert_outcomes(passed=2)
    accepted.stdout.fnmatch_lines(["changed golden/client/remove_twice@xnu-4570.51.1.golden"])
    project.run().assert_outcomes(passed=2)


def test_accepting_takes_one_test_for_each_trace_whatever_the_releases(project: Project) -> None:
    asked = ("--necp-accept", "--necp-release", OLD, "--necp-release", NEW)
    assert collected(project, *asked) == [f"{REMOVE}::{OLD}", f"{ADD}::{OLD}"]


def test_names_of_any_bytes_run_in_this_process_and_in_workers(project: Project) -> None:
    folder = project.root / os.fsdecode(b"traces/f\xff")
    folder.mkdir()
    shutil.copy(project.root / REMOVE, folder / os.fsdecode(b"a\xfe.necptrace"))
    for run in (project.run, project.run_workers):
        result = run("traces", "--junitxml", "report.xml")
        result.assert_outcomes(passed=2, failed=1)
        result.stdout.fnmatch_lines(["FAILED traces/f?udcff/a?udcfe.necptrace::* no golden*"])
    project.run_workers("traces", "--necp-accept").assert_outcomes(passed=3)
    assert (project.root / "golden" / folder.name).is_dir()
    project.run("traces").assert_outcomes(passed=3)
