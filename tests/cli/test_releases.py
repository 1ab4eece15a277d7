"""`necp-replay releases`: the list, and the facts that differ with the traces that show them."""

from __future__ import annotations

from pathlib import Path

import pytest

from necp_replay.releases.lineage import RELEASES
from necp_replay.releases.profile import differing_facts
from tests.cli.workplace import NEW, OLD, Workplace
from tests.releases_apart import APART, BEFORE, put_under_way, take_out

ROOT = Path(__file__).parents[2]
FACTS = [fact.name for fact in differing_facts(RELEASES[OLD], RELEASES[NEW])]


def test_every_release_is_listed_with_its_system_versions(
    workplace: Workplace,
) -> None:
    rows = [line.split() for line in workplace.run("releases").out.splitlines()]
    assert rows[0] == ["release", "Darwin", "macOS", "iOS", "released", "facts", "changed"]
    assert rows[4:6] == [
        [OLD, "17.4.0", "10.13.3", "11.2.5", "2018-01-23", "0"],
        [NEW, "17.5.0", "10.13.4", "11.3", "2018-03-29", "16"],
    ]
    listed = workplace.run("releases", "--format", "json").json()["releases"]
    assert [each["release"] for each in listed] == list(RELEASES)


def test_releases_under_way_are_listed_apart_with_their_figures(
    workplace: Workplace, monkeypatch: pytest.MonkeyPatch
) -> None:
    entry = put_under_way(monkeypatch)
    lines = workplace.run("releases").out.splitlines()
    below = [line.split() for line in lines[lines.index("Under way:") :]]
    figures = [f"{entry.identical:,}", f"{entry.measured:,}"]
    assert any(row[:1] == [APART] and row[-2:] == figures for row in below)
    listed = workplace.run("releases", "--format", "json").json()["under_way"]
    assert [each["release"] for each in listed] == [APART]


def test_a_replay_on_a_release_under_way_warns_once(
    workplace: Workplace, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_under_way(monkeypatch)
    workplace.record()
    printed = workplace.run("replay", "traces", "--release", APART)
    assert printed.err.count("warning:") == 1
    assert f"{APART} is under way" in printed.err
    refused = workplace.run("releases", "diff", OLD, APART)
    assert refused.status == 2
    assert "It is under way" in refused.err


def test_each_fact_names_its_traces_or_why_there_are_none(
    workplace: Workplace,
) -> None:
    printed = workplace.run("releases", "diff", OLD, NEW, "--format", "json")
    assert printed.status == 1
    facts = {each["fact"]: each for each in printed.json()["facts"]}
    assert list(facts) == FACTS
    for told in facts.values():
        assert bool(told["traces"]) != bool(told["not_observable"])
        assert told["found"] is None
        assert all((ROOT / trace).is_file() for trace in told["traces"])
    text = workplace.run("releases", "diff", OLD, NEW).out
    assert "    Shown by traces/differences/agent_triggered.necptrace" in text
    assert "    Shown by nothing: Only the text of a log record changed." in text


def test_given_traces_are_replayed_to_find_which_facts_they_show(workplace: Workplace) -> None:
    workplace.record()
    arguments = ("releases", "diff", OLD, NEW, "--traces", "traces")
    facts = workplace.run(*arguments, "--format", "json").json()["facts"]
    found = {each["fact"]: each["found"] for each in facts if each["found"]["begun"]}
    assert found == {
        "remove_unknown_client_is_error": {
            "begun": 1,
            "followed": 0,
            "traces": 1,
            "examples": [{"path": "traces/remove_twice.necptrace", "record": 9}],
        }
    }
    text = workplace.run(*arguments).out
    assert "    Shown by 1 record of 1 trace:\n      traces/remove_twice.necptrace record 9" in text
    assert "    Shown by none of the traces\n" in text


def test_a_trace_that_cannot_be_replayed_fails_the_command(workplace: Workplace) -> None:
    path = workplace.record()
    path.write_bytes(path.read_bytes()[:-30])
    printed = workplace.run("releases", "diff", OLD, NEW, "--traces", "traces")
    assert printed.status == 2
    assert "remove_twice.necptrace" in printed.err


def test_a_release_has_no_facts_that_differ_from_itself(workplace: Workplace) -> None:
    printed = workplace.run("releases", "diff", OLD, OLD)
    assert (printed.status, printed.out) == (0, "0 facts differ\n")


def test_a_release_can_be_named_by_its_system(workplace: Workplace) -> None:
    workplace.record()
    by_tag = workplace.run("releases", "diff", OLD, NEW)
    by_system = workplace.run("releases", "diff", "macOS 10.13.3", "ios-11.3")
    assert by_system.out == by_tag.out
    replayed = workplace.run("replay", "traces", "--release", "macos-10.13.4")
    assert NEW in replayed.out


def test_a_system_that_is_not_modelled_names_the_nearest_release(
    workplace: Workplace, monkeypatch: pytest.MonkeyPatch
) -> None:
    take_out(monkeypatch)
    printed = workplace.run("releases", "diff", OLD, "macos-15.5")
    assert printed.status == 2
    assert "xnu-11417.121.6 (macOS 15.5) is not modelled" in printed.err
    assert f"The nearest modelled release is {BEFORE}" in printed.err


def test_a_header_may_name_a_system(workplace: Workplace) -> None:
    path = workplace.record()
    lines = workplace.run("convert", str(path)).out.replace(f'"{NEW}"', '"macOS 10.13.4 (17E199)"')
    workplace.write("t.jsonl", lines)
    path.unlink()
    assert workplace.run("convert", "t.jsonl", "-o", "traces/t.necptrace").status == 0
    assert workplace.run("accept", "traces").status == 0
    printed = workplace.run("replay", "traces")
    assert (printed.status, NEW in printed.out) == (0, True)
    assert workplace.run("coverage", "traces").status == 0
    other = workplace.record()
    joined = workplace.run("cat", str(other), "traces/t.necptrace", "-o", "both.necptrace")
    assert joined.status in (0, 4), joined.err
