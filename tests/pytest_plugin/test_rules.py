"""Rules make tests pass or fail as expected, and unused rules fail a complete session."""

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
    """The project with one golden that differs from what the engine gives."""
    project.change_golden()
    return project


def write_rules(project: Project, *rules: str) -> None:
    (project.root / "necp-replay.toml").write_text("".join(rules), "utf-8")


def test_a_trace_with_only_known_differences_is_expected_to_fail(changed: Project) -> None:
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


def test_a_trace_with_only_ignored_differences_passes(changed: Project) -> None:
    write_rules(changed, IGNORED)
    result = changed.run("--junitxml=junit.xml")
    result.assert_outcomes(passed=2)
    assert result.ret == pytest.ExitCode.OK
    said = (changed.root / "junit.xml").read_text("utf-8")
    assert '<property name="expected" value="1" /><property name="rules" value="1" />' in said


def test_a_trace_with_a_known_and_another_difference_fails(changed: Project) -> None:
    changed.change_golden("necp_open pid=100 flags=0x0 -> ok", "necp_open pid=100 flags=0x0 -> EIO")
    write_rules(changed, KNOWN)
    result = changed.run()
    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines([f"FAILED {REMOVE}::{NEW} - record 2 necp_open: status *"])


def test_runxfail_reports_known_differences_as_failures(changed: Project) -> None:
    write_rules(changed, KNOWN)
    changed.run("--runxfail").assert_outcomes(passed=1, failed=1)


def test_a_trace_fails_if_its_own_known_rule_hides_nothing(project: Project) -> None:
    write_rules(project, VANISHED)
    result = project.run(ADD)
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        [
            "  rule 1 expects a difference that did not occur: It was repaired",
            f"FAILED {ADD}::{NEW} - rule 1 expects a difference that did not occur",
            "  1 rule of necp-replay.toml failed, first number 1 (line 2), vanished: *",
        ]
    )
    project.run().assert_outcomes(passed=1, failed=1)


def test_a_rule_that_hides_nothing_fails_a_complete_session(project: Project) -> None:
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


def test_rules_that_match_every_difference_together_fail_a_complete_session(
    changed: Project,
) -> None:
    by_trace = KNOWN.replace('record = "REMOVE"\nfield = "status"', 'trace = "{}/*"')
    write_rules(changed, by_trace.format("client"), by_trace.format("policies"))
    result = changed.run()
    result.assert_outcomes(passed=1, xfailed=1, errors=2)
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.stdout.fnmatch_lines(
        ["ERROR necp-replay.toml::rule-1 - matches every difference of every trace*"]
    )


def test_an_expired_rule_fails_a_complete_session(changed: Project) -> None:
    write_rules(changed, KNOWN, "expires = 2020-01-01\n")
    result = changed.run()
    result.assert_outcomes(passed=1, failed=1, errors=1)
    result.stdout.fnmatch_lines(["ERROR necp-replay.toml::rule-1 - its last day was 2020-01-01, *"])


@pytest.mark.parametrize("selection", SELECTIONS, ids=" ".join)
def test_rules_are_not_judged_if_traces_were_left_out(
    project: Project, selection: tuple[str, ...]
) -> None:
    write_rules(project, STALE, STALE, "expires = 2020-01-01\n")
    (project.root / "golden" / "gone.golden").touch()
    result = project.run(*selection)
    result.assert_outcomes(passed=1, deselected=selection[0] in ("-k", "-m", "--deselect"))
    assert result.ret == pytest.ExitCode.OK
    result.stdout.fnmatch_lines(["*1 *ignored * not judged *", "*2 *ignored * not judged *"])
    result.stdout.no_fnmatch_line("*gone.golden*")


def test_rules_are_not_judged_if_a_release_was_left_out(project: Project) -> None:
    write_rules(project, STALE)
    both = ("--necp-release", OLD, "--necp-release", NEW)
    assert project.run(*both).ret == pytest.ExitCode.TESTS_FAILED
    assert project.run(*both, "-k", NEW).ret == pytest.ExitCode.OK


def test_rules_are_not_judged_if_the_session_stopped_early(changed: Project) -> None:
    write_rules(changed, STALE)
    result = changed.run("-x")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*1 *ignored * not judged *"])


def test_rules_are_not_judged_if_a_replay_crashed(
    changed: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    def crash(*_: object) -> None:
        raise RuntimeError("a mistake of ours")

    write_rules(changed, KNOWN)
    monkeypatch.setattr("necp_replay.replay.run.replay_trace", crash)
    result = changed.run()
    result.assert_outcomes(failed=2)
    result.stdout.fnmatch_lines(["*RuntimeError: a mistake of ours", "*1 *known * not judged *"])


def test_rules_are_not_judged_if_only_the_last_failures_ran(changed: Project) -> None:
    changed.run().assert_outcomes(passed=1, failed=1)
    write_rules(changed, KNOWN, STALE)
    again = changed.run("--lf")
    again.assert_outcomes(xfailed=1)
    assert again.ret == pytest.ExitCode.OK
    again.stdout.fnmatch_lines(["*2 *ignored * not judged *"])


def test_a_rule_for_a_release_is_judged_by_the_tests_on_that_release(changed: Project) -> None:
    write_rules(changed, KNOWN, f'release = "{NEW}"\n', KNOWN, f'release = "{OLD}"\n')
    both = changed.run("--necp-release", OLD, "--necp-release", NEW)
    both.assert_outcomes(passed=3, xfailed=1, errors=1)
    both.stdout.fnmatch_lines(["ERROR necp-replay.toml::rule-2 - its difference did not occur*"])
    own = changed.run()
    own.assert_outcomes(passed=1, xfailed=1)
    own.stdout.fnmatch_lines(["*2 *known * not judged *"])


def test_an_option_and_the_ini_file_set_the_file_of_rules(changed: Project) -> None:
    write_rules(changed, KNOWN)
    (changed.root / "necp-replay.toml").rename(changed.root / "other.toml")
    changed.run().assert_outcomes(passed=1, failed=1)
    changed.run("--necp-rules", "other.toml").assert_outcomes(passed=1, xfailed=1)
    (changed.root / "pytest.ini").write_text("[pytest]\nnecp_rules = other.toml\n", "utf-8")
    changed.run().assert_outcomes(passed=1, xfailed=1)


def test_every_trace_fails_if_the_rules_cannot_be_read(project: Project) -> None:
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


def test_a_missing_file_of_rules_is_refused_before_any_test_runs(project: Project) -> None:
    result = project.run("--necp-rules", "nowhere.toml")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["*nowhere.toml*"])


def test_rules_and_goldens_are_judged_the_same_with_xdist(changed: Project) -> None:
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
