"""Loopback traffic of a process that discovers media devices, and which addresses loopback has."""

from __future__ import annotations

from dataclasses import replace

import pytest

from necp_replay.abi.client import ClientResult
from necp_replay.abi.policy import PolicyResult
from necp_replay.kernel.policy.exemptions import LOOPBACK_DROP_ENTITLEMENT
from necp_replay.releases.xnu_10063 import XNU_10063_141_1
from necp_replay.releases.xnu_11215 import XNU_11215_1_10
from tests.kernel.policy.world import World, make_world

OLD, NEW = XNU_10063_141_1.profile, XNU_11215_1_10.profile
DROP, NONE, PASS = PolicyResult.DROP, PolicyResult.NONE, PolicyResult.PASS


def result_of(world: World, remote: str) -> int | None:
    fd = world.app.necp_open()
    return fd.copy_result(fd.add(remote=remote).client_id).number(ClientResult.POLICY_RESULT)


@pytest.mark.parametrize("remote", ["127.0.0.1:80", "[::1]:80", "[::ffff:127.0.0.1]:80"])
def test_a_process_that_discovers_media_devices_may_not_use_loopback(remote: str) -> None:
    for profile, entitlement, expected in (
        (OLD, LOOPBACK_DROP_ENTITLEMENT, PASS),
        (NEW, LOOPBACK_DROP_ENTITLEMENT, DROP),
        (NEW, "com.example.other", PASS),
    ):
        world = make_world(profile)
        world.app.update(entitlements=(entitlement,))
        assert result_of(world, remote) == expected


def test_other_traffic_of_such_a_process_is_matched() -> None:
    world = make_world(NEW)
    world.app.update(entitlements=(LOOPBACK_DROP_ENTITLEMENT,))
    assert result_of(world, "203.0.113.9:80") == NONE


def test_the_mapped_loopback_address_is_exempt_from_drop_all_since_10002() -> None:
    for is_loopback, expected in ((False, DROP), (True, PASS)):
        world = make_world(replace(OLD, mapped_loopback_is_loopback=is_loopback))
        world.system.set_sysctl("drop_all_level", 1)
        assert result_of(world, "[::ffff:127.0.0.1]:80") == expected
