"""The interface flows of multipath clients."""

from __future__ import annotations

from typing import Any

from necp_replay.abi.client import FlowCallbackAction
from necp_replay.events.effects import MultipathCallback
from necp_replay.events.sockets import MppcbDispose, RegisterMultipathCb
from necp_replay.scenario.process import ClientHandle
from tests.kernel.builders import REMOTE, Laptop, effects_of, make_laptop, update


def flow_interfaces(laptop: Laptop, client: ClientHandle) -> list[int]:
    return [flow.interface_index for flow in laptop.client(client).flows]


def add_multipath(laptop: Laptop, **keywords: Any) -> ClientHandle:
    return laptop.fd.add(remote=REMOTE, multipath=True, **keywords)


def test_a_multipath_client_has_a_flow_on_each_ordered_interface_that_is_viable() -> None:
    laptop = make_laptop()
    client = add_multipath(laptop)
    expected = [laptop.cellular.index, laptop.wired.index, laptop.wifi.index]
    assert flow_interfaces(laptop, client) == expected
    assert laptop.client(client).allow_multiple_flows
    assert laptop.system.snapshot().necp_if_flow_count == 3


def test_a_required_type_is_ignored_for_the_flows_of_a_multipath_client() -> None:
    laptop = make_laptop()
    client = add_multipath(laptop, require_if_type=[5])
    assert len(flow_interfaces(laptop, client)) == 3


def test_a_multipath_client_has_no_flow_on_an_interface_of_a_prohibited_type() -> None:
    laptop = make_laptop()
    client = add_multipath(laptop, prohibit_if_type=[5])
    assert flow_interfaces(laptop, client) == [laptop.wired.index, laptop.wifi.index]


def test_the_flow_of_an_interface_that_is_no_longer_ordered_is_freed() -> None:
    laptop = make_laptop()
    client = add_multipath(laptop)
    laptop.system.order_interfaces(laptop.wifi)
    update(laptop)
    assert flow_interfaces(laptop, client) == [laptop.wifi.index]


def test_a_multipath_block_that_registers_is_called_for_every_viable_flow() -> None:
    laptop = make_laptop()
    client = add_multipath(laptop)
    answer = laptop.system.submit(RegisterMultipathCb(0, client.client_id, "m1"))
    called = [each for each in answer.effects if isinstance(each, MultipathCallback)]
    assert [each.interface_index for each in called] == flow_interfaces(laptop, client)
    assert {each.action for each in called} == {FlowCallbackAction.INITIAL}


def test_a_disposed_multipath_block_is_not_called_any_more() -> None:
    laptop = make_laptop()
    client = add_multipath(laptop)
    laptop.system.submit(RegisterMultipathCb(0, client.client_id, "m1"))
    laptop.system.submit(MppcbDispose("m1"))
    laptop.system.order_interfaces(laptop.wifi)
    assert not effects_of(update(laptop), MultipathCallback)
    assert laptop.client(client).interface_handle is None


def test_a_scoped_listener_may_not_have_multiple_flows() -> None:
    laptop = make_laptop()
    free = laptop.fd.add(listener=True)
    assert laptop.client(free).allow_multiple_flows
    assert laptop.client(free).flows == ()
