"""`necp-replay bisect`: since which releases a trace behaves as it does."""

from __future__ import annotations

import pytest

from necp_replay.releases.lineage import NEWEST, OLDEST, RELEASES
from tests.cli.workplace import NEW, OLD, Workplace

TRACE = "traces/remove_twice.necptrace"


@pytest.fixture(autouse=True)
def recorded(workplace: Workplace) -> None:
    """Every test has the trace."""
    workplace.record()


def test_each_change_is_named_with_systems_fact_and_example(workplace: Workplace) -> None:
    printed = workplace.run("bisect", TRACE, "--record", "9")
    assert printed.status == 1
    lines = printed.out.splitlines()
    assert lines[0] == f"Since {NEW} (macOS 10.13.4, iOS 11.3)"
    assert "     remove_unknown_client_is_error False -> True" in lines
    assert any(line.startswith("     record 9 necp_client_action REMOVE") for line in lines)
    assert f"{TRACE} record 9 necp_client_action REMOVE" in printed.out
    assert f"  A  {OLDEST} to {OLD} (macOS 10.13 to 10.13.3, iOS 11.0 to 11.2.5)" in lines


def test_a_record_that_never_changed_is_no_difference(workplace: Workplace) -> None:
    printed = workplace.run("bisect", TRACE, "--record", "1")
    assert printed.status == 0
    assert f"no change in {len(RELEASES)} releases" in printed.out


def test_a_range_takes_systems_and_goes_either_way(workplace: Workplace) -> None:
    arguments = ("bisect", TRACE, "--record", "9", "--json")
    up = workplace.run(*arguments, "--from", "macos-10.13.3", "--to", "macos-10.13.4").json()
    assert [each["release"] for each in up["releases"]] == [OLD, NEW]
    down = workplace.run(*arguments, "--from", NEW, "--to", OLD).json()
    assert [each["release"] for each in down["changes"]] == [OLD]


def test_json_has_letters_changes_facts_and_fields(workplace: Workplace) -> None:
    found = workplace.run("bisect", TRACE, "--record", "9", "--format", "json").json()
    assert (found["path"], found["record"]) == (TRACE, 9)
    assert [each["release"] for each in found["releases"]] == list(RELEASES)
    first = found["changes"][0]
    assert (first["release"], first["parent"], first["different"]) == (NEW, OLD, 1)
    assert first["systems"] == [{"tag": NEW, "macos": "10.13.4", "ios": "11.3", "darwin": "17.5.0"}]
    (group,) = first["groups"]
    assert (group["fact"], group["values"]) == ("remove_unknown_client_is_error", "False -> True")
    (record,) = first["differing_records"]
    assert record["record"] == 9
    assert record["differences"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((TRACE, "--record", "999"), "there is no record 999"),
        ((TRACE, "--record", "0"), "must be at least 1"),
        (("traces",), "this is a folder, but bisect takes one trace"),
        (("nothing.necptrace",), "nothing.necptrace"),
        ((TRACE, "--from", NEWEST), "there is nothing to compare"),
        ((TRACE, "--from", "macos-9"), "there is no release"),
    ],
    ids=["record", "zero", "folder", "missing", "range of one", "release"],
)
def test_what_cannot_be_compared_is_refused_in_a_line(
    workplace: Workplace, arguments: tuple[str, ...], message: str
) -> None:
    printed = workplace.run("bisect", *arguments)
    assert printed.status == 2
    assert message in printed.err
    assert "Traceback" not in printed.err
    assert printed.out == ""
