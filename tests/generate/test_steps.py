"""Generated steps are the same for the same seed, and exercise everything that can be reached."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import replace
from itertools import cycle, islice, pairwise
from typing import Any

import pytest

from necp_replay.abi.client import ClientAction
from necp_replay.coverage.count_points import PointCounter
from necp_replay.coverage.points import POINTS, UNREACHABLE, Area, Point, outcome_name
from necp_replay.errors import UsageError
from necp_replay.events.equality import same_whole
from necp_replay.events.inputs import Step
from necp_replay.events.json_form import step_to_json
from necp_replay.events.outcome import Absent, Outcome, Panicked, TypeConfused
from necp_replay.generate import VERSION
from necp_replay.generate.steps import MIXES, generate_steps
from necp_replay.generate.trace import recorded_steps
from necp_replay.kernel.client_actions.table import CLIENT_ACTIONS
from necp_replay.kernel.machine import Machine
from necp_replay.kernel.missing_inputs import missing_inputs
from necp_replay.releases.lineage import RELEASES
from necp_replay.releases.names import find_release
from necp_replay.releases.observed_profile import ObservedProfile
from necp_replay.releases.profile import Profile, differing_facts

PINNED = {
    ("everything", 1): "1f7263084f978674",
    ("everything", 2): "97c6c007fb8a0b23",
    ("clients", 1): "7568c6fa8f97f614",
    ("flows", 1): "d2573f0c032e6c5d",
    ("policies", 1): "facb827176b7cf3a",
}
"""Digests of 2000 steps. A change that alters one must raise the generator's VERSION."""


NOT_GENERATED = {
    Point(Area.EFFECT, "type_confusion"),
    Point(Area.RESULT_FLAG, "INTERFACE_LOW_POWER"),
    Point(Area.INPUT, "assert_bb_radio_manager ok"),
    Point(Area.INPUT, "assert_bb_radio_manager ENOBUFS logged"),
    Point(Area.INPUT, "resolver_key ok"),
    Point(Area.INPUT, "resolver_key EINVAL"),
    Point(Area.INPUT, "application_id_key ok"),
    Point(Area.INPUT, "application_id_key EINVAL"),
    Point(Area.INPUT, "random_bytes ok"),
    Point(Area.INPUT, "set_delegated_upid ok"),
    Point(Area.INPUT, "set_delegated_upid ENOENT"),
    Point(Area.INPUT, "request_in_process_flow_divert ENOTSUP"),
    Point(Area.INPUT, "socket_set_resolver_signature ENOTSUP"),
    Point(Area.INPUT, "socket_get_resolver_signature ENOTSUP"),
    Point(Area.INPUT, "netagent_results ok"),
    Point(Area.INPUT, "netagent_results ENOENT"),
}
"""Types are confused by last records alone, which bring the system down. No generated interface has
a mode of its own, no agent is a radio manager or hands results back, and no trace says what the
kernel draws at random. What every modelled release refuses or ignores is not generated.
"""
NO_GENERATED_STEP_SHOWS = {
    "result_has_low_power",
    "clat46_has_no_ipv4",
    "clat46_lowers_mtu",
    "interface_details_flags",
    "route_needs_address_of_family",
    "callbacks_pass_invalid",
    "first_aggregate_route_rule_id",
    "full_result_skips_tlvs",
    "tunnel_keeps_required_interface_only",
    "drop_all_has_bypass",
    "parsed_agents_limit",
    "prohibited_names_overlap",
    "policies_see_ports_alone",
    "constrained_interfaces_are_known",
    "agents_can_update_at_once",
    "claimed_clients_change_binary",
    "success_makes_heuristic",
    "ecn_backoff_holds_counters",
    "denied_event_aligns_uuid",
    "functional_types",
    "route_rules_count_one_by_one",
    "missing_local_address_has_family",
    "agent_data_size_is_signed",
    "heuristics_are_logged",
    "ip_skips_are_in_every_array",
    "nexus_agents_have_kinds",
    "ip_protocol_has_short_form",
    "inactive_agents_block_flows",
    "route_rules_count_without_route",
    "platform_binaries_need_no_client",
    "entitlement_asks_caller",
    "unspecified_destinations_are_not_local",
    "client_parameters",
}
"""What few or no generated steps reach: low power, CLAT46, routes that fail, flows that end, the
first rule after boot, rare kinds of interfaces, and what few clients or heuristics meet. Scenarios
show each.
"""


RICH = (
    (6, "xnu-8019.61.5"),
    (2, "xnu-4570.41.2"),
    (4, "xnu-8019.61.5"),
    (8, "xnu-7195.101.1"),
    (1, "xnu-4903.221.2"),
    (2, "xnu-4570.51.1"),
    (9, "xnu-8019.61.5"),
)
"""Seeds that together reach every point, each with its release. Found by trying."""


def answers(profile: Profile, steps: list[Step]) -> Iterator[Outcome]:
    """The outcomes of steps, submitted in order."""
    machine = Machine(profile)
    return (machine.submit(step) for step in steps)


def digest(steps: list[Step]) -> str:
    """A digest of the inputs and ids of steps."""
    content = hashlib.sha256()
    for step in steps:
        line = json.dumps(step_to_json(step), sort_keys=True)
        content.update(line.encode() + b"\n")
    return content.hexdigest()[:16]


