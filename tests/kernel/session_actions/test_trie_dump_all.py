"""TRIE_DUMP_ALL: the number of tries, and their headers."""

from __future__ import annotations

from necp_replay.abi.domain_filter import TRIE_HEADER
from necp_replay.abi.errno import Errno
from necp_replay.abi.log import OS_LOG_ERROR
from necp_replay.abi.policy import SessionAction
from necp_replay.events.effects import Log
from necp_replay.scenario.answers import CallAnswer
from necp_replay.scenario.buffers import BufferLike, faulting, room
from necp_replay.scenario.domain_sets import domain_trie
from necp_replay.scenario.policy_session import PolicySessionHandle
from tests.kernel.policy.dumped import session_bytes
from tests.kernel.session_actions.domain_sets import open_session

TRIE = domain_trie(["example.com"])
NO_ROOM = (Log(0, "necp_session_trie_dump_all", os_log_type=OS_LOG_ERROR),)


def dump(session: PolicySessionHandle, out: BufferLike) -> CallAnswer:
    return session.session.action(SessionAction.TRIE_DUMP_ALL, None, out)


def test_the_header_of_each_trie_has_its_id_and_the_newest_is_first() -> None:
    session = open_session()
    ids = [session.add_domain_trie(TRIE).id for _ in range(2)]
    headers = b"".join(
        trie_id.to_bytes(4, "little") + TRIE[4 : TRIE_HEADER.size] for trie_id in reversed(ids)
    )
    assert session_bytes(dump(session, room(84)), 84) == b"\2\0\0\0" + headers


def test_without_tries_it_is_enoent() -> None:
    answer = dump(open_session(), room(84))
    assert (answer.errno, answer.effects) == (Errno.ENOENT, ())


def test_without_room_it_is_einval() -> None:
    session = open_session()
    session.add_domain_trie(TRIE)
    for out in (None, room(43)):
        answer = dump(session, out)
        assert (answer.errno, answer.effects) == (Errno.EINVAL, NO_ROOM)


def test_a_fault_is_efault_without_a_log_record() -> None:
    session = open_session()
    session.add_domain_trie(TRIE)
    answer = dump(session, faulting(44, 20))
    assert (answer.errno, answer.effects) == (Errno.EFAULT, ())


def test_more_than_49_tries_are_too_many() -> None:
    session = open_session()
    for _ in range(49):
        session.add_domain_trie(TRIE)
    assert dump(session, room(4096)).errno == 0
    session.add_domain_trie(TRIE)
    answer = dump(session, room(4096))
    assert (answer.errno, answer.effects) == (Errno.EINVAL, NO_ROOM)


def test_tries_removed_together_stay_in_the_number() -> None:
    session = open_session()
    session.add_domain_trie(TRIE)
    session.remove_all_domain_tries()
    assert session_bytes(dump(session, room(44)), 44) == b"\1".ljust(44, b"\0")
    added = session.add_domain_trie(TRIE)
    session.remove_domain_trie(added.id)
    assert session_bytes(dump(session, room(44)), 4) == b"\1\0\0\0"
