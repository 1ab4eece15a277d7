"""POLICY_ADD: what makes a policy acceptable."""

from __future__ import annotations

import struct

import pytest

from necp_replay.abi.errno import Errno
from necp_replay.abi.policy import (
    MAX_POLICY_BYTES,
    PolicyCondition,
    PolicyResult,
    PolicyTlv,
    RouteRuleAction,
    SessionAction,
)
from necp_replay.abi.tlv import pack_tlv
from necp_replay.events.effects import Log
from necp_replay.scenario.addresses import sockaddr
from necp_replay.scenario.answers import CallAnswer
from necp_replay.scenario.buffers import BufferLike, faulting, nowhere, read_only, room
from necp_replay.scenario.policy_session import SessionHandle
from tests.kernel.policy.dumped import add_policy, dump_all, listed_ids
from tests.kernel.policy.world import condition, make_world, policy, route_rule, word

C, R = PolicyCondition, PolicyResult
UUID = bytes(range(16))
ADDRESS = b"\x18" + sockaddr("192.0.2.0").ljust(28, b"\0")
RANGE = sockaddr("192.0.2.1").ljust(28, b"\0") + sockaddr("192.0.2.9").ljust(28, b"\0")
PASS = policy(1, R.PASS)
DENY = route_rule(RouteRuleAction.DENY_INTERFACE)
REFUSALS = (Log(3, "necp_handle_policy_add"), Log(3, "necp_session_add_policy"))


def open_session() -> SessionHandle:
    return make_world().daemon.necp_session_open()


def add(content: BufferLike) -> CallAnswer:
    return open_session().action(SessionAction.POLICY_ADD, content, room(4))


def result_tlv(result: PolicyResult, parameter: bytes = b"") -> bytes:
    return pack_tlv(PolicyTlv.POLICY_RESULT, bytes((result,)) + parameter)


ACCEPTED = {
    "pass": PASS,
    "skip": policy(1, R.SKIP, word(5)),
    "skip with a long order": policy(1, R.SKIP, bytes(8)),
    "drop": policy(1, R.DROP),
    "divert": policy(1, R.SOCKET_DIVERT, word(1)),
    "filter": policy(1, R.SOCKET_FILTER, word(1)),
    "tunnel": policy(1, R.IP_TUNNEL, word(0) + b"\0"),
    "trigger": policy(1, R.TRIGGER, UUID),
    "scoped": policy(1, R.SOCKET_SCOPED, b"\0"),
    "agent": policy(1, R.USE_NETAGENT, UUID),
    "route rules": policy(1, R.ROUTE_RULES, b"", DENY, condition(C.DEFAULT)),
    "application": policy(1, R.PASS, b"", condition(C.APPLICATION, UUID)),
    "account, negative": policy(1, R.PASS, b"", condition(C.ACCOUNT, b"a", negative=True)),
    "entitlement": policy(
        1,
        R.PASS,
        b"",
        condition(C.ENTITLEMENT),
        condition(C.REAL_APPLICATION, UUID),
        condition(C.APPLICATION, UUID),
    ),
    "pid": policy(1, R.PASS, b"", condition(C.PID, word(1))),
    "protocol": policy(1, R.PASS, b"", condition(C.IP_PROTOCOL, b"\x06\0")),
    "address": policy(1, R.DROP, b"", condition(C.LOCAL_ADDR, ADDRESS)),
    "range": policy(1, R.DROP, b"", condition(C.REMOTE_ADDR_RANGE, RANGE)),
    "defaults twice": policy(1, R.PASS, b"", condition(C.DEFAULT), condition(C.DEFAULT)),
}

REFUSED = {
    "no condition": pack_tlv(PolicyTlv.POLICY_ORDER, word(1)) + result_tlv(R.PASS),
    "only empty conditions": policy(1, R.PASS, b"", pack_tlv(PolicyTlv.POLICY_CONDITION, b"")),
    "unknown result": policy(1, R.IP_FILTER),
    "empty result": policy(1, R.PASS)[:-6] + pack_tlv(PolicyTlv.POLICY_RESULT, b""),
    "huge result": policy(1, R.PASS, bytes(512)),
    "short skip": policy(1, R.SKIP, b"\0\0\0"),
    "tunnel without a name": policy(1, R.IP_TUNNEL, word(0)),
    "short agent": policy(1, R.USE_NETAGENT, UUID[:15]),
    "no route rules": policy(1, R.ROUTE_RULES),
    "unknown route rule": policy(
        1, R.ROUTE_RULES, b"", pack_tlv(PolicyTlv.ROUTE_RULE, b"\x09\0"), condition(C.DEFAULT)
    ),
    "two default route rules": policy(1, R.ROUTE_RULES, b"", DENY, DENY, condition(C.DEFAULT)),
    "huge route rules": policy(1, R.ROUTE_RULES, b"", DENY * 147, condition(C.DEFAULT)),
    "unknown condition": policy(1, R.PASS, b"", pack_tlv(PolicyTlv.POLICY_CONDITION, b"\x10\0")),
    "huge conditions": policy(1, R.PASS, b"", condition(C.DOMAIN, b"a" * 4095)),
    "negative application": policy(1, R.PASS, b"", condition(C.APPLICATION, UUID, negative=True)),
    "null application": policy(1, R.PASS, b"", condition(C.APPLICATION, bytes(16))),
    "real application alone": policy(1, R.PASS, b"", condition(C.REAL_APPLICATION, UUID)),
    "entitlement with an application only": policy(
        1, R.PASS, b"", condition(C.ENTITLEMENT), condition(C.APPLICATION, UUID)
    ),
    "negative all interfaces": policy(1, R.PASS, b"", condition(C.ALL_INTERFACES, negative=True)),
    "default and another": policy(1, R.PASS, b"", condition(C.DEFAULT), condition(C.PID, word(1))),
    "empty domain": policy(1, R.PASS, b"", condition(C.DOMAIN)),
    "pid 0": policy(1, R.PASS, b"", condition(C.PID, word(0))),
    "short traffic class": policy(1, R.PASS, b"", condition(C.TRAFFIC_CLASS, word(1))),
    "address for a socket result": policy(
        1, R.SOCKET_DIVERT, word(1), condition(C.LOCAL_ADDR, ADDRESS)
    ),
    "address of a family it is too short for": policy(
        1, R.PASS, b"", condition(C.LOCAL_ADDR, b"\x18\x10\x1e".ljust(29, b"\0"))
    ),
    "short range": policy(1, R.PASS, b"", condition(C.LOCAL_ADDR_RANGE, RANGE[:55])),
}


