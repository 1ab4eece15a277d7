"""ADD_DOMAIN_TRIE: ids, log records, and what is refused."""

from __future__ import annotations

import pytest

from necp_replay.abi.domain_filter import MAX_DOMAIN_TRIE_BYTES
from necp_replay.abi.errno import Errno
from necp_replay.abi.log import OS_LOG_DEFAULT, OS_LOG_ERROR
from necp_replay.abi.policy import SessionAction
from necp_replay.events.effects import Log
from necp_replay.releases.xnu_11215 import XNU_11215_1_10, XNU_11215_61_5
from necp_replay.scenario.buffers import BufferLike, faulting, room
from necp_replay.scenario.domain_sets import domain_trie
from tests.kernel.session_actions.domain_sets import open_session

TRIE = domain_trie(["example.com"])
RECEIVED = Log(0, "necp_session_add_domain_trie", os_log_type=OS_LOG_DEFAULT)
REFUSED = Log(0, "necp_session_add_domain_trie", os_log_type=OS_LOG_ERROR)


def test_ids_count_up_from_10001_and_are_not_used_again() -> None:
    session = open_session()
    assert [session.add_domain_trie(TRIE).id for _ in range(2)] == [10_001, 10_002]
    session.remove_all_domain_tries()
    assert session.add_domain_trie(TRIE).id == 10_003


def test_adding_one_is_logged_three_times_of_which_two_name_no_function() -> None:
    unnamed = Log(0, None, os_log_type=OS_LOG_DEFAULT)
    answer = open_session().add_domain_trie(TRIE).answer
    assert answer.effects == (RECEIVED, unnamed, unnamed)


@pytest.mark.parametrize(
    ("content", "out", "errno"),
    [
        (None, room(4), Errno.EINVAL),
        (TRIE[:39], room(4), Errno.EINVAL),
        (TRIE.ljust(MAX_DOMAIN_TRIE_BYTES + 1, b"\0"), room(4), Errno.EINVAL),
        (TRIE, None, Errno.EINVAL),
        (TRIE, room(3), Errno.EINVAL),
        (faulting(60, 20), room(4), Errno.EFAULT),
    ],
)
def test_what_cannot_be_read_or_answered_is_refused_with_a_log_record(
    content: BufferLike, out: BufferLike, errno: Errno
) -> None:
    answer = open_session().session.action(SessionAction.ADD_DOMAIN_TRIE, content, out)
    assert (answer.errno, answer.effects) == (errno, (REFUSED,))


def test_sizes_that_do_not_fit_are_enomem() -> None:
    wrong = TRIE[:4] + b"\xff" + TRIE[5:]
    answer = open_session().add_domain_trie(wrong).answer
    assert (answer.errno, answer.effects) == (
        Errno.ENOMEM,
        (
            RECEIVED,
            Log(0, None, os_log_type=OS_LOG_ERROR),
            Log(0, "necp_create_domain_trie", os_log_type=OS_LOG_ERROR),
        ),
    )


def test_releases_before_xnu_11215_61_have_no_tries() -> None:
    for release, errno in ((XNU_11215_1_10, Errno.EINVAL), (XNU_11215_61_5, Errno.OK)):
        answer = open_session(release.profile).add_domain_trie(TRIE).answer
        assert answer.errno == errno, release.tag
