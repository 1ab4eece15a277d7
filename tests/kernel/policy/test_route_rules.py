"""Route rules: which policies share one, and which interfaces they allow."""

from __future__ import annotations

import pytest

from necp_replay.abi.interface import IFRTYPE_FUNCTIONAL_WIFI_INFRA
from necp_replay.abi.policy import PolicyCondition, PolicyResult, RouteRuleAction, RouteRuleFlag
from necp_replay.events.effects import Log, NetworkPolicyEvent
from necp_replay.kernel.policy.interface_denied import INTERFACE_DENIED
from necp_replay.kernel.policy.route_rules import (
    create_aggregate_route_rule,
    create_route_rule,
    route_is_allowed,
)
from necp_replay.scenario.parameters import client_parameters
from tests.kernel.network import EN0, interface, make_network
from tests.kernel.policy.dumped import dump_all
from tests.kernel.policy.world import (
    World,
    apply_policies,
    condition,
    make_world,
    match_policy,
    policy,
    route_rule,
)

A, F = RouteRuleAction, RouteRuleFlag
ALLOW, DENY = A.ALLOW_INTERFACE, A.DENY_INTERFACE
FAR = client_parameters(remote="198.18.0.1:443")
DENY_ALL = route_rule(DENY)
ALLOW_EN0 = route_rule(ALLOW, "en0")
DENY_EN0 = route_rule(DENY, "en0")
DENY_EN5 = route_rule(DENY, "en5")
ALLOW_WIFI = route_rule(ALLOW, flags=F.WIFI)
DENY_WIFI = route_rule(DENY, flags=F.WIFI)
DENY_WIRED = route_rule(DENY, flags=F.WIRED)


def rules(order: int, *route_rules: bytes) -> bytes:
    return policy(
        order, PolicyResult.ROUTE_RULES, b"", *route_rules, condition(PolicyCondition.DEFAULT)
    )


def is_allowed(world: World) -> bool:
    return match_policy(world.app, FAR).routing_result != PolicyResult.DROP


def denied_types(world: World) -> list[int]:
    effects = match_policy(world.app, FAR).effects
    events = [effect for effect in effects if isinstance(effect, NetworkPolicyEvent)]
    return [INTERFACE_DENIED.unpack(event.data)[3] for event in events]


@pytest.mark.parametrize(
    ("route_rules", "allowed"),
    [
        ([DENY_ALL], False),
        ([DENY_ALL, ALLOW_EN0], True),
        ([DENY_EN0], False),
        ([ALLOW_EN0, DENY_EN0], True),
        ([DENY_WIFI], False),
        ([DENY_WIFI, ALLOW_EN0], True),
        ([route_rule(DENY, flags=F.CELLULAR)], True),
        ([DENY_ALL, ALLOW_WIFI], True),
        # Wi-Fi is wired too, and a denial wins over what allows.
        ([DENY_WIRED, ALLOW_WIFI], False),
        ([DENY_WIFI, ALLOW_WIFI], True),
        ([route_rule(A.QOS_MARKING, "en0"), DENY_EN0], False),
        ([route_rule(A.QOS_MARKING)], True),
    ],
)
def test_rules_allow_or_deny_wifi(route_rules: list[bytes], allowed: bool) -> None:
    world = make_world()
    apply_policies(world, rules(1, *route_rules))
    assert is_allowed(world) is allowed


def test_one_of_several_matching_policies_denies_for_all() -> None:
    world = make_world()
    apply_policies(world, rules(1, ALLOW_EN0), rules(2, DENY_ALL), rules(3, ALLOW_WIFI))
    assert not is_allowed(world)


def test_the_type_in_the_event_is_the_last_kind_compared_even_if_it_allowed() -> None:
    world = make_world()
    apply_policies(world, rules(1, DENY_ALL, ALLOW_WIFI), rules(2, DENY_EN0))
    assert denied_types(world) == [IFRTYPE_FUNCTIONAL_WIFI_INFRA]


@pytest.mark.parametrize("route_rules", [[DENY_ALL], [DENY_EN0]])
def test_there_is_no_event_if_the_rule_names_no_kind(route_rules: list[bytes]) -> None:
    world = make_world()
    apply_policies(world, rules(1, *route_rules))
    assert denied_types(world) == []


@pytest.mark.parametrize(
    ("first", "second", "words"),
    [
        ([DENY_EN5, DENY_EN0], [DENY_EN0, DENY_EN5], "!en5!en0"),
        ([DENY_EN0, DENY_EN0], [DENY_EN0], "!en0"),
        ([DENY_EN0], [DENY_EN5, DENY_EN0], "!en5!en0"),
        # Kernel quirk: the new rule's further exceptions are not looked at.
        ([DENY_EN0], [DENY_EN0, DENY_EN5], "!en0"),
        ([route_rule(DENY, "gone0")], [DENY_EN0], ""),
        ([DENY_WIFI], [DENY_WIRED, DENY_EN0], "!Wired !en0"),
    ],
)
def test_policies_share_a_rule_that_says_the_same(
    first: list[bytes], second: list[bytes], words: str
) -> None:
    world = make_world()
    apply_policies(world, rules(1, *first))
    dumped = dump_all(apply_policies(world, rules(2, *second)))
    assert dumped[1].result == f"RouteRules ({words})"


def test_debugging_logs_each_rule_that_was_asked() -> None:
    world = make_world()
    apply_policies(world, rules(1, ALLOW_EN0), rules(2, DENY_WIFI))
    world.system.set_sysctl("debug", 2)
    logs = [e for e in match_policy(world.app, FAR).effects if isinstance(e, Log)]
    asked = [log for log in logs if log.function == "necp_route_is_allowed_inner"]
    assert len(asked) == 2


def test_rules_of_an_aggregate_that_are_not_there_count_as_allowing() -> None:
    kernel = make_network()
    denying = create_route_rule(kernel, DENY_ALL)
    unknown = create_aggregate_route_rule(kernel, (denying + 1, denying + 2))
    mixed = create_aggregate_route_rule(kernel, (denying + 1, denying))
    allowed = [
        route_is_allowed(kernel, None, interface(kernel, EN0), rule_id)[0]
        for rule_id in (unknown, mixed, mixed + 1)
    ]
    assert allowed == [True, False, True]
