"""What results tell from xnu-6153 on: gateways, reasons, and as much as fits."""

from __future__ import annotations

import pytest

from necp_replay.abi.client import ClientResult, ClientResultFlag, ResultReason
from necp_replay.abi.policy import PolicyResult, RouteRuleFlag
from necp_replay.scenario import policies
from necp_replay.scenario.addresses import sockaddr
from necp_replay.scenario.answers import ResultAnswer
from necp_replay.scenario.keywords import ClientParameters
from necp_replay.scenario.policies import Result, RouteRule
from tests.kernel.builders import REMOTE, Laptop, log_functions, make_laptop, tlv_types

RELEASE = "xnu-6153.11.26"
REMOTE6 = "[2001:db8:99::1]:443"
WIFI_GATEWAY = sockaddr("192.0.2.1")
WIFI_GATEWAY6 = sockaddr("2001:db8:4::1")


def laptop_with_both_families() -> Laptop:
    laptop = make_laptop(RELEASE)
    laptop.system.add_route("::/0", laptop.wifi, gateway="2001:db8:4::1")
    return laptop


def result_of(laptop: Laptop, parameters: ClientParameters) -> ResultAnswer:
    client = laptop.fd.add(**parameters)
    return laptop.fd.copy_result(client.client_id)


@pytest.mark.parametrize(
    ("parameters", "gateways"),
    [
        (ClientParameters(remote=REMOTE), [WIFI_GATEWAY]),
        (ClientParameters(remote=REMOTE6), [WIFI_GATEWAY6]),
        (ClientParameters(domain="www.example.com"), [WIFI_GATEWAY, WIFI_GATEWAY6]),
        (ClientParameters(remote="192.0.2.77:1"), [WIFI_GATEWAY]),
    ],
    ids=["an IPv4 address", "an IPv6 address", "no address", "a neighbour"],
)
def test_a_result_tells_the_gateways_that_its_route_may_use(
    parameters: ClientParameters, gateways: list[bytes]
) -> None:
    result = result_of(laptop_with_both_families(), parameters)
    assert list(result.values(ClientResult.GATEWAY)) == gateways


def test_gateways_follow_the_mtu() -> None:
    types = tlv_types(result_of(laptop_with_both_families(), ClientParameters()).buffer)
    at = types.index(ClientResult.EFFECTIVE_MTU)
    assert types[at + 1 : at + 3] == [ClientResult.GATEWAY] * 2


def test_an_interface_whose_default_route_has_no_gateway_tells_none() -> None:
    laptop = make_laptop(RELEASE)
    utun = laptop.system.add_interface("utun0", 8, functional_type=0, addrs=("10.9.0.1/32",))
    laptop.system.add_route("10.0.0.0/8", utun)
    result = result_of(laptop, ClientParameters(remote="10.1.1.1:1"))
    assert result.interface_index == utun.index
    assert not list(result.values(ClientResult.GATEWAY))


def test_an_older_release_tells_no_gateway() -> None:
    result = result_of(make_laptop(), ClientParameters(remote=REMOTE))
    assert not list(result.values(ClientResult.GATEWAY))


def deny_by_policy(laptop: Laptop, *rules: RouteRule) -> None:
    vpnd = laptop.system.add_process(300, uid=0)
    session = vpnd.open_policy_session()
    for order, rule in enumerate(rules, start=1):
        session.add_policy(order=order, result=policies.route_rules(rule))
    assert session.apply_all().errno == 0


