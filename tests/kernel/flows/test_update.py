"""What happens to flows when a client is evaluated again."""

from __future__ import annotations

import pytest

from necp_replay.abi.client import FlowCallbackAction
from necp_replay.events.effects import SocketCallback
from necp_replay.events.notifications import InjectNexusFlow
from necp_replay.events.sockets import AssignFromSocket, RegisterSocketFlow, SocketCreate
from necp_replay.scenario.process import ClientHandle
from tests.kernel.builders import REMOTE, Laptop, effects_of, make_laptop, update

AGENT = bytes(range(16))


def register(laptop: Laptop, client: ClientHandle, name: str) -> None:
    laptop.system.add_socket(SocketCreate(name, local="192.0.2.10", remote="198.18.0.1"))
    laptop.system.submit(RegisterSocketFlow(0, client.client_id, name))


def callbacks(laptop: Laptop) -> list[tuple[str, int]]:
    found = effects_of(update(laptop), SocketCallback)
    return [(each.handle, each.action) for each in found if isinstance(each, SocketCallback)]


def lose_the_network(laptop: Laptop) -> None:
    laptop.system.delete_route("0.0.0.0/0@en0")


def test_a_registered_socket_becomes_viable_at_the_next_update() -> None:
    laptop = make_laptop()
    client = laptop.fd.add(remote=REMOTE)
    register(laptop, client, "s1")
    assert callbacks(laptop) == [("s1", FlowCallbackAction.VIABLE)]
    assert callbacks(laptop) == []


def test_a_socket_without_a_callback_is_not_called() -> None:
    laptop = make_laptop()
    client = laptop.fd.add(remote=REMOTE)
    laptop.system.add_socket(SocketCreate("s1", cb=False))
    laptop.system.submit(RegisterSocketFlow(0, client.client_id, "s1"))
    assert callbacks(laptop) == []
    assert laptop.client(client).flows[0].viable


def test_once_a_flow_changed_the_owners_of_all_later_flows_are_called() -> None:
    laptop = make_laptop()
    client = laptop.fd.add(remote=REMOTE)
    register(laptop, client, "older")
    update(laptop)
    register(laptop, client, "newer")
    assert [name for name, _ in callbacks(laptop)] == ["newer", "older"]


def test_in_later_releases_the_owner_of_the_flow_that_changed_is_called_alone() -> None:
    laptop = make_laptop("xnu-7195.50.7.100.1")
    client = laptop.fd.add(remote=REMOTE)
    register(laptop, client, "older")
    update(laptop)
    register(laptop, client, "newer")
    assert [name for name, _ in callbacks(laptop)] == ["newer"]


def test_an_unassigned_socket_flow_is_freed_when_it_is_no_longer_viable() -> None:
    laptop = make_laptop()
    client = laptop.fd.add(remote=REMOTE)
    register(laptop, client, "s1")
    update(laptop)
    lose_the_network(laptop)
    assert callbacks(laptop) == [("s1", FlowCallbackAction.NONVIABLE)]
    assert laptop.client(client).flows == ()
    assert laptop.system.snapshot().necp_socket_flow_count == 0


def test_an_assigned_flow_stays_when_it_is_no_longer_viable() -> None:
    laptop = make_laptop()
    client = laptop.fd.add(remote=REMOTE)
    register(laptop, client, "s1")
    laptop.system.submit(AssignFromSocket(0, client.client_id, "s1"))
    lose_the_network(laptop)
    assert callbacks(laptop) == [("s1", FlowCallbackAction.NONVIABLE)]
    (flow,) = laptop.client(client).flows
    assert (flow.assigned, flow.viable) == (1, 0)


def test_a_change_of_address_families_alone_counts_as_a_change() -> None:
    laptop = make_laptop()
    client = laptop.fd.add(remote=REMOTE)
    register(laptop, client, "s1")
    update(laptop)
    laptop.system.add_route("default6", laptop.wifi, gateway="2001:db8:4::1")
    assert callbacks(laptop) == [("s1", FlowCallbackAction.VIABLE)]


@pytest.mark.parametrize(
    ("requested", "assigned", "stays"),
    [(False, False, False), (True, False, True), (False, True, True)],
)
def test_a_nexus_flow_is_kept_while_it_is_requested_or_assigned(
    requested: bool, assigned: bool, stays: bool
) -> None:
    laptop = make_laptop()
    client = laptop.fd.add(remote=REMOTE)
    laptop.system.submit(
        InjectNexusFlow(client.client_id, AGENT, requested=requested, assigned=assigned)
    )
    assert laptop.system.snapshot().necp_if_flow_count == 1
    update(laptop)
    flows = laptop.client(client).flows
    assert bool(flows) == stays
    assert all(flow.invalid for flow in flows)
    assert laptop.system.snapshot().necp_if_flow_count == int(stays)


def test_a_socket_flow_is_never_marked_invalid() -> None:
    laptop = make_laptop()
    client = laptop.fd.add(remote=REMOTE)
    register(laptop, client, "s1")
    laptop.system.submit(InjectNexusFlow(client.client_id, AGENT, requested=True))
    for _ in range(2):
        update(laptop)
        flows = laptop.client(client).flows
        assert [(flow.nexus, flow.invalid) for flow in flows] == [(1, 1), (0, 0)]
