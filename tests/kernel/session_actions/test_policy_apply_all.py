"""POLICY_APPLY_ALL: kernel policies are made, replaced and removed, and everybody is told."""

from __future__ import annotations

import pytest

from necp_replay.abi.policy import (
    PROC_UUID_NECP_APP_POLICY,
    PolicyCondition,
    PolicyResult,
    SessionAction,
    SessionPriority,
    UuidPolicyOperation,
)
from necp_replay.events.effects import Effect, KernelEvent, TimerArmed, UuidPolicy
from necp_replay.events.snapshot import PoliciesSnapshot
from necp_replay.scenario.policy_session import SessionHandle
from tests.kernel.policy.dumped import add_policy, dump_all
from tests.kernel.policy.world import World, apply_policies, condition, make_world, policy, word

C, R = PolicyCondition, PolicyResult
APP, SERVICE = b"\x01" * 16, b"\x02" * 16
HIGH_BUCKET, LOW_BUCKET = b"\x3f" + bytes(15), b"\x40" + bytes(15)
CLEARED = (UuidPolicyOperation.CLEAR, None)


def uuid_policies(effects: tuple[Effect, ...]) -> list[tuple[int, bytes | None]]:
    found = [effect for effect in effects if isinstance(effect, UuidPolicy)]
    assert all(effect.flags == PROC_UUID_NECP_APP_POLICY for effect in found)
    return [(effect.operation, effect.uuid) for effect in found]


def added(uuid: bytes) -> tuple[int, bytes | None]:
    return UuidPolicyOperation.ADD, uuid


def application(uuid: bytes) -> bytes:
    return condition(C.APPLICATION, uuid)


def apply(session: SessionHandle) -> tuple[Effect, ...]:
    return session.action(SessionAction.POLICY_APPLY_ALL).effects


def policies_of(world: World) -> PoliciesSnapshot:
    policies = world.system.snapshot(full=True).policies
    assert policies is not None
    return policies


def test_applying_nothing_arms_the_timer_and_posts_the_change_event() -> None:
    session = make_world().daemon.necp_session_open()
    armed, posted = apply(session)
    assert isinstance(armed, TimerArmed)
    assert posted == KernelEvent(1, 8, 1, bytes(4))


def test_applications_reach_the_uuid_policy_table_by_bucket_downwards_newest_first() -> None:
    session = make_world().daemon.necp_session_open()
    uuids = (LOW_BUCKET, HIGH_BUCKET, b"\x80" + bytes(15))
    for uuid in uuids:
        add_policy(session, policy(1, R.PASS, b"", application(uuid)))
    # Policies of the same order are applied newest first, and bucket 0 is listed newest first.
    expected = [CLEARED, added(HIGH_BUCKET), added(LOW_BUCKET), added(b"\x80" + bytes(15))]
    assert uuid_policies(apply(session)) == expected


def test_the_uuid_policy_table_is_written_only_for_new_or_vanished_applications() -> None:
    session = apply_policies(make_world(), policy(1, R.PASS, b"", application(APP)))
    add_policy(session, policy(2, R.DROP, b"", application(APP)))
    assert uuid_policies(apply(session)) == []
    session.action(SessionAction.POLICY_DELETE, word(1))
    assert uuid_policies(apply(session)) == []
    session.action(SessionAction.POLICY_DELETE_ALL)
    assert uuid_policies(apply(session)) == [CLEARED]


def test_an_application_known_as_a_real_one_does_not_reach_the_uuid_policy_table() -> None:
    world = make_world()
    both = application(SERVICE) + condition(C.REAL_APPLICATION, APP)
    apply_policies(world, policy(1, R.PASS, b"", both))
    session = world.daemon.necp_session_open()
    add_policy(session, policy(1, R.PASS, b"", application(APP)))
    assert uuid_policies(apply(session)) == []


