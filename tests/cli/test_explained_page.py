"""The HTML page explains examples of findings, on both sides, and can be made smaller."""

from __future__ import annotations

import shlex
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from necp_replay.releases import lineage
from necp_replay.replay import worth_details
from necp_replay.report.html import page as html_page
from tests.cli.workplace import NEW, OLD, SCENARIO, Workplace
from tests.report.html.page_contents import contents_of

CORPUS = Path(__file__).parents[2] / "traces"
REMOVED = str(CORPUS / "differences" / "remove_unknown_client.necptrace")
VPN = str(CORPUS / "policies" / "vpn.necptrace")


def explained(workplace: Workplace, *words: str) -> list[tuple[list[str], str, str]]:
    """Labels and both sides of each explanation on the page of a command."""
    workplace.run(*words, "--html", "page.html")
    document = contents_of((workplace.root / "page.html").read_text("utf-8"))

    def text(parts: list[int] | None) -> str:
        lines = [number for part in parts or [] for number in document["parts"][part]]
        return "\n".join(document["strings"][number] for number in lines)

    found: list[tuple[list[str], str, str]] = []
    for difference in document["differences"]:
        sides: dict[str, Any] | None = difference.get("explained")
        if sides is not None:
            labels = [document["strings"][number] for number in sides["labels"]]
            found.append((labels, text(sides["expected"]), text(sides["actual"])))
    return found


def test_two_releases_are_explained_beside_each_other(workplace: Workplace) -> None:
    ((labels, old, new),) = explained(workplace, "diff", REMOVED, "--from", OLD, "--to", NEW)
    assert labels == [OLD, NEW]
    assert old == "ok: no check failed"
    assert "ENOENT: check 4 of 4 of REMOVE (necp_client_remove)" in new


def test_a_likely_fact_is_explained_with_both_values(
    workplace: Workplace, monkeypatch: pytest.MonkeyPatch
) -> None:
    changed = replace(lineage.RELEASES[NEW], remove_unknown_client_is_error=False)
    monkeypatch.setitem(lineage.RELEASES, NEW, changed)
    ((labels, expected, replayed),) = explained(workplace, "replay", REMOVED)
    fact = "with remove_unknown_client_is_error"
    assert labels == [f"{fact} True", f"{fact} False"]
    assert "ENOENT: check 4 of 4" in expected
    assert replayed == "ok: no check failed"


def test_without_a_likely_fact_the_engine_explains_what_it_did(
    workplace: Workplace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "necp_replay.kernel.policy.match.policy_matches", lambda policy, info: False
    )
    found = explained(workplace, "replay", VPN)
    assert found
    for (expected_label, label), expected, replayed in found:
        assert (expected_label, expected) == ("", "")
        assert label == f"the built-in engine on {NEW}"
        assert "policies (session order/order): NONE; no policy decides" in replayed


def test_a_large_page_is_warned_of_and_can_be_limited(
    workplace: Workplace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(html_page, "LARGE_BYTES", 10_000)
    words = ("diff", str(CORPUS / "differences" / "remove_matrix.necptrace"))
    releases = ("--from", OLD, "--to", NEW, "--html", "page.html")
    printed = workplace.run(*words, *releases)
    assert printed.err.startswith("warning: page.html has 0.")
    assert "--html-limit 1000" in printed.err
    workplace.run(*words, *releases, "--html-limit", "2")
    document = contents_of((workplace.root / "page.html").read_text("utf-8"))
    assert len(document["differences"]) == 2
    assert document["traces"][0]["different"] > 2


def test_a_page_over_many_traces_has_sides_of_few_and_says_how_to_see_the_others(
    workplace: Workplace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worth_details, "RECORDS_REPLAYED", 0)
    for name in ("remove_matrix", "remove_unknown_client"):
        trace = CORPUS / "differences" / f"{name}.necptrace"
        (workplace.root / trace.name).write_bytes(trace.read_bytes())

    def sides(*words: str) -> list[bool]:
        command = ("diff", *words, "--html", "page.html")
        assert workplace.run(*command).status == 1
        document = contents_of((workplace.root / "page.html").read_text("utf-8"))
        assert document["words"] == ["--from", OLD, "--to", NEW, "--no-rules"]
        return [each["sides"] is not None for each in document["differences"]]

    words = ("--from", OLD, "--to", NEW, "--no-rules")
    found = sides(".", *words)
    assert 0 < sum(found) < len(found)
    assert all(sides("remove_matrix.necptrace", *words, "--html-limit", "100"))
    assert all(sides(".", *words, "--html-limit", "20000"))


def test_two_traces_are_explained_beside_each_other_each_on_its_own_release(
    workplace: Workplace,
) -> None:
    workplace.write("s.py", SCENARIO)
    for name, release in (("a", OLD), ("b", NEW)):
        assert workplace.run("record", "s.py", "-o", name, "--release", release).status == 0
    left, right = (f"{name}/remove_twice.necptrace" for name in "ab")
    printed = workplace.run("diff", left, right)
    commands = [line for line in printed.out.splitlines() if line.startswith("Explain ")]
    assert [line.split(":")[0] for line in commands] == ["Explain A", "Explain B"]
    for line in commands:
        assert workplace.run(*shlex.split(line)[3:]).status == 0
    ((labels, old, new),) = explained(workplace, "diff", left, right)
    assert labels == [f"A {left} on {OLD}", f"B {right} on {NEW}"]
    assert old == "ok: no check failed"
    assert "ENOENT: check 4 of 4 of REMOVE (necp_client_remove)" in new


def test_a_golden_has_no_explanation_and_the_trace_beside_it_has(workplace: Workplace) -> None:
    workplace.record()
    workplace.run("accept", "traces")
    golden, trace = "golden/remove_twice.golden", "traces/remove_twice.necptrace"
    printed = workplace.run("diff", golden, trace)
    assert "Explain A" not in printed.out
    assert f"Explain B: necp-replay explain {trace} --record 9" in printed.out
    ((labels, old, new),) = explained(workplace, "diff", golden, trace)
    assert (labels, old) == (["A", f"B {trace} on {NEW}"], "")
    assert "ENOENT" in new
