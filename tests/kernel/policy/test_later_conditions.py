"""What policies ask for and decide from xnu-6153 on."""

from __future__ import annotations

import pytest

from necp_replay.abi.client import ClientParameterFlag, ClientResult
from necp_replay.abi.errno import Errno
from necp_replay.abi.policy import (
    NO_FILTER_UNIT,
    PolicyResult,
    PolicyTlv,
    SessionAction,
    SessionPriority,
)
from necp_replay.abi.tlv import pack_tlv
from necp_replay.scenario import policies
from necp_replay.scenario.answers import MatchAnswer
from necp_replay.scenario.buffers import room
from necp_replay.scenario.keywords import ClientParameters
from necp_replay.scenario.policies import Condition
from necp_replay.scenario.process import ProcessHandle
from tests.kernel.builders import REMOTE, Laptop, log_functions, make_laptop

RELEASE = "xnu-6153.11.26"
LOOPBACK = "127.0.0.1:80"
NEIGHBOUR = "192.0.2.77:1"


def routing_result(laptop: Laptop, parameters: ClientParameters) -> int:
    client = laptop.fd.add(**parameters)
    (value,) = laptop.fd.copy_result(client.client_id).values(ClientResult.POLICY_RESULT)
    return int.from_bytes(value, "little")


def match(process: ProcessHandle) -> MatchAnswer:
    return process.match_policy(domain="www.example.com")


def daemon_of(laptop: Laptop, pid: int = 300) -> ProcessHandle:
    return laptop.system.add_process(pid, "daemon", privileged=True)


def laptop_with_policy(
    conditions: list[Condition], result: policies.Result, release: str = RELEASE
) -> Laptop:
    laptop = make_laptop(release)
    laptop.system.add_route("192.0.2.0/24", laptop.wifi)
    session = laptop.system.add_policy_session(daemon_of(laptop))
    session.add_policy(order=10, conditions=conditions, result=result)
    session.apply_all()
    return laptop


@pytest.mark.parametrize(
    ("condition", "met", "not_met"),
    [
        (policies.local_networks(), {"remote": NEIGHBOUR}, {"remote": REMOTE}),
        (
            policies.client_flags(int(ClientParameterFlag.LISTENER)),
            {"flags": ClientParameterFlag.LISTENER | ClientParameterFlag.MULTIPATH},
            {"flags": ClientParameterFlag.MULTIPATH},
        ),
        (
            policies.client_flags(),
            {"flags": ClientParameterFlag.FALLBACK_TRAFFIC},
            {"flags": ClientParameterFlag.LISTENER},
        ),
        (policies.flow_ip_protocol(6), {"ip_protocol": 6}, {"ip_protocol": 17}),
        (policies.flow_remote_address("192.0.2.0/24"), {"remote": NEIGHBOUR}, {"remote": REMOTE}),
        (policies.no_remote_address(), {}, {"remote": REMOTE}),
        (~policies.no_remote_address(), {"remote": REMOTE}, {}),
        (policies.no_local_address(), {}, {"local": "192.0.2.10:1"}),
    ],
    ids=[
        "local networks",
        "client flags",
        "fallback traffic",
        "flow protocol",
        "flow address",
        "no remote address",
        "a remote address",
        "no local address",
    ],
)
def test_a_condition_decides_which_traffic_a_policy_is_about(
    condition: Condition, met: ClientParameters, not_met: ClientParameters
) -> None:
    laptop = laptop_with_policy([condition], policies.drop())
    assert routing_result(laptop, met) == PolicyResult.DROP
    assert routing_result(laptop, not_met) != PolicyResult.DROP


def test_has_client_holds_for_clients_and_not_for_necp_match_policy() -> None:
    laptop = laptop_with_policy([policies.has_client()], policies.drop())
    assert routing_result(laptop, {}) == PolicyResult.DROP
    assert match(laptop.app).routing_result != PolicyResult.DROP


def test_filters_of_all_policies_count_together() -> None:
    laptop = make_laptop(RELEASE)
    session = laptop.system.add_policy_session(daemon_of(laptop))
    session.add_policy(order=10, result=policies.socket_filter(1))
    session.add_policy(order=20, result=policies.socket_filter(4))
    session.apply_all()
    assert match(laptop.app).filter_control_unit == 5
    session.add_policy(order=30, result=policies.socket_filter(NO_FILTER_UNIT))
    session.apply_all()
    assert match(laptop.app).filter_control_unit == 0


