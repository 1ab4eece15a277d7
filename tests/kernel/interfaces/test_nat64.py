"""NAT64 prefixes of interfaces, and the condition of interfaces, in the results of clients."""

from __future__ import annotations

import pytest

from necp_replay.abi.client import ClientResult, ClientResultFlag
from necp_replay.abi.log import LOG_DEBUG
from necp_replay.events.effects import Log, TimerArmed
from necp_replay.events.interfaces import IfaceUpdate, Nat64Prefix
from necp_replay.releases.xnu_4570 import XNU_4570_71_2
from necp_replay.releases.xnu_4903 import XNU_4903_221_2
from necp_replay.releases.xnu_7195 import XNU_7195_50_7_100_1, XNU_7195_101_1
from necp_replay.scenario.answers import CallAnswer
from necp_replay.scenario.process import NecpFdHandle
from tests.kernel.policy.world import EN0, UTUN0, World, make_world

OLD, NEW = XNU_4570_71_2.profile, XNU_4903_221_2.profile
WELL_KNOWN = Nat64Prefix("64:ff9b::", 12)
F = ClientResultFlag


def set_prefixes(world: World, *prefixes: Nat64Prefix) -> CallAnswer:
    return world.system.submit(IfaceUpdate(EN0, nat64=prefixes))


def flags(fd: NecpFdHandle, remote: str = "198.18.0.1:443") -> ClientResultFlag:
    client = fd.add(remote=remote)
    return fd.copy_result(client.client_id).flags


def test_each_of_the_four_prefixes_is_logged() -> None:
    answer = set_prefixes(make_world(NEW), WELL_KNOWN)
    assert answer.errno == 0
    assert [each for each in answer.effects if isinstance(each, Log)] == [Log(LOG_DEBUG, None)] * 4


def test_older_releases_log_no_prefix() -> None:
    answer = set_prefixes(make_world(OLD), WELL_KNOWN)
    assert [type(each) for each in answer.effects] == [TimerArmed]


@pytest.mark.parametrize(
    "prefix",
    [Nat64Prefix("fe80::1", 12), Nat64Prefix("64:ff9b::", 13), Nat64Prefix("192.0.2.1", 12)],
    ids=["link-local", "length", "IPv4"],
)
def test_a_prefix_that_is_none_is_einval_and_one_log_record(prefix: Nat64Prefix) -> None:
    answer = set_prefixes(make_world(NEW), prefix)
    assert answer.errno == 22
    assert answer.effects == (Log(LOG_DEBUG, None),)


def test_prefixes_before_one_that_is_none_are_set() -> None:
    world = make_world(NEW)
    assert set_prefixes(world, WELL_KNOWN, Nat64Prefix("fe80::1", 12)).errno == 22
    assert F.HAS_NAT64 in flags(world.app.necp_open())


def test_removing_all_prefixes_arms_no_timer() -> None:
    world = make_world(NEW)
    set_prefixes(world, WELL_KNOWN)
    answer = set_prefixes(world)
    assert not any(isinstance(each, TimerArmed) for each in answer.effects)
    assert F.HAS_NAT64 not in flags(world.app.necp_open())


def test_a_result_tells_of_prefixes_where_the_release_does() -> None:
    for profile, told in ((OLD, F(0)), (NEW, F.HAS_NAT64)):
        world = make_world(profile)
        set_prefixes(world, WELL_KNOWN)
        assert flags(world.app.necp_open()) & F.HAS_NAT64 == told


def test_low_power_of_the_interface_or_its_delegate_is_told() -> None:
    world = make_world(NEW)
    fd = world.app.necp_open()
    assert F.INTERFACE_LOW_POWER not in flags(fd)
    world.system.submit(IfaceUpdate(EN0, xflags_or=("LOW_POWER",)))
    world.system.submit(IfaceUpdate(UTUN0, delegate=EN0))
    assert F.INTERFACE_LOW_POWER in flags(fd)
    assert F.INTERFACE_LOW_POWER in flags(fd, "10.1.2.3:443")


def test_translation_to_ipv6_hides_ipv4_routes() -> None:
    world = make_world(NEW)
    fd = world.app.necp_open()
    world.system.submit(IfaceUpdate(EN0, eflags_or=("CLAT46",)))
    assert flags(fd) & (F.HAS_IPV4 | F.SATISFIED) == F(0)
    assert flags(fd, "[2001:db8::1]:443") & (F.HAS_IPV4 | F.HAS_IPV6) == F.HAS_IPV6
    client = fd.add(ip_protocol=6)
    assert F.SATISFIED in fd.copy_result(client.client_id).flags


def test_all_four_prefixes_are_in_the_result_where_the_release_says_so() -> None:
    for profile, expected in ((XNU_7195_50_7_100_1.profile, []), (XNU_7195_101_1.profile, [80])):
        world = make_world(profile)
        set_prefixes(world, WELL_KNOWN)
        fd = world.app.necp_open()
        client = fd.add(remote="198.18.0.1:443")
        values = fd.copy_result(client.client_id).values(ClientResult.NAT64)
        assert [len(value) for value in values] == expected
        for value in values:
            assert value[:20] == bytes.fromhex("0064ff9b") + bytes(12) + b"\x0c\0\0\0"
            assert not any(value[20:])
