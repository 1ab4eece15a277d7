"""What policies are compared with and decide together from xnu-8019 on."""

from __future__ import annotations

import pytest

from necp_replay.abi.aggregate_result import AGENT_USE_FLAG_REMOVE, AGENT_USE_FLAG_SCOPE
from necp_replay.abi.client import ClientResult
from necp_replay.abi.errno import Errno
from necp_replay.abi.policy import (
    FILTER_PRESERVES_CONNECTIONS,
    PolicyResult,
    SessionAction,
)
from necp_replay.events.effects import Wake
from necp_replay.events.interfaces import IfaceUpdate
from necp_replay.releases.profile import Profile
from necp_replay.releases.xnu_7195 import XNU_7195_101_1
from necp_replay.releases.xnu_8019 import XNU_8019_41_5
from necp_replay.scenario import client_parameters, policies
from necp_replay.scenario.buffers import room
from necp_replay.scenario.keywords import ClientParameters
from necp_replay.scenario.policies import Condition, Result, RouteRule
from tests.kernel.builders import make_system
from tests.kernel.policy.world import EN0, Matched, World, apply_policies, make_world, match_policy

OLD, NEW = XNU_7195_101_1.profile, XNU_8019_41_5.profile
AGENT, OTHER = b"\xa1" * 16, b"\xa2" * 16
REMOTE: ClientParameters = {"remote": "198.18.0.1:443"}
NO_ROUTE: ClientParameters = {"remote": "[2001:db8:99::1]:443", "bound_interface": "utun0"}
DROP, NONE, DIVERT = PolicyResult.DROP, PolicyResult.NONE, PolicyResult.SOCKET_DIVERT
SCOPE, REMOVE = AGENT_USE_FLAG_SCOPE, AGENT_USE_FLAG_REMOVE
ANY_INTERFACE = [policies.all_interfaces()]


def world_with(*results: Result, profile: Profile = NEW) -> World:
    return world_where(*((result, ANY_INTERFACE) for result in results), profile=profile)


def world_where(*decisions: tuple[Result, list[Condition]], profile: Profile = NEW) -> World:
    world = make_world(profile)
    for agent in (AGENT, OTHER):
        world.system.add_agent(agent.hex(), uuid=agent)
    apply_policies(
        world,
        *(
            policies.policy(order=order, result=result, conditions=conditions)
            for order, (result, conditions) in enumerate(decisions, start=1)
        ),
    )
    return world


def match(world: World, parameters: ClientParameters = REMOTE) -> Matched:
    return match_policy(world.app, client_parameters(**parameters))


def agents_and_flags(world: World) -> list[tuple[bytes, int]]:
    matched = match(world)
    pairs = zip(matched.netagents, matched.netagent_flags, strict=True)
    return [(agent, flags) for agent, flags in pairs if any(agent)]


def listed_agents(world: World) -> list[bytes]:
    fd = world.app.necp_open()
    values = fd.copy_result(fd.add(**REMOTE).client_id).values(ClientResult.NETAGENT)
    return [value[4:] for value in values]


def test_an_agent_is_listed_once_and_can_be_removed() -> None:
    use, scope, remove = (
        result(AGENT)
        for result in (policies.use_netagent, policies.netagent_scoped, policies.remove_netagent)
    )
    both = world_with(use, scope, profile=OLD)
    assert agents_and_flags(both) == [(AGENT, 0), (AGENT, SCOPE)]
    assert agents_and_flags(world_with(use, scope)) == [(AGENT, SCOPE)]
    assert agents_and_flags(world_with(scope, remove)) == [(AGENT, REMOVE)]
    assert agents_and_flags(world_with(remove, scope)) == [(AGENT, REMOVE)]
    assert listed_agents(world_with(use)) == [AGENT]
    assert listed_agents(world_with(use, remove)) == []


def test_a_removed_agent_of_an_interface_is_not_listed() -> None:
    for results, expected in (
        ([], [AGENT, OTHER]),
        ([policies.remove_netagent(AGENT)], [OTHER]),
        ([policies.route_rules(policies.remove_agent(OTHER))], [AGENT]),
        ([policies.route_rules(policies.remove_agent(OTHER, "en5"))], [AGENT, OTHER]),
    ):
        world = world_with(*results)
        world.system.submit(IfaceUpdate(EN0, agents=(AGENT, OTHER)))
        assert listed_agents(world) == expected


def test_sixteen_agents_instead_of_eight() -> None:
    for profile, count in ((OLD, 8), (NEW, 16)):
        world = make_world(profile)
        agents = [bytes([number]) * 16 for number in range(1, 18)]
        for agent in agents:
            world.system.add_agent(agent.hex(), uuid=agent)
        used = enumerate(map(policies.use_netagent, agents))
        apply_policies(world, *(policies.policy(order=n, result=each) for n, each in used))
        assert [agent for agent, _ in agents_and_flags(world)] == agents[:count]
        assert listed_agents(world) == agents[:count]


def test_filters_preserve_connections_if_all_of_them_do() -> None:
    keep = FILTER_PRESERVES_CONNECTIONS
    for first, second, unit in ((1 | keep, 2 | keep, 3 | keep), (1 | keep, 2, 3), (1, 2 | keep, 3)):
        world = world_with(policies.socket_filter(first), policies.socket_filter(second))
        assert match(world).filter_control_unit == unit


