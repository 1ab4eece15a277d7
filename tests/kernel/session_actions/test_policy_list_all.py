"""POLICY_LIST_ALL: the ids of a session's policies."""

from __future__ import annotations

import pytest

from necp_replay.abi.errno import Errno
from necp_replay.abi.policy import MAX_POLICY_LIST_COUNT, PolicyResult, SessionAction
from necp_replay.events.effects import Log
from necp_replay.scenario.buffers import BufferLike, faulting, room
from tests.kernel.policy.dumped import add_policy
from tests.kernel.policy.world import make_world, policy, word

PASS = policy(1, PolicyResult.PASS)


@pytest.mark.parametrize("action", [None, SessionAction.POLICY_DELETE_ALL])
def test_a_session_without_policies_is_enomem_silently(action: SessionAction | None) -> None:
    session = make_world().daemon.necp_session_open()
    if action is not None:
        add_policy(session, PASS)
        session.action(action)
    answer = session.action(SessionAction.POLICY_LIST_ALL, None, room(64))
    assert (answer.errno, answer.effects) == (Errno.ENOMEM, ())


@pytest.mark.parametrize(
    ("out", "errno"),
    [(room(8), Errno.EINVAL), (None, Errno.EINVAL), (faulting(9, 8), Errno.EFAULT)],
)
def test_a_buffer_without_room_is_refused_with_a_log_record(out: BufferLike, errno: Errno) -> None:
    session = make_world().daemon.necp_session_open()
    add_policy(session, PASS)
    answer = session.action(SessionAction.POLICY_LIST_ALL, None, out)
    assert (answer.errno, answer.effects) == (errno, (Log(3, "necp_session_list_all"),))


def test_at_most_1024_policies_are_listed() -> None:
    session = make_world().daemon.necp_session_open()
    for order in range(MAX_POLICY_LIST_COUNT + 1):
        add_policy(session, policy(order, PolicyResult.PASS))
    out = room(9 * (MAX_POLICY_LIST_COUNT + 1))
    assert session.action(SessionAction.POLICY_LIST_ALL, None, out).errno == Errno.EINVAL
    session.action(SessionAction.POLICY_DELETE, word(1))
    assert session.action(SessionAction.POLICY_LIST_ALL, None, out).errno == 0
