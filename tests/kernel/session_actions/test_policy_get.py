"""POLICY_GET: a policy as it was added, but for its result."""

from __future__ import annotations

import pytest

from necp_replay.abi.errno import Errno
from necp_replay.abi.policy import PolicyCondition, PolicyResult, PolicyTlv, SessionAction
from necp_replay.abi.tlv import pack_tlv
from necp_replay.events.effects import KernelPointerLeak, Log
from necp_replay.events.outcome import SessionBuffer
from necp_replay.events.user_buffer import Unseen
from necp_replay.scenario.buffers import BufferLike, faulting, room
from tests.kernel.policy.dumped import add_policy
from tests.kernel.policy.world import condition, make_world, policy, word

ACCOUNT = condition(PolicyCondition.ACCOUNT, b"me")
SKIP = policy(7, PolicyResult.SKIP, word(9), ACCOUNT)
ANSWER_BYTES = 9 + 10 + len(ACCOUNT)


def test_order_and_conditions_come_back_without_the_result() -> None:
    session = make_world().daemon.necp_session_open()
    policy_id = add_policy(session, SKIP)
    answer = session.action(SessionAction.POLICY_GET, word(policy_id), room(ANSWER_BYTES))
    assert (answer.errno, answer.retval) == (0, 0)
    assert answer.effects == (KernelPointerLeak("necp_session_get_policy", 5),)
    assert isinstance(answer.answer, SessionBuffer)
    assert answer.answer.out_buffer is Unseen.NOT_SHOWN
    assert answer.answer.beyond_vectors == (
        pack_tlv(PolicyTlv.POLICY_ORDER, word(7))
        + pack_tlv(PolicyTlv.POLICY_RESULT, bytes(5))
        + ACCOUNT
    )


@pytest.mark.parametrize(
    ("policy_id", "out", "errno"),
    [
        (word(2), room(64), Errno.ENOENT),
        (word(0), room(64), Errno.ENOENT),
        (word(1), room(ANSWER_BYTES - 1), Errno.EINVAL),
        (word(1), None, Errno.EINVAL),
        (word(1), faulting(64, 4), Errno.EFAULT),
        (word(1)[:3], room(64), Errno.EINVAL),
        (None, room(64), Errno.EINVAL),
        (faulting(4, 3), room(64), Errno.EFAULT),
    ],
)
def test_what_cannot_be_answered_is_refused_with_a_log_record(
    policy_id: BufferLike, out: BufferLike, errno: Errno
) -> None:
    session = make_world().daemon.necp_session_open()
    add_policy(session, SKIP)
    answer = session.action(SessionAction.POLICY_GET, policy_id, out)
    assert (answer.errno, answer.effects) == (errno, (Log(3, "necp_session_get_policy"),))


def test_a_policy_that_is_marked_for_deletion_is_enoent() -> None:
    session = make_world().daemon.necp_session_open()
    policy_id = word(add_policy(session, SKIP))
    session.action(SessionAction.POLICY_DELETE, policy_id)
    answer = session.action(SessionAction.POLICY_GET, policy_id, room(64))
    assert answer.errno == Errno.ENOENT


def test_other_sessions_policies_are_enoent() -> None:
    daemon = make_world().daemon
    policy_id = add_policy(daemon.necp_session_open(), SKIP)
    other = daemon.necp_session_open()
    answer = other.action(SessionAction.POLICY_GET, word(policy_id), room(64))
    assert answer.errno == Errno.ENOENT
