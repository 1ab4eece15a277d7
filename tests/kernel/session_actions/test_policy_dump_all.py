"""POLICY_DUMP_ALL: the policies in force, in words and TLVs."""

from __future__ import annotations

import struct

import pytest

from necp_replay.abi.errno import Errno
from necp_replay.abi.policy import (
    PolicyCondition,
    PolicyResult,
    RouteRuleAction,
    RouteRuleFlag,
    SessionAction,
)
from necp_replay.events.effects import Log
from necp_replay.events.interfaces import IfaceDetach
from necp_replay.events.processes import ProcUpdate
from necp_replay.releases.xnu_6153 import XNU_6153_101_6
from necp_replay.scenario.addresses import sockaddr
from necp_replay.scenario.buffers import BufferLike, faulting, room
from tests.kernel.policy.dumped import DumpedPolicy, dump_all
from tests.kernel.policy.world import (
    UTUN0,
    apply_policies,
    condition,
    make_world,
    policy,
    route_rule,
    word,
)

C, R, A, F = PolicyCondition, PolicyResult, RouteRuleAction, RouteRuleFlag
UUID = bytes(range(0xA0, 0xB0))
UUID_TEXT = "A0A1A2A3-A4A5-A6A7-A8A9-AAABACADAEAF"
NULL_TEXT = "00000000-0000-0000-0000-000000000000"
V4 = sockaddr("192.0.2.1:53").ljust(28, b"\0")
V6 = sockaddr("2001:db8::1")
MANY = b"".join(route_rule(A.DENY_INTERFACE, name) for name in ("en0", "en5", "pdp_ip0"))


def only_policy(content: bytes) -> DumpedPolicy:
    (dumped,) = dump_all(apply_policies(make_world(), content))
    return dumped


def rules(*route_rules: bytes) -> bytes:
    return policy(1, R.ROUTE_RULES, b"", *route_rules, condition(C.DEFAULT))


@pytest.mark.parametrize(
    ("content", "text"),
    [
        (policy(1, R.PASS), "Pass"),
        (policy(1, R.SKIP, word(0xFFFFFFFF)), "Skip (4294967295)"),
        (policy(1, R.SKIP, word(5) + b"\0"), "Skip (0)"),
        (policy(1, R.DROP), "Drop"),
        (policy(1, R.SOCKET_DIVERT, word(0xFFFFFFFF)), "SocketDivert (-1)"),
        (policy(1, R.SOCKET_FILTER, word(0x80000000)), "SocketFilter (-2147483648)"),
        (policy(1, R.IP_TUNNEL, word(0) + b"utun0\0"), "IPTunnel (utun0)"),
        (policy(1, R.IP_TUNNEL, word(0) + b"utun0"), "IPTunnel ((null)-1)"),
        (policy(1, R.SOCKET_SCOPED, b"en0\0"), "SocketScoped (en0)"),
        (policy(1, R.TRIGGER, UUID + word(7)), f"Trigger ({UUID_TEXT}.7)"),
        (policy(1, R.TRIGGER, UUID + b"\7\0\0"), f"Trigger ({UUID_TEXT}.0)"),
        (policy(1, R.TRIGGER_IF_NEEDED, UUID), f"TriggerIfNeeded ({UUID_TEXT}.0)"),
        (policy(1, R.TRIGGER_SCOPED, bytes(16)), f"TriggerScoped ({NULL_TEXT}.0)"),
        (
            policy(1, R.NO_TRIGGER_SCOPED, UUID + word(0x80000000)),
            f"NoTriggerScoped ({UUID_TEXT}.-2147483648)"[:63],
        ),
        (policy(1, R.USE_NETAGENT, UUID), f"UseNetAgent ({UUID_TEXT})"),
        (
            rules(
                route_rule(A.DENY_INTERFACE),
                route_rule(A.ALLOW_INTERFACE, flags=F.CELLULAR | F.WIFI | F.WIRED | F.EXPENSIVE),
                route_rule(A.ALLOW_INTERFACE, "en0"),
                route_rule(A.DENY_INTERFACE, "en5"),
            ),
            "RouteRules (Only Cell WiFi Wired Exp en0 )",
        ),
        (
            rules(route_rule(A.DENY_INTERFACE, flags=F.CELLULAR), MANY),
            "RouteRules (!Cell !en0!en5!pdp_ip0)",
        ),
        (
            rules(route_rule(A.QOS_MARKING), route_rule(A.QOS_MARKING, "en0")),
            "RouteRules (QoSMarking en0 )",
        ),
        (rules(route_rule(A.DENY_INTERFACE, "gone0")), "RouteRules ()"),
        (
            rules(route_rule(A.DENY_INTERFACE), *[route_rule(A.ALLOW_INTERFACE, "en0")] * 11),
            "RouteRules (Only " + "en0 " * 9 + "en0)",
        ),
        (rules(*[MANY] * 4), ("RouteRules (" + "!en0!en5!pdp_ip0" * 3 + "!en0)")[:63]),
    ],
)
def test_a_result_is_described_in_at_most_63_bytes(content: bytes, text: str) -> None:
    assert only_policy(content).result == text


