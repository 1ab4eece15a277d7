"""Registering sockets as flows of clients, assigning their addresses, and unregistering them."""

from __future__ import annotations

import pytest

from necp_replay.abi.client import ClientResult
from necp_replay.abi.errno import Errno
from necp_replay.abi.tlv import pack_tlv
from necp_replay.events.effects import SocketCallback, Wake
from necp_replay.events.outcome import BlockClient
from necp_replay.events.sockets import (
    AssignFromSocket,
    InpcbDispose,
    InpcbRemoveCb,
    RegisterSocketFlow,
    SocketCreate,
    SocketUpdate,
)
from necp_replay.scenario.addresses import sockaddr
from necp_replay.scenario.process import ClientHandle
from tests.kernel.builders import NEWER, OLDER, PID, REMOTE, Laptop, effects_of, make_laptop, update


def register(laptop: Laptop, socket: SocketCreate) -> ClientHandle:
    client = laptop.fd.add(remote=REMOTE)
    laptop.system.add_socket(socket)
    laptop.system.submit(RegisterSocketFlow(PID, client.client_id, socket.name))
    return client


def test_registering_with_an_unknown_client_or_a_wrong_pid_is_enoent_and_clears_the_id() -> None:
    laptop = make_laptop()
    client = laptop.fd.add(remote=REMOTE)
    laptop.system.add_socket(SocketCreate("s1"))
    for pid, client_id in ((PID, bytes(range(16))), (999, client.client_id)):
        answer = laptop.system.submit(RegisterSocketFlow(pid, client_id, "s1"))
        assert (answer.errno, answer.answer) == (Errno.ENOENT, BlockClient(bytes(16)))


def test_an_assignment_takes_addresses_and_the_bound_interface_from_the_socket() -> None:
    laptop = make_laptop()
    client = register(
        laptop,
        SocketCreate("s1", local="192.0.2.10", remote="198.18.0.1", lport=1024, fport=443),
    )
    laptop.system.submit(SocketUpdate("s1", bound_if=5, last_outif=4))
    answer = laptop.system.submit(AssignFromSocket(0, client.client_id, "s1"))
    assert effects_of(answer, Wake)
    (flow,) = laptop.client(client).flows
    assert flow.interface_index == laptop.wired.index
    local, remote = sockaddr("192.0.2.10:1024"), sockaddr("198.18.0.1:443")
    assert (flow.local_addr, flow.remote_addr) == (local, remote)
    assert flow.assigned_results == (
        pack_tlv(ClientResult.NEXUS_PORT_FLOW_INDEX, bytes(4))
        + pack_tlv(ClientResult.LOCAL_ENDPOINT, local)
        + pack_tlv(ClientResult.REMOTE_ENDPOINT, remote)
    )


def test_an_embedded_scope_becomes_the_scope_id_of_the_flow() -> None:
    laptop = make_laptop()
    client = register(laptop, SocketCreate("s1", domain=30, local="fe80:4::1"))
    laptop.system.submit(AssignFromSocket(0, client.client_id, "s1"))
    (flow,) = laptop.client(client).flows
    assert flow.local_addr == sockaddr("[fe80::1%4]:0")


def test_an_assignment_to_a_client_without_a_flow_of_the_socket_is_einval() -> None:
    laptop = make_laptop()
    client = laptop.fd.add(remote=REMOTE)
    laptop.system.add_socket(SocketCreate("s1"))
    answer = laptop.system.submit(AssignFromSocket(0, client.client_id, "s1"))
    assert (answer.errno, answer.effects) == (Errno.EINVAL, ())


def test_removing_the_callback_frees_the_flows_of_the_socket_and_wakes_the_fd() -> None:
    laptop = make_laptop()
    client = register(laptop, SocketCreate("s1"))
    laptop.system.submit(RegisterSocketFlow(PID, client.client_id, "s1"))
    assert laptop.system.snapshot().necp_socket_flow_count == 2
    assert laptop.system.submit(InpcbRemoveCb("s1")).effects == (Wake(PID, laptop.fd.fd),)
    assert laptop.client(client).flows == ()
    assert laptop.system.snapshot().necp_socket_flow_count == 0
    assert not laptop.system.submit(InpcbRemoveCb("s1")).effects


@pytest.mark.parametrize(("release", "is_called"), [(OLDER, True), (NEWER, False)])
def test_older_releases_call_back_a_socket_that_was_disposed_of(
    release: str, is_called: bool
) -> None:
    laptop = make_laptop(release)
    client = register(laptop, SocketCreate("s1"))
    answer = laptop.system.submit(InpcbDispose("s1"))
    left = client.client_id if is_called else bytes(16)
    assert answer.answer == BlockClient(left)
    assert laptop.system.snapshot().necp_socket_flow_count == int(is_called)
    assert bool(effects_of(update(laptop), SocketCallback)) == is_called


def test_an_unknown_block_is_enoent() -> None:
    laptop = make_laptop()
    for event in (InpcbDispose("s9"), InpcbRemoveCb("s9"), SocketUpdate("s9")):
        assert laptop.system.submit(event).errno == Errno.ENOENT
