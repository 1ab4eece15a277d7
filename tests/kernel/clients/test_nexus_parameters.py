"""The parameters of a client that a nexus gets."""

from __future__ import annotations

import pytest

from necp_replay.abi.client import ClientParameter
from necp_replay.abi.client_structs import APPLICATION_ID
from necp_replay.abi.errno import Errno
from necp_replay.abi.tlv import pack_tlv
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


@pytest.mark.parametrize(
    ("release", "given", "told"),
    [
        ("xnu-8796.141.3", APPLICATION_ID.pack(501, APPLICATION, 1000), bytes(16)),
        ("xnu-10002.1.13", APPLICATION_ID.pack(501, APPLICATION, 1000) + b"more", APPLICATION),
        ("xnu-10002.1.13", APPLICATION_ID.pack(501, APPLICATION, 1000)[:-1], bytes(16)),
    ],
    ids=["before", "whole", "cut short"],
)
def test_an_application_id_names_the_executable(release: str, given: bytes, told: bytes) -> None:
    laptop = make_laptop(release)
    client = laptop.fd.add(extra=pack_tlv(ClientParameter.APPLICATION_ID, given))
    answer = laptop.system.submit(CopyNexusParameters(client.client_id)).answer
    assert isinstance(answer, NexusParametersAnswer)
    assert answer.parameters.euuid == told


def test_an_unknown_client_is_enoent() -> None:
    answer = make_laptop().system.submit(CopyNexusParameters(bytes(16)))
    assert (answer.errno, answer.answer) == (Errno.ENOENT, None)
