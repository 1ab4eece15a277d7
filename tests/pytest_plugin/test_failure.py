"""The texts that a failing trace gives: failure, short summary, last section, JUnit file."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

import pytest

from necp_replay.golden.store import GoldenStore
from necp_replay.replay.findings.run_report import RunReport
from necp_replay.replay.run import ReplayOptions, replay_trace
from necp_replay.report.failure_text import failure_lines
from necp_replay.report.style import Style
from tests.pytest_plugin.project import ADD, NEW, OLD, REMOVE, Project

pytest_plugins = ["pytester"]

HEADLINE = "record 5 REMOVE: status golden EBADF, replayed ENOENT"


@pytest.fixture
def changed(project: Project) -> Project:
    """The project with one golden that differs from what the engine gives."""
    project.change_golden()
    return project


def test_the_text_of_a_failure_is_that_of_the_replay_command(changed: Project) -> None:
    options = ReplayOptions(goldens=GoldenStore(Path("golden")))
    report = replay_trace(Path(REMOVE), "client/remove_twice", options)
    run = RunReport("replay", "expected", "replayed", [report])
    lines = [line.rstrip() for line in failure_lines(run, report, Style(coloured=False))]
    result = changed.run(REMOVE)
    assert "\n".join(lines) in "\n".join(result.outlines)
    result.stdout.no_fnmatch_line("*Traceback*")


@pytest.mark.parametrize("style", ["auto", "short", "long", "native", "no", "line"])
def test_the_last_lines_name_trace_record_difference_and_next_commands(
    changed: Project, style: str
) -> None:
    result = changed.run("-q", f"--tb={style}")
    result.stdout.fnmatch_lines(
        [
            f"FAILED {REMOVE}::{NEW} - {HEADLINE}",
            "*= necp-replay =*",
            f"Start with {REMOVE} record 5 on {NEW}",
            "  necp_client_action REMOVE *",
            "    status",
            "      golden   EBADF",
            "      replayed ENOENT",
            "  The only kind of difference: it begins at 1 record of 1 trace.",
            f"  See it:     necp-replay show {REMOVE} --select 5",
            f"  Explain it: necp-replay explain {REMOVE} --record 5",
            f"  Make small: necp-replay minimize {REMOVE} --record 5 --release {NEW} -o *",
            f"  Run again:  necp-replay replay {REMOVE} --release {NEW}",
            f"  Review it:  necp-replay review {REMOVE}",
            f"  Accept it:  necp-replay accept {REMOVE}",
            "  Expect it:  *fingerprint = *",
            "1 failed, 1 passed in *",
        ],
        consecutive=True,
    )


def test_tb_line_shows_the_headline_only(changed: Project) -> None:
    result = changed.run("--tb=line")
    result.stdout.fnmatch_lines(["*= FAILURES =*", f"{REMOVE}:5: {HEADLINE}"], consecutive=True)
    result.stdout.no_fnmatch_line("*return values*")


def test_equal_differences_of_two_traces_are_shown_once(changed: Project) -> None:
    for folder, suffix in (("traces", ".necptrace"), ("golden", "@xnu-4570.51.1.golden")):
        file = changed.root / folder / f"client/remove_twice{suffix}"
        (changed.root / folder / f"other{suffix}").write_bytes(file.read_bytes())
    result = changed.run("-q", "--tb=no")
    result.stdout.fnmatch_lines(
        [
            f"Start with {REMOVE} record 5 on {NEW}",
            "  The only kind of difference: it begins at 2 records of 2 traces.",
        ]
    )


def test_the_next_command_names_the_release_that_failed(changed: Project) -> None:
    result = changed.run("--necp-release", OLD, "--necp-release", NEW, "--tb=no")
    result.assert_outcomes(passed=3, failed=1)
    result.stdout.fnmatch_lines([f"  Run again:  necp-replay replay {REMOVE} --release {NEW}"])


def test_the_next_command_uses_the_same_goldens(changed: Project) -> None:
    (changed.root / "golden").rename(changed.root / "elsewhere")
    result = changed.run("--necp-golden", "elsewhere", "--tb=no")
    result.stdout.fnmatch_lines(
        [
            f"  Run again:  necp-replay replay {REMOVE} --release {NEW} --golden elsewhere",
            f"  Accept it:  necp-replay accept {REMOVE} --golden elsewhere",
        ]
    )


def test_a_trace_without_a_golden_fails_and_shows_how_to_accept_it(project: Project) -> None:
    (project.root / "golden/policies/deep-er/add.golden").unlink()
    result = project.run()
    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(
        [
            "*has no golden*",
            f"FAILED {ADD}::{NEW} - no golden*",
            f"  1 trace without a golden, first {ADD}: necp-replay accept {ADD}",
        ]
    )


def test_colour_is_used_if_pytest_uses_it(changed: Project) -> None:
    assert "\x1b[33mEBADF\x1b[0m" in str(changed.run("--color=yes").stdout)
    assert "\x1b" not in str(changed.run("--color=no").stdout)


def test_the_junit_file_has_the_release_the_golden_and_the_difference(changed: Project) -> None:
    changed.run("--junitxml=junit.xml", "--color=yes", "--tb=line")
    text = (changed.root / "junit.xml").read_text("utf-8")
    failed, passed = ElementTree.fromstring(text).iter("testcase")
    assert (failed.get("classname"), failed.get("name")) == (REMOVE.replace("/", "."), NEW)
    said = [(each.get("name"), each.get("value")) for each in failed.iter("property")]
    assert said[:3] == [
        ("release", NEW),
        ("records", "5"),
        ("golden", "golden/client/remove_twice@xnu-4570.51.1.golden"),
    ]
    (fingerprint,) = said[3:]
    assert fingerprint[0] == "fingerprint"
    (failure,) = failed.iter("failure")
    assert failure.get("message") == HEADLINE
    assert failure.text is not None
    assert failure.text.startswith(f"{REMOVE} on {NEW}\n")
    assert "\x1b" not in failure.text
    assert [each.tag for each in passed] == ["properties"]


def test_the_output_with_xdist_is_the_same(changed: Project) -> None:
    changed.damage(ADD)
    asked = ("-q", "--tb=short", "--necp-release", OLD, "--necp-release", NEW)
    alone = changed.run(*asked)
    shared = changed.run_workers(*asked)
    alone.assert_outcomes(passed=1, failed=2)
    shared.assert_outcomes(passed=1, failed=2)
    assert last_section(shared) == last_section(alone)
    for line in (line for line in alone.outlines if line.startswith(("  ", "FAILED"))):
        assert line in shared.outlines


def last_section(result: pytest.RunResult) -> list[str]:
    """The lines of the section necp-replay."""
    lines = result.outlines
    first = next(i for i, line in enumerate(lines) if "= necp-replay =" in line)
    return lines[first:-1]
