"""`necp-replay changelog`: release notes of behaviour."""

from __future__ import annotations

from pathlib import Path

import pytest

from necp_replay.releases.lineage import path
from tests.cli.workplace import NEW, OLD, Workplace

TRACES = str(Path(__file__).parents[2] / "traces" / "differences")


def test_each_change_is_a_section_with_both_releases_and_an_example(workplace: Workplace) -> None:
    printed = workplace.run("changelog", "macos-10.13.3", "macos-10.13.4", "--traces", TRACES)
    assert printed.status == 0
    assert f"## {NEW} (macOS 10.13.4, iOS 11.3)" in printed.out
    section = printed.out.split("### REMOVE of an unknown client\n")[1].split("###")[0]
    assert f"- {OLD}: succeeds silently" in section
    assert f"- {NEW}: ENOENT and a log record" in section
    assert "- Fact: `remove_unknown_client_is_error` (`necp_client_remove`)" in section
    assert "3 necp_client_action REMOVE" in section
    assert "- Fixes a security fault: `tfo-cookie-heap-overflow`" in printed.out
    assert "### Changes that programs cannot see" in printed.out


def test_json_has_steps_facts_and_examples(workplace: Workplace) -> None:
    found = workplace.run("changelog", OLD, "xnu-4570.61.1", "--traces", TRACES, "--json").json()
    assert [each["to"] for each in found["steps"]] == path(OLD, "xnu-4570.61.1")[1:]
    changes = {each["fact"]: each for each in found["steps"][0]["changes"]}
    change = changes["remove_unknown_client_is_error"]
    assert (change["old"], change["new"], change["seen"]) == ("False", "True", True)
    assert change["example"]["differences"][0]["expected"] is not None
    assert len(change["example"]["records"]) == 3


def test_a_release_without_visible_changes_says_so(workplace: Workplace) -> None:
    printed = workplace.run("changelog", "xnu-4570.31.3", OLD)
    assert "No changes that programs can see." in printed.out


def test_the_page_has_the_same_without_scripts(workplace: Workplace) -> None:
    printed = workplace.run("changelog", OLD, NEW, "--traces", TRACES, "--html", "changes.html")
    assert printed.status == 0
    page = (workplace.root / "changes.html").read_text("utf-8")
    assert "<h3>REMOVE of an unknown client</h3>" in page
    assert "<script" not in page
    assert "default-src 'none'" in page


def test_a_comparison_of_releases_suggests_it(workplace: Workplace) -> None:
    workplace.record()
    printed = workplace.run("diff", "traces", "--from", OLD, "--to", NEW)
    assert f"All changes: necp-replay changelog {OLD} {NEW}" in printed.out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((OLD, OLD), "nothing changed from"),
        ((OLD, "macos-9"), "there is no release"),
        ((OLD, NEW, "--traces", "nowhere"), "there is no such folder"),
        ((OLD, NEW, "--html", "nowhere/x.html"), "there is no such folder"),
        ((OLD, NEW, "--html", "x.golden"), "would replace a trace"),
    ],
    ids=["same", "release", "traces", "html folder", "html name"],
)
def test_what_cannot_be_written_is_refused_in_a_line(
    workplace: Workplace, arguments: tuple[str, ...], message: str
) -> None:
    printed = workplace.run("changelog", *arguments)
    assert printed.status == 2
    assert message in printed.err
