"""LOCK_SESSION_TO_PROC: only processes of one executable act on the session."""

from __future__ import annotations

from necp_replay.abi.policy import PolicyResult, SessionAction
from necp_replay.events.processes import ProcUpdate
from necp_replay.scenario.buffers import room
from tests.kernel.policy.dumped import listed_ids
from tests.kernel.policy.world import apply_policies, make_world, policy


def test_another_executable_does_nothing_and_is_told_that_it_succeeded() -> None:
    world = make_world()
    session = apply_policies(world, policy(1, PolicyResult.PASS))
    executable = bytes([7]) * 16
    world.system.submit(ProcUpdate(world.daemon.pid, exec_uuid=executable))
    session.action(SessionAction.LOCK_SESSION_TO_PROC)
    world.system.submit(ProcUpdate(world.daemon.pid, exec_uuid=bytes(16)))
    for action in (SessionAction.POLICY_DELETE_ALL, SessionAction.POLICY_LIST_ALL, 99):
        answer = session.action(action, None, room(64))
        assert (answer.errno, answer.retval, answer.effects) == (0, 0, ())
    world.system.submit(ProcUpdate(world.daemon.pid, exec_uuid=executable))
    assert listed_ids(session) == [1]


def test_a_session_that_is_not_locked_belongs_to_who_acted_last() -> None:
    world = make_world()
    session = world.daemon.necp_session_open()
    before = world.system.snapshot(full=True).policies
    session.action(SessionAction.POLICY_DELETE_ALL)
    after = world.system.snapshot(full=True).policies
    assert before is not None
    assert after is not None
    assert (before.sessions[0].proc_pid, after.sessions[0].proc_pid) == (0, world.daemon.pid)
