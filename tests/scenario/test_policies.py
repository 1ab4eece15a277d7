"""Policies that scenarios build by name."""

from __future__ import annotations

from typing import Any

import pytest

from necp_replay.abi.client import ClientResult
from necp_replay.abi.policy import PolicyResult, RouteRuleFlag, SessionPriority
from necp_replay.engines.recorder import Recorder
from necp_replay.errors import ScenarioError
from necp_replay.kernel.machine import Machine
from necp_replay.releases.xnu_4570 import XNU_4570_51_1
from necp_replay.scenario import policies as p
from necp_replay.scenario.parameters import client_parameters
from necp_replay.scenario.policy_session import PolicySessionHandle
from necp_replay.scenario.process import NecpFdHandle
from necp_replay.scenario.system import System

UUID = bytes(range(1, 17))
REMOTE = "198.18.0.1:443"


def make_system() -> tuple[System, PolicySessionHandle, NecpFdHandle]:
    system = System(
        Recorder(Machine(XNU_4570_51_1.profile), lambda step, outcome: None), "policies"
    )
    daemon = system.add_process(300, "daemon", privileged=True)
    app = system.add_process(100, "app", exec_uuid=UUID, entitlements=["com.example.ent"])
    wifi = system.add_interface("en0", 4, addrs=["192.0.2.10/24"])
    system.add_interface("utun0", 8, functional_type=0, addrs=["10.9.0.1/32"])
    system.order_interfaces(wifi)
    system.add_route("default", wifi, gateway="192.0.2.1")
    return system, system.add_policy_session(daemon), app.necp_open()


def result_of(fd: NecpFdHandle, **parameters: Any) -> int | None:
    return fd.add(client_parameters(**parameters)).copy_result().number(ClientResult.POLICY_RESULT)


CONDITIONS = [
    pytest.param((p.default(),), {}, id="default"),
    pytest.param((p.application(UUID),), {}, id="application"),
    pytest.param((p.application(UUID), p.real_application(UUID)), {}, id="real application"),
    pytest.param((p.domain("*.example.com"),), {"domain": "www.example.com"}, id="domain"),
    pytest.param((p.account("me"),), {"account": "me"}, id="account"),
    pytest.param((p.pid(100),), {}, id="pid"),
    pytest.param((p.uid(501),), {}, id="uid"),
    pytest.param((p.all_interfaces(),), {"bound_interface": "en0"}, id="all interfaces"),
    pytest.param((p.bound_interface("en0"),), {"bound_interface": "en0"}, id="bound interface"),
    pytest.param((p.traffic_class(100, 200),), {"traffic_class": 150}, id="traffic class"),
    pytest.param((p.ip_protocol(6),), {}, id="protocol"),
    # A local address binds the client to its interface, so the policy must be about all of them.
    pytest.param(
        (p.all_interfaces(), p.local_address("192.0.2.10")), {"local": "192.0.2.10"}, id="local"
    ),
    pytest.param((p.remote_address("198.18.0.0/15"),), {}, id="remote"),
    pytest.param(
        (p.all_interfaces(), p.local_range("192.0.2.1", "192.0.2.99")),
        {"local": "192.0.2.10"},
        id="local range",
    ),
    pytest.param((p.remote_range("198.18.0.0", "198.18.0.9:443"),), {}, id="remote range"),
    pytest.param(
        (
            p.application(UUID),
            p.real_application(UUID),
            p.entitlement("com.example.ent"),
        ),
        {},
        id="entitlement",
    ),
]


@pytest.mark.parametrize(("conditions", "parameters"), CONDITIONS)
def test_each_condition_is_accepted_and_matches_what_it_names(
    conditions: tuple[p.Condition, ...], parameters: dict[str, Any]
) -> None:
    _, session, fd = make_system()
    added = session.add_policy(order=1, conditions=conditions, result=p.drop())
    assert (added.answer.errno, added.id) == (0, 1)
    session.apply_all()
    assert result_of(fd, remote=REMOTE, **parameters) == PolicyResult.DROP


@pytest.mark.parametrize(
    "condition", [p.pid(100), p.uid(501), p.ip_protocol(6), p.remote_address("198.18.0.1")]
)
def test_a_negative_condition_fails_where_the_condition_holds(condition: p.Condition) -> None:
    _, session, fd = make_system()
    assert session.add_policy(order=1, conditions=[~condition], result=p.drop()).id
    session.apply_all()
    assert result_of(fd, remote=REMOTE) == PolicyResult.NONE
    assert ~~condition == condition


RESULTS = [
    (p.pass_through(), PolicyResult.PASS),
    (p.skip(5), PolicyResult.NONE),
    (p.drop(), PolicyResult.DROP),
    (p.socket_divert(7), PolicyResult.SOCKET_DIVERT),
    (p.socket_filter(7), PolicyResult.NONE),
    (p.ip_tunnel("utun0"), PolicyResult.IP_TUNNEL),
    (p.trigger(UUID, 1), PolicyResult.NONE),
    (p.trigger_if_needed(UUID), PolicyResult.NONE),
    (p.trigger_scoped(UUID), PolicyResult.NONE),
    (p.no_trigger_scoped(UUID), PolicyResult.NONE),
    (p.socket_scoped("en0"), PolicyResult.SOCKET_SCOPED),
    (p.use_netagent(UUID), PolicyResult.NONE),
    (p.route_rules(p.deny("en0")), PolicyResult.DROP),
    (p.route_rules(p.deny(kinds=RouteRuleFlag.WIFI)), PolicyResult.DROP),
    (p.route_rules(p.deny(), p.allow("en0")), PolicyResult.NONE),
    (p.route_rules(p.mark_qos()), PolicyResult.NONE),
]


@pytest.mark.parametrize(("result", "seen"), RESULTS)
def test_each_result_is_accepted_and_shows_in_a_client(
    result: p.Result, seen: PolicyResult
) -> None:
    _, session, fd = make_system()
    # An address condition would not do for all of them.
    assert session.add_policy(order=1, conditions=[p.uid(501)], result=result).id
    session.apply_all()
    assert result_of(fd, remote=REMOTE) == seen


def test_a_session_of_better_priority_comes_first() -> None:
    system, session, fd = make_system()
    session.add_policy(order=1, result=p.drop())
    session.apply_all()
    other = system.add_policy_session(session.session.process, priority=SessionPriority.HIGH)
    other.add_policy(order=9, result=p.pass_through())
    other.apply_all()
    assert result_of(fd, remote=REMOTE) == PolicyResult.PASS


def test_a_deleted_policy_leaves_with_the_next_apply() -> None:
    _, session, fd = make_system()
    added = session.add_policy(order=1, result=p.drop())
    session.apply_all()
    assert session.delete_policy(added.id).errno == 0
    session.apply_all()
    assert result_of(fd, remote=REMOTE) == PolicyResult.NONE


def test_every_other_action_of_a_session_succeeds() -> None:
    _, session, _ = make_system()
    assert session.lock_to_process().errno == 0
    assert session.register_service(UUID).errno == 0
    assert session.unregister_service(UUID).errno == 0
    assert session.delete_all().errno == 0
    assert session.close().errno == 0


def test_a_refused_policy_has_no_id() -> None:
    _, session, _ = make_system()
    refused = session.add_policy(order=1, conditions=[p.pid(0)], result=p.drop())
    assert (refused.answer.errno, refused.id) == (22, 0)


def test_an_invalid_network_is_an_error_of_the_scenario() -> None:
    with pytest.raises(ScenarioError, match="does not appear to be"):
        p.remote_address("en0")
