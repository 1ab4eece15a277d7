"""Processes for which another one is responsible."""

from __future__ import annotations

import struct

import pytest

from necp_replay.abi.policy import DropFlag, PolicyResult
from necp_replay.abi.uuid import ZERO_UUID
from necp_replay.events.effects import NetworkPolicyEvent
from necp_replay.releases.names import find_release
from necp_replay.scenario import policies
from necp_replay.scenario.policies import Condition
from necp_replay.scenario.process import ProcessHandle
from tests.kernel.builders import REMOTE
from tests.kernel.policy.world import World, apply_policies, make_world

KEEPS = "xnu-10063.101.15"
BEFORE = "xnu-10002.61.3"
BINARIES = "xnu-11215.1.10"
BEFORE_BINARIES = "xnu-10063.141.1"
APP, HELPER = b"\x07" * 16, b"\x08" * 16


def world_of(release: str, *conditions: Condition) -> World:
    """A policy that drops."""
    world = make_world(find_release(release, under_way=True))
    world.daemon.update(platform_binary=True)
    apply_policies(
        world, policies.policy(order=1, result=policies.drop(), conditions=list(conditions))
    )
    return world


def helper_of(
    world: World, *, responsible_uuid: bytes | None = None, is_binary: bool = False
) -> ProcessHandle:
    """A process for which an application is responsible."""
    world.system.add_process(700, "app", exec_uuid=APP, platform_binary=is_binary)
    helper = world.system.add_process(701, "helper", exec_uuid=HELPER, responsible_pid=700)
    if responsible_uuid is not None:
        helper.update(responsible_uuid=responsible_uuid)
    return helper


def is_dropped(process: ProcessHandle) -> bool:
    """Whether the policy matches."""
    return process.match_policy(remote=REMOTE).routing_result == PolicyResult.DROP


@pytest.mark.parametrize(
    ("release", "kept", "dropped"),
    [
        (BEFORE, None, True),
        (BEFORE, HELPER, True),
        (KEEPS, None, False),
        (KEEPS, APP, True),
        (KEEPS, HELPER, False),
        (KEEPS, ZERO_UUID, False),
    ],
)
def test_which_application_stands_for_a_helper(
    release: str, kept: bytes | None, dropped: bool
) -> None:
    world = world_of(release, policies.application(APP))
    helper = helper_of(world, responsible_uuid=kept)
    assert is_dropped(helper) is dropped
    client = helper.necp_open().add(remote=REMOTE)
    (fd,) = (each for each in world.system.snapshot().fds if each.pid == 701)
    assert fd.clients[0].override_euuid == (APP if dropped else ZERO_UUID)
    assert client.client_id == fd.clients[0].client_id


def test_at_first_a_process_is_its_own_application_and_agents_are_told_of_it() -> None:
    world = world_of(KEEPS, policies.application(HELPER))
    helper = helper_of(world)
    assert is_dropped(helper)
    helper.necp_open().add(remote=REMOTE)
    (fd,) = (each for each in world.system.snapshot().fds if each.pid == 701)
    assert fd.clients[0].override_euuid == HELPER


def test_without_a_responsible_process_no_process_is_entitled() -> None:
    world = world_of(
        KEEPS, policies.application(HELPER), policies.entitlement("com.example.helper")
    )
    helper = helper_of(world)
    helper.update(entitlements=("com.example.helper",))
    app = ProcessHandle(world.system, 700)
    app.update(entitlements=("com.example.helper",))
    assert is_dropped(helper)
    app.exit()
    assert not is_dropped(helper)


def test_without_a_responsible_process_no_version_is_compared() -> None:
    world = world_of(
        KEEPS, policies.application(HELPER), policies.sdk_version(platform=2, version=0xE0000)
    )
    helper = helper_of(world)
    assert not is_dropped(helper)
    ProcessHandle(world.system, 700).exit()
    assert is_dropped(helper)


@pytest.mark.parametrize(("release", "counts"), [(BEFORE_BINARIES, False), (BINARIES, True)])
def test_a_responsible_platform_binary_counts_in_later_releases(release: str, counts: bool) -> None:
    world = world_of(release, policies.platform_binary())
    helper = helper_of(world, is_binary=True)
    assert is_dropped(helper) is counts
    ProcessHandle(world.system, 700).exit()
    assert not is_dropped(helper)


def test_a_process_that_is_responsible_for_itself_is_no_helper() -> None:
    world = world_of(KEEPS, policies.application(APP))
    app = world.system.add_process(700, "app", exec_uuid=HELPER, responsible_pid=700)
    app.update(responsible_uuid=APP)
    assert not is_dropped(app)


@pytest.mark.parametrize(
    ("release", "responsible_pid", "pid", "application"),
    [
        (BEFORE_BINARIES, 700, 701, HELPER),
        (BINARIES, 700, 700, APP),
        (BINARIES, 699, 699, APP),
        (BINARIES, 701, 701, HELPER),
    ],
)
def test_whom_the_event_about_a_denied_local_network_names(
    release: str, responsible_pid: int, pid: int, application: bytes
) -> None:
    """The responsible process is named even if it is gone."""
    world = make_world(find_release(release, under_way=True))
    world.daemon.update(platform_binary=True)
    result = policies.drop(DropFlag.LOCAL_NETWORK)
    apply_policies(world, policies.policy(order=1, result=result, conditions=[policies.default()]))
    helper = helper_of(world, responsible_uuid=APP)
    helper.update(responsible_pid=responsible_pid)
    answer = helper.match_policy(remote=REMOTE)
    (event,) = (each for each in answer.effects if isinstance(each, NetworkPolicyEvent))
    assert event.data == struct.pack("<Qi4x16sI4x", 0, pid, application, 1)