def test_a_service_that_goes_takes_the_application_of_its_uuid_with_it() -> None:
    session = apply_policies(
        make_world(),
        policy(1, R.PASS, b"", application(APP)),
        policy(2, R.TRIGGER, APP, condition(C.PID, word(1))),
    )
    session.action(SessionAction.POLICY_DELETE, word(2))
    apply(session)
    (dumped,) = dump_all(session)
    assert dumped.conditions == []


@pytest.mark.parametrize(
    ("result", "parameter", "conditions", "socket_count", "ip_output_count"),
    [
        (R.PASS, b"", condition(C.DEFAULT), 1, 2),
        (R.PASS, b"", condition(C.PID, word(1)), 1, 1),
        (R.DROP, b"", condition(C.DEFAULT), 1, 1),
        (R.DROP, b"", condition(C.UID, word(1)), 1, 0),
        (R.SKIP, word(0), condition(C.DEFAULT), 1, 1),
        (R.SKIP, word(0), condition(C.DOMAIN, b"a"), 1, 1),
        (R.SOCKET_DIVERT, word(1), condition(C.DEFAULT), 1, 0),
        (R.SOCKET_FILTER, word(1), condition(C.DEFAULT), 1, 0),
        (R.IP_TUNNEL, word(0) + b"utun0\0", condition(C.DEFAULT), 1, 2),
        (R.IP_TUNNEL, word(3) + b"utun0\0", condition(C.DEFAULT), 1, 4),
        (R.IP_TUNNEL, word(3) + b"gone0\0", condition(C.ACCOUNT, b"a"), 1, 3),
        (R.IP_TUNNEL, word(3) + bytes(25), condition(C.DEFAULT), 1, 2),
        (R.SOCKET_SCOPED, b"en0\0", condition(C.DEFAULT), 1, 0),
        (R.SOCKET_SCOPED, b"gone0\0", condition(C.DEFAULT), 0, 0),
        (R.SOCKET_SCOPED, b"en0".ljust(25, b"\0"), condition(C.DEFAULT), 0, 0),
        (R.TRIGGER, SERVICE, condition(C.DEFAULT), 1, 0),
        (R.TRIGGER, SERVICE + bytes(5), condition(C.DEFAULT), 0, 0),
        (R.USE_NETAGENT, SERVICE, condition(C.DEFAULT), 1, 0),
        (R.USE_NETAGENT, SERVICE + b"\0", condition(C.DEFAULT), 0, 0),
        (R.PASS, b"", condition(C.BOUND_INTERFACE, b"x" * 25), 0, 0),
    ],
)
def test_a_policy_becomes_kernel_policies_by_its_result_and_conditions(
    result: PolicyResult,
    parameter: bytes,
    conditions: bytes,
    socket_count: int,
    ip_output_count: int,
) -> None:
    world = make_world()
    apply_policies(world, policy(1, result, parameter, conditions))
    counted = policies_of(world)
    assert counted.socket_policies_count == counted.application_policies_count == socket_count
    assert counted.ip_output_policies_count == ip_output_count
    assert counted.sessions[0].policies[0].applied == 1


def test_counts_include_unnecessary_policies() -> None:
    world = make_world()
    session = apply_policies(world, policy(1, R.PASS), policy(2, R.DROP))
    assert policies_of(world).socket_policies_count == 2
    assert len(dump_all(session)) == 1


def test_a_new_priority_moves_policies_when_they_are_applied_again() -> None:
    world = make_world()
    session = apply_policies(world, policy(1, R.PASS))
    session.action(SessionAction.SET_SESSION_PRIORITY, word(SessionPriority.HIGH))
    shown = policies_of(world).sessions[0]
    assert (shown.order, shown.dirty, shown.policies[0].pending_update) == (2001, 1, 1)
    (before,) = dump_all(session)
    apply(session)
    (after,) = dump_all(session)
    assert (before.session_order, after.session_order) == (3001, 2001)
    assert after.id == before.id + 1
    assert policies_of(world).sessions[0].policies[0].pending_update == 0
