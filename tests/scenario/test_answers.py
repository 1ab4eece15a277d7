"""What answers look like where an assertion fails."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from necp_replay.abi.client import OpenFlag
from necp_replay.engines.recorder import Recorder
from necp_replay.events.interfaces import IfaceDetach
from necp_replay.kernel.machine import Machine
from necp_replay.releases.names import find_release
from necp_replay.scenario.policies import application, ip_tunnel, pid, real_application
from necp_replay.scenario.process import ClientHandle
from necp_replay.scenario.system import System

AGENT = bytes(range(16))
RELEASE = "xnu-4570.51.1"


def _system() -> System:
    machine = Machine(find_release(RELEASE))
    system = System(Recorder(machine, lambda step, outcome: None), "answers")
    en0 = system.add_interface("en0", 4, addrs=["192.0.2.10/24"])
    system.order_interfaces(en0)
    system.add_route("default", en0, gateway="192.0.2.1")
    return system


def test_a_result_says_what_was_decided_instead_of_bytes() -> None:
    client = _system().add_process(100).necp_open().add(remote="203.0.113.5:443")
    assert repr(client.copy_result()) == (
        "<ResultAnswer: ok retval=70, NONE, interface en0, HAS_IPV4|SATISFIED>"
    )


def test_interfaces_are_named_as_they_were_at_the_time_of_the_call() -> None:
    system = _system()
    client = system.add_process(100).necp_open().add(remote="203.0.113.5:443")
    before = client.copy_result()
    assert before.interface == "en0"
    system.submit(IfaceDetach(4))
    system.add_interface("en9", 4)
    assert before.interface == "en0"
    assert system.add_process(200).match_policy(b"").routed_interface is None


@pytest.mark.parametrize(
    ("call", "shown"),
    [
        pytest.param(
            lambda client: client.fd.process.necp_open(OpenFlag.OBSERVER).copy_list(),
            r"<ListAnswer: ok retval=0, 1 clients, ids \['[0-9a-f]{32}'\]>",
            id="COPY_LIST",
        ),
        pytest.param(
            lambda client: client.fd.copy_interface(4),
            r"<InterfaceDetailsAnswer: ok retval=\d+, en0, index 4, mtu 1500>",
            id="COPY_INTERFACE",
        ),
        pytest.param(
            lambda client: client.fd.copy_client_update(),
            "<UpdateAnswer: EINVAL, log necp_client_copy_client_update>",
            id="COPY_CLIENT_UPDATE refused",
        ),
        pytest.param(
            lambda client: client.copy_parameters(),
            r"<CallAnswer: ok retval=\d+>",
            id="COPY_PARAMETERS",
        ),
        pytest.param(
            lambda client: client.fd.process.match_policy(remote="203.0.113.5:443"),
            "<MatchAnswer: ok retval=0, NONE, interface en0>",
            id="necp_match_policy",
        ),
        pytest.param(lambda client: client.fd, "<fd 3 of process 100>", id="the handle of an fd"),
        pytest.param(
            lambda client: client,
            "<client [0-9a-f]{32} on <fd 3 of process 100>>",
            id="the handle of a client",
        ),
    ],
)
def test_answers_and_handles_are_shown_decoded(
    call: Callable[[ClientHandle], object], shown: str
) -> None:
    client = _system().add_process(100).necp_open().add(remote="203.0.113.5:443")
    assert re.fullmatch(shown, repr(call(client)))


def test_an_update_for_a_push_observer_names_its_kind_and_client() -> None:
    system = _system()
    observer = system.add_process(400, privileged=True).necp_open(OpenFlag.PUSH_OBSERVER)
    client = system.add_process(100).necp_open().add(remote="203.0.113.5:443")
    shown = repr(observer.copy_client_update())
    assert f"PARAMETERS of client {client.client_id.hex()}" in shown


def test_a_flow_says_its_flags_interface_and_agent() -> None:
    system = _system()
    client = system.add_process(100).necp_open().add(remote="203.0.113.5:443")
    client.inject_nexus_flow(AGENT, interface_index=4, assigned=True)
    (flow,) = client.copy_result().flows
    assert repr(flow) == f"<FlowTlv: FLOW_ASSIGNED, interface 4, agent {AGENT.hex()}>"


def test_a_call_that_failed_says_its_errno_and_its_log_record() -> None:
    client = _system().add_process(100).necp_open().add(remote="203.0.113.5:443")
    client.remove()
    assert repr(client.remove()) == "<CallAnswer: ENOENT, log necp_client_remove>"


def test_a_failing_assertion_shows_no_escaped_bytes() -> None:
    process = _system().add_process(100)
    client = process.necp_open().add(remote="203.0.113.5:443")
    answers = [process.match_policy(b""), client.copy_result(), client.copy_route_statistics()]
    for answer in answers:
        assert not re.search(r"\\x|b'", repr(answer))


def test_conditions_take_the_handle_of_a_process() -> None:
    system = _system()
    mail, vpnd = system.add_process(100, "mail"), system.add_process(300, "vpnd", privileged=True)
    session = system.add_policy_session(vpnd)
    session.add_policy(
        order=1,
        conditions=[application(mail), real_application(mail), pid(mail)],
        result=ip_tunnel("en0"),
    )
    session.apply_all()
    ours = mail.necp_open().add(remote="203.0.113.5:443").copy_result()
    other = system.add_process(101, "web").necp_open().add(remote="203.0.113.5:443").copy_result()
    assert "IP_TUNNEL" in repr(ours)
    assert "NONE" in repr(other)


def test_a_condition_with_a_handle_is_that_with_its_uuid_or_pid() -> None:
    mail = _system().add_process(100, "mail")
    assert application(mail) == application(mail.exec_uuid)
    assert pid(mail) == pid(100)
