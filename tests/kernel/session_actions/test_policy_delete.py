"""POLICY_DELETE and POLICY_DELETE_ALL: policies are marked, and go when the session applies."""

from __future__ import annotations

import pytest

from necp_replay.abi.errno import Errno
from necp_replay.abi.policy import PolicyResult, SessionAction
from necp_replay.events.effects import Log
from necp_replay.scenario.buffers import BufferLike, faulting
from tests.kernel.policy.dumped import add_policy, dump_all, listed_ids
from tests.kernel.policy.world import apply_policies, make_world, policy, word

PASS = policy(1, PolicyResult.PASS)
DROP = policy(2, PolicyResult.DROP)


def test_a_deleted_policy_is_in_force_until_the_session_applies() -> None:
    session = apply_policies(make_world(), PASS)
    assert session.action(SessionAction.POLICY_DELETE, word(1)).errno == 0
    add_policy(session, DROP)
    assert listed_ids(session) == [2]
    assert [dumped.result for dumped in dump_all(session)] == ["Pass"]
    session.action(SessionAction.POLICY_APPLY_ALL)
    assert [dumped.result for dumped in dump_all(session)] == ["Drop"]


def test_all_policies_of_one_session_can_be_deleted() -> None:
    world = make_world()
    session = apply_policies(world, DROP, DROP)
    other = apply_policies(world, PASS)
    assert session.action(SessionAction.POLICY_DELETE_ALL).errno == 0
    session.action(SessionAction.POLICY_APPLY_ALL)
    assert [dumped.result for dumped in dump_all(other)] == ["Pass"]
    snapshot = world.system.snapshot(full=True)
    assert snapshot.policies is not None
    assert [len(shown.policies) for shown in snapshot.policies.sessions] == [0, 1]


@pytest.mark.parametrize(
    ("policy_id", "errno"),
    [
        (word(2), Errno.ENOENT),
        (None, Errno.EINVAL),
        (b"\x01\0\0", Errno.EINVAL),
        (faulting(4, 3), Errno.EFAULT),
    ],
)
def test_what_cannot_be_deleted_is_refused_with_a_log_record(
    policy_id: BufferLike, errno: Errno
) -> None:
    session = apply_policies(make_world(), PASS)
    answer = session.action(SessionAction.POLICY_DELETE, policy_id)
    assert (answer.errno, answer.effects) == (errno, (Log(3, "necp_session_delete_policy"),))


def test_a_policy_cannot_be_deleted_twice() -> None:
    session = apply_policies(make_world(), PASS)
    session.action(SessionAction.POLICY_DELETE, word(1))
    assert session.action(SessionAction.POLICY_DELETE, word(1)).errno == Errno.ENOENT
