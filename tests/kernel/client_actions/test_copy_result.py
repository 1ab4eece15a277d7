"""COPY_RESULT."""

from __future__ import annotations

import pytest

from necp_replay.abi.client import (
    FLOW_HEADER_BYTES,
    NEXUS_FLOW_HEADER_BYTES,
    PROTOCTL_EVENT_TLV_BYTES,
    ClientAction,
    ClientResult,
    ClientResultFlag,
    OpenFlag,
)
from necp_replay.abi.errno import Errno
from necp_replay.abi.tlv import iterate_tlvs
from necp_replay.events.effects import Panic
from necp_replay.events.interfaces import IfaceUpdate
from necp_replay.events.notifications import InjectNexusFlow, ProtoctlEvent
from necp_replay.events.outcome import Panicked
from necp_replay.events.sockets import AssignFromSocket, RegisterSocketFlow, SocketCreate
from necp_replay.events.user_buffer import UserBuffer
from necp_replay.scenario.buffers import faulting, read_only, room
from necp_replay.scenario.process import ClientHandle
from tests.kernel.builders import REMOTE, Laptop, make_laptop
from tests.kernel.client_actions.arguments import Arguments, shown, unreadable, verdict

FUNCTION = "necp_client_copy"
COPY_FUNCTION = "necp_client_copy_internal"
RESULT = ClientAction.COPY_RESULT
AGENT_TLV_BYTES = 25
RESULTS_OF_A_SOCKET_BYTES = 75


def overflow(laptop: Laptop) -> ClientHandle:
    """A client whose result outgrew its buffer: there are too many agents on its interface."""
    agents = tuple(laptop.system.add_agent(f"a{number}").uuid for number in range(24))
    laptop.wifi.update(IfaceUpdate(0, agents=agents))
    return laptop.fd.add(remote=REMOTE)


def nexus_flow(laptop: Laptop, client: ClientHandle, index: int = 4) -> bytes:
    agent = bytes([index]) * 16
    laptop.system.submit(InjectNexusFlow(client.client_id, agent, index, assigned=True))
    return agent


@pytest.mark.parametrize(
    ("arguments", "errno", "logs"),
    [
        pytest.param(Arguments(room(16), None), Errno.EINVAL, [], id="no buffer"),
        pytest.param(Arguments(room(16), buffer_size=0), Errno.EINVAL, [], id="length 0"),
        pytest.param(Arguments(room(15)), Errno.ERANGE, [FUNCTION], id="a short id"),
        pytest.param(Arguments(unreadable()), Errno.EFAULT, [FUNCTION], id="a fault"),
        pytest.param(Arguments(b"\x77" * 16), Errno.ENOENT, [], id="an unknown id"),
    ],
)
def test_bad_arguments_are_refused(arguments: Arguments, errno: Errno, logs: list[str]) -> None:
    laptop = make_laptop()
    laptop.fd.add(remote=REMOTE)
    assert verdict(arguments.call(laptop.fd, RESULT)) == (errno, logs)


def test_the_length_of_a_null_id_does_not_matter() -> None:
    laptop = make_laptop()
    laptop.fd.add(remote=REMOTE)
    assert Arguments(None, client_id_len=99).call(laptop.fd, RESULT).errno == 0


@pytest.mark.parametrize("wildcard", [None, bytes(16)])
def test_a_wildcard_takes_unread_clients_in_the_order_of_their_ids(wildcard: bytes | None) -> None:
    laptop = make_laptop()
    laptop.system.next_uuids(b"\x33" * 16, b"\x11" * 16, b"\x22" * 16)
    for _ in range(3):
        laptop.fd.add(remote=REMOTE)
    laptop.fd.client(b"\x22" * 16).copy_result()
    found = [laptop.fd.copy_result(wildcard) for _ in range(3)]
    ids = [list(answer.values(ClientResult.CLIENT_ID)) for answer in found]
    assert ids == [[b"\x11" * 16], [b"\x33" * 16], []]
    assert found[2].errno == Errno.ENOENT


def test_a_client_that_was_read_is_copied_again_when_named() -> None:
    laptop = make_laptop()
    client = laptop.fd.add(remote=REMOTE)
    assert client.copy_result().buffer == client.copy_result().buffer != b""


