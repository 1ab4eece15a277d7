"""Results of clients and what updates change."""

from __future__ import annotations

import pytest

from necp_replay.abi.client import ClientResult, ClientResultFlag, OpenFlag
from necp_replay.events.interfaces import IfaceUpdate
from necp_replay.events.outcome import Panicked
from necp_replay.events.sockets import AssignFromSocket, RegisterSocketFlow, SocketCreate
from necp_replay.kernel.objects.client import RESULT_OVERFLOWED
from necp_replay.scenario.process import ClientHandle
from tests.kernel.builders import REMOTE, Laptop, log_functions, make_laptop, tlv_types, update

START = [ClientResult.FLAGS, ClientResult.CLIENT_ID, ClientResult.POLICY_RESULT]
MANY_AGENTS = 24


def give_agents(laptop: Laptop, count: int) -> list[bytes]:
    """Register agents and put them on the primary interface."""
    agents = [laptop.system.add_agent(f"a{number}").uuid for number in range(count)]
    laptop.wifi.update(IfaceUpdate(0, agents=tuple(agents)))
    return agents


def assign_flow(laptop: Laptop, client: ClientHandle) -> None:
    laptop.system.add_socket(SocketCreate("s1", local="192.0.2.10", remote="198.18.0.1"))
    laptop.system.submit(RegisterSocketFlow(0, client.client_id, "s1"))
    laptop.system.submit(AssignFromSocket(0, client.client_id, "s1"))


def test_the_tlvs_of_a_result_have_an_order() -> None:
    laptop = make_laptop(flags=OpenFlag.BACKGROUND)
    give_agents(laptop, 1)
    client = laptop.fd.add(remote=REMOTE, bound_interface="en0")
    assert tlv_types(laptop.fd.copy_result(client.client_id).buffer) == [
        *START,
        ClientResult.POLICY_RESULT_PARAMETER,
        ClientResult.INTERFACE_INDEX,
        ClientResult.EFFECTIVE_TRAFFIC_CLASS,
        ClientResult.EFFECTIVE_MTU,
        ClientResult.INTERFACE,
        ClientResult.NETAGENT,
    ]


def test_a_client_without_a_route_has_the_shortest_result() -> None:
    laptop = make_laptop()
    laptop.system.order_interfaces()
    client = laptop.fd.add(remote=REMOTE, require_if_type=[3])
    result = laptop.fd.copy_result(client.client_id)
    assert tlv_types(result.buffer) == START
    assert len(result.buffer) == 39


def test_a_result_that_stays_the_same_stays_read() -> None:
    laptop = make_laptop()
    client = laptop.fd.add(remote=REMOTE)
    client.copy_result()
    assert not update(laptop).effects
    assert laptop.client(client).result_read


def test_a_change_marks_the_result_unread_and_wakes_the_fd() -> None:
    laptop = make_laptop()
    client = laptop.fd.add(remote=REMOTE)
    client.copy_result()
    laptop.wifi.update(IfaceUpdate(0, generation=8))
    assert update(laptop).effects
    assert not laptop.client(client).result_read


def test_endpoint_parameters_do_not_influence_routing() -> None:
    laptop = make_laptop()
    client = laptop.fd.add(remote_endpoint="[2001:db8:99::1]:443")
    assert client.copy_result().interface_index == laptop.wifi.index


def test_a_listener_is_satisfied_without_a_route() -> None:
    laptop = make_laptop()
    client = laptop.fd.add(local="192.0.2.77:80", listener=True)
    result = client.copy_result()
    assert result.interface_index is None
    assert ClientResultFlag.SATISFIED in result.flags


def test_a_result_of_exactly_the_buffers_size_fits() -> None:
    laptop = make_laptop()
    # 39 bytes of start, 9 each of interface index and MTU, 13 of the interface, 25 per agent.
    give_agents(laptop, 17)
    client = laptop.fd.add(remote=REMOTE)
    assert len(client.copy_result().buffer) == 39 + 9 + 9 + 13 + 17 * 25


def test_every_tlv_from_the_one_that_does_not_fit_on_is_logged() -> None:
    laptop = make_laptop()
    give_agents(laptop, MANY_AGENTS)
    client = laptop.fd.add(remote=REMOTE)
    assert client.added is not None
    logged = log_functions(client.added)
    assert logged == ["necp_buffer_write_tlv_validate"] * (MANY_AGENTS - 17)


def test_a_result_that_outgrew_its_buffer_cannot_be_copied_until_it_fits_again() -> None:
    laptop = make_laptop()
    agents = give_agents(laptop, MANY_AGENTS)
    client = laptop.fd.add(remote=REMOTE)
    assert laptop.client(client).result_length == RESULT_OVERFLOWED
    assert client.copy_result().errno == 22
    laptop.wifi.update(IfaceUpdate(0, agents=tuple(agents[:17])))
    update(laptop)
    assert client.copy_result().errno == 0


