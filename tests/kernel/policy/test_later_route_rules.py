"""Route rules of the releases from xnu-8796 on: companion links, VPNs, and types that are named."""

from __future__ import annotations

import pytest

from necp_replay.abi.errno import Errno
from necp_replay.abi.policy import (
    FLOW_DIVERT_IS_TRANSPARENT,
    PolicyResult,
    RouteRuleFlag,
    SessionAction,
)
from necp_replay.events.effects import NetworkPolicyEvent
from necp_replay.events.interfaces import IfaceUpdate
from necp_replay.kernel.policy.interface_denied import INTERFACE_DENIED_6153
from necp_replay.releases.names import find_release
from necp_replay.scenario import client_parameters, policies
from necp_replay.scenario.buffers import room
from necp_replay.scenario.policies import RouteRule
from tests.kernel.policy.dumped import dump_all
from tests.kernel.policy.world import Matched, World, apply_policies, make_world, match_policy

BEFORE, COMPANIONS, TYPES, VPNS = (
    "xnu-8792.81.2",
    "xnu-8796.101.5",
    "xnu-10002.1.13",
    "xnu-11215.1.10",
)
COMPANION, VPN, WIFI = RouteRuleFlag.COMPANION, RouteRuleFlag.VPN, RouteRuleFlag.WIFI
AGENT = b"\xa1" * 16
IS_COMPANION = IfaceUpdate(4, type=1, family=18, subfamily=2)
IS_VPN = IfaceUpdate(4, xflags=0x10000)
NONE, DROP, DIVERT = PolicyResult.NONE, PolicyResult.DROP, PolicyResult.SOCKET_DIVERT


def world_of(release: str, change: IfaceUpdate | None = None) -> World:
    world = make_world(find_release(release, under_way=True))
    world.daemon.update(platform_binary=True)
    world.system.add_agent("agent", uuid=AGENT)
    if change is not None:
        world.system.submit(change)
    return world


def match(world: World) -> Matched:
    return match_policy(world.app, client_parameters(remote="198.18.0.1:443"))


def matched(release: str, *rules: RouteRule, change: IfaceUpdate | None = None) -> Matched:
    world = world_of(release, change)
    content = policies.policy(
        order=1, result=policies.route_rules(*rules), conditions=[policies.all_interfaces()]
    )
    apply_policies(world, content)
    return match(world)


def types_denied(found: Matched) -> list[int]:
    events = [each for each in found.effects if isinstance(each, NetworkPolicyEvent)]
    return [INTERFACE_DENIED_6153.unpack(each.data)[3] for each in events]


@pytest.mark.parametrize(
    ("kind", "change", "release", "expected"),
    [
        (COMPANION, IS_COMPANION, BEFORE, NONE),
        (COMPANION, IS_COMPANION, COMPANIONS, DROP),
        (COMPANION, None, COMPANIONS, NONE),
        (VPN, IS_VPN, TYPES, NONE),
        (VPN, IS_VPN, VPNS, DROP),
        (VPN, None, VPNS, NONE),
    ],
)
def test_a_kind_counts_where_it_is_known(
    kind: RouteRuleFlag, change: IfaceUpdate | None, release: str, expected: int
) -> None:
    found = matched(release, policies.deny(kinds=int(kind)), change=change)
    assert found.routing_result == expected
    assert types_denied(found) == ([7] if kind == COMPANION and expected == DROP else [])


@pytest.mark.parametrize(("release", "expected"), [(COMPANIONS, NONE), (TYPES, DROP)])
def test_an_interface_may_be_a_companion_link_by_its_delegate(release: str, expected: int) -> None:
    world = world_of(release)
    world.system.add_interface("ipsec0", 9, functional_type=7)
    world.system.submit(IfaceUpdate(4, delegate=9))
    content = policies.policy(
        order=1,
        result=policies.route_rules(policies.deny(kinds=int(COMPANION))),
        conditions=[policies.all_interfaces()],
    )
    apply_policies(world, content)
    assert match(world).routing_result == expected


def test_a_denial_can_name_a_type() -> None:
    for rules, types in (
        ([policies.deny_as(5, kinds=int(WIFI))], [5]),
        ([policies.deny_as(5, "en0")], [5]),
        ([policies.deny("en0")], []),
        # The type is that of the whole rule.
        ([policies.deny_as(5, "en5"), policies.deny(kinds=int(WIFI))], [5]),
        ([policies.deny_as(5)], []),
    ):
        found = matched(TYPES, *rules)
        assert (found.routing_result, types_denied(found)) == (DROP, types)


def test_a_denial_that_names_a_type_is_refused_before() -> None:
    content = policies.policy(
        order=1,
        result=policies.route_rules(policies.deny_as(5)),
        conditions=[policies.all_interfaces()],
    )
    session = world_of(COMPANIONS).daemon.necp_session_open()
    assert session.action(SessionAction.POLICY_ADD, content, room(4)).errno == Errno.EINVAL


def test_the_text_of_a_rule_lists_the_later_kinds() -> None:
    world = world_of(VPNS)
    denying = policies.deny_as(5, kinds=int(WIFI))
    content = policies.policy(
        order=1,
        result=policies.route_rules(denying, policies.deny(kinds=int(COMPANION | VPN))),
        conditions=[policies.all_interfaces()],
    )
    session = apply_policies(world, content)
    assert dump_all(session)[0].result == "RouteRules (!WiFi !Companion !VPN )"


@pytest.mark.parametrize(("release", "expected"), [(TYPES, NONE), (VPNS, DROP)])
def test_a_rule_that_needs_an_agent_may_name_an_interface(release: str, expected: int) -> None:
    world = world_of(release)
    deciding = [
        policies.use_netagent(AGENT),
        policies.route_rules(policies.needing_agent(policies.deny("en0"), AGENT)),
    ]
    apply_policies(
        world,
        *(
            policies.policy(order=order, result=result, conditions=[policies.all_interfaces()])
            for order, result in enumerate(deciding, start=1)
        ),
    )
    assert match(world).routing_result == expected


@pytest.mark.parametrize(
    ("release", "expected"),
    [(COMPANIONS, (DIVERT, FLOW_DIVERT_IS_TRANSPARENT | 1, 0)), (TYPES, (DIVERT, 4, 1 | 2))],
)
def test_transparent_proxies_of_rules_add_up(release: str, expected: tuple[int, int, int]) -> None:
    world = world_of(release)
    units = [FLOW_DIVERT_IS_TRANSPARENT | 1, FLOW_DIVERT_IS_TRANSPARENT | 2, 4]
    apply_policies(
        world,
        *(
            policies.policy(
                order=order,
                result=policies.route_rules(policies.divert(unit)),
                conditions=[policies.all_interfaces()],
            )
            for order, unit in enumerate(units, start=1)
        ),
    )
    found = match(world)
    decided = found.routing_result, found.routing_result_parameter
    assert (*decided, found.flow_divert_aggregate_unit) == expected


@pytest.mark.parametrize(("release", "expected"), [(COMPANIONS, 1), (TYPES, 0)])
def test_rules_about_agents_are_for_sockets_only(release: str, expected: int) -> None:
    world = world_of(release)
    rule = policies.route_rules(policies.use_agent(AGENT))
    content = policies.policy(order=1, result=rule, conditions=[policies.all_interfaces()])
    apply_policies(world, content)
    snapshot = world.system.snapshot(full=True)
    assert snapshot.policies is not None
    assert snapshot.policies.ip_output_policies_count == expected
