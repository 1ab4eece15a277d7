"""Expected differences: which tests they change, and when a rule fails the session."""

from __future__ import annotations

import pytest

from tests.pytest_plugin.project import ADD, NEW, OLD, REMOVE, Project

pytest_plugins = ["pytester"]

KNOWN = """
[[expected]]
action = "known"
reason = "EBADF is what the other system says"
record = "REMOVE"
field = "status"
"""
IGNORED = """
[[expected]]
action = "ignored"
reason = "Which error it is does not matter"
record = "REMOVE"
field = "status"
"""
STALE = """
[[expected]]
action = "ignored"
reason = "Nobody needs this any more"
field = "no such field"
"""
VANISHED = """
[[expected]]
action = "known"
reason = "It was repaired"
trace = "policies/deep-er/add"
field = "status"
"""
SELECTIONS = [
    ("-k", "remove or add and not policies"),
    ("-m", "necp_client"),
    ("--deselect", f"{ADD}::{NEW}"),
    ("--ignore", "traces/policies"),
    ("traces/client",),
    (f"{REMOVE}::{NEW}",),
]


@pytest.fixture
def changed(project: Project) -> Project:
    """The project with a golden that says something else."""
    project.change_golden()
    return project


def write_rules(project: Project, *rules: str) -> None:
    (project.root / "necp-replay.toml").write_text("".join(rules), "utf-8")


def test_a_trace_with_nothing_but_known_differences_is_expected_to_fail(changed: Project) -> None:
    write_rules(changed, KNOWN)
    result = changed.run("-rx")
    result.assert_outcomes(passed=1, xfailed=1)
    assert result.ret == pytest.ExitCode.OK
    result.stdout.fnmatch_lines(
        [
            f"XFAIL {REMOVE}::{NEW} - *EBADF is what the other system says (rule 1)",
            "*known * 1 * 1 * applied * EBADF is what the other system says",
        ]
    )


def test_a_trace_whose_differences_do_not_matter_passes(changed: Project) -> None:
    write_rules(changed, IGNORED)
    result = changed.run("--junitxml=junit.xml")
    result.assert_outcomes(passed=2)
    assert result.ret == pytest.ExitCode.OK
    said = (changed.root / "junit.xml").read_text("utf-8")
    assert '<property name="expected" value="1" /><property name="rules" value="1" />' in said


def test_a_trace_with_another_difference_beside_known_ones_fails(changed: Project) -> None:
    changed.change_golden("necp_open pid=100 flags=0x0 -> ok", "necp_open pid=100 flags=0x0 -> EIO")
    write_rules(changed, KNOWN)
    result = changed.run()
    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines([f"FAILED {REMOVE}::{NEW} - record 2 necp_open: status *"])


def test_runxfail_shows_what_is_known(changed: Project) -> None:
    write_rules(changed, KNOWN)
    changed.run("--runxfail").assert_outcomes(passed=1, failed=1)


def test_a_trace_that_no_longer_differs_as_expected_of_it_fails(project: Project) -> None:
    write_rules(project, VANISHED)
    result = project.run(ADD)
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        [
            "  rule 1 expects a difference that is not there any more: It was repaired",
            f"FAILED {ADD}::{NEW} - rule 1 expects a difference that is not there any more",
            "  1 rule of necp-replay.toml failed, first number 1 (line 2), vanished: *",
        ]
    )
    project.run().assert_outcomes(passed=1, failed=1)


def test_a_rule_that_hides_nothing_fails_a_session_of_every_trace(project: Project) -> None:
    write_rules(project, STALE)
    result = project.run("-q")
    result.assert_outcomes(passed=2, errors=1)
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.stdout.fnmatch_lines(
        [
            "ERROR necp-replay.toml::rule-1 - hid nothing in a complete run*",
            "rule 1 (line 2) hid nothing *",
            "2 passed, 1 error in *",
        ]
    )


def test_a_rule_that_has_expired_fails_a_session_of_every_trace(changed: Project) -> None:
    write_rules(changed, KNOWN, "expires = 2020-01-01\n")
    result = changed.run()
    result.assert_outcomes(passed=1, failed=1, errors=1)
    result.stdout.fnmatch_lines(["ERROR necp-replay.toml::rule-1 - held until 2020-01-01 *"])