def test_a_name_of_ten_bytes_runs_into_the_next_one() -> None:
    world = make_world()
    for index, name in ((20, "longname_10"), (21, "longname_11")):
        world.system.add_interface(name, index)
    allowed = [route_rule(A.ALLOW_INTERFACE, name) for name in ("longname_10", "en0", "en5")]
    session = apply_policies(world, rules(route_rule(A.DENY_INTERFACE), *allowed))
    (dumped,) = dump_all(session)
    assert dumped.result == "RouteRules (Only longname_1en0 en0 en5 )"
    last = [route_rule(A.ALLOW_INTERFACE, "en0")] * 9 + [
        route_rule(A.ALLOW_INTERFACE, "longname_11")
    ]
    session = apply_policies(make_world(), policy(1, R.PASS))
    other = apply_policies(world, rules(route_rule(A.DENY_INTERFACE), *last))
    assert dump_all(other)[-1].result == "RouteRules (Only " + "en0 " * 9 + "longname_1)"[:10]


def test_an_interface_that_is_gone_has_a_null_name() -> None:
    world = make_world()
    session = apply_policies(world, policy(1, R.IP_TUNNEL, word(0) + b"utun0\0"))
    world.system.submit(IfaceDetach(UTUN0))
    assert [dumped.result for dumped in dump_all(session)] == ["IPTunnel ((null)-1)"]


@pytest.mark.parametrize(
    ("conditions", "expected"),
    [
        ([(C.DEFAULT, b"")], [(C.DEFAULT, b"")]),
        (
            [(C.ALL_INTERFACES, b""), (C.BOUND_INTERFACE, b"en0\0")],
            [(C.ALL_INTERFACES, b"")],
        ),
        ([(C.BOUND_INTERFACE, b"en0\0")], [(C.BOUND_INTERFACE, b"en0\0")]),
        ([(C.BOUND_INTERFACE, b"gone0\0")], [(C.DEFAULT, b"")]),
        (
            [(C.BOUND_INTERFACE, b"en0\0"), (C.BOUND_INTERFACE, b"gone0\0")],
            [(C.BOUND_INTERFACE, b"(null)-1\0")],
        ),
        ([(C.IP_PROTOCOL, b"\x11\0\7")], [(C.IP_PROTOCOL, b"\x11\0")]),
        ([(C.DOMAIN, b"*.a.com..")], [(C.DOMAIN, b"a.com\0")]),
        ([(C.DOMAIN, b"*.a.com.\0")], [(C.DOMAIN, b"a.com.\0")]),
        ([(C.DOMAIN, b"a"), (C.DOMAIN, b"b")], [(C.DOMAIN, b"a\0")]),
        ([(C.ACCOUNT, b"me\0x"), (C.ACCOUNT, b"you")], [(C.ACCOUNT, b"me\0")]),
        ([(C.PID, word(5)), (C.PID, word(0xFFFFFFFF))], [(C.PID, word(0xFFFFFFFF))]),
        ([(C.UID, word(501))], [(C.UID, word(501))]),
        ([(C.TRAFFIC_CLASS, word(1) + word(9))], [(C.TRAFFIC_CLASS, word(1) + word(9))]),
        (
            [
                (C.ENTITLEMENT, b"com.x\0y"),
                (C.REAL_APPLICATION, UUID),
                (C.ENTITLEMENT, b""),
                (C.APPLICATION, UUID + b"more"),
            ],
            [
                (C.APPLICATION, UUID),
                (C.REAL_APPLICATION, UUID),
                (C.ENTITLEMENT, b""),
                (C.ENTITLEMENT, b"com.x\0"),
            ],
        ),
        (
            [(C.REMOTE_ADDR, b"\x80" + V6), (C.LOCAL_ADDR_RANGE, V4 + V4)],
            [(C.LOCAL_ADDR_RANGE, V4 + V4), (C.REMOTE_ADDR, b"\x80" + V6)],
        ),
        (
            [(C.LOCAL_ADDR_RANGE, V6 + V6), (C.LOCAL_ADDR, b"\x18" + V4)],
            [(C.LOCAL_ADDR_RANGE, V4 + V6)],
        ),
        (
            [(C.LOCAL_ADDR, b"\x18" + V4[:16] + b"\xff" * 12)],
            [(C.LOCAL_ADDR, b"\x18" + V4)],
        ),
    ],
)
def test_conditions_are_shown_as_they_count(
    conditions: list[tuple[PolicyCondition, bytes]], expected: list[tuple[int, bytes]]
) -> None:
    parts = [condition(type_, value) for type_, value in conditions]
    assert only_policy(policy(1, R.DROP, b"", *parts)).conditions == expected


