"""Flows in registrations with ids of their own."""

from __future__ import annotations

import pytest

from necp_replay.abi.client import ClientResult, ClientResultFlag, FlowCallbackAction, FlowFlag
from necp_replay.abi.errno import Errno
from necp_replay.abi.netagent import AgentMessageType
from necp_replay.abi.tlv import iterate_tlvs
from necp_replay.events.effects import AgentMessage, MultipathCallback, Wake
from necp_replay.events.interfaces import IfaceUpdate
from necp_replay.events.json_form import outcome_from_json, outcome_to_json
from necp_replay.events.notifications import TakeSnapshot
from necp_replay.events.outcome import Absent, Outcome
from necp_replay.events.snapshot import RegistrationSnapshot, Snapshot
from necp_replay.outcomes.names import StableNames
from necp_replay.outcomes.node import lines_of
from necp_replay.outcomes.render_snapshot import snapshot_nodes
from necp_replay.scenario.answers import CallAnswer
from necp_replay.scenario.process import ClientHandle
from necp_replay.scenario.sockets import SocketHandle
from necp_replay.trace.message_codec import message_codec
from necp_replay.trace.pb import snapshot_pb2
from tests.kernel.builders import (
    NEWER,
    REGISTERED,
    REMOTE,
    Laptop,
    effects_of,
    make_laptop,
    tlv_types,
    update,
)

AGENT_FLAGS = 0x83
"""Registered, active, and a nexus provider."""


def registrations(laptop: Laptop, client: ClientHandle) -> tuple[RegistrationSnapshot, ...]:
    found = laptop.client(client).registrations
    assert found is not None
    return found


def add(laptop: Laptop) -> ClientHandle:
    client = laptop.fd.add(remote=REMOTE)
    client.copy_result()
    return client


def register(laptop: Laptop, client: ClientHandle, name: str = "s1") -> None:
    socket = laptop.system.add_socket(
        name, local="192.0.2.10:1024", remote=REMOTE, last_outif=laptop.wifi.index
    )
    assert socket.register(client).errno == Errno.OK


def callbacks(answer: CallAnswer) -> list[MultipathCallback]:
    """The callbacks into multipath blocks, in order."""
    return [each for each in answer.effects if isinstance(each, MultipathCallback)]


def flags_of(content: bytes) -> list[int]:
    """The FLAGS of each flow in a result."""
    flows = [value for _, type_, value in iterate_tlvs(content) if type_ == ClientResult.FLOW]
    return [
        int.from_bytes(value, "little")
        for flow in flows
        for _, type_, value in iterate_tlvs(flow)
        if type_ == ClientResult.FLAGS
    ]


def test_a_bit_tells_ids_of_registrations_from_ids_of_clients() -> None:
    laptop = make_laptop(REGISTERED)
    laptop.system.next_uuids(b"\xff" * 16, bytes(16))
    client = laptop.fd.add(remote=REMOTE)
    assert client.client_id == b"\xff" * 9 + b"\xfe" + b"\xff" * 6
    assert client.create_registration().client_id == bytes(9) + b"\x01" + bytes(6)


def test_the_first_socket_makes_a_registration_and_later_ones_join_it() -> None:
    laptop = make_laptop(REGISTERED)
    client = add(laptop)
    assert registrations(laptop, client) == ()
    register(laptop, client, "s1")
    register(laptop, client, "s2")
    (registration,) = registrations(laptop, client)
    assert [flow.handle for flow in registration.flows] == ["s2", "s1"]
    assert not laptop.fd.poll().is_readable


def test_only_assigned_flows_are_copied_and_they_have_the_id_of_their_registration() -> None:
    laptop = make_laptop(REGISTERED)
    client = add(laptop)
    register(laptop, client)
    before = client.copy_result()
    assert ClientResult.FLOW not in tlv_types(before.buffer)
    SocketHandle(laptop.system, "s1").assign(client)
    assert laptop.fd.poll().is_readable
    content = client.copy_result().buffer
    flow = next(value for _, type_, value in iterate_tlvs(content) if type_ == ClientResult.FLOW)
    first = next(iter(iterate_tlvs(flow)))
    assert first[1] == ClientResult.FLOW_ID
    assert first[2] == registrations(laptop, client)[0].registration_id
    expected = ClientResultFlag.FLOW_ASSIGNED | ClientResultFlag.HAS_IPV4
    assert flags_of(content)[0] & expected == expected


def test_the_id_of_a_registration_means_its_client_and_its_flows_alone() -> None:
    laptop = make_laptop(REGISTERED)
    client = add(laptop)
    one, other = client.create_registration(), client.create_registration()
    for each in (one, other):
        each.inject_nexus_flow(b"\x11" * 16, assigned=True)
    assert len(flags_of(one.copy_result().buffer)) == 1
    assert len(flags_of(client.copy_result().buffer)) == 2
    assert one.copy_parameters().retval == client.copy_parameters().retval
    assert other.remove().errno == Errno.OK
    assert client.copy_result().errno == Errno.ENOENT


def test_update_cache_without_a_registration_is_enoent_without_a_log_record() -> None:
    laptop = make_laptop(REGISTERED)
    answer = add(laptop).update_ecn_cache(0)
    assert (answer.errno, answer.effects) == (Errno.ENOENT, ())


