"""Policies that drop traffic, with flags."""

from __future__ import annotations

import pytest

from necp_replay.abi.errno import Errno
from necp_replay.abi.policy import DropFlag, PolicyResult, SessionAction
from necp_replay.events.effects import NetworkPolicyEvent
from necp_replay.events.outcome import SessionBuffer
from necp_replay.releases.names import find_release
from necp_replay.releases.xnu_6153 import XNU_6153_101_6
from necp_replay.releases.xnu_7195 import XNU_7195_50_7_100_1
from necp_replay.scenario import policies
from necp_replay.scenario.buffers import room
from tests.kernel.policy.world import apply_policies, make_world, policy, word

OLD, NEW = XNU_6153_101_6.profile, XNU_7195_50_7_100_1.profile


@pytest.mark.parametrize(
    ("parameter", "errno"),
    [(b"", Errno.OK), (b"\1", Errno.EINVAL), (word(1), Errno.OK), (word(1) + b"\0", Errno.EINVAL)],
)
def test_flags_are_four_bytes_or_none(parameter: bytes, errno: Errno) -> None:
    for profile, expected in ((OLD, Errno.OK), (NEW, errno)):
        session = make_world(profile).daemon.necp_session_open()
        content = policy(1, PolicyResult.DROP, parameter)
        assert session.action(SessionAction.POLICY_ADD, content, room(4)).errno == expected


@pytest.mark.parametrize(
    ("profile", "text"), [(OLD, b"Drop\0"), (NEW, b"Drop (1)\0")], ids=["old", "new"]
)
def test_flags_are_in_the_text_of_the_result_and_in_a_match(profile: object, text: bytes) -> None:
    world = make_world(NEW if profile is NEW else OLD)
    result = policies.drop(DropFlag.LOCAL_NETWORK)
    session = apply_policies(world, policies.policy(order=1, result=result))
    dumped = session.action(SessionAction.POLICY_DUMP_ALL, None, room(512))
    assert isinstance(dumped.answer, SessionBuffer)
    assert isinstance(dumped.answer.out_buffer, bytes)
    assert text in dumped.answer.out_buffer
    parameter = world.app.match_policy(remote="198.18.0.1:443").routing_result_parameter
    assert parameter == (DropFlag.LOCAL_NETWORK if profile is NEW else 0)


@pytest.mark.parametrize(
    ("release", "flags", "is_told"),
    [
        ("xnu-10002.61.3", DropFlag.LOCAL_NETWORK | DropFlag.SUPPRESS_ALERTS, True),
        ("xnu-10063.101.15", DropFlag.LOCAL_NETWORK, True),
        ("xnu-10063.101.15", DropFlag.SUPPRESS_ALERTS, False),
        ("xnu-10063.101.15", DropFlag.LOCAL_NETWORK | DropFlag.SUPPRESS_ALERTS, False),
    ],
)
def test_later_the_event_about_the_local_network_can_be_suppressed(
    release: str, flags: DropFlag, is_told: bool
) -> None:
    world = make_world(find_release(release, under_way=True))
    world.daemon.update(platform_binary=True)
    apply_policies(
        world,
        policies.policy(order=1, result=policies.drop(flags), conditions=[policies.default()]),
    )
    effects = world.app.match_policy(remote="198.18.0.1:443").effects
    assert any(isinstance(each, NetworkPolicyEvent) for each in effects) is is_told
