"""What agents tell about a client's nexus flow: results and protocol events."""

from __future__ import annotations

import pytest

from necp_replay.abi.client import ClientResult
from necp_replay.abi.errno import Errno
from necp_replay.abi.tlv import pack_tlv
from necp_replay.engines.engine import open_machine
from necp_replay.events.effects import Wake
from necp_replay.events.inputs import Step
from necp_replay.events.notifications import AssignClientResult, InjectNexusFlow, ProtoctlEvent
from necp_replay.events.processes import ProcAdd
from necp_replay.events.syscalls import NecpOpen
from necp_replay.scenario.addresses import sockaddr
from tests.kernel.builders import REMOTE, effects_of, make_laptop

AGENT, OTHER = bytes(range(16)), bytes(range(1, 17))
LOCAL = sockaddr("192.0.2.10:1024")


def test_results_are_assigned_to_the_newest_flow_with_the_agent() -> None:
    laptop = make_laptop()
    client = laptop.fd.add(remote=REMOTE)
    for _ in range(2):
        laptop.system.submit(InjectNexusFlow(client.client_id, AGENT))
    results = pack_tlv(ClientResult.LOCAL_ENDPOINT, LOCAL)
    answer = laptop.system.submit(AssignClientResult(AGENT, client.client_id, results))
    assert effects_of(answer, Wake)
    newest, oldest = laptop.client(client).flows
    assert (newest.assigned, newest.viable, newest.assigned_results) == (1, 1, results)
    assert newest.local_addr == LOCAL
    assert not oldest.assigned


def test_an_endpoint_replaces_only_as_many_bytes_as_it_says_it_has() -> None:
    laptop = make_laptop()
    client = laptop.fd.add(remote=REMOTE)
    laptop.system.submit(InjectNexusFlow(client.client_id, AGENT, remote=b"\xff" * 28))
    results = pack_tlv(ClientResult.REMOTE_ENDPOINT, LOCAL)
    laptop.system.submit(AssignClientResult(AGENT, client.client_id, results))
    (flow,) = laptop.client(client).flows
    assert flow.remote_addr == LOCAL[:16] + b"\xff" * 12


def test_an_unknown_client_is_enoent_and_one_without_such_a_flow_einval() -> None:
    laptop = make_laptop()
    client = laptop.fd.add(remote=REMOTE)
    laptop.system.submit(InjectNexusFlow(client.client_id, AGENT))
    for unknown, errno in ((bytes(16), Errno.ENOENT), (client.client_id, Errno.EINVAL)):
        assert laptop.system.submit(AssignClientResult(OTHER, unknown)).errno == errno
        assert laptop.system.submit(ProtoctlEvent(OTHER, unknown)).errno == errno


def test_a_protocol_event_is_kept_on_the_flow_and_makes_flows_unread() -> None:
    laptop = make_laptop()
    client = laptop.fd.add(remote=REMOTE)
    laptop.system.submit(InjectNexusFlow(client.client_id, AGENT))
    client.copy_result()
    assert laptop.system.submit(ProtoctlEvent(AGENT, client.client_id, 1, 2, 3)).errno == 0
    (flow,) = laptop.client(client).flows
    assert (flow.has_protoctl_event, flow.protoctl_event) == (1, (1, 2, 3))
    assert not laptop.client(client).flow_result_read


def test_injecting_a_flow_into_an_unknown_client_is_enoent() -> None:
    assert make_laptop().system.submit(InjectNexusFlow(bytes(16))).errno == Errno.ENOENT


@pytest.mark.parametrize("release", ["xnu-4570.71.2", "xnu-4903.221.2"])
@pytest.mark.parametrize("client_id", [b"", bytes(9)], ids=["empty", "short"])
def test_an_id_that_is_too_short_is_that_of_no_client(release: str, client_id: bytes) -> None:
    machine = open_machine(release)
    for event in (ProcAdd(100, "app"), NecpOpen(100)):
        assert machine.submit(Step(event)).errno == 0
    answer = machine.submit(Step(AssignClientResult(bytes(16), client_id, b"")))
    assert answer.errno == Errno.ENOENT


def test_in_later_releases_the_flow_of_a_socket_takes_the_events_of_any_agent() -> None:
    for release, errno in (("xnu-6153.101.6", Errno.EINVAL), ("xnu-7195.50.7.100.1", Errno.OK)):
        laptop = make_laptop(release)
        client = laptop.fd.add(remote=REMOTE)
        socket = laptop.system.add_socket("s1", local="192.0.2.10:1024", remote=REMOTE)
        socket.register(client)
        event = ProtoctlEvent(OTHER, client.client_id, 1, 2, 3)
        assert laptop.system.submit(event).errno == errno