def test_policies_are_shown_with_their_orders_and_the_owner_as_it_is_called_now() -> None:
    world = make_world()
    session = apply_policies(world, policy(3, R.PASS, b"", condition(C.PID, word(1))))
    world.system.submit(ProcUpdate(world.daemon.pid, name="a-rather-long-name"))
    expected = DumpedPolicy(2, 3, 3001, "Pass", "a-rather-long-n", [(C.PID, word(1))])
    assert dump_all(session) == [expected]


def test_the_owner_has_no_name_when_it_is_gone() -> None:
    world = make_world()
    other = world.system.add_process(400, "other", privileged=True)
    session = apply_policies(world, policy(1, R.PASS))
    world.system.submit(ProcUpdate(world.daemon.pid, name=""))
    assert [dumped.owner for dumped in dump_all(session)] == [""]
    assert [dumped.owner for dumped in dump_all(other.necp_session_open())] == [""]


def test_without_policies_it_is_enomem() -> None:
    session = make_world().daemon.necp_session_open()
    answer = session.action(SessionAction.POLICY_DUMP_ALL, None, room(64))
    log = Log(5, "necp_handle_policy_dump_all")
    assert (answer.errno, answer.effects) == (Errno.ENOMEM, (log,))


@pytest.mark.parametrize(
    ("out", "errno", "log"),
    [
        (None, Errno.EINVAL, Log(3, "necp_session_dump_all")),
        (room(0), Errno.EINVAL, Log(3, "necp_session_dump_all")),
        (room(60), Errno.EINVAL, Log(5, "necp_handle_policy_dump_all")),
        (faulting(512, 60), Errno.ENOMEM, Log(5, "necp_handle_policy_dump_all")),
    ],
)
def test_a_buffer_that_is_not_right_is_refused(out: BufferLike, errno: Errno, log: Log) -> None:
    session = apply_policies(make_world(), policy(1, R.PASS))
    answer = session.action(SessionAction.POLICY_DUMP_ALL, None, out)
    assert (answer.errno, answer.effects) == (errno, (log,))


def test_the_length_of_the_dump_comes_first() -> None:
    session = apply_policies(make_world(), policy(1, R.PASS))
    answer = session.action(SessionAction.POLICY_DUMP_ALL, None, faulting(512, 4))
    assert answer.errno == Errno.ENOMEM
    (dumped,) = dump_all(session)
    tlv_bytes = 5 + 3 * 9 + 5 + len(dumped.result) + 1 + 5 + len(dumped.owner) + 1 + 5 + 5
    assert struct.pack("<I", tlv_bytes).rstrip(b"\0") == getattr(answer.answer, "out_buffer", b"")


def test_a_process_that_lost_the_privilege_is_enomem() -> None:
    world = make_world()
    session = apply_policies(world, policy(1, R.PASS))
    world.system.submit(ProcUpdate(world.daemon.pid, privileged=False))
    answer = session.action(SessionAction.POLICY_DUMP_ALL, None, room(512))
    log = Log(3, "necp_handle_policy_dump_all")
    assert (answer.errno, answer.effects) == (Errno.ENOMEM, (log,))


def test_flags_of_a_policy_that_passes_are_described_from_xnu_6153_101_on() -> None:
    world = make_world(XNU_6153_101_6.profile)
    session = apply_policies(
        world, policy(1, R.PASS, b"", condition(C.UID, word(501))), policy(2, R.PASS, word(0x2A))
    )
    assert [each.result for each in dump_all(session)] == ["Pass (0)", "Pass (2A)"]
    for parameter in (b"\1", word(1) + b"\0"):
        content = policy(3, R.PASS, parameter)
        assert session.action(SessionAction.POLICY_ADD, content, room(4)).errno == Errno.EINVAL
