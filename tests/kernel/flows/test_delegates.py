"""Flows on an interface that delegates to another one."""

from __future__ import annotations

from necp_replay.abi.client import FlowCallbackAction
from necp_replay.events.effects import SocketCallback
from necp_replay.events.json_form import outcome_from_json, outcome_to_json
from necp_replay.events.notifications import TakeSnapshot
from necp_replay.events.outcome import Outcome
from necp_replay.events.snapshot import FlowSnapshot, Snapshot
from necp_replay.outcomes.names import StableNames
from necp_replay.outcomes.node import lines_of
from necp_replay.outcomes.render_snapshot import snapshot_nodes
from necp_replay.scenario.process import ClientHandle
from necp_replay.trace.message_codec import message_codec
from necp_replay.trace.pb import snapshot_pb2
from tests.kernel.builders import REGISTERED, REMOTE, Laptop, effects_of, make_laptop, update

FOLLOWS = "xnu-7195.50.7.100.1"


def add_socket_flow(laptop: Laptop) -> ClientHandle:
    client = laptop.fd.add(remote=REMOTE)
    socket = laptop.system.add_socket(
        "s1", local="192.0.2.10:1024", remote=REMOTE, last_outif=laptop.wifi.index
    )
    socket.register(client)
    socket.assign(client)
    return client


def flow_of(laptop: Laptop, client: ClientHandle) -> FlowSnapshot:
    registrations = laptop.client(client).registrations
    assert registrations is not None
    return registrations[0].flows[0]


def test_a_flow_has_the_index_of_the_interface_that_its_own_delegates_to() -> None:
    laptop = make_laptop(FOLLOWS)
    client = add_socket_flow(laptop)
    assert flow_of(laptop, client).delegated_interface_index == 0
    laptop.wifi.update(delegate=laptop.cellular.index)
    changed = update(laptop)
    assert flow_of(laptop, client).delegated_interface_index == laptop.cellular.index
    (callback,) = effects_of(changed, SocketCallback)
    assert isinstance(callback, SocketCallback)
    assert callback.action == FlowCallbackAction.VIABLE
    assert effects_of(update(laptop), SocketCallback) == []


def test_the_index_stays_when_the_interface_no_longer_delegates() -> None:
    laptop = make_laptop(FOLLOWS)
    client = add_socket_flow(laptop)
    laptop.wifi.update(delegate=laptop.cellular.index)
    update(laptop)
    laptop.wifi.update(delegate=0)
    assert effects_of(update(laptop), SocketCallback) == []
    assert flow_of(laptop, client).delegated_interface_index == laptop.cellular.index


def test_older_releases_do_not_follow_delegates() -> None:
    laptop = make_laptop(REGISTERED)
    client = add_socket_flow(laptop)
    laptop.wifi.update(delegate=laptop.cellular.index)
    update(laptop)
    assert flow_of(laptop, client).delegated_interface_index is None


def test_the_index_is_the_same_after_json_and_a_trace_and_is_shown() -> None:
    laptop = make_laptop(FOLLOWS)
    add_socket_flow(laptop)
    state = laptop.system.snapshot()
    written = outcome_to_json(Outcome(answer=state), TakeSnapshot())
    assert outcome_from_json(TakeSnapshot(), written).answer == state
    codec = message_codec(Snapshot)
    assert codec.decode(snapshot_pb2.Snapshot(**codec.encode(state))) == state
    lines = lines_of(snapshot_nodes(state, StableNames(), beyond_vectors=True))
    assert any("delegated_interface_index: 0" in line for line in lines)