def test_a_policy_can_let_processes_pass_that_lack_a_network_privilege() -> None:
    laptop = make_laptop(RELEASE)
    app = laptop.system.add_process(700, "app", uid=501)
    laptop.system.set_sysctl("drop_unentitled_level", 1)
    assert match(app).routing_result == PolicyResult.DROP
    session = laptop.system.add_policy_session(daemon_of(laptop), priority=SessionPriority.HIGH)
    session.add_policy(order=10, result=policies.allow_unentitled())
    session.add_policy(order=20, result=policies.pass_through())
    session.apply_all()
    assert match(app).routing_result == PolicyResult.DROP
    laptop.system.set_sysctl("drop_unentitled_level", 4)
    assert match(app).routing_result == PolicyResult.PASS


def test_parameters_of_interposers_pass_unless_the_sysctl_forbids() -> None:
    laptop = laptop_with_policy([], policies.drop())
    parameters = ClientParameters(flags=ClientParameterFlag.INTERPOSE)
    assert routing_result(laptop, parameters) == PolicyResult.PASS
    laptop.system.set_sysctl("pass_interpose", 0)
    assert routing_result(laptop, parameters) == PolicyResult.DROP


@pytest.mark.parametrize("name", ["drop_unentitled_level", "pass_interpose"])
def test_earlier_releases_have_no_such_sysctl(name: str) -> None:
    laptop = make_laptop("xnu-4570.71.2")
    assert laptop.system.set_sysctl(name, 1).errno == Errno.ENOENT


def test_the_right_to_bypass_drop_all_lets_traffic_pass() -> None:
    laptop = make_laptop(RELEASE)
    session = laptop.system.add_policy_session(daemon_of(laptop))
    session.add_policy(order=10, conditions=[policies.pid(1)], result=policies.drop())
    session.apply_all()
    other = laptop.system.add_process(700, "app", uid=501)
    entitled = laptop.system.add_process(
        701, "vpn", uid=501, entitlements=("com.apple.private.necp.drop_all_bypass",)
    )
    configd = laptop.system.add_process(
        702, "configd", uid=0, platform_binary=True, signing_id="com.apple.configd"
    )
    laptop.system.set_sysctl("drop_all_level", 1)
    assert match(other).routing_result == PolicyResult.DROP
    assert match(entitled).routing_result == PolicyResult.NONE
    assert match(configd).routing_result == PolicyResult.NONE


def test_loopback_traffic_of_clients_passes_without_a_look_at_policies() -> None:
    laptop = laptop_with_policy([], policies.drop(), "xnu-6153.41.3")
    assert routing_result(laptop, {"remote": LOOPBACK}) == PolicyResult.PASS
    laptop.system.set_sysctl("pass_loopback", 0)
    assert routing_result(laptop, {"remote": LOOPBACK}) == PolicyResult.DROP


def test_a_policy_about_an_application_is_about_those_it_is_responsible_for() -> None:
    laptop = laptop_with_policy(
        [policies.application(bytes([7]) * 16)], policies.drop(), "xnu-6153.101.6"
    )
    laptop.system.add_process(700, "app", exec_uuid=bytes([7]) * 16)
    helper = laptop.system.add_process(701, "helper", responsible_pid=700)
    loner = laptop.system.add_process(702, "loner")
    assert match(helper).routing_result == PolicyResult.DROP
    assert match(loner).routing_result != PolicyResult.DROP


def test_a_session_has_more_priorities_to_choose_from() -> None:
    laptop = make_laptop("xnu-6153.101.6")
    session = laptop.system.add_policy_session(daemon_of(laptop))
    session.add_policy(order=10, result=policies.pass_through())
    session.apply_all()
    lower = laptop.system.add_policy_session(daemon_of(laptop, 301), priority=10)
    lower.add_policy(order=10, result=policies.drop())
    lower.apply_all()
    assert match(laptop.app).routing_result == PolicyResult.PASS
    lower.set_priority(7)
    lower.apply_all()
    assert match(laptop.app).routing_result == PolicyResult.DROP


@pytest.mark.parametrize("missing", ["order", "result"])
def test_a_policy_needs_an_order_and_a_result(missing: str) -> None:
    laptop = make_laptop(RELEASE)
    session = laptop.system.add_policy_session(daemon_of(laptop))
    content = {
        "order": pack_tlv(PolicyTlv.POLICY_RESULT, bytes((PolicyResult.PASS,))),
        "result": pack_tlv(PolicyTlv.POLICY_ORDER, bytes(4)),
    }[missing] + policies.default().pack()
    answer = session.session.action(SessionAction.POLICY_ADD, content, room(4))
    assert answer.errno == Errno.EINVAL
    assert log_functions(answer) == ["necp_handle_policy_add", "necp_session_add_policy"]