@pytest.mark.parametrize("selection", SELECTIONS, ids=" ".join)
def test_no_rule_is_judged_where_traces_were_left_out(
    project: Project, selection: tuple[str, ...]
) -> None:
    write_rules(project, STALE, STALE, "expires = 2020-01-01\n")
    (project.root / "golden" / "gone.golden").touch()
    result = project.run(*selection)
    result.assert_outcomes(passed=1, deselected=selection[0] in ("-k", "-m", "--deselect"))
    assert result.ret == pytest.ExitCode.OK
    result.stdout.fnmatch_lines(["*1 *ignored * not judged *", "*2 *ignored * not judged *"])
    result.stdout.no_fnmatch_line("*gone.golden*")


def test_no_rule_is_judged_where_a_release_was_left_out(project: Project) -> None:
    write_rules(project, STALE)
    both = ("--necp-release", OLD, "--necp-release", NEW)
    assert project.run(*both).ret == pytest.ExitCode.TESTS_FAILED
    assert project.run(*both, "-k", NEW).ret == pytest.ExitCode.OK


def test_no_rule_is_judged_where_the_session_stopped_early(changed: Project) -> None:
    write_rules(changed, STALE)
    result = changed.run("-x")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*1 *ignored * not judged *"])


def test_no_rule_is_judged_by_a_replay_that_crashed(
    changed: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    def crash(*_: object) -> None:
        raise RuntimeError("a mistake of ours")

    write_rules(changed, KNOWN)
    monkeypatch.setattr("necp_replay.golden.run.replay_trace", crash)
    result = changed.run()
    result.assert_outcomes(failed=2)
    result.stdout.fnmatch_lines(["*RuntimeError: a mistake of ours", "*1 *known * not judged *"])


def test_no_rule_is_judged_where_only_failures_ran_again(changed: Project) -> None:
    changed.run().assert_outcomes(passed=1, failed=1)
    write_rules(changed, KNOWN, STALE)
    again = changed.run("--lf")
    again.assert_outcomes(xfailed=1)
    assert again.ret == pytest.ExitCode.OK
    again.stdout.fnmatch_lines(["*2 *ignored * not judged *"])


def test_a_rule_about_a_release_is_judged_by_the_tests_on_it(changed: Project) -> None:
    write_rules(changed, KNOWN, f'release = "{NEW}"\n', KNOWN, f'release = "{OLD}"\n')
    both = changed.run("--necp-release", OLD, "--necp-release", NEW)
    both.assert_outcomes(passed=3, xfailed=1, errors=1)
    both.stdout.fnmatch_lines(["ERROR necp-replay.toml::rule-2 - its difference is not there *"])
    own = changed.run()
    own.assert_outcomes(passed=1, xfailed=1)
    own.stdout.fnmatch_lines(["*2 *known * not judged *"])


def test_rules_may_be_where_an_option_or_the_ini_file_says(changed: Project) -> None:
    write_rules(changed, KNOWN)
    (changed.root / "necp-replay.toml").rename(changed.root / "other.toml")
    changed.run().assert_outcomes(passed=1, failed=1)
    changed.run("--necp-rules", "other.toml").assert_outcomes(passed=1, xfailed=1)
    (changed.root / "pytest.ini").write_text("[pytest]\nnecp_rules = other.toml\n", "utf-8")
    changed.run().assert_outcomes(passed=1, xfailed=1)


def test_rules_that_cannot_be_read_fail_every_trace_for_one_cause(project: Project) -> None:
    write_rules(project, KNOWN, 'expires = "soon"\n')
    result = project.run("--tb=line")
    result.assert_outcomes(failed=2)
    result.stdout.fnmatch_lines(
        [
            "What to do",
            f"  2 traces could not run, first {REMOVE}: necp-replay.toml: line 2: *not a date",
            "    *",
        ],
        consecutive=True,
    )


def test_rules_named_by_an_option_are_read_before_anything_runs(project: Project) -> None:
    result = project.run("--necp-rules", "nowhere.toml")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["*nowhere.toml*"])


def test_workers_of_xdist_come_to_the_same_judgement(changed: Project) -> None:
    write_rules(changed, KNOWN, STALE)
    (changed.root / "golden" / "gone.golden").touch()
    alone = changed.run("-q")
    shared = changed.run_workers("-q")
    for result in (alone, shared):
        result.assert_outcomes(passed=1, xfailed=1, errors=2)
        assert result.ret == pytest.ExitCode.TESTS_FAILED
    said = next(i for i, line in enumerate(alone.outlines) if "short test summary" in line)
    for line in alone.outlines[said:-1]:
        assert line in shared.outlines
