"""Which interface a client is scoped to."""

from __future__ import annotations

from typing import Any

import pytest

from necp_replay.abi.client import (
    ClientParameter,
    ClientResult,
    ClientResultFlag,
    LaterParameterFlag,
)
from necp_replay.abi.policy import PolicyResult
from necp_replay.abi.tlv import pack_tlv
from necp_replay.events.interfaces import IfaceUpdate
from necp_replay.scenario.answers import ResultAnswer
from tests.kernel.builders import REMOTE, Laptop, make_laptop

WIFI, WIRED, CELLULAR, AWDL = 3, 2, 5, 4
AGENT = bytes(range(16))


def result_of(laptop: Laptop, **keywords: Any) -> ResultAnswer:
    client = laptop.fd.add(**{"remote": REMOTE, **keywords})
    return laptop.fd.copy_result(client.client_id)


def is_scoped(result: ResultAnswer) -> bool:
    return result.number(ClientResult.POLICY_RESULT) == PolicyResult.SOCKET_SCOPED


@pytest.mark.parametrize(
    ("keywords", "name"),
    [
        ({"require_if_type": [WIRED]}, "wired"),
        ({"require_if_type": [CELLULAR]}, "cellular"),
        ({"prohibit_interface": ["en0"]}, "wired"),
        ({"prohibit_if_type": [WIFI, WIRED]}, "cellular"),
        ({"local": "198.51.100.5"}, "wired"),
        ({"local_endpoint": "198.51.100.5:80"}, "wired"),
        ({"bound_interface": "en5"}, "wired"),
    ],
)
def test_a_client_is_scoped_to_the_first_ordered_interface_that_matches(
    keywords: dict[str, Any], name: str
) -> None:
    laptop = make_laptop()
    result = result_of(laptop, **keywords)
    assert is_scoped(result)
    expected = {"wired": laptop.wired, "cellular": laptop.cellular}[name]
    assert result.interface_index == expected.index


def test_a_client_that_only_prohibits_is_not_scoped_when_the_primary_interface_matches() -> None:
    laptop = make_laptop()
    result = result_of(laptop, prohibit_if_type=[CELLULAR])
    assert result.interface_index == laptop.wifi.index
    assert not is_scoped(result)


def test_a_client_that_only_prohibits_is_not_scoped_without_ordered_interfaces() -> None:
    laptop = make_laptop()
    laptop.system.order_interfaces()
    assert not is_scoped(result_of(laptop, prohibit_if_type=[WIFI]))


def test_requiring_a_type_that_can_be_primary_never_looks_at_unordered_interfaces() -> None:
    laptop = make_laptop()
    laptop.system.order_interfaces(laptop.wifi)
    assert ClientResultFlag.SATISFIED not in result_of(laptop, require_if_type=[WIRED]).flags


def test_requiring_a_type_that_is_never_primary_finds_unordered_interfaces() -> None:
    laptop = make_laptop()
    result = result_of(laptop, remote=None, require_if_type=[AWDL])
    (interface,) = result.values(ClientResult.INTERFACE)
    assert interface == bytes(4) + laptop.awdl.index.to_bytes(4, "little")


def test_a_bound_interface_is_not_checked_against_other_parameters() -> None:
    laptop = make_laptop()
    result = result_of(laptop, bound_interface="en0", prohibit_if_type=[WIFI])
    assert result.interface_index == laptop.wifi.index


def test_of_several_bound_interfaces_the_last_that_exists_counts() -> None:
    laptop = make_laptop()
    more = b"".join(
        pack_tlv(ClientParameter.BOUND_INTERFACE, name) for name in (b"en5\0", b"en9\0")
    )
    result = result_of(laptop, bound_interface="en0", extra=more)
    assert result.interface_index == laptop.wired.index


def test_a_bound_interface_is_looked_up_at_every_evaluation() -> None:
    laptop = make_laptop()
    client = laptop.fd.add(remote=REMOTE, bound_interface="en5")
    laptop.wired.detach()
    laptop.system.fire_timer()
    result = laptop.fd.copy_result(client.client_id)
    assert result.interface_index == laptop.wifi.index
    assert not is_scoped(result)


def test_a_client_that_gives_nothing_but_preferences_is_not_scoped_when_none_is_met() -> None:
    laptop = make_laptop()
    only_prefers = result_of(laptop, remote=None, ip_protocol=None, prefer_agent=[AGENT])
    assert not is_scoped(only_prefers)
    # With any other parameter, the first ordered interface scopes as a preferred one does.
    assert is_scoped(result_of(laptop, prefer_agent=[AGENT]))


