"""Policies about agents and links, which releases from xnu-4903 on know."""

from __future__ import annotations

import pytest

from necp_replay.abi.policy import (
    CONDITION_AGENT_TYPE,
    PolicyCondition,
    PolicyResult,
    RouteRuleAction,
    RouteRuleFlag,
    SessionAction,
)
from necp_replay.events.effects import Log
from necp_replay.events.interfaces import IfaceOrder, IfaceUpdate
from necp_replay.releases.profile import Profile
from necp_replay.releases.xnu_4570 import XNU_4570_71_2
from necp_replay.releases.xnu_4903 import XNU_4903_221_2
from necp_replay.scenario.buffers import room
from necp_replay.scenario.parameters import client_parameters
from tests.kernel.policy.dumped import add_policy, dump_all
from tests.kernel.policy.world import (
    EN0,
    EN5,
    PDP_IP0,
    UTUN0,
    World,
    apply_policies,
    condition,
    make_world,
    match_policy,
    policy,
    route_rule,
)

OLD, NEW = XNU_4570_71_2.profile, XNU_4903_221_2.profile
C, R, A = PolicyCondition, PolicyResult, RouteRuleAction
ANYTHING = client_parameters(remote="198.18.0.1:443")
SCOPED, DROP = R.SOCKET_SCOPED, R.DROP


def agent_type(domain: bytes, type_: bytes, *, negative: bool = False) -> bytes:
    return condition(C.AGENT_TYPE, CONDITION_AGENT_TYPE.pack(domain, type_), negative=negative)


def rules(*parts: bytes) -> bytes:
    return policy(1, R.ROUTE_RULES, b"", condition(C.DEFAULT), *parts)


def bad_link(world: World, index: int) -> None:
    world.system.submit(IfaceUpdate(index, lqm_state=10, if_state_valid=2))


def matched(world: World, parameters: bytes = ANYTHING) -> tuple[int, int]:
    found = match_policy(world.app, parameters)
    return found.routing_result, found.routing_result_parameter


@pytest.mark.parametrize(
    "content",
    [
        policy(1, R.SCOPED_DIRECT),
        policy(1, R.NETAGENT_SCOPED, bytes([7]) * 16),
        policy(1, R.PASS, b"", agent_type(b"D", b"T")),
        rules(route_rule(A.DENY_LQM_ABORT)),
    ],
    ids=["scoped direct", "netagent scoped", "agent type", "bad link"],
)
@pytest.mark.parametrize(("profile", "errno"), [(OLD, 22), (NEW, 0)], ids=["4570", "4903"])
def test_some_policies_are_for_later_releases(profile: Profile, errno: int, content: bytes) -> None:
    session = make_world(profile).daemon.necp_session_open()
    assert session.action(SessionAction.POLICY_ADD, content, room(4)).errno == errno


@pytest.mark.parametrize(
    "content",
    [
        policy(1, R.NETAGENT_SCOPED, bytes(15)),
        policy(1, R.PASS, b"", condition(C.AGENT_TYPE, bytes(63))),
        policy(1, R.PASS, b"", agent_type(b"D", b"T", negative=True)),
    ],
    ids=["short agent", "short type", "negative"],
)
def test_a_policy_about_agents_that_is_not_right_is_einval(content: bytes) -> None:
    session = make_world(NEW).daemon.necp_session_open()
    assert session.action(SessionAction.POLICY_ADD, content, room(4)).errno == 22


def test_the_first_physical_interface_is_the_one_that_traffic_is_scoped_to() -> None:
    world = make_world(NEW)
    apply_policies(world, policy(1, R.SCOPED_DIRECT))
    assert matched(world) == (SCOPED, EN0)
    world.system.submit(IfaceOrder((UTUN0, EN5, EN0)))
    assert matched(world) == (SCOPED, EN5)
    world.system.submit(IfaceOrder((UTUN0,)))
    assert matched(world) == (DROP, 0)


@pytest.mark.parametrize(
    ("domain", "type_", "matches"),
    [(b"D", b"T", True), (b"", b"T", True), (b"D", b"", True), (b"D", b"U", False)],
)
def test_a_type_of_agents_is_matched_by_what_clients_require(
    domain: bytes, type_: bytes, matches: bool
) -> None:
    world = make_world(NEW)
    apply_policies(world, policy(1, R.DROP, b"", agent_type(domain, type_)))
    required = client_parameters(require_agent_type=[("X", "Y"), ("D", "T")])
    assert (matched(world, required)[0] == DROP) is matches
    assert matched(world)[0] != DROP


def test_a_policy_for_one_type_of_agents_makes_a_later_one_for_another_type_unnecessary() -> None:
    world = make_world(NEW)
    session = apply_policies(
        world,
        policy(1, R.PASS, b"", agent_type(b"D", b"T")),
        policy(2, R.DROP, b"", agent_type(b"D", b"T")),
        policy(3, R.DROP, b"", agent_type(b"D", b"U")),
    )
    assert [dumped.order for dumped in dump_all(session)] == [1, 2]


