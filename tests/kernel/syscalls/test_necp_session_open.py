"""``necp_session_open``: who may open a session, and the place it gets."""

from __future__ import annotations

import pytest

from necp_replay.abi.errno import Errno
from necp_replay.abi.policy import PolicyResult
from necp_replay.events.effects import KernelEvent, Log, TimerArmed
from necp_replay.events.processes import ProcUpdate
from necp_replay.events.syscalls import NecpSessionOpen
from tests.kernel.policy.world import apply_policies, make_world, policy


def test_a_process_without_the_privilege_is_eacces() -> None:
    answer = make_world().app.submit(NecpSessionOpen(100))
    assert (answer.errno, answer.effects) == (Errno.EACCES, (Log(3, "necp_session_open"),))


@pytest.mark.parametrize(
    "change",
    [ProcUpdate(100, uid=0), ProcUpdate(100, privileged=("PRIV_NET_PRIVILEGED_NECP_POLICIES",))],
    ids=["root", "privileged"],
)
def test_root_and_the_privileged_get_an_fd(change: ProcUpdate) -> None:
    world = make_world()
    world.system.submit(change)
    answer = world.app.submit(NecpSessionOpen(100, flags=0xFF))
    assert (answer.errno, answer.retval, answer.effects) == (0, 3, ())


def test_a_process_at_its_limit_is_emfile() -> None:
    world = make_world()
    world.system.submit(ProcUpdate(300, fd_limit=4))
    assert world.daemon.necp_session_open().fd == 3
    answer = world.daemon.submit(NecpSessionOpen(300))
    assert (answer.errno, answer.effects) == (Errno.EMFILE, ())


def test_a_session_gets_the_lowest_control_unit_that_is_free() -> None:
    world = make_world()
    sessions = [world.daemon.necp_session_open() for _ in range(3)]
    sessions[1].close()
    world.daemon.necp_session_open()
    sessions[0].close()
    policies = world.system.snapshot(full=True).policies
    assert policies is not None
    assert [shown.control_unit for shown in policies.sessions] == [2, 3]
    assert [shown.order for shown in policies.sessions] == [3002, 3003]


def test_closing_a_session_takes_its_policies_away_and_tells_everybody() -> None:
    world = make_world()
    apply_policies(world, policy(1, PolicyResult.DROP))
    armed, posted = world.daemon.exit().effects
    assert isinstance(armed, TimerArmed)
    assert isinstance(posted, KernelEvent)
    policies = world.system.snapshot(full=True).policies
    assert policies is not None
    assert (policies.session_count, policies.application_policies_count) == (0, 0)