def test_in_later_releases_only_what_is_required_scopes_a_client_without_a_preferred_one() -> None:
    laptop = make_laptop("xnu-7195.50.7.100.1")
    assert not is_scoped(result_of(laptop, prefer_agent=[AGENT]))
    assert is_scoped(result_of(laptop, prefer_agent=[AGENT], require_if_type=[3]))


def test_the_interface_that_meets_most_preferences_is_chosen() -> None:
    laptop = make_laptop()
    laptop.cellular.update(IfaceUpdate(0, agents=(AGENT,)))
    result = result_of(laptop, prefer_agent=[AGENT])
    assert result.interface_index == laptop.cellular.index
    assert is_scoped(result)


def test_a_required_agent_must_be_on_the_interface_itself() -> None:
    laptop = make_laptop()
    laptop.wifi.update(IfaceUpdate(0, agents=(AGENT,)))
    laptop.awdl.update(IfaceUpdate(0, delegate=laptop.wifi.index))
    result = result_of(laptop, require_agent=[AGENT])
    assert result.interface_index == laptop.wifi.index


def test_a_prohibited_agent_must_not_be_on_a_delegate_either() -> None:
    laptop = make_laptop()
    laptop.awdl.update(IfaceUpdate(0, agents=(AGENT,)))
    laptop.wifi.update(IfaceUpdate(0, delegate=laptop.awdl.index))
    result = result_of(laptop, prohibit_agent=[AGENT])
    assert result.interface_index == laptop.wired.index


def test_agents_are_required_by_domain_or_type_or_both() -> None:
    laptop = make_laptop()
    agent = laptop.system.add_agent("a", domain="D", type="T")
    laptop.wired.update(IfaceUpdate(0, agents=(agent.uuid,)))
    for kind in (("D", "T"), ("", "T"), ("D", "")):
        result = result_of(laptop, require_agent_type=[kind])
        assert result.interface_index == laptop.wired.index


def test_without_a_matching_interface_the_client_fails_and_keeps_its_route() -> None:
    laptop = make_laptop()
    client = laptop.fd.add(remote=REMOTE, prohibit_if_type=[CELLULAR])
    laptop.system.order_interfaces(laptop.cellular)
    laptop.system.fire_timer()
    result = laptop.fd.copy_result(client.client_id)
    assert result.flags == ClientResultFlag(0)
    assert result.interface_index is None
    assert result.number(ClientResult.EFFECTIVE_MTU) == 1500


def test_a_low_latency_interface_is_for_clients_that_name_it() -> None:
    for release, expected in (("xnu-8019.61.5", "wired"), ("xnu-8019.80.24", "cellular")):
        laptop = make_laptop(release)
        laptop.wired.update(IfaceUpdate(0, xflags=0x400))
        expected_index = {"wired": laptop.wired, "cellular": laptop.cellular}[expected].index
        assert result_of(laptop, prohibit_interface=["en0"]).interface_index == expected_index
        assert result_of(laptop, bound_interface="en5").interface_index == laptop.wired.index


def test_flags_exclude_an_ultra_constrained_interface_unless_they_allow_it() -> None:
    laptop = make_laptop("xnu-11215.1.10")
    laptop.wired.update(IfaceUpdate(0, xflags=0x8000))
    allowed = int(LaterParameterFlag.ALLOW_ULTRA_CONSTRAINED)
    for keywords, ifp in (
        ({}, laptop.wired),
        ({"flags": allowed}, laptop.wired),
        ({"discretionary": True}, laptop.cellular),
    ):
        result = result_of(laptop, prohibit_interface=["en0"], **keywords)
        assert result.interface_index == ifp.index


def test_a_companion_link_needs_no_place_in_the_order() -> None:
    for release, is_found in (("xnu-8020.140.41", False), ("xnu-8792.41.9", True)):
        laptop = make_laptop(release)
        link = laptop.system.add_interface("ipsec0", 9, functional_type=7, addrs=("10.1.0.1/24",))
        laptop.system.add_route("default", link, gateway="10.1.0.2", scoped=True)
        result = result_of(laptop, require_if_type=[7])
        assert result.interface_index == (link.index if is_found else None)


def test_the_scope_of_the_remote_address_may_be_enough() -> None:
    for release, scoped in (("xnu-10063.101.15", True), ("xnu-10063.121.3", False)):
        laptop = make_laptop(release)
        laptop.system.order_interfaces(laptop.wired, laptop.wifi, laptop.cellular)
        laptop.system.add_route("default6", laptop.wifi, gateway="2001:db8:4::1", scoped=True)
        laptop.system.add_route("default6", laptop.wifi, gateway="2001:db8:4::1")
        result = result_of(laptop, prohibit_interface=["en5"], remote="[2001:db8:9::1%4]:443")
        assert is_scoped(result) is scoped
