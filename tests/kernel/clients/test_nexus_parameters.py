"""The parameters of a client that a nexus gets."""

from __future__ import annotations

from necp_replay.abi.errno import Errno
from necp_replay.events.effects import NexusParameters
from necp_replay.events.notifications import CopyNexusParameters
from necp_replay.events.outcome import NexusParametersAnswer
from necp_replay.scenario.addresses import sockaddr
from tests.kernel.builders import PID, REMOTE, make_laptop

APPLICATION = bytes(range(16))


def test_nexus_parameters_come_from_parameters_and_result() -> None:
    laptop = make_laptop()
    client = laptop.fd.add(
        local="192.0.2.10:80",
        remote=REMOTE,
        application=APPLICATION,
        pid=7,
        traffic_class=100,
        listener=True,
    )
    answer = laptop.system.submit(CopyNexusParameters(client.client_id)).answer
    assert answer == NexusParametersAnswer(
        NexusParameters(
            pid=PID,
            epid=7,
            euuid=APPLICATION,
            local_addr=sockaddr("192.0.2.10:80"),
            remote_addr=sockaddr(REMOTE),
            ip_protocol=6,
            traffic_class=100,
            policy_id=0,
            is_listener=1,
            allow_qos_marking=0,
        )
    )


def test_an_unknown_client_is_enoent() -> None:
    answer = make_laptop().system.submit(CopyNexusParameters(bytes(16)))
    assert (answer.errno, answer.answer) == (Errno.ENOENT, None)