def test_new_results_and_conditions_are_dumped() -> None:
    session = apply_policies(
        make_world(NEW),
        policy(1, R.NETAGENT_SCOPED, bytes(15) + b"\x01", condition(C.ALL_INTERFACES)),
        policy(2, R.ROUTE_RULES, b"", condition(C.DEFAULT), route_rule(A.DENY_LQM_ABORT)),
        policy(3, R.SCOPED_DIRECT, b"", agent_type(b"D", b"T")),
    )
    agent, rule, direct = dump_all(session)
    assert agent.result == "NetAgentScoped (00000000-0000-0000-0000-000000000001)"
    assert rule.result == "RouteRules (Unknown)"
    assert direct.result == "ScopedDirect"
    assert direct.conditions == [(C.AGENT_TYPE, CONDITION_AGENT_TYPE.pack(b"D", b"T"))]


def test_a_kind_of_interface_is_denied_while_its_link_is_bad() -> None:
    world = make_world(NEW)
    rule = route_rule(A.DENY_LQM_ABORT, flags=RouteRuleFlag.WIFI | RouteRuleFlag.CELLULAR)
    apply_policies(world, rules(rule))
    assert matched(world)[0] != DROP
    bad_link(world, PDP_IP0)
    assert matched(world)[0] != DROP
    bad_link(world, EN0)
    assert matched(world)[0] == DROP


def test_the_link_of_the_delegate_counts() -> None:
    world = make_world(NEW)
    apply_policies(world, rules(route_rule(A.DENY_LQM_ABORT, flags=RouteRuleFlag.WIFI)))
    world.system.submit(IfaceUpdate(UTUN0, delegate=EN0))
    tunnelled = client_parameters(remote="10.1.2.3:443")
    assert matched(world, tunnelled)[0] != DROP
    bad_link(world, EN0)
    assert matched(world, tunnelled)[0] == DROP


def test_an_interface_by_name_is_denied_whatever_its_link_is() -> None:
    world = make_world(NEW)
    apply_policies(world, rules(route_rule(A.DENY_LQM_ABORT, "en0")))
    assert matched(world)[0] == DROP


def test_a_bad_link_by_default_denies_nothing() -> None:
    world = make_world(NEW)
    apply_policies(world, rules(route_rule(A.DENY_LQM_ABORT)))
    bad_link(world, EN0)
    assert matched(world)[0] != DROP


@pytest.mark.parametrize(("profile", "first"), [(OLD, DROP), (NEW, R.NONE)], ids=["4570", "4903"])
def test_the_first_aggregate_of_route_rules_may_not_be_enforced(
    profile: Profile, first: PolicyResult
) -> None:
    world = make_world(profile)
    deny, mark = route_rule(A.DENY_INTERFACE, "en0"), route_rule(A.QOS_MARKING)
    session = apply_policies(world, rules(deny), rules(mark))
    assert matched(world)[0] == first
    session.action(SessionAction.POLICY_ADD, rules(route_rule(A.ALLOW_INTERFACE, "en5")), room(4))
    session.action(SessionAction.POLICY_APPLY_ALL)
    assert matched(world)[0] == DROP


@pytest.mark.parametrize(("profile", "ids"), [(OLD, [1, 2, 3]), (NEW, [1, 1, 2])])
def test_policies_may_be_numbered_in_each_session(profile: Profile, ids: list[int]) -> None:
    world = make_world(profile)
    one, two = world.daemon.necp_session_open(), world.daemon.necp_session_open()
    content = policy(1, R.PASS)
    assert [add_policy(one, content), add_policy(two, content), add_policy(two, content)] == ids


@pytest.mark.parametrize(("profile", "flags"), [(OLD, [3, 3]), (NEW, [0, 1])], ids=["4570", "4903"])
def test_what_is_said_of_agents_depends_on_the_release(profile: Profile, flags: list[int]) -> None:
    world = make_world(profile)
    agent = world.system.add_agent("a", flags=3).uuid
    scoped = R.NETAGENT_SCOPED if profile is NEW else R.USE_NETAGENT
    apply_policies(world, policy(1, R.USE_NETAGENT, agent), policy(2, scoped, agent))
    assert match_policy(world.app, ANYTHING).netagent_flags[:2] == flags


@pytest.mark.parametrize(("profile", "records"), [(OLD, 0), (NEW, 1)], ids=["4570", "4903"])
def test_the_type_of_an_unknown_agent_may_be_an_error(profile: Profile, records: int) -> None:
    world = make_world(profile)
    world.system.submit(IfaceUpdate(EN0, agents=(bytes([9]) * 16,)))
    added = world.app.necp_open().add(prefer_agent_type=[("D", "T")]).added
    assert added is not None
    assert [each for each in added.effects if isinstance(each, Log)] == [
        Log(3, "netagent_get_agent_domain_and_type")
    ] * records


@pytest.mark.parametrize(("profile", "flags"), [(OLD, 0), (NEW, 0x18)], ids=["4570", "4903"])
def test_copy_interface_tells_more_flags(profile: Profile, flags: int) -> None:
    world = make_world(profile)
    world.system.submit(IfaceUpdate(EN0, eflags=0x08000000, xflags=0x80))
    assert world.app.necp_open().copy_interface(EN0).flags == flags
