"""Applying twice as many policies is about twice the work."""

from __future__ import annotations

import struct
from collections.abc import Callable

import pytest

from necp_replay.abi.policy import PolicyCondition as C
from necp_replay.abi.policy import PolicyResult as R
from necp_replay.abi.policy import RouteRuleAction, SessionAction
from necp_replay.scenario.addresses import sockaddr
from necp_replay.scenario.buffers import room
from necp_replay.scenario.policy_session import SessionHandle
from tests.kernel.policy.world import condition, make_world, policy, route_rule, word
from tests.work import lines_run, worst_growth

SIZES = (50, 100, 200)
MOST_GROWTH = 2.3
ACTIONS = (
    RouteRuleAction.DENY_INTERFACE,
    RouteRuleAction.ALLOW_INTERFACE,
    RouteRuleAction.QOS_MARKING,
)


def uuid(number: int) -> bytes:
    return struct.pack("<IIII", number, 1, 1, 1)


def address(text: str) -> bytes:
    return sockaddr(text).ljust(28, b"\0")


def pid(number: int) -> bytes:
    return condition(C.PID, word(number))


def subnet(number: int) -> bytes:
    text = f"10.0.{number // 256}.{number % 256}"
    return condition(C.REMOTE_ADDR, bytes((32,)) + address(text))


def port(number: int) -> bytes:
    return condition(C.REMOTE_ADDR, bytes((32,)) + address(f"10.0.0.1:{number}"))


def span(number: int) -> bytes:
    ends = (address(f"10.0.{each // 256}.{each % 256}") for each in (number, number + 1))
    return condition(C.REMOTE_ADDR_RANGE, b"".join(ends))


def rules(number: int) -> bytes:
    """Eight interfaces, each allowed, denied or marked: a different rule for each number."""
    return b"".join(
        route_rule(ACTIONS[number // 3**place % 3], f"en{100 + place}") for place in range(8)
    )


POLICIES: dict[str, Callable[[int], bytes]] = {
    "pid": lambda n: policy(n, R.PASS, b"", pid(n)),
    "one order": lambda n: policy(1, R.PASS, b"", pid(n)),
    "domain": lambda n: policy(n, R.DROP, b"", condition(C.DOMAIN, b"a%d.com\0" % n)),
    "application": lambda n: policy(n, R.PASS, b"", condition(C.APPLICATION, uuid(n))),
    "subnet": lambda n: policy(n, R.PASS, b"", subnet(n)),
    "port": lambda n: policy(n, R.PASS, b"", port(n)),
    "range": lambda n: policy(n, R.PASS, b"", span(n)),
    "traffic class": lambda n: policy(
        n, R.SOCKET_DIVERT, word(1), condition(C.TRAFFIC_CLASS, word(n) + word(n))
    ),
    "skip": lambda n: policy(n, R.SKIP, word(n + 1), pid(n)),
    "filter": lambda n: policy(n, R.SOCKET_FILTER, word(n), pid(n)),
    "agent": lambda n: policy(n, R.USE_NETAGENT, uuid(n), pid(n)),
    "account": lambda n: policy(n, R.PASS, b"", condition(C.ACCOUNT, b"account %d" % n)),
    "tunnel": lambda n: policy(n, R.IP_TUNNEL, word(R.DROP) + b"utun0\0", subnet(n)),
    "route rules": lambda n: policy(n, R.ROUTE_RULES, b"", rules(n), pid(n)),
}


def add_policies(make: Callable[[int], bytes], count: int, debug: int = 0) -> SessionHandle:
    world = make_world()
    world.system.set_sysctl("debug", debug)
    for place in range(8):
        world.system.add_interface(f"en{100 + place}", 100 + place)
    session = world.daemon.necp_session_open()
    for number in range(1, count + 1):
        assert session.action(SessionAction.POLICY_ADD, make(number), room(4)).errno == 0
    return session


def work_of_applying(make: Callable[[int], bytes], count: int) -> int:
    """Apply new policies, apply them again under another priority, and delete them.

    Debug logs are on, because then all arrays of policies are made at once.
    """
    session = add_policies(make, count, debug=1)

    def apply() -> None:
        session.action(SessionAction.POLICY_APPLY_ALL)
        session.action(SessionAction.SET_SESSION_PRIORITY, word(3))
        session.action(SessionAction.POLICY_APPLY_ALL)
        session.action(SessionAction.POLICY_DELETE_ALL)
        session.action(SessionAction.POLICY_APPLY_ALL)

    return lines_run(apply)


def work_of_dumping(make: Callable[[int], bytes], count: int) -> int:
    session = add_policies(make, count)
    session.action(SessionAction.POLICY_APPLY_ALL)
    return lines_run(lambda: session.action(SessionAction.POLICY_DUMP_ALL, None, room(1 << 20)))


@pytest.mark.parametrize("kind", POLICIES)
def test_applying_twice_as_many_policies_is_about_twice_the_work(kind: str) -> None:
    growth = worst_growth(lambda count: work_of_applying(POLICIES[kind], count), SIZES)
    assert growth < MOST_GROWTH


@pytest.mark.parametrize("kind", POLICIES)
def test_dumping_twice_as_many_policies_is_about_twice_the_work(kind: str) -> None:
    growth = worst_growth(lambda count: work_of_dumping(POLICIES[kind], count), SIZES)
    assert growth < MOST_GROWTH
