"""Every node of an outcome belongs to a layer, by its key and its place."""

from __future__ import annotations

import pytest

from necp_replay.outcomes.layers import Layer, layer_of_passed, layers_inside, layers_of_outcome
from necp_replay.outcomes.node import Node

DECODED = Node("buffer", "9 bytes", [Node("EFFECTIVE_MTU", "1500")])
RAW = Node("buffer", "0x0102")


@pytest.mark.parametrize(
    ("kind", "node", "layer"),
    [
        ("COPY_RESULT", DECODED, Layer.RESULT),
        ("COPY_RESULT", RAW, Layer.OUTPUT),
        ("COPY_RESULT", Node("buffer", "0 bytes"), Layer.RESULT),
        ("COPY_ROUTE_STATISTICS", DECODED, Layer.STATISTICS),
        ("COPY_PARAMETERS", DECODED, Layer.OUTPUT),
        ("REMOVE", Node("effects"), Layer.EFFECTS),
        ("snapshot", Node("counters"), Layer.STATISTICS),
        ("snapshot", Node("fd", "pid=1 fd=3"), Layer.RESULT),
        ("fd_poll", Node("readable", "1"), Layer.RETURN),
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
        (Node("readable", "1"), Layer.RETURN),
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
