"""The scenarios of this repository: what each says of itself, and what they show together."""

from __future__ import annotations

import re

import pytest

from necp_replay.abi.client import ClientAction
from necp_replay.coverage.traces import coverage_of
from necp_replay.golden.find import FoundTrace, find_traces
from necp_replay.kernel.client_actions.action_row import Support
from necp_replay.kernel.client_actions.table import CLIENT_ACTIONS
from necp_replay.releases.chain import RELEASES
from necp_replay.scenario import System
from necp_replay.scenario.find import FoundScenario, find_scenarios
from tests.docs.markdown import ROOT

TRACES = ROOT / "traces"
SCENARIOS = find_scenarios(TRACES)
RECORDED = [each for each in find_traces([TRACES]) if not each.name.startswith("measured/")]
VULNERABILITIES = ROOT / "docs" / "vulnerabilities.md"
ADVISORY = re.compile(r"^([a-z]+(?:-[a-z]+)+)[:, (]")
SOURCE = re.compile(r"Source: (?P<source>.+)\.$", re.S)


def name_of(each: FoundScenario | FoundTrace) -> str:
    """How a scenario is called in a test's name."""
    return each.scenario.name if isinstance(each, FoundScenario) else each.name


@pytest.mark.parametrize("found", SCENARIOS, ids=name_of)
def test_a_scenario_says_what_it_shows_and_where_that_is_known_from(found: FoundScenario) -> None:
    shows, _, _ = found.scenario.description.partition("\n")
    assert shows.endswith("."), "the first line is the sentence that the index shows"
    assert SOURCE.search(found.scenario.description), "it has to end with 'Source: ... .'"


@pytest.mark.parametrize("found", SCENARIOS, ids=name_of)
def test_what_a_scenario_asserts_holds_on_every_release(found: FoundScenario) -> None:
    for release in RELEASES:
        found.scenario.run(System.of_release(release, found.scenario.name))


def test_the_scenarios_alone_exercise_all_that_can_be() -> None:
    assert not [str(point) for point in coverage_of(RECORDED).missing()]


def test_each_client_action_has_traces_of_its_success_and_of_its_errors() -> None:
    names = {trace.name for trace in RECORDED}
    for number, row in CLIENT_ACTIONS.items():
        if row.support is not Support.ABSENT:
            name = ClientAction(number).name.lower()
            assert {f"client/{name}", f"client/{name}_refused"} <= names


def test_each_trace_of_a_vulnerability_bears_its_id_and_stands_in_the_table() -> None:
    page = VULNERABILITIES.read_text("utf-8")
    for found in SCENARIOS:
        if found.trace.parts[0] == "vulnerabilities":
            advisory = ADVISORY.match(found.scenario.description)
            assert advisory is not None, found.scenario.name
            (row,) = [line for line in page.splitlines() if f"`{found.scenario.name}`" in line]
            assert row.startswith(f"| `{advisory[1]}` |")


def test_the_table_of_vulnerabilities_names_traces_that_are_there() -> None:
    known = {trace.name for trace in RECORDED}
    named = re.findall(r"`(?:traces/)?((?:\w+/)?\w+_\w+)`", VULNERABILITIES.read_text("utf-8"))
    assert named
    for name in named:
        assert name in known or f"vulnerabilities/{name}" in known