def test_only_a_copy_through_the_owning_fd_marks_a_client_read() -> None:
    laptop = make_laptop()
    client = laptop.fd.add(remote=REMOTE)
    observer = laptop.system.add_process(300).necp_open(OpenFlag.OBSERVER)
    assert observer.client(client.client_id).copy_result().errno == 0
    assert laptop.client(client).result_read == 0
    client.copy_result()
    state = laptop.client(client)
    assert (state.result_read, state.flow_result_read) == (1, 1)


def test_a_copy_that_faults_leaves_the_client_unread() -> None:
    laptop = make_laptop()
    client = laptop.fd.add(remote=REMOTE)
    answer = Arguments(client.client_id, faulting(1024, 20)).call(laptop.fd, RESULT)
    assert verdict(answer) == (Errno.EFAULT, [COPY_FUNCTION])
    assert len(shown(answer)[1]) <= 20
    assert laptop.client(client).result_read == 0


def test_a_buffer_may_be_exactly_as_long_as_the_result() -> None:
    laptop = make_laptop()
    client = laptop.fd.add(remote=REMOTE)
    length = laptop.client(client).result_length
    assert client.copy_result(length - 1).errno == Errno.EINVAL
    assert client.copy_result(length).retval == length


def test_flows_follow_the_result_newest_first() -> None:
    laptop = make_laptop()
    client = laptop.fd.add(remote=REMOTE)
    agents = [nexus_flow(laptop, client, index) for index in (4, 5)]
    answer = client.copy_result()
    assert answer.retval == laptop.client(client).result_length + 2 * 52
    tlvs = [{type_: value for _, type_, value in iterate_tlvs(flow)} for flow in answer.flows]
    assert [tlv[ClientResult.NETAGENT][4:] for tlv in tlvs] == agents[::-1]
    assert [tlv[ClientResult.INTERFACE][4:5] for tlv in tlvs] == [b"\5", b"\4"]
    flags = int.from_bytes(tlvs[0][ClientResult.FLAGS], "little")
    assert flags == ClientResultFlag.FLOW_ASSIGNED


def test_the_buffer_must_fit_a_cookie_that_nexus_flows_do_not_have() -> None:
    laptop = make_laptop()
    client = laptop.fd.add(remote=REMOTE)
    nexus_flow(laptop, client)
    length = laptop.client(client).result_length
    assert client.copy_result(length + NEXUS_FLOW_HEADER_BYTES - 1).errno == Errno.EINVAL
    answer = client.copy_result(length + NEXUS_FLOW_HEADER_BYTES)
    assert answer.retval == length + FLOW_HEADER_BYTES + AGENT_TLV_BYTES


def test_the_buffer_must_fit_a_protocol_event_while_there_is_one() -> None:
    laptop = make_laptop()
    client = laptop.fd.add(remote=REMOTE)
    agent = nexus_flow(laptop, client)
    laptop.system.submit(ProtoctlEvent(agent, client.client_id, 1, 2, 3))
    length = laptop.client(client).result_length + NEXUS_FLOW_HEADER_BYTES
    assert client.copy_result(length + PROTOCTL_EVENT_TLV_BYTES - 1).errno == Errno.EINVAL
    assert client.copy_result(length + PROTOCTL_EVENT_TLV_BYTES).errno == 0
    assert client.copy_result(length).errno == 0


def test_a_socket_flow_is_copied_once_it_is_assigned() -> None:
    laptop = make_laptop()
    client = laptop.fd.add(remote=REMOTE)
    laptop.system.add_socket(SocketCreate("s1", local="192.0.2.10", remote="198.18.0.1"))
    laptop.system.submit(RegisterSocketFlow(0, client.client_id, "s1"))
    assert client.copy_result().flows == []
    laptop.system.submit(AssignFromSocket(0, client.client_id, "s1"))
    answer = client.copy_result()
    assert len(answer.flows) == 1
    length = laptop.client(client).result_length
    assert answer.retval == length + FLOW_HEADER_BYTES + RESULTS_OF_A_SOCKET_BYTES
    assert client.copy_result(answer.retval - 1).errno == Errno.EINVAL


