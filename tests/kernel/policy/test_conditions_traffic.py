"""Conditions on the interface that traffic is bound to, and on networks of the system."""

from __future__ import annotations

import pytest

from necp_replay.abi.errno import Errno
from necp_replay.abi.interface import IFEF_DIRECTLINK
from necp_replay.abi.policy import (
    LocalNetworksFlag,
    PolicyCondition,
    PolicyResult,
    SessionAction,
)
from necp_replay.abi.tlv import pack_tlv
from necp_replay.events.interfaces import IfaceUpdate
from necp_replay.scenario import policies
from necp_replay.scenario.buffers import room
from necp_replay.scenario.policies import Condition
from tests.kernel.builders import REMOTE, Laptop, make_laptop
from tests.kernel.policy.dumped import DUMP_BYTES, session_bytes
from tests.kernel.policy.world import condition, policy

BEFORE, KNOWN = "xnu-10002.61.3", "xnu-10063.101.15"
BEFORE_FLAGS, WITH_FLAGS = "xnu-10063.141.1", "xnu-11215.1.10"
UP, MULTICAST, EXPENSIVE, CONSTRAINED = 0x1, 0x8000, 0x20, 0x200
NEIGHBOUR, OWN, OTHER_OWN = "192.0.2.77:1", "192.0.2.10:1", "198.51.100.5:9"
DROP = PolicyResult.DROP


def laptop_with(release: str, *conditions: Condition) -> Laptop:
    """A laptop with a policy that drops, and a route to its own network."""
    laptop = make_laptop(release)
    laptop.system.add_route("192.0.2.0/24", laptop.wifi)
    laptop.system.add_route("198.51.100.0/24", laptop.wired)
    daemon = laptop.system.add_process(300, "daemon", privileged=True, platform_binary=True)
    session = laptop.system.add_policy_session(daemon)
    session.add_policy(order=1, conditions=list(conditions), result=policies.drop())
    session.apply_all()
    return laptop


def is_dropped(laptop: Laptop, remote: str = REMOTE, bound_interface: str | None = None) -> bool:
    if bound_interface is None:
        return laptop.app.match_policy(remote=remote).routing_result == DROP
    answer = laptop.app.match_policy(remote=remote, bound_interface=bound_interface)
    return answer.routing_result == DROP


def test_traffic_on_an_interface_with_one_of_the_flags_of_each_kind_matches() -> None:
    either = policies.bound_interface_flags(UP | 0x4, xflags=CONSTRAINED | 0x1)
    laptop = laptop_with(KNOWN, either)
    assert not is_dropped(laptop, bound_interface="en0")
    laptop.wifi.update(IfaceUpdate(0, xflags=CONSTRAINED))
    assert is_dropped(laptop, bound_interface="en0")
    assert not is_dropped(laptop, bound_interface="en5")


def test_unbound_traffic_has_no_flags() -> None:
    assert not is_dropped(laptop_with(KNOWN, policies.bound_interface_flags(UP)))
    assert is_dropped(laptop_with(KNOWN, ~policies.bound_interface_flags(UP)))


def test_a_negative_condition_fails_for_a_flag_of_any_kind() -> None:
    laptop = laptop_with(KNOWN, ~policies.bound_interface_flags(UP, eflags=EXPENSIVE))
    assert not is_dropped(laptop, bound_interface="en0")
    laptop.wifi.update(IfaceUpdate(0, flags=MULTICAST, eflags=0))
    assert is_dropped(laptop, bound_interface="en0")


def test_a_condition_without_flags_is_met_by_bound_and_unbound_traffic() -> None:
    laptop = laptop_with(KNOWN, policies.bound_interface_flags())
    assert is_dropped(laptop)
    assert is_dropped(laptop, bound_interface="en0")


def test_a_policy_for_all_interfaces_does_not_ask_for_flags() -> None:
    every = policies.all_interfaces()
    assert is_dropped(laptop_with(KNOWN, every, policies.bound_interface_flags(0x4)))


def test_policies_about_agent_types_alone_see_no_flags() -> None:
    agent = policies.agent_type("WiFi", "X")
    laptop = laptop_with(KNOWN, agent, ~policies.bound_interface_flags(UP))
    asked = laptop.app.match_policy(
        remote=REMOTE, bound_interface="en0", require_agent_type=[("WiFi", "X")]
    )
    assert asked.routing_result == DROP


