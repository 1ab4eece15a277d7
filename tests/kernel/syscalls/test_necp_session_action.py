"""``necp_session_action``: the session of the fd, and actions that do not exist."""

from __future__ import annotations

import re

import pytest

from necp_replay.abi.client import OpenFlag
from necp_replay.abi.errno import Errno
from necp_replay.abi.policy import SessionAction
from necp_replay.events.effects import Log
from necp_replay.events.outcome import Absent, TypeConfused
from necp_replay.kernel.session_actions.table import SESSION_ACTIONS
from necp_replay.scenario.answers import CallAnswer
from necp_replay.scenario.buffers import room
from necp_replay.scenario.policies import drop, policy
from necp_replay.scenario.policy_session import SessionHandle
from necp_replay.scenario.process import ProcessHandle
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


LOCK = "offset 16, by the session's lock"
OWNER = "offsets 33 and 52, by the session's owner"
DIRTY = "offset 56, by dirty"


def _reached(answer: CallAnswer) -> list[str]:
    """The places that a type confusion names."""
    assert isinstance(answer.answer, TypeConfused)
    assert answer.answer.would_corrupt is not None
    return re.findall(r"\((offset.*?)\)", answer.answer.would_corrupt)


def _client_fd(daemon: ProcessHandle, flags: int = 0) -> SessionHandle:
    return SessionHandle(daemon, daemon.necp_open(flags).fd)


def test_a_client_fd_is_not_told_from_a_session() -> None:
    daemon = make_world().daemon
    answer = _client_fd(daemon).action(SessionAction.POLICY_LIST_ALL, None, room(64))
    assert isinstance(answer.answer, TypeConfused)
    assert answer.answer.function == "necp_session_list_all"
    assert isinstance(daemon.necp_open().poll().answer, Absent)


CALLS = {
    "unknown action": (99, None, []),
    "POLICY_ADD": (SessionAction.POLICY_ADD, policy(order=1, result=drop()), [DIRTY, "offset 64"]),
    "POLICY_ADD refused": (SessionAction.POLICY_ADD, b"", []),
    "POLICY_ADD of no policy": (SessionAction.POLICY_ADD, b"x", []),
    "POLICY_DELETE": (SessionAction.POLICY_DELETE, bytes([1, 0, 0, 0]), []),
    "POLICY_APPLY_ALL": (SessionAction.POLICY_APPLY_ALL, None, [DIRTY]),
    "SET_SESSION_PRIORITY": (
        SessionAction.SET_SESSION_PRIORITY,
        bytes([100, 0, 0, 0]),
        ["offset 8", DIRTY],
    ),
    "SET_SESSION_PRIORITY refused": (SessionAction.SET_SESSION_PRIORITY, b"d", []),
    "LOCK_SESSION_TO_PROC": (SessionAction.LOCK_SESSION_TO_PROC, None, ["offset 32"]),
    "REGISTER_SERVICE": (SessionAction.REGISTER_SERVICE, bytes(16), ["offset 72"]),
}


@pytest.mark.parametrize(("action", "content", "places"), CALLS.values(), ids=CALLS.keys())
def test_a_type_confusion_names_what_of_the_client_fd_the_call_reaches(
    action: int, content: bytes | None, places: list[str]
) -> None:
    reached = _reached(_client_fd(make_world().daemon).action(action, content, room(4)))
    assert reached[:2] == [LOCK, OWNER]
    assert [place.partition(",")[0] for place in reached[2:]] == [
        place.partition(",")[0] for place in places
    ]


def test_a_client_fd_with_updates_counts_as_a_locked_session() -> None:
    world = make_world()
    observer = _client_fd(world.daemon, OpenFlag.PUSH_OBSERVER)
    world.daemon.necp_open().add()
    assert _reached(observer.action(SessionAction.LOCK_SESSION_TO_PROC, None)) == [LOCK]


def test_every_action_has_a_row() -> None:
    assert set(SESSION_ACTIONS) == set(SessionAction)
