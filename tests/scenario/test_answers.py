"""What answers look like where an assertion fails."""

from __future__ import annotations

import re

from necp_replay.engines.recorder import Recorder
from necp_replay.kernel.machine import Machine
from necp_replay.releases.names import find_release
from necp_replay.scenario.policies import application, ip_tunnel, pid, real_application
from necp_replay.scenario.system import System

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
        "<ResultAnswer: ok retval=70, NONE, interface 4, HAS_IPV4|SATISFIED>"
    )


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