@pytest.mark.parametrize("content", ACCEPTED.values(), ids=ACCEPTED.keys())
def test_an_acceptable_policy_gets_an_id(content: bytes) -> None:
    assert add_policy(open_session(), content) == 1


@pytest.mark.parametrize("content", REFUSED.values(), ids=REFUSED.keys())
def test_a_policy_that_is_not_right_is_einval_and_two_log_records(content: bytes) -> None:
    answer = add(content)
    assert (answer.errno, answer.effects) == (Errno.EINVAL, REFUSALS)


@pytest.mark.parametrize(
    ("content", "out", "errno"),
    [
        (None, room(4), Errno.EINVAL),
        (b"", room(4), Errno.EINVAL),
        (bytes(MAX_POLICY_BYTES + 1), room(4), Errno.EINVAL),
        (PASS, room(3), Errno.EINVAL),
        (PASS, None, Errno.EINVAL),
        (nowhere(), room(4), Errno.EINVAL),
        (faulting(len(PASS), 4, PASS), room(4), Errno.EFAULT),
        (PASS, read_only(bytes(4)), Errno.EFAULT),
    ],
)
def test_a_buffer_that_is_not_right_is_refused_with_a_log_record(
    content: BufferLike, out: BufferLike, errno: Errno
) -> None:
    answer = open_session().action(SessionAction.POLICY_ADD, content, out)
    assert (answer.errno, answer.effects) == (errno, (Log(3, "necp_session_add_policy"),))


def test_a_policy_stays_when_its_id_cannot_be_copied_out() -> None:
    session = open_session()
    session.action(SessionAction.POLICY_ADD, PASS, read_only(bytes(4)))
    assert listed_ids(session) == [1]


def test_ids_count_up_through_all_sessions() -> None:
    daemon = make_world().daemon
    sessions = [daemon.necp_session_open(), daemon.necp_session_open()]
    assert [add_policy(session, PASS) for session in sessions * 2] == [1, 2, 3, 4]


def test_policies_stand_by_order_and_the_newest_first_among_equals() -> None:
    session = open_session()
    for order in (5, 1, 5, 9, 1):
        add_policy(session, policy(order, R.PASS))
    assert listed_ids(session) == [5, 2, 3, 1, 4]


@pytest.mark.parametrize(
    ("order_tlv", "order"),
    [(b"", 0), (pack_tlv(PolicyTlv.POLICY_ORDER, b"\x07\x01"), 0x107)],
    ids=["no order", "short order"],
)
def test_an_order_is_filled_up_with_zeros(order_tlv: bytes, order: int) -> None:
    session = open_session()
    add_policy(session, order_tlv + condition(C.DEFAULT) + result_tlv(R.PASS))
    session.action(SessionAction.POLICY_APPLY_ALL)
    assert [dumped.order for dumped in dump_all(session)] == [order]


@pytest.mark.parametrize("order", [b"", bytes(5)], ids=["empty", "long"])
def test_an_order_of_no_bytes_or_more_than_four_is_einval(order: bytes) -> None:
    tlv = pack_tlv(PolicyTlv.POLICY_ORDER, order)
    answer = add(tlv + condition(C.DEFAULT) + result_tlv(R.PASS))
    assert answer.errno == Errno.EINVAL
    assert answer.effects == (Log(3, "necp_get_tlv_at_offset"), *REFUSALS)


@pytest.mark.parametrize(
    ("content", "is_read"),
    [
        (pack_tlv(PolicyTlv.POLICY_CONDITION, b"") + condition(C.DEFAULT), True),
        (condition(C.DEFAULT), False),
        (b"\0\0\0", False),
    ],
    ids=["three bytes follow", "too long", "too short"],
)
def test_without_a_result_the_buffer_starts_with_its_length(content: bytes, is_read: bool) -> None:
    answer = add(content)
    assert answer.errno == Errno.EINVAL
    not_read = () if is_read else (Log(3, "necp_get_tlv_at_offset"),)
    assert answer.effects == (*not_read, *REFUSALS)


def test_what_follows_a_malformed_tlv_is_never_found() -> None:
    malformed = struct.pack("<BI", PolicyTlv.POLICY_CONDITION, 0xFFFF)
    assert add(malformed + PASS).errno == Errno.EINVAL
    assert add(PASS + malformed).errno == 0
