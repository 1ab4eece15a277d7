"""Which policies are left out of the array that is searched, as a dump shows it."""

from __future__ import annotations

import pytest

from necp_replay.abi.policy import PolicyCondition, PolicyResult, SessionAction
from necp_replay.scenario.addresses import sockaddr
from tests.kernel.policy.dumped import dump_all
from tests.kernel.policy.world import apply_policies, condition, make_world, policy, word

C, R = PolicyCondition, PolicyResult
DEFAULT = condition(C.DEFAULT)
ALL = condition(C.ALL_INTERFACES)
EN0 = condition(C.BOUND_INTERFACE, b"en0\0")
PID, OTHER_PID = condition(C.PID, word(1)), condition(C.PID, word(2))
NOT_PID = condition(C.PID, word(1), negative=True)
UID = condition(C.UID, word(501))
DOMAIN, UPPER_DOMAIN = condition(C.DOMAIN, b"a.com"), condition(C.DOMAIN, b"A.com")
SERVICE = bytes(range(16))
DROP, PASS = (R.DROP, b""), (R.PASS, b"")
FILTER, TRIGGER = (R.SOCKET_FILTER, word(1)), (R.TRIGGER, SERVICE)


def subnet(text: str, prefix: int) -> bytes:
    address = sockaddr(text).ljust(28, b"\0")
    return condition(C.REMOTE_ADDR, bytes((prefix,)) + address)


def span(first: str, last: str) -> bytes:
    ends = (sockaddr(text).ljust(28, b"\0") for text in (first, last))
    return condition(C.REMOTE_ADDR_RANGE, b"".join(ends))


def classes(first: int, last: int) -> bytes:
    return condition(C.TRAFFIC_CLASS, word(first) + word(last))


def orders_in_force(*policies: bytes) -> list[int]:
    return [dumped.order for dumped in dump_all(apply_policies(make_world(), *policies))]


@pytest.mark.parametrize(
    ("upper", "lower"),
    [
        (DEFAULT, DEFAULT),
        (DEFAULT, PID),
        (PID, PID),
        (PID, PID + UID),
        (NOT_PID, NOT_PID),
        (ALL, ALL + PID),
        (EN0, EN0 + PID),
        (DOMAIN, DOMAIN),
        (subnet("192.0.2.0", 24), subnet("192.0.2.128", 25)),
        (subnet("192.0.2.0", 0), subnet("198.51.100.0", 24)),
        (span("192.0.2.1", "192.0.2.9"), span("192.0.2.2", "192.0.2.9")),
        (classes(1, 9), classes(1, 8)),
        # Kernel quirk: traffic bound to en0 does not match the default, and yet passes no more.
        (DEFAULT, EN0),
    ],
)
def test_a_policy_that_an_earlier_one_covers_is_left_out(upper: bytes, lower: bytes) -> None:
    upper_policy, lower_policy = policy(1, *PASS, upper), policy(2, *DROP, lower)
    assert orders_in_force(upper_policy, lower_policy) == [1]


@pytest.mark.parametrize(
    ("upper", "lower"),
    [
        (PID, DEFAULT),
        (PID, OTHER_PID),
        (PID, NOT_PID),
        (PID + UID, PID),
        (DEFAULT, ALL),
        (ALL, PID),
        (PID, ALL + PID),
        (DOMAIN, UPPER_DOMAIN),
        (subnet("192.0.2.128", 25), subnet("192.0.2.0", 24)),
        (subnet("192.0.2.0", 24), subnet("192.0.3.0", 24)),
        (span("192.0.2.2", "192.0.2.9"), span("192.0.2.1", "192.0.2.9")),
        (span("192.0.2.1", "192.0.2.9"), subnet("192.0.2.2", 32)),
        (classes(2, 9), classes(1, 8)),
    ],
)
def test_a_policy_that_can_match_alone_is_kept(upper: bytes, lower: bytes) -> None:
    upper_policy, lower_policy = policy(1, *PASS, upper), policy(2, *DROP, lower)
    assert orders_in_force(upper_policy, lower_policy) == [1, 2]


@pytest.mark.parametrize(
    ("upper", "lower", "is_kept"),
    [
        (DROP, FILTER, False),
        (PASS, TRIGGER, False),
        ((R.IP_TUNNEL, word(0) + b"\0"), PASS, False),
        (FILTER, FILTER, True),
        ((R.USE_NETAGENT, SERVICE), DROP, True),
        (TRIGGER, (R.NO_TRIGGER_SCOPED, SERVICE), False),
        (TRIGGER, PASS, True),
        ((R.SKIP, word(0)), PASS, True),
        ((R.SKIP, word(2)), PASS, True),
        ((R.SKIP, word(3)), PASS, False),
    ],
)
def test_which_results_make_a_later_policy_unnecessary(
    upper: tuple[PolicyResult, bytes], lower: tuple[PolicyResult, bytes], is_kept: bool
) -> None:
    found = orders_in_force(policy(1, *upper), policy(2, *lower))
    assert found == ([1, 2] if is_kept else [1])


@pytest.mark.parametrize(
    ("skips", "in_force"),
    [
        ([(1, 0)], [1, 4, 5]),
        ([(1, 5)], [1, 4, 5]),
        ([(1, 3)], [1, 4]),
    ],
)
def test_a_policy_within_a_skip_makes_none_after_it_unnecessary(
    skips: list[tuple[int, int]], in_force: list[int]
) -> None:
    skipping = [policy(order, R.SKIP, word(to), UID) for order, to in skips]
    assert orders_in_force(*skipping, policy(4, *PASS, PID), policy(5, *DROP, PID)) == in_force


def test_a_skip_ends_with_its_session() -> None:
    world = make_world()
    first = apply_policies(world, policy(1, R.SKIP, word(0), UID))
    apply_policies(world, policy(1, *PASS), policy(2, *DROP))
    assert [(found.session_order, found.order) for found in dump_all(first)] == [
        (3001, 1),
        (3002, 1),
    ]
    first.action(SessionAction.POLICY_DELETE_ALL)