@pytest.mark.parametrize("flags", [0, FlowFlag.USE_CLIENT_ID])
def test_a_defunct_fd_marks_registrations_with_a_nexus_and_tells_the_agent(flags: int) -> None:
    laptop = make_laptop(REGISTERED)
    agent = laptop.system.add_agent("a1", flags=AGENT_FLAGS)
    client = add(laptop)
    registration = client.create_registration(flags)
    registration.inject_nexus_flow(agent.uuid, assigned=True)
    answer = laptop.fd.defunct()
    assert effects_of(answer, Wake)
    (message,) = effects_of(answer, AgentMessage)
    assert isinstance(message, AgentMessage)
    told = client if flags else registration
    assert message.client_id == told.client_id
    (state,) = registrations(laptop, client)
    assert (state.defunct, state.flow_result_read) == (1, 0)
    assert flags_of(client.copy_result().buffer)[0] & ClientResultFlag.DEFUNCT


def test_removing_a_client_aborts_the_nexuses_of_all_registrations() -> None:
    laptop = make_laptop(REGISTERED)
    agent = laptop.system.add_agent("a1", flags=AGENT_FLAGS)
    client = add(laptop)
    ids = sorted(client.create_registration().client_id for _ in range(2))
    for each in ids:
        laptop.fd.client(each).inject_nexus_flow(agent.uuid, requested=False)
    messages = [each for each in client.remove().effects if isinstance(each, AgentMessage)]
    assert [message.client_id for message in messages] == ids
    assert {message.type for message in messages} == {AgentMessageType.CLOSE_NEXUS}
    assert laptop.system.snapshot().necp_if_flow_count == 0


def test_a_multipath_client_has_options_and_flows_only_for_an_owner() -> None:
    laptop = make_laptop(REGISTERED)
    client = laptop.fd.add(remote=REMOTE, multipath=True)
    options = laptop.client(client).interface_options
    assert options is not None
    ordered = [laptop.wifi.index, laptop.wired.index, laptop.cellular.index]
    assert [option.index for option in options] == ordered
    types = tlv_types(client.copy_result().buffer)
    assert types.count(ClientResult.INTERFACE_OPTION) == 3
    assert laptop.system.snapshot().necp_if_flow_count == 0
    called = callbacks(laptop.system.multipath("m1").register(client))
    assert [each.interface_index for each in called] == ordered
    assert {each.action for each in called} == {FlowCallbackAction.INITIAL}
    assert laptop.system.snapshot().necp_if_flow_count == 3


def test_callbacks_do_not_say_that_a_flow_is_invalid() -> None:
    laptop = make_laptop(REGISTERED)
    client = laptop.fd.add(remote=REMOTE, multipath=True)
    laptop.system.multipath("m1").register(client)
    laptop.system.order_interfaces(laptop.wifi)
    laptop.system.delete_route(f"0.0.0.0/0%@{laptop.wired.name}")
    called = callbacks(update(laptop))
    assert called
    assert not any(each.invalid for each in called)


def test_the_agent_of_a_failed_trigger_stays_hidden_until_it_changes() -> None:
    laptop = make_laptop(REGISTERED)
    agent = laptop.system.add_agent("a1")
    laptop.system.submit(IfaceUpdate(laptop.wifi.index, agents=(agent.uuid,)))
    client = add(laptop)
    assert ClientResult.NETAGENT in tlv_types(client.copy_result().buffer)
    netagents = laptop.system.snapshot(full=True).netagents
    assert netagents is not None
    generation = next(each.generation for each in netagents.agents if each.uuid == agent.uuid)
    client.force_update(agent.uuid, generation)
    assert laptop.client(client).result_read == 0
    update(laptop)
    assert ClientResult.NETAGENT not in tlv_types(client.copy_result().buffer)
    client.force_update(agent.uuid, generation + 1)
    update(laptop)
    assert ClientResult.NETAGENT in tlv_types(client.copy_result().buffer)


def test_an_id_given_twice_leaves_the_second_registration_out_of_the_trees() -> None:
    laptop = make_laptop(REGISTERED)
    first, second = add(laptop), add(laptop)
    laptop.system.next_uuids(b"\x01" * 16, b"\x01" * 16)
    one = first.create_registration()
    second.create_registration()
    first.remove()
    assert laptop.fd.copy_result(one.client_id).errno == Errno.ENOENT
    assert len(registrations(laptop, second)) == 1


def test_releases_without_registrations_do_not_model_them() -> None:
    laptop = make_laptop(NEWER)
    added = add(laptop).create_registration().added
    assert added is not None
    assert isinstance(added.answer, Absent)
    unknown = make_laptop(REGISTERED).fd.client(bytes(16)).create_registration()
    assert unknown.added is not None
    assert unknown.added.errno == Errno.ENOENT


def test_a_snapshot_with_registrations_is_the_same_after_json_and_a_trace() -> None:
    laptop = make_laptop(REGISTERED)
    client = laptop.fd.add(remote=REMOTE, multipath=True)
    laptop.system.multipath("m1").register(client)
    register(laptop, client)
    client.force_update(b"\x11" * 16, 7)
    state = laptop.system.snapshot()
    written = outcome_to_json(Outcome(answer=state), TakeSnapshot())
    assert "defunct" not in written["fds"][0]["clients"][0]
    assert outcome_from_json(TakeSnapshot(), written).answer == state
    codec = message_codec(Snapshot)
    assert codec.decode(snapshot_pb2.Snapshot(**codec.encode(state))) == state
    (registration,) = registrations(laptop, client)
    lines = list(lines_of(snapshot_nodes(state, StableNames(), beyond_vectors=True)))
    shown = "\n".join(lines)
    for part in ("registration", "interface_option", "failed_trigger_agent", "interface_flags"):
        assert part in shown
    assert "requested_nexus" not in shown
    assert len(registration.flows) == 4
