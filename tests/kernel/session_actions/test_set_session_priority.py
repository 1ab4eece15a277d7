"""SET_SESSION_PRIORITY: where a session stands among others."""

from __future__ import annotations

import pytest

from necp_replay.abi.errno import Errno
from necp_replay.abi.policy import SessionAction, SessionPriority
from necp_replay.events.effects import Log
from necp_replay.events.processes import ProcUpdate
from necp_replay.events.snapshot import SessionSnapshot
from necp_replay.scenario.buffers import BufferLike, faulting
from tests.kernel.policy.world import World, make_world, word


def shown_sessions(world: World) -> list[SessionSnapshot]:
    policies = world.system.snapshot(full=True).policies
    assert policies is not None
    return list(policies.sessions)


@pytest.mark.parametrize(
    ("priority", "order"),
    [
        (SessionPriority.CONTROL, 2),
        (SessionPriority.PRIVILEGED_TUNNEL, 1002),
        (SessionPriority.HIGH, 2002),
        (SessionPriority.DEFAULT, 3002),
        (SessionPriority.LOW, 4002),
        (6, 3002),
        (0xFFFFFFFF, 3002),
    ],
)
def test_each_priority_has_a_thousand_orders(priority: int, order: int) -> None:
    world = make_world()
    world.daemon.necp_session_open()
    session = world.daemon.necp_session_open()
    assert session.action(SessionAction.SET_SESSION_PRIORITY, word(priority)).errno == 0
    shown = shown_sessions(world)[1]
    assert (shown.priority, shown.order, shown.dirty) == (priority, order, 1)


def test_the_priority_a_session_has_changes_nothing() -> None:
    world = make_world()
    session = world.daemon.necp_session_open()
    session.action(SessionAction.SET_SESSION_PRIORITY, word(SessionPriority.UNKNOWN))
    assert shown_sessions(world)[0].dirty == 0


@pytest.mark.parametrize(
    ("priority", "errno"),
    [(None, Errno.EINVAL), (b"\1\0\0", Errno.EINVAL), (faulting(4, 3), Errno.EFAULT)],
)
def test_a_buffer_that_is_not_right_is_refused_with_a_log_record(
    priority: BufferLike, errno: Errno
) -> None:
    session = make_world().daemon.necp_session_open()
    answer = session.action(SessionAction.SET_SESSION_PRIORITY, priority)
    log = Log(3, "necp_session_set_session_priority")
    assert (answer.errno, answer.effects) == (errno, (log,))


@pytest.mark.parametrize(
    ("priority", "errno"),
    [
        (SessionPriority.CONTROL, Errno.EPERM),
        (SessionPriority.PRIVILEGED_TUNNEL, Errno.EPERM),
        (SessionPriority.HIGH, 0),
    ],
)
def test_the_two_best_priorities_need_the_privilege(priority: int, errno: int) -> None:
    world = make_world()
    session = world.daemon.necp_session_open()
    world.system.submit(ProcUpdate(world.daemon.pid, privileged=False))
    assert session.action(SessionAction.SET_SESSION_PRIORITY, word(priority)).errno == errno