@pytest.mark.parametrize(
    ("release", "size", "errno"),
    [
        (BEFORE, 12, Errno.EINVAL),
        (KNOWN, 11, Errno.EINVAL),
        (KNOWN, 12, Errno.OK),
        (KNOWN, 13, Errno.OK),
    ],
)
def test_the_value_has_at_least_three_words(release: str, size: int, errno: Errno) -> None:
    laptop = make_laptop(release)
    daemon = laptop.system.add_process(300, "daemon", privileged=True, platform_binary=True)
    session = daemon.necp_session_open()
    flags = condition(PolicyCondition.BOUND_INTERFACE_FLAGS, b"\xff" * size)
    content = policy(1, PolicyResult.DROP, b"", flags)
    assert session.action(SessionAction.POLICY_ADD, content, room(4)).errno == errno
    session.action(SessionAction.POLICY_APPLY_ALL, None, None)
    # A longer value is accepted, but the condition does not count: no policy is applied.
    assert not is_dropped(laptop)


def test_the_flags_are_shown_after_all_other_conditions() -> None:
    laptop = make_laptop(KNOWN)
    daemon = laptop.system.add_process(300, "daemon", privileged=True, platform_binary=True)
    session = laptop.system.add_policy_session(daemon)
    conditions = [policies.bound_interface_flags(1, 2, 3), policies.uid(501)]
    session.add_policy(order=1, conditions=conditions, result=policies.drop())
    session.apply_all()
    answer = session.session.action(SessionAction.POLICY_DUMP_ALL, None, room(DUMP_BYTES))
    shown = session_bytes(answer, DUMP_BYTES).rstrip(b"\0") + bytes(3)
    words = bytes.fromhex("01000000 02000000 03000000")
    assert shown.endswith(pack_tlv(PolicyCondition.BOUND_INTERFACE_FLAGS, words))


def test_own_addresses_are_local_networks_only_with_a_flag() -> None:
    include = policies.local_networks(int(LocalNetworksFlag.INCLUDE_LOCAL_ADDRESSES))
    for release, networks, own in (
        (BEFORE_FLAGS, policies.local_networks(), True),
        (WITH_FLAGS, policies.local_networks(), False),
        (WITH_FLAGS, policies.local_networks(0x2), False),
        (WITH_FLAGS, include, True),
    ):
        laptop = laptop_with(release, networks)
        assert is_dropped(laptop, NEIGHBOUR)
        assert not is_dropped(laptop, REMOTE)
        assert is_dropped(laptop, OWN) is own
        assert is_dropped(laptop, OTHER_OWN) is own


def test_networks_of_a_direct_link_are_not_local() -> None:
    for release, expected in ((BEFORE_FLAGS, True), (WITH_FLAGS, False)):
        laptop = laptop_with(release, policies.local_networks(1))
        laptop.wifi.update(IfaceUpdate(0, eflags=IFEF_DIRECTLINK))
        assert is_dropped(laptop, NEIGHBOUR) is expected


def test_a_policy_with_other_flags_of_local_networks_is_not_unnecessary() -> None:
    laptop = make_laptop(WITH_FLAGS)
    laptop.system.add_route("192.0.2.0/24", laptop.wifi)
    daemon = laptop.system.add_process(300, "daemon", privileged=True, platform_binary=True)
    session = laptop.system.add_policy_session(daemon)
    session.add_policy(order=1, conditions=[policies.local_networks(0)], result=policies.drop())
    session.add_policy(
        order=2, conditions=[policies.local_networks(1)], result=policies.pass_through()
    )
    session.apply_all()
    assert laptop.app.match_policy(remote=OWN).routing_result == PolicyResult.PASS


def test_a_missing_address_becomes_the_unspecified_one_in_earlier_releases() -> None:
    for release, expected in (("xnu-7195.101.1", DROP), ("xnu-8019.41.5", PolicyResult.NONE)):
        laptop = make_laptop(release)
        session = laptop.system.add_policy_session(laptop.system.add_process(300, privileged=True))
        session.add_policy(
            order=1, conditions=[policies.local_networks()], result=policies.pass_through()
        )
        unspecified = policies.remote_range("0.0.0.0", "0.0.0.1")
        session.add_policy(order=2, conditions=[unspecified], result=policies.drop())
        session.apply_all()
        assert laptop.app.match_policy(domain="example.com").routing_result == expected
