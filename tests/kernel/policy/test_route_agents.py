"""Route rules that add an agent to results."""

from __future__ import annotations

from dataclasses import replace

import pytest

from necp_replay.abi.client import ClientResult
from necp_replay.abi.errno import Errno
from necp_replay.abi.policy import (
    PolicyResult,
    RouteRuleAction,
    RouteRuleFlag,
    SessionAction,
)
from necp_replay.abi.policy import RouteRuleAction as A
from necp_replay.kernel.policy.route_rule_table import KernelRouteRule, RouteRules
from necp_replay.releases.xnu_4570 import XNU_4570_51_1
from necp_replay.releases.xnu_7195 import XNU_7195_50_7_100_1, XNU_7195_101_1
from necp_replay.scenario import policies
from necp_replay.scenario.buffers import room
from tests.kernel.policy.world import World, apply_policies, make_world, policy

AGENT, OTHER = b"\xa1" * 16, b"\xa2" * 16
REMOTE = "198.18.0.1:443"


def world_with(*rules: policies.RouteRule) -> World:
    world = make_world(XNU_7195_101_1.profile)
    for agent in (AGENT, OTHER):
        world.system.add_agent(agent.hex(), uuid=agent)
    result = policies.route_rules(*rules)
    apply_policies(
        world,
        policies.policy(order=1, result=result, conditions=[policies.all_interfaces()]),
    )
    return world


def agents(world: World, interface: str | None = None) -> list[bytes]:
    fd = world.app.necp_open()
    client = fd.add(remote=REMOTE, bound_interface=interface)
    values = fd.copy_result(client.client_id).values(ClientResult.NETAGENT)
    return [value[4:] for value in values]


def test_the_action_needs_an_agent_and_a_release_that_knows_it() -> None:
    for profile, agent, errno in (
        (XNU_7195_101_1.profile, AGENT, Errno.OK),
        (XNU_7195_101_1.profile, AGENT[:15], Errno.EINVAL),
        (XNU_7195_50_7_100_1.profile, AGENT, Errno.EINVAL),
    ):
        session = make_world(profile).daemon.necp_session_open()
        rule = policies.RouteRule(A.USE_NETAGENT, value=agent).pack()
        content = policy(1, PolicyResult.ROUTE_RULES, b"", rule) + policies.default().pack()
        assert session.action(SessionAction.POLICY_ADD, content, room(4)).errno == errno


@pytest.mark.parametrize(
    ("rule", "wifi", "cellular"),
    [
        (policies.use_agent(AGENT), True, True),
        (policies.use_agent(AGENT, "en0"), True, False),
        (policies.use_agent(AGENT, kinds=RouteRuleFlag.WIFI), True, False),
        (policies.use_agent(AGENT, kinds=RouteRuleFlag.WIRED), True, False),
        (policies.use_agent(AGENT, kinds=RouteRuleFlag.CELLULAR), False, True),
        (policies.use_agent(AGENT, kinds=RouteRuleFlag.EXPENSIVE), False, False),
        (policies.use_agent(AGENT, kinds=RouteRuleFlag.CONSTRAINED), False, False),
    ],
)
def test_the_agent_is_added_for_routes_over_the_interfaces_of_the_rule(
    rule: policies.RouteRule, wifi: bool, cellular: bool
) -> None:
    world = world_with(rule)
    assert (agents(world) == [AGENT]) is wifi
    assert (agents(world, "pdp_ip0") == [AGENT]) is cellular


def test_the_first_agent_of_a_policy_is_that_of_all_its_rules() -> None:
    world = world_with(
        policies.use_agent(AGENT, "en5"),
        policies.use_agent(OTHER),
        policies.use_agent(AGENT, "en0"),
    )
    assert agents(world) == [AGENT]
    assert agents(world_with(policies.use_agent(OTHER), policies.use_agent(AGENT))) == [OTHER]


def test_a_denied_route_gets_no_agent() -> None:
    assert agents(world_with(policies.use_agent(AGENT), policies.deny("en0"))) == []


def test_an_agent_loses_its_id_with_its_last_rule() -> None:
    world = make_world(XNU_7195_101_1.profile)
    result = policies.route_rules(policies.use_agent(AGENT))
    session = apply_policies(world, policies.policy(order=1, result=result))
    session.action(SessionAction.POLICY_DELETE_ALL)
    session.action(SessionAction.POLICY_APPLY_ALL)
    assert agents(world) == []


def test_rules_with_agents_are_those_without_and_others_are_never_shared() -> None:
    def rule(agent: bytes = bytes(16)) -> KernelRouteRule:
        made = KernelRouteRule()
        made.agent = agent
        made.default_action = RouteRuleAction.USE_NETAGENT
        return made

    one = RouteRules(XNU_4570_51_1.profile)
    assert [one.insert(rule()), one.insert(rule())] == [1, 1]
    two = RouteRules(replace(XNU_4570_51_1.profile, equal_route_rules_are_one=False))
    assert [two.insert(rule(AGENT)), two.insert(rule(AGENT))] == [1, 2]
    assert [two.insert(rule()), two.insert(rule()), two.insert(rule(AGENT))] == [3, 4, 4]
