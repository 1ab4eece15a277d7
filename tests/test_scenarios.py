"""The scenarios of this repository: what each says of itself, and what they show together."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from necp_replay.abi.client import ClientAction
from necp_replay.coverage.traces import Coverage, add_trace
from necp_replay.kernel.client_actions.table import CLIENT_ACTIONS
from necp_replay.releases.lineage import RELEASES
from necp_replay.scenario import System
from necp_replay.scenario.find import FoundScenario, find_scenarios
from necp_replay.trace.find import FoundTrace, find_traces
from tests.complaints import assert_none
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


def test_every_scenario_is_described_by_a_sentence_and_its_source() -> None:
    assert_none(
        f"{found.scenario.name}: {complaint}"
        for found in SCENARIOS
        for complaint in complaints_about(found.scenario.description)
    )


def complaints_about(description: str) -> Iterator[str]:
    """What is wrong with the description of a scenario."""
    if not description.partition("\n")[0].endswith("."):
        yield "the first line, which the index shows, does not end with a full stop"
    if not SOURCE.search(description):
        yield "the description does not end with 'Source: ... .'"


@pytest.mark.parametrize("found", SCENARIOS, ids=name_of)
def test_what_a_scenario_asserts_holds_on_every_release(found: FoundScenario) -> None:
    for release in found.scenario.span.modelled():
        found.scenario.run(System.of_release(release, found.scenario.name))


def test_the_scenarios_alone_exercise_all_that_can_be() -> None:
    coverage = Coverage()
    missing = [str(point) for point in coverage.missing()]
    # The large ones are not read if the others exercise everything.
    for trace in sorted(RECORDED, key=lambda each: each.path.stat().st_size):
        add_trace(coverage, trace)
        missing = [str(point) for point in coverage.missing()]
        if missing in ([], NO_SCENARIO):
            break
    assert missing in ([], NO_SCENARIO)


NO_SCENARIO = [
    "client action: ADD EADDRNOTAVAIL logged",
    "session action: ADD_DOMAIN_FILTER ENOMEM logged",
]
"""These take 16,000 listeners and 10,000 filters."""


def test_each_client_action_has_traces_of_its_success_and_of_its_errors() -> None:
    names = {trace.name for trace in RECORDED}
    handled = {action for profile in RELEASES.values() for action in profile.client_actions}
    for number in CLIENT_ACTIONS.keys() & handled:
        name = ClientAction(number).name.lower()
        assert {f"client/{name}", f"client/{name}_refused"} <= names


def test_each_trace_of_a_vulnerability_has_its_id_and_is_in_the_table() -> None:
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
