"""``necp_session_action``: the session behind the fd, and actions that are not there."""

from __future__ import annotations

import pytest

from necp_replay.abi.errno import Errno
from necp_replay.abi.policy import SessionAction
from necp_replay.events.effects import Log
from necp_replay.events.outcome import TypeConfused
from necp_replay.kernel.session_actions.table import SESSION_ACTIONS
from necp_replay.scenario.buffers import room
from necp_replay.scenario.policy_session import SessionHandle
from tests.kernel.policy.world import make_world

LOG = Log(3, "necp_session_action")


@pytest.mark.parametrize("action", [0, 12, 99, 0xFFFFFFFF])
def test_an_unknown_action_is_einval(action: int) -> None:
    session = make_world().daemon.necp_session_open()
    answer = session.action(action, None, room(4))
    assert (answer.errno, answer.retval, answer.effects) == (Errno.EINVAL, None, (LOG,))


def test_an_fd_that_is_not_open_is_ebadf() -> None:
    answer = SessionHandle(make_world().daemon, 3).action(SessionAction.POLICY_APPLY_ALL)
    assert (answer.errno, answer.effects) == (Errno.EBADF, (LOG,))


def test_an_fd_of_another_kind_is_enodev() -> None:
    daemon = make_world().daemon
    other = SessionHandle(daemon, daemon.open_other().fd)
    answer = other.action(SessionAction.POLICY_APPLY_ALL)
    assert (answer.errno, answer.effects) == (Errno.ENODEV, (LOG,))


@pytest.mark.parametrize(
    ("action", "function"),
    [(SessionAction.POLICY_LIST_ALL, "necp_session_list_all"), (99, "necp_session_action")],
)
def test_a_client_fd_is_not_told_from_a_session(action: int, function: str) -> None:
    daemon = make_world().daemon
    client = SessionHandle(daemon, daemon.necp_open().fd)
    answer = client.action(action, None, room(64))
    assert isinstance(answer.answer, TypeConfused)
    assert answer.answer.function == function


def test_every_action_has_a_row() -> None:
    assert set(SESSION_ACTIONS) == set(SessionAction)