@pytest.mark.parametrize(
    ("parameters", "is_met"),
    [
        ({"remote": "198.18.0.1:443"}, True),
        ({"remote": "198.18.0.1:80"}, False),
        ({"remote": "198.18.0.1:80", "scheme_port": 443}, True),
        ({"scheme_port": 443}, True),
        ({}, False),
    ],
)
def test_the_port_of_the_scheme_or_of_the_remote_address(
    parameters: ClientParameters, is_met: bool
) -> None:
    for condition, expected in (
        (policies.scheme_port(443), is_met),
        (~policies.scheme_port(443), not is_met),
    ):
        matched = match(world_where((policies.drop(), [condition])), parameters)
        assert matched.routing_result == (DROP if expected else NONE)


@pytest.mark.parametrize(
    ("rules", "used", "result"),
    [
        ([policies.deny()], [], DROP),
        ([policies.needing_agent(policies.deny(), AGENT)], [], NONE),
        ([policies.needing_agent(policies.deny(), AGENT)], [OTHER], NONE),
        ([policies.needing_agent(policies.deny(), AGENT)], [AGENT], DROP),
        ([policies.divert(7)], [], DIVERT),
        ([policies.divert(7, "en0")], [], DIVERT),
        ([policies.divert(7, "en5")], [], NONE),
        ([policies.divert(7), policies.allow("en0")], [], NONE),
        ([policies.needing_agent(policies.divert(7), AGENT)], [OTHER], NONE),
        ([policies.needing_agent(policies.divert(7), AGENT)], [AGENT], DIVERT),
    ],
)
def test_route_rules_may_need_an_agent_and_divert(
    rules: list[RouteRule], used: list[bytes], result: PolicyResult
) -> None:
    world = world_with(*map(policies.use_netagent, used), policies.route_rules(*rules))
    matched = match(world)
    assert matched.routing_result == result
    assert matched.routing_result_parameter == (7 if result is DIVERT else 0)


def test_a_policy_that_decides_is_not_diverted() -> None:
    rule = policies.route_rules(policies.divert(7))
    assert match(world_with(rule, policies.pass_through())).routing_result == PolicyResult.PASS


def test_a_rule_counts_without_a_route() -> None:
    for profile, expected in ((OLD, NONE), (NEW, DROP)):
        world = world_with(policies.route_rules(policies.deny()), profile=profile)
        assert match(world, NO_ROUTE).routing_result == expected


def test_the_most_specific_action_decides_about_an_agent() -> None:
    rules = policies.route_rules(policies.use_agent(AGENT), policies.allow("en0"))
    assert agents_and_flags(world_with(rules, profile=OLD)) == [(AGENT, 0)]
    assert agents_and_flags(world_with(rules)) == []


def test_equal_rules_with_agents_are_one() -> None:
    for profile, count in ((OLD, 2), (NEW, 1)):
        rule = policies.route_rules(policies.use_agent(AGENT))
        world = world_with(rule, rule, profile=profile)
        assert len(agents_and_flags(world)) == count


@pytest.mark.parametrize(
    ("rule", "errno"),
    [
        (policies.remove_agent(AGENT), Errno.OK),
        (policies.remove_agent(AGENT[:15]), Errno.EINVAL),
        (policies.divert(7), Errno.OK),
        (RouteRule(policies.divert(7).action, value=b"\7\0\0"), Errno.EINVAL),
    ],
)
def test_the_value_of_a_rule_must_be_long_enough(rule: RouteRule, errno: Errno) -> None:
    content = policies.policy(order=1, result=policies.route_rules(rule))
    for profile, expected in ((OLD, Errno.EINVAL), (NEW, errno)):
        session = make_world(profile).daemon.necp_session_open()
        assert session.action(SessionAction.POLICY_ADD, content, room(4)).errno == expected


def test_evaluations_by_the_update_timer_have_every_privilege() -> None:
    for profile, woken in ((OLD, False), (NEW, True)):
        world = make_world(profile)
        fd = world.app.necp_open()
        fd.add(**REMOTE).copy_result()
        decision = policies.policy(
            order=1, result=policies.drop(), conditions=[policies.entitlement()]
        )
        apply_policies(world, decision)
        assert match(world).routing_result == NONE
        effects = world.system.fire_timer().effects
        assert any(isinstance(effect, Wake) for effect in effects) is woken


def test_a_platform_binary_needs_no_client() -> None:
    for profile, expected in ((OLD, DROP), (NEW, NONE)):
        world = world_with(profile=profile)
        world.app.update(
            entitlements=("com.apple.developer.on-demand-install-capable",), platform_binary=True
        )
        assert match(world).routing_result == expected
        world.app.update(platform_binary=False)
        assert match(world).routing_result == DROP


def test_no_remote_address_is_not_local() -> None:
    for profile, expected in ((OLD, DROP), (NEW, NONE)):
        system = make_system(profile.release)
        wifi = system.add_interface("en0", EN0, addrs=["192.0.2.10/24"])
        system.order_interfaces(wifi)
        system.add_route("default", wifi)
        app = system.add_process(100, "app")
        session = system.add_policy_session(system.add_process(300, "daemon", privileged=True))
        session.add_policy(order=1, result=policies.drop(), conditions=[policies.local_networks()])
        session.apply_all()
        assert app.match_policy(local="192.0.2.10:1").routing_result == expected
        assert app.match_policy(remote="192.0.2.77:1").routing_result == DROP
