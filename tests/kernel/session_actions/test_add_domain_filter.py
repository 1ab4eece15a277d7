"""ADD_DOMAIN_FILTER: ids, and what is refused."""

from __future__ import annotations

import pytest

from necp_replay.abi.errno import Errno
from necp_replay.abi.log import OS_LOG_ERROR
from necp_replay.abi.policy import SessionAction
from necp_replay.events.effects import Log
from necp_replay.releases.xnu_8019 import XNU_8019_80_24
from necp_replay.releases.xnu_8020 import XNU_8020_101_4
from necp_replay.releases.xnu_10063 import XNU_10063_141_1
from necp_replay.releases.xnu_11215 import XNU_11215_1_10
from necp_replay.scenario.buffers import BufferLike, faulting, read_only, room
from necp_replay.scenario.domain_sets import domain_filter
from tests.kernel.session_actions.domain_sets import open_session

FILTER = domain_filter(["example.com"])
REFUSED = (Log(0, "necp_session_add_domain_filter", os_log_type=OS_LOG_ERROR),)


def test_ids_count_up_over_all_sessions_and_start_again_after_the_last_that_is_free() -> None:
    session = open_session()
    assert [session.add_domain_filter(FILTER).id for _ in range(3)] == [1, 2, 3]
    session.remove_domain_filter(2)
    assert session.add_domain_filter(FILTER).id == 4


def test_ids_end_at_10000_where_greater_ones_are_those_of_tries() -> None:
    session = open_session()
    ids = [session.add_domain_filter(FILTER).id for _ in range(10_000)]
    assert ids[-1] == 10_000
    full = session.add_domain_filter(FILTER).answer
    assert (full.errno, full.effects) == (
        Errno.ENOMEM,
        (Log(0, "necp_get_new_domain_filter_id", os_log_type=OS_LOG_ERROR),),
    )
    session.remove_domain_filter(7)
    assert session.add_domain_filter(FILTER).id == 7


@pytest.mark.parametrize(
    ("content", "out", "errno"),
    [
        (None, room(4), Errno.EINVAL),
        (b"\x20\0\0", room(4), Errno.EINVAL),
        (domain_filter([], bits=8 * 65_536), room(4), Errno.EINVAL),
        (FILTER, None, Errno.EINVAL),
        (FILTER, room(3), Errno.EINVAL),
        (FILTER[:-1], room(4), Errno.EINVAL),
        (FILTER + b"\0", room(4), Errno.EINVAL),
        (faulting(36, 20), room(4), Errno.EFAULT),
        (FILTER, read_only(bytes(4)), Errno.EFAULT),
    ],
)
def test_what_is_not_right_is_refused_with_a_log_record(
    content: BufferLike, out: BufferLike, errno: Errno
) -> None:
    answer = open_session().session.action(SessionAction.ADD_DOMAIN_FILTER, content, out)
    assert (answer.errno, answer.effects) == (errno, REFUSED)


def test_a_filter_of_no_bits_is_refused_from_xnu_11215_on() -> None:
    for release, errno in ((XNU_10063_141_1, Errno.OK), (XNU_11215_1_10, Errno.EINVAL)):
        added = open_session(release.profile).add_domain_filter(bytes(4))
        assert added.answer.errno == errno, release.tag


def test_releases_before_xnu_8020_have_no_filters() -> None:
    for release, errno in ((XNU_8019_80_24, Errno.EINVAL), (XNU_8020_101_4, Errno.OK)):
        session = open_session(release.profile)
        assert session.add_domain_filter(FILTER).answer.errno == errno
        assert session.remove_all_domain_filters().errno == errno
