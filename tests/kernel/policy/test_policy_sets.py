"""Random sets of policies, added and applied through system calls, compared with the plain rules.

Conditions on a bound interface and negative address ranges are not drawn. With those, leaving out
unnecessary policies changes the outcome (``test_unnecessary.py``), which the plain rules do not
know. With all others it must not.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from necp_replay.abi.policy import PolicyResult as R
from necp_replay.scenario import policies as p
from necp_replay.scenario.parameters import client_parameters
from tests.examples import examples
from tests.kernel.policy.plain_policies import (
    TRIGGERS,
    PlainCondition,
    PlainPolicy,
    PlainSession,
    Request,
    expect,
)
from tests.kernel.policy.world import EN0, UTUN0, Matched, World, make_world, match_policy

APPS = (bytes([1] * 16), bytes([2] * 16))
SERVICES = (bytes([8] * 16), bytes([9] * 16))
DOMAINS = ("com", "apple.com", "www.Apple.com", "pineapple.com")
ACCOUNTS = ("me", "you")
REMOTES = ("198.18.0.1", "198.18.0.200", "198.18.9.1")
NETWORKS = ("198.18.0.0/15", "198.18.0.0/24", "198.18.0.128/25", "198.18.9.1/32", "0.0.0.0/0")
PRIORITIES = (0, 1, 2, 3, 4, 5, 9)
SOCKET_ONLY = (R.SOCKET_DIVERT, R.SOCKET_FILTER, R.SOCKET_SCOPED, R.USE_NETAGENT, *TRIGGERS)

NEGATABLE = {
    "pid": st.sampled_from((100, 200)),
    "uid": st.sampled_from((501, 502)),
    "domain": st.sampled_from(DOMAINS),
    "account": st.sampled_from(ACCOUNTS),
    "protocol": st.sampled_from((6, 17)),
}
POSITIVE = {
    "application": st.sampled_from(APPS),
    "all_interfaces": st.none(),
    "traffic_class": st.sampled_from(((0, 100), (50, 200), (100, 100), (200, 400))),
    "remote_address": st.sampled_from(NETWORKS),
}
PARAMETERS: dict[R, st.SearchStrategy[int | bytes]] = {
    R.PASS: st.just(0),
    R.DROP: st.just(0),
    R.SOCKET_DIVERT: st.integers(1, 3),
    R.SOCKET_FILTER: st.integers(1, 3),
    R.IP_TUNNEL: st.just(UTUN0),
    R.SOCKET_SCOPED: st.just(EN0),
    R.USE_NETAGENT: st.sampled_from(SERVICES),
    **{result: st.sampled_from(SERVICES) for result in TRIGGERS},
}


@st.composite
def conditions(draw: st.DrawFn, result: R) -> tuple[PlainCondition, ...]:
    kinds = draw(st.lists(st.sampled_from((*NEGATABLE, *POSITIVE)), max_size=2, unique=True))
    found = []
    for kind in kinds:
        if kind in NEGATABLE:
            found.append(PlainCondition(kind, draw(NEGATABLE[kind]), draw(st.booleans())))
        elif kind != "remote_address" or result not in SOCKET_ONLY:
            found.append(PlainCondition(kind, draw(POSITIVE[kind])))
    return tuple(found)


@st.composite
def plain_policies(draw: st.DrawFn, skip_orders: tuple[int, ...]) -> PlainPolicy:
    result = draw(st.sampled_from((*PARAMETERS, R.SKIP, R.SKIP)))
    choice = st.sampled_from(skip_orders) if result == R.SKIP else PARAMETERS[result]
    order, held = draw(st.integers(1, 6)), draw(conditions(result))
    return PlainPolicy(order, held, result, draw(choice))


@st.composite
def policy_sets(draw: st.DrawFn) -> list[PlainSession]:
    """Up to three sessions; a session's skips pass over the rest, or up to orders.

    Not both: the order of a skip inside a skip over the rest shows in what is left out.
    """
    sessions = []
    for control_unit in range(1, draw(st.integers(1, 3)) + 1):
        skip_orders = draw(st.sampled_from(((0,), (2, 3, 5, 9))))
        policies = draw(st.lists(plain_policies(skip_orders), max_size=6))
        priority = draw(st.sampled_from(PRIORITIES))
        sessions.append(PlainSession(priority, control_unit, tuple(policies)))
    return sessions


requests = st.builds(
    Request,
    pid=st.sampled_from((100, 200)),
    uid=st.sampled_from((501, 502)),
    application=st.sampled_from(APPS),
    domain=st.none() | st.sampled_from(DOMAINS),
    account=st.none() | st.sampled_from(ACCOUNTS),
    traffic_class=st.sampled_from((0, 50, 100, 200, 300)),
    protocol=st.sampled_from((6, 17)),
    remote=st.sampled_from(REMOTES),
    is_bound=st.booleans(),
)


def make(plain: PlainCondition) -> p.Condition:
    """The condition as a scenario writes it."""
    value = plain.value
    if plain.kind == "traffic_class":
        assert isinstance(value, tuple)
        made = p.traffic_class(*value)
    elif plain.kind == "all_interfaces":
        made = p.all_interfaces()
    else:
        builders: dict[str, Callable[[Any], p.Condition]] = {
            "pid": p.pid,
            "uid": p.uid,
            "domain": p.domain,
            "account": p.account,
            "protocol": p.ip_protocol,
            "application": p.application,
            "remote_address": p.remote_address,
        }
        made = builders[plain.kind](value)
    return ~made if plain.negative else made


def result(plain: PlainPolicy) -> p.Result:
    """The result as a scenario writes it."""
    parameter = plain.parameter
    if plain.result == R.IP_TUNNEL:
        return p.ip_tunnel("utun0")
    if plain.result == R.SOCKET_SCOPED:
        return p.socket_scoped("en0")
    if isinstance(parameter, bytes):
        return p.Result(plain.result, parameter)
    has_parameter = plain.result not in (R.PASS, R.DROP)
    return p.Result(plain.result, struct.pack("<I", parameter) if has_parameter else b"")


def install(world: World, sessions: list[PlainSession]) -> None:
    """Open the sessions, add their policies, and apply the last session first."""
    handles = [world.system.add_policy_session(world.daemon) for _ in sessions]
    for handle, session in zip(handles, sessions, strict=True):
        assert handle.set_priority(session.priority).errno == 0
        for plain in session.policies:
            made = [make(condition) for condition in plain.conditions]
            added = handle.add_policy(order=plain.order, conditions=made, result=result(plain))
            assert added.answer.errno == 0
    for handle in reversed(handles):
        handle.apply_all()


def ask(world: World, request: Request) -> Matched:
    """Match with parameters that say all that the request is; the daemon may speak for others."""
    parameters = client_parameters(
        remote=request.remote,
        ip_protocol=request.protocol,
        application=request.application,
        pid=request.pid,
        uid=request.uid,
        domain=request.domain,
        account=request.account,
        traffic_class=request.traffic_class,
        bound_interface="en0" if request.is_bound else None,
    )
    return match_policy(world.daemon, parameters)


@settings(max_examples=examples(100, thorough=1000), deadline=None)
@given(
    policy_sets(), st.sampled_from((0, 0, 0, 3, 4, 5)), st.lists(requests, min_size=1, max_size=4)
)
def test_every_evaluation_has_the_outcome_of_the_plain_rules(
    sessions: list[PlainSession], drop_all_level: int, those: list[Request]
) -> None:
    world = make_world()
    world.system.set_sysctl("net.necp.drop_all_level", drop_all_level)
    install(world, sessions)
    for request in those:
        expected = expect(sessions, drop_all_level, request)
        found = ask(world, request)
        assert (found.routing_result, found.routing_result_parameter) == (
            expected.result,
            expected.parameter,
        )
        if drop_all_level and not any(session.policies for session in sessions):
            continue
        assert found.filter_control_unit == expected.filter_control_unit
        service = (found.service_action, found.service_uuid) if found.service_action else None
        assert service == expected.service
        assert tuple(agent for agent in found.netagents if any(agent)) == expected.netagents
