"""REMOVE_DOMAIN_FILTER and REMOVE_ALL_DOMAIN_FILTERS."""

from __future__ import annotations

import pytest

from necp_replay.abi.errno import Errno
from necp_replay.abi.log import OS_LOG_ERROR
from necp_replay.abi.policy import SessionAction
from necp_replay.events.effects import Log
from necp_replay.scenario.buffers import BufferLike, faulting
from necp_replay.scenario.domain_sets import domain_filter
from necp_replay.scenario.policy_session import PolicySessionHandle
from tests.kernel.session_actions.domain_sets import open_session

FILTER = domain_filter(["example.com"])


def test_a_session_can_remove_the_filter_of_another() -> None:
    session = open_session()
    other = PolicySessionHandle.opened_by(session.session.process)
    added = session.add_domain_filter(FILTER)
    assert other.remove_domain_filter(added.id).errno == 0
    again = session.remove_domain_filter(added.id)
    assert (again.errno, again.effects) == (Errno.ENOENT, ())


def test_remove_all_removes_those_of_the_session_alone() -> None:
    session = open_session()
    other = PolicySessionHandle.opened_by(session.session.process)
    mine, theirs = session.add_domain_filter(FILTER), other.add_domain_filter(FILTER)
    assert session.remove_all_domain_filters().errno == 0
    assert session.remove_domain_filter(mine.id).errno == Errno.ENOENT
    assert session.remove_domain_filter(theirs.id).errno == 0


@pytest.mark.parametrize(
    ("content", "errno"),
    [(None, Errno.EINVAL), (b"\1\0\0", Errno.EINVAL), (faulting(4, 3), Errno.EFAULT)],
)
def test_an_id_that_cannot_be_read_is_refused_with_a_log_record(
    content: BufferLike, errno: Errno
) -> None:
    answer = open_session().session.action(SessionAction.REMOVE_DOMAIN_FILTER, content)
    log = Log(0, "necp_session_remove_domain_filter", os_log_type=OS_LOG_ERROR)
    assert (answer.errno, answer.effects) == (errno, (log,))