@pytest.mark.parametrize(("mix", "seed"), PINNED)
def test_a_seed_gives_the_same_steps_for_ever(mix: str, seed: int) -> None:
    assert VERSION == 12
    assert digest(list(generate_steps(seed, 2000, mix))) == PINNED[mix, seed]


@pytest.mark.parametrize("records", [1, 10, 29, 500])
def test_there_are_exactly_as_many_steps_as_asked_for(records: int) -> None:
    assert len(list(generate_steps(1, records))) == records


def test_a_longer_trace_begins_with_the_steps_of_a_shorter_one() -> None:
    ending = 50
    short = list(generate_steps(1, 1000))[:-ending]
    assert digest(list(islice(generate_steps(1, 2000), len(short)))) == digest(short)


def test_an_unknown_mix_is_refused() -> None:
    with pytest.raises(UsageError, match="no mix 'nosuch'"):
        generate_steps(1, 10, "nosuch")


@pytest.mark.parametrize("release", RELEASES)
@pytest.mark.parametrize("mix", MIXES)
def test_the_system_stays_up_until_the_end(release: str, mix: str) -> None:
    machine = Machine(find_release(release))
    missing = missing_inputs(RELEASES[release])
    steps = list(generate_steps(4, 3000, mix, without=missing))
    outcomes = [machine.submit(step) for step in steps]
    ended = [n for n, outcome in enumerate(outcomes) if isinstance(outcome.answer, Absent)]
    assert not [number for number in ended if number < len(steps) - 3]


@pytest.mark.parametrize(("seed", "ending"), [(4, Panicked), (5, TypeConfused), (7, TypeConfused)])
def test_the_last_record_brings_the_system_down(seed: int, ending: type) -> None:
    *_, (_, outcome) = recorded_steps("xnu-4570.51.1", seed=seed, records=1500)
    assert isinstance(outcome.answer, ending)


@pytest.mark.parametrize("release", RELEASES)
def test_every_action_succeeds_and_fails(release: str) -> None:
    counter = PointCounter()
    for seed in (1, 2):
        for step, outcome in recorded_steps(release, seed=seed, records=6000):
            counter.add(step, outcome)
    for number in CLIENT_ACTIONS.keys() & RELEASES[release].client_actions:
        name = ClientAction(number).name
        success = Point(Area.CLIENT_ACTION, outcome_name(name, 0, is_logged=False))
        assert success in counter.seen or success in UNREACHABLE
        errors = [point for point in counter.seen if point.name.startswith(f"{name} E")]
        assert len(errors) >= 2, (name, errors)


def test_every_reachable_point_of_coverage_is_exercised() -> None:
    counter = PointCounter()
    facts = {point for point in POINTS if point.area is Area.RELEASE_FACT}
    missing = set(POINTS) - set(UNREACHABLE) - NOT_GENERATED - facts
    others = zip(range(1, 25), cycle(reversed(RELEASES)), strict=False)
    for seed, release in [*RICH, *others]:
        for step, outcome in recorded_steps(release, seed=seed, records=12_000):
            counter.add(step, outcome)
        missing -= counter.seen.keys()
        if not missing:
            break
    assert not missing, sorted(map(str, missing))


def test_every_differing_fact_changes_the_outcome_of_a_generated_step() -> None:
    undecided = [
        (older, newer, fact.name)
        for older, newer in pairwise(RELEASES.values())
        for fact in differing_facts(older, newer)
    ]
    undecided = [
        each
        for each in undecided
        if Point(Area.RELEASE_FACT, each[2]) not in UNREACHABLE
        and each[2] not in NO_GENERATED_STEP_SHOWS
    ]
    for seed in range(1, 9):
        if not undecided:
            break
        steps = list(generate_steps(seed, 4000))
        observed = {newer.release: ObservedProfile.of(newer) for _, newer, _ in undecided}
        expected = {tag: list(answers(profile, steps)) for tag, profile in observed.items()}
        # A fact that no step asks for changes no outcome.
        undecided = [
            (older, newer, name)
            for older, newer, name in undecided
            if name not in observed[newer.release].asked
            or not _changes_an_outcome(older, newer, name, steps, expected[newer.release])
        ]
    assert not undecided


def _changes_an_outcome(
    older: Profile, newer: Profile, name: str, steps: list[Step], expected: list[Outcome]
) -> bool:
    """Whether some step is answered differently if this fact alone is as it was before."""
    changed: dict[str, Any] = {name: getattr(older, name)}
    outcomes = zip(expected, answers(replace(newer, **changed), steps), strict=True)
    return not all(same_whole(one, other) for one, other in outcomes)


def test_releases_differ_on_generated_steps() -> None:
    old, new = (Machine(RELEASES[tag]) for tag in ("xnu-4570.41.2", "xnu-4570.51.1"))
    steps = list(generate_steps(1, 3000))
    differing = sum(not same_whole(old.submit(step), new.submit(step)) for step in steps)
    assert differing > 50


@pytest.mark.parametrize("profile", RELEASES.values(), ids=lambda profile: profile.release)
def test_the_same_steps_have_the_same_outcomes(profile: Profile) -> None:
    steps = list(generate_steps(6, 2000))
    one, other = Machine(profile), Machine(profile)
    assert all(same_whole(one.submit(step), other.submit(step)) for step in steps)
    assert one.snapshot() == other.snapshot()
