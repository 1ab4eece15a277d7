"""Every node of an outcome belongs to a layer, by its key and its place."""

from __future__ import annotations

from typing import get_args

import pytest

from necp_replay.events import outcome
from necp_replay.events.snapshot import Snapshot
from necp_replay.outcomes.fingerprint import fingerprint_of
from necp_replay.outcomes.layers import Layer, layer_of_passed, layers_inside, layers_of_outcome
from necp_replay.outcomes.node import Node
from necp_replay.outcomes.node_differences import node_differences
from necp_replay.rules.rule import Rule, RuleAction

DECODED = Node("buffer", "9 bytes", [Node("EFFECTIVE_MTU", "1500")])
RAW = Node("buffer", "0x0102")

NODES_OF_ANSWERS: dict[type, dict[str, Layer]] = {
    outcome.ActionBuffers: {
        "client_id": Layer.OUTPUT,
        "buffer": Layer.OUTPUT,
        "registration_id": Layer.OUTPUT,
    },
    outcome.SessionBuffer: {"out_buffer": Layer.OUTPUT, "out_buffer_beyond_vectors": Layer.OUTPUT},
    outcome.MatchResult: {"result": Layer.OUTPUT},
    outcome.InterfaceAnswer: {"functional_type": Layer.RETURN},
    outcome.TimerAnswer: {"fired": Layer.RETURN},
    outcome.Allowed: {"allowed": Layer.RETURN},
    outcome.SignatureAnswer: {"valsize": Layer.RETURN, "buffer": Layer.OUTPUT},
    outcome.Readiness: {"readable": Layer.RETURN},
    outcome.Selected: {"ready": Layer.RETURN},
    outcome.BlockClient: {"necp_client_uuid": Layer.RETURN},
    outcome.NexusParametersAnswer: {"parameters": Layer.CLIENTS},
    outcome.AssignMessage: {"message": Layer.OUTPUT},
    outcome.AttributesAnswer: {
        "valsize": Layer.RETURN,
        "domain": Layer.OUTPUT,
        "account": Layer.OUTPUT,
        "domain_owner": Layer.OUTPUT,
        "tracker_domain": Layer.OUTPUT,
        "domain_context": Layer.OUTPUT,
        "buffer": Layer.OUTPUT,
    },
    outcome.OptionData: {"data": Layer.OUTPUT},
    Snapshot: {
        "counters": Layer.STATISTICS,
        "route_statistics": Layer.STATISTICS,
        "fd": Layer.CLIENTS,
        "observer": Layer.CLIENTS,
        "policies": Layer.INSTALLED,
        "netagents": Layer.INSTALLED,
    },
    outcome.Panicked: {},
    outcome.TypeConfused: {},
    outcome.Absent: {},
    outcome.NotDetermined: {},
}


def moved(
    kind: str, one: Node, other: Node, fingerprint: str, layer: Layer, in_rules: Layer
) -> object:
    return pytest.param(kind, one, other, fingerprint, layer, in_rules, id=f"{kind} {one.key}")


MOVED = [
    moved(
        "snapshot",
        Node("policies", children=[Node("session", "1 priority=1 dirty=0")]),
        Node("policies", children=[Node("session", "1 priority=1 dirty=1")]),
        "062b2421d4",
        Layer.INSTALLED,
        Layer.STATISTICS,
    ),
    moved(
        "snapshot",
        Node("netagents", children=[Node("agent", "#1 flags=0x1 use_count=1")]),
        Node("netagents", children=[Node("agent", "#1 flags=0x3 use_count=2")]),
        "de9ae9e921",
        Layer.INSTALLED,
        Layer.STATISTICS,
    ),
    moved(
        "snapshot",
        Node("fd", "pid=1 fd=3", [Node("readable", "1")]),
        Node("fd", "pid=1 fd=3", [Node("readable", "0")]),
        "4000d90245",
        Layer.CLIENTS,
        Layer.RETURN,
    ),
    moved(
        "snapshot",
        Node("observer", "pid=1 fd=3", [Node("updates", "1")]),
        Node("observer", "pid=1 fd=3", [Node("updates", "2")]),
        "f3b7429fde",
        Layer.CLIENTS,
        Layer.RESULT,
    ),
    moved(
        "COPY_PARAMETERS",
        Node("buffer", "9 bytes", [Node("IP_PROTOCOL", "6")]),
        Node("buffer", "9 bytes", [Node("IP_PROTOCOL", "17")]),
        "1686f0185d",
        Layer.CLIENTS,
        Layer.OUTPUT,
    ),
    moved(
        "COPY_CLIENT_UPDATE",
        Node("buffer", "9 bytes", [Node("update_type", "1")]),
        Node("buffer", "9 bytes", [Node("update_type", "2")]),
        "ee955f8807",
        Layer.CLIENTS,
        Layer.RESULT,
    ),
    moved(
        "copy_nexus_parameters",
        Node("parameters", children=[Node("is_listener", "1")]),
        Node("parameters", children=[Node("is_listener", "0")]),
        "a50f6cec02",
        Layer.CLIENTS,
        Layer.RESULT,
    ),
    moved(
        "socket_allowed_to_recv",
        Node("allowed", "1"),
        Node("allowed", "0"),
        "b527eed62b",
        Layer.RETURN,
        Layer.OUTPUT,
    ),
    moved(
        "snapshot",
        Node("counters", children=[Node("necp_client_count", "1")]),
        Node("counters", children=[Node("necp_client_count", "2")]),
        "9488c74486",
        Layer.STATISTICS,
        Layer.STATISTICS,
    ),
]
"""Two nodes that differ, their fingerprint as rules name it, their layer, and the one that they had
before clients and what is installed had layers of their own."""