def test_protocol_events_are_used_up_as_they_are_copied_even_when_a_later_copy_faults() -> None:
    laptop = make_laptop()
    client = laptop.fd.add(remote=REMOTE)
    agents = [nexus_flow(laptop, client, index) for index in (4, 5)]
    for agent in agents:
        laptop.system.submit(ProtoctlEvent(agent, client.client_id, 1, 2, 3))
    length = laptop.client(client).result_length
    first_flow_end = length + 52 + PROTOCTL_EVENT_TLV_BYTES
    answer = Arguments(client.client_id, faulting(1024, first_flow_end)).call(laptop.fd, RESULT)
    assert verdict(answer) == (Errno.EFAULT, [COPY_FUNCTION])
    state = laptop.client(client)
    assert [flow.has_protoctl_event for flow in state.flows] == [0, 1]
    assert (state.result_read, state.flow_result_read) == (0, 0)
    events = [ClientResult.PROTO_CTL_EVENT in dict_of(flow) for flow in client.copy_result().flows]
    assert events == [False, True]


def dict_of(flow: bytes) -> dict[int, bytes]:
    return {type_: value for _, type_, value in iterate_tlvs(flow)}


def test_a_protocol_event_holds_code_value_and_sequence_number() -> None:
    laptop = make_laptop()
    client = laptop.fd.add(remote=REMOTE)
    agent = nexus_flow(laptop, client)
    laptop.system.submit(ProtoctlEvent(agent, client.client_id, 7, 8, 9))
    event = dict_of(client.copy_result().flows[0])[ClientResult.PROTO_CTL_EVENT]
    assert event == bytes((7, 0, 0, 0, 8, 0, 0, 0, 9, 0, 0, 0))
    assert ClientResult.PROTO_CTL_EVENT not in dict_of(client.copy_result().flows[0])


def test_the_heuristics_of_a_flow_are_checked_at_one_copy_only() -> None:
    laptop = make_laptop()
    client = laptop.fd.add(remote=REMOTE)
    laptop.system.submit(
        InjectNexusFlow(
            client.client_id,
            check_tcp_heuristics=True,
            local=bytes((16, 2, 0, 0, 192, 0, 2, 10)),
            remote=bytes((16, 2, 1, 187, 198, 18, 0, 1)),
        )
    )
    flags = [
        int.from_bytes(dict_of(client.copy_result().flows[0])[ClientResult.FLAGS], "little")
        for _ in range(2)
    ]
    assert flags == [ClientResultFlag.FAST_OPEN_BLOCKED, 0]


def test_heuristics_that_cannot_be_checked_are_tried_at_the_next_copy() -> None:
    laptop = make_laptop()
    client = laptop.fd.add(remote=REMOTE)
    laptop.system.submit(InjectNexusFlow(client.client_id, check_tcp_heuristics=True))
    client.copy_result()
    assert laptop.client(client).flows[0].check_tcp_heuristics == 1


@pytest.mark.parametrize("size_bytes", [512, 4096, 1 << 40])
def test_a_result_that_outgrew_its_buffer_fits_no_other(size_bytes: int) -> None:
    laptop = make_laptop()
    client = overflow(laptop)
    answer = Arguments(client.client_id, UserBuffer(length=16), buffer_size=size_bytes).call(
        laptop.fd, RESULT
    )
    assert answer.errno == Errno.EINVAL


def test_copying_an_outgrown_result_to_a_buffer_without_end_panics() -> None:
    laptop = make_laptop()
    client = overflow(laptop)
    answer = Arguments(client.client_id, UserBuffer(length=16), buffer_size=(1 << 64) - 1).call(
        laptop.fd, RESULT
    )
    assert answer.answer == Panicked()
    assert [type(effect) for effect in answer.effects] == [Panic]


def test_a_read_only_buffer_is_not_written() -> None:
    laptop = make_laptop()
    client = laptop.fd.add(remote=REMOTE)
    answer = Arguments(client.client_id, read_only(bytes(1024))).call(laptop.fd, RESULT)
    assert (answer.errno, shown(answer)[1]) == (Errno.EFAULT, b"")