@pytest.mark.parametrize(
    ("kinds", "interface", "reason"),
    [
        (RouteRuleFlag.CELLULAR, "pdp_ip0", ResultReason.CELLULAR_DENIED),
        (RouteRuleFlag.WIFI, "en0", ResultReason.WIFI_DENIED),
        (RouteRuleFlag.WIRED, "en5", None),
    ],
)
def test_a_result_tells_which_kind_of_interface_a_rule_denied(
    kinds: RouteRuleFlag, interface: str, reason: ResultReason | None
) -> None:
    laptop = make_laptop(RELEASE)
    conditions = (policies.all_interfaces(),)
    session = laptop.system.add_process(300, uid=0).open_policy_session()
    result: Result = policies.route_rules(policies.deny(kinds=kinds))
    session.add_policy(order=1, result=result, conditions=conditions)
    session.apply_all()
    answer = result_of(laptop, ClientParameters(remote=REMOTE, bound_interface=interface))
    assert answer.policy_result is PolicyResult.DROP
    assert answer.number(ClientResult.REASON) == reason
    if reason is not None:
        assert tlv_types(answer.buffer)[1] is ClientResult.REASON


def test_a_route_over_an_expensive_interface_is_dropped_where_that_is_prohibited() -> None:
    laptop = make_laptop(RELEASE)
    answer = result_of(
        laptop,
        ClientParameters(remote=REMOTE, bound_interface="pdp_ip0", prohibit_expensive=True),
    )
    assert answer.policy_result is PolicyResult.DROP
    assert answer.number(ClientResult.REASON) == ResultReason.EXPENSIVE_PROHIBITED


def test_a_route_over_a_constrained_interface_is_dropped_where_that_is_prohibited() -> None:
    laptop = make_laptop(RELEASE)
    laptop.wifi.update(xflags_or=("CONSTRAINED",))
    named = ClientParameters(remote=REMOTE, bound_interface="en0", prohibit_constrained=True)
    answer = result_of(laptop, named)
    assert answer.policy_result is PolicyResult.DROP
    assert answer.number(ClientResult.REASON) == ResultReason.CONSTRAINED_PROHIBITED
    chosen = result_of(laptop, ClientParameters(remote=REMOTE, prohibit_constrained=True))
    assert chosen.interface_index == laptop.wired.index


def test_prohibiting_one_property_excludes_both_from_the_second_interface_on() -> None:
    laptop = make_laptop(RELEASE)
    laptop.wifi.update(xflags_or=("CONSTRAINED",))
    laptop.wired.update(expensive=True)
    only_cellular_is_left = ClientParameters(remote=REMOTE, prohibit_constrained=True)
    assert result_of(laptop, only_cellular_is_left).interface_index == laptop.wifi.index


def test_each_agent_that_does_not_fit_is_skipped_and_the_result_stays_valid() -> None:
    laptop = make_laptop(RELEASE)
    agents = tuple(laptop.system.add_agent(f"a{number}").uuid for number in range(24))
    laptop.wifi.update(agents=agents)
    client = laptop.fd.add(remote=REMOTE)
    result = laptop.fd.copy_result(client.client_id)
    shown = len(list(result.values(ClientResult.NETAGENT)))
    assert 0 < shown < len(agents)
    assert len(result.buffer) <= 512
    assert client.added is not None
    skipped = [name for name in log_functions(client.added) if name is not None]
    assert skipped == ["necp_buffer_write_tlv_validate"] * (len(agents) - shown)


def test_two_rules_that_mark_traffic_mark_it() -> None:
    laptop = make_laptop(RELEASE)
    deny_by_policy(laptop, policies.deny("pdp_ip0"), policies.mark_qos(kinds=RouteRuleFlag.WIFI))
    flags = result_of(laptop, ClientParameters(remote=REMOTE)).flags
    assert ClientResultFlag.ALLOW_QOS_MARKING in flags
    laptop.wifi.update(functional_type=2)
    flags = result_of(laptop, ClientParameters(remote=REMOTE)).flags
    assert ClientResultFlag.ALLOW_QOS_MARKING not in flags


def test_a_listener_is_scoped_only_to_an_interface_that_it_names() -> None:
    laptop = make_laptop(RELEASE)
    led = result_of(laptop, ClientParameters(listener=True, require_if_type=[2]))
    named = result_of(laptop, ClientParameters(listener=True, bound_interface="en5"))
    assert led.policy_result is PolicyResult.NONE
    assert named.policy_result is PolicyResult.SOCKET_SCOPED
