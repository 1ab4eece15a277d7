"""REGISTER_SERVICE and UNREGISTER_SERVICE: whether a trigger's service is there."""

from __future__ import annotations

import pytest

from necp_replay.abi.errno import Errno
from necp_replay.abi.policy import PolicyResult, SessionAction
from necp_replay.events.effects import Log
from necp_replay.scenario.buffers import BufferLike, faulting
from necp_replay.scenario.policy_session import SessionHandle
from tests.kernel.policy.world import World, apply_policies, make_world, match_policy, policy

SERVICE = bytes(range(16))
REGISTER, UNREGISTER = SessionAction.REGISTER_SERVICE, SessionAction.UNREGISTER_SERVICE


def make_trigger(service: bytes = SERVICE) -> tuple[World, SessionHandle]:
    world = make_world()
    return world, apply_policies(world, policy(1, PolicyResult.TRIGGER, service))


def is_registered(world: World) -> bool:
    return match_policy(world.app, b"\0").service_flags == 1


def test_a_service_is_registered_until_its_session_takes_it_back() -> None:
    world, session = make_trigger()
    assert not is_registered(world)
    assert session.action(REGISTER, SERVICE + b"more").errno == 0
    assert session.action(REGISTER, SERVICE).errno == 0
    assert is_registered(world)
    assert session.action(UNREGISTER, SERVICE).errno == 0
    assert not is_registered(world)
    assert session.action(UNREGISTER, SERVICE).errno == 0


def test_the_null_service_is_always_registered() -> None:
    world, session = make_trigger(bytes(16))
    session.action(REGISTER, bytes(16))
    session.action(UNREGISTER, bytes(16))
    assert is_registered(world)


def test_a_service_stays_registered_by_other_sessions_until_they_close() -> None:
    world, session = make_trigger()
    other = world.daemon.necp_session_open()
    other.action(REGISTER, SERVICE)
    session.action(UNREGISTER, SERVICE)
    assert is_registered(world)
    other.close()
    assert not is_registered(world)


@pytest.mark.parametrize(
    ("service", "errno"),
    [(None, Errno.EINVAL), (SERVICE[:15], Errno.EINVAL), (faulting(16, 15), Errno.EFAULT)],
)
@pytest.mark.parametrize(
    ("action", "function"),
    [
        (REGISTER, "necp_session_register_service"),
        (UNREGISTER, "necp_session_unregister_service"),
    ],
)
def test_a_buffer_that_is_not_right_is_refused_with_a_log_record(
    action: SessionAction, function: str, service: BufferLike, errno: Errno
) -> None:
    session = make_world().daemon.necp_session_open()
    answer = session.action(action, service)
    assert (answer.errno, answer.effects) == (errno, (Log(3, function),))
