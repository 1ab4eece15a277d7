"""Each trace is judged by the project above it, and each real file is one test."""

import shutil
from pathlib import Path

from tests.cli.process import run_unprivileged
from tests.pytest_plugin.project import NEW, PLUGIN, REMOVE, Project, ids

pytest_plugins = ["pytester"]

NAME = Path(REMOVE).name


def add_project(project: Project, name: str, status: str = "ENOENT") -> Path:
    """A project of its own with one trace, whose golden has this status."""
    folder = project.root / name
    for kind in ("traces", "golden"):
        shutil.copytree(project.root / kind / "client", folder / kind / "client")
    (folder / "necp-replay.toml").touch()
    golden = folder / f"golden/client/remove_twice@{NEW}.golden"
    golden.write_text(golden.read_text("utf-8").replace("ENOENT", status), "utf-8")
    return folder


def test_traces_of_another_project_have_their_own_goldens(project: Project) -> None:
    add_project(project, "other", "EINVAL")
    result = project.run("other", "traces")
    result.assert_outcomes(passed=2, failed=1)
    result.stdout.fnmatch_lines(["FAILED other/traces/client/remove_twice.necptrace::*EINVAL*"])


def test_rules_and_unused_goldens_are_judged_project_by_project(project: Project) -> None:
    rule = '[[expected]]\naction = "known"\nreason = "it is old"\nfield = "status"\n'
    (add_project(project, "a") / "golden/gone.golden").touch()
    (add_project(project, "b", "EINVAL") / "necp-replay.toml").write_text(rule, "utf-8")
    (add_project(project, "c") / "necp-replay.toml").write_text(rule, "utf-8")
    result = project.run("a", "b", "c", "traces")
    result.assert_outcomes(passed=4, xfailed=1, errors=2)
    result.stdout.fnmatch_lines(["ERROR a/golden/gone.golden - *", "ERROR c/necp-replay.toml::*"])
    result.stdout.fnmatch_lines(["project a", "project b", "project c"])


def test_one_folder_of_goldens_for_two_projects_is_refused(project: Project) -> None:
    add_project(project, "a")
    add_project(project, "b")
    shutil.copytree(project.root / "a/golden", project.root / "elsewhere")
    result = project.run("a", "b", "--necp-golden", "elsewhere")
    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(["*traces of two projects*"])
    foreign = project.run("a", "--necp-golden", "b/golden")
    foreign.assert_outcomes(failed=1)
    foreign.stdout.fnmatch_lines(["*names a part of the project b*"])


def test_the_root_directory_of_pytest_is_no_project(project: Project) -> None:
    other = add_project(project, "other", "EINVAL")
    result = project.run("--rootdir", str(project.root / "golden"), str(other / "traces"))
    result.assert_outcomes(failed=1)


def test_a_scenario_without_a_project_fails(project: Project) -> None:
    shutil.copytree(project.root / "traces", project.root / "corpus")
    project.run("corpus").assert_outcomes(failed=2)
    accepted = project.run("corpus", "--necp-accept")
    accepted.assert_outcomes(failed=2)
    accepted.stdout.fnmatch_lines(["*belongs to no project*"])


def test_accepting_writes_into_each_project(project: Project) -> None:
    other = add_project(project, "other", "EINVAL")
    project.run("other", "traces", "--necp-accept").assert_outcomes(passed=3)
    project.run("other", "traces").assert_outcomes(passed=3)
    assert sorted(path.name for path in (other / "golden").iterdir()) == ["client"]


def test_each_real_file_is_one_test(project: Project) -> None:
    elsewhere = project.root / "elsewhere"
    shutil.move(project.root / "traces/client", elsewhere)
    (project.root / "traces/client").symlink_to(elsewhere)
    (project.root / "traces/again").symlink_to("policies")
    (project.root / "traces/also.necptrace").symlink_to(f"client/{NAME}")
    (project.root / "traces/loop").symlink_to("..")
    (elsewhere / "up").symlink_to("../traces")
    result = project.run("traces")
    result.assert_outcomes(passed=2)
    result.stdout.fnmatch_lines(["traces/again is the same folder as *", "traces/loop is a link *"])
    project.run_workers("traces").assert_outcomes(passed=2)


def test_a_link_that_is_named_runs_what_it_leads_to(project: Project) -> None:
    (project.root / "traces/again").symlink_to("client")
    (project.root / "way").symlink_to(".")
    assert ids(project.run("traces/again", "--collect-only", "-q")) == [
        f"traces/again/{NAME}::{NEW}"
    ]
    project.run("traces/again").assert_outcomes(passed=1)
    project.run("way/traces/again").assert_outcomes(passed=1)
    project.run("traces", "traces/again").assert_outcomes(passed=2)


def test_nothing_is_judged_unused_below_a_broken_link(project: Project) -> None:
    shutil.rmtree(project.root / "traces/client")
    (project.root / "traces/client").symlink_to("nowhere")
    result = project.run("traces")
    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines(["traces/client is a broken link*"])


def test_a_link_to_nothing_in_place_of_a_trace_fails(project: Project) -> None:
    (project.root / "traces/gone.necptrace").symlink_to("nowhere")
    (project.root / "traces/client/circle.necptrace").symlink_to("circle.necptrace")
    (project.root / "elsewhere").mkdir()
    (project.root / "elsewhere/gone.necptrace").symlink_to("nowhere")
    result = project.run()
    result.assert_outcomes(passed=2, failed=2)
    result.stdout.fnmatch_lines(
        [
            "FAILED traces/client/circle.necptrace::unreadable - *symbolic links*",
            "FAILED traces/gone.necptrace::unreadable - *No such file*",
        ]
    )
    project.run_workers().assert_outcomes(passed=2, failed=2)


def test_a_folder_that_cannot_be_read_fails_alone(project: Project) -> None:
    secret = project.root / "traces/secret"
    shutil.copytree(project.root / "traces/client", secret)
    secret.chmod(0)
    for workers in ((), ("-n", "2", "-p", "xdist")):
        run = run_unprivileged(project.root, *PLUGIN, *workers, module="pytest")
        assert "1 failed, 2 passed" in run.stdout
        assert "FAILED traces/secret::unreadable - " in run.stdout
        assert "Permission denied" in run.stdout
    secret.chmod(0o700)