@pytest.mark.parametrize(
    ("kind", "node", "layer"),
    [
        ("COPY_RESULT", DECODED, Layer.RESULT),
        ("COPY_RESULT", RAW, Layer.OUTPUT),
        ("COPY_RESULT", Node("buffer", "0 bytes"), Layer.RESULT),
        ("COPY_ROUTE_STATISTICS", DECODED, Layer.STATISTICS),
        ("COPY_PARAMETERS", DECODED, Layer.CLIENTS),
        ("COPY_CLIENT_UPDATE", DECODED, Layer.CLIENTS),
        ("COPY_PARAMETERS", RAW, Layer.OUTPUT),
        ("GET_INTERFACE_ADDRESS", DECODED, Layer.OUTPUT),
        ("REMOVE", Node("effects"), Layer.EFFECTS),
        ("ADD", Node("client_id", "#1"), Layer.OUTPUT),
    ],
)
def test_an_outermost_node_has_the_layer_of_its_key(kind: str, node: Node, layer: Layer) -> None:
    assert layers_of_outcome(kind)(node) is layer


@pytest.mark.parametrize(
    ("node", "layer"),
    [
        (Node("flags", "0x1"), Layer.RESULT),
        (Node("flow"), Layer.FLOWS),
        (Node("FLOW", "12 bytes"), Layer.FLOWS),
        (Node("beyond the return value", "0x00"), Layer.OUTPUT),
    ],
)
def test_an_inner_node_has_the_layer_around_it_unless_its_key_has_one(
    node: Node, layer: Layer
) -> None:
    assert layers_inside(Layer.RESULT)(node) is layer


def test_what_a_process_passed_is_input_except_flows() -> None:
    assert layer_of_passed(Node("FLAGS", "0x1")) is Layer.INPUT
    assert layer_of_passed(Node("FLOW", "12 bytes")) is Layer.FLOWS


def test_a_client_of_a_state_has_its_result_in_the_layer_of_results() -> None:
    of_clients = layers_inside(Layer.CLIENTS)
    assert of_clients(Node("client", "#1")) is of_clients(Node("parameters")) is Layer.CLIENTS
    assert of_clients(Node("readable", "1")) is of_clients(Node("registration")) is Layer.CLIENTS
    assert of_clients(Node("result", "9 bytes")) is Layer.RESULT
    assert of_clients(Node("flow")) is Layer.FLOWS
    assert layers_inside(Layer.INSTALLED)(Node("agent", "#1")) is Layer.INSTALLED


def test_every_kind_of_answer_has_its_outermost_nodes_in_a_layer() -> None:
    assert set(NODES_OF_ANSWERS) == set(get_args(outcome.Answer))
    layer_of = layers_of_outcome("")
    for nodes in NODES_OF_ANSWERS.values():
        assert {key: layer_of(Node(key, "1")) for key in nodes} == nodes


@pytest.mark.parametrize(("kind", "old", "new", "fingerprint", "layer", "in_rules"), MOVED)
def test_what_has_a_layer_of_its_own_now_keeps_its_fingerprint_and_rules(
    kind: str, old: Node, new: Node, fingerprint: str, layer: Layer, in_rules: Layer
) -> None:
    fields = node_differences([old], [new], layers_of_outcome(kind))
    assert fields
    assert {field.layer for field in fields} == {layer}
    assert fingerprint_of(kind, fields) == fingerprint
    for field in fields:
        matching = {name for name in Layer if rule_of_layer(name).matches_field(kind, field)}
        assert matching == {layer, in_rules}


def rule_of_layer(layer: Layer) -> Rule:
    return Rule(1, None, RuleAction.IGNORED, "because", layers=frozenset({layer}))