def test_a_repeated_overflow_is_no_change() -> None:
    laptop = make_laptop()
    give_agents(laptop, MANY_AGENTS)
    laptop.fd.add(remote=REMOTE)
    assert set(log_functions(update(laptop))) == {"necp_buffer_write_tlv_validate"}
    assert not [each for each in update(laptop).effects if type(each).__name__ == "Wake"]


def test_a_push_observer_makes_a_result_that_outgrows_its_buffer_a_panic() -> None:
    laptop = make_laptop()
    laptop.system.add_process(200, uid=0).necp_open(OpenFlag.PUSH_OBSERVER)
    give_agents(laptop, MANY_AGENTS)
    client = laptop.fd.add(remote=REMOTE)
    assert client.added is not None
    assert isinstance(client.added.answer, Panicked)


def test_bytes_past_a_shorter_result_stay_and_take_part_in_the_next_comparison() -> None:
    laptop = make_laptop()
    agents = give_agents(laptop, 2)
    client = laptop.fd.add(remote=REMOTE)
    long = client.copy_result().buffer
    laptop.wifi.update(IfaceUpdate(0, agents=(agents[0],)))
    update(laptop)
    assert client.copy_result().buffer == long[:-25]
    laptop.wifi.update(IfaceUpdate(0, agents=tuple(agents)))
    update(laptop)
    assert client.copy_result().buffer == long


@pytest.mark.parametrize(("flags", "is_listed"), [(0x03, True), (0x83, True), (0x23, False)])
def test_an_agent_of_the_direct_interface_is_listed_unless_it_is_for_specific_use(
    flags: int, is_listed: bool
) -> None:
    laptop = make_laptop()
    agent = laptop.system.add_agent("a", flags=flags)
    laptop.wifi.update(IfaceUpdate(0, agents=(agent.uuid,)))
    result = laptop.fd.add(remote=REMOTE).copy_result()
    assert (ClientResult.NETAGENT in tlv_types(result.buffer)) == is_listed


def test_an_agent_that_is_not_registered_is_not_listed() -> None:
    laptop = make_laptop()
    laptop.wifi.update(IfaceUpdate(0, agents=(bytes(range(16)),)))
    result = laptop.fd.add(remote=REMOTE).copy_result()
    assert ClientResult.NETAGENT not in tlv_types(result.buffer)


def test_a_nexus_provider_of_a_delegate_is_hidden() -> None:
    laptop = make_laptop()
    agent = laptop.system.add_agent("a", flags=0x83)
    laptop.awdl.update(IfaceUpdate(0, agents=(agent.uuid,)))
    laptop.wifi.update(IfaceUpdate(0, delegate=laptop.awdl.index))
    result = laptop.fd.add(remote=REMOTE).copy_result()
    assert tlv_types(result.buffer).count(ClientResult.INTERFACE) == 2
    assert ClientResult.NETAGENT not in tlv_types(result.buffer)


def test_an_agent_for_specific_use_is_listed_if_its_domain_and_type_are_required() -> None:
    laptop = make_laptop()
    agent = laptop.system.add_agent("a", domain="D", type="T", flags=0x23)
    laptop.wifi.update(IfaceUpdate(0, agents=(agent.uuid,)))
    asked = laptop.fd.add(remote=REMOTE, require_agent_type=[("D", "T")]).copy_result()
    assert next(iter(asked.values(ClientResult.NETAGENT)))[4:] == agent.uuid
    # An empty domain is a wildcard for the interface, but not for the agent.
    half = laptop.fd.add(remote=REMOTE, require_agent_type=[("", "T")]).copy_result()
    assert ClientResult.NETAGENT not in tlv_types(half.buffer)


def test_going_to_the_background_is_in_one_result_only() -> None:
    laptop = make_laptop()
    client = laptop.fd.add(remote=REMOTE)
    assign_flow(laptop, client)
    laptop.fd.set_background(True)
    assert client.copy_result().number(ClientResult.TRAFFIC_MGMT_BG) == 1
    update(laptop)
    assert client.copy_result().number(ClientResult.TRAFFIC_MGMT_BG) is None


def test_going_to_the_background_again_makes_the_tlv_stay() -> None:
    laptop = make_laptop()
    client = laptop.fd.add(remote=REMOTE)
    assign_flow(laptop, client)
    laptop.fd.set_background(True)
    laptop.fd.set_background(True)
    update(laptop)
    assert client.copy_result().number(ClientResult.TRAFFIC_MGMT_BG) == 1
    assert laptop.client(client).background_update
