"""The layers of an outcome, and which of its nodes belongs to which.

A layer says what kind of fact a node states. It follows from the node's key and its place, so that
an outcome that was rendered and one that was read from a golden have the same layers.
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Mapping
from functools import partial
from typing import Final, TypeAlias

from necp_replay.abi.client import ClientAction, ClientResult
from necp_replay.outcomes.node import Node


class Layer(enum.Enum):
    """What kind of fact a node states. Every comparison looks at all layers."""

    INPUT = "inputs"
    RETURN = "return values"
    OUTPUT = "output bytes"
    RESULT = "client results"
    FLOWS = "flow sets"
    STATISTICS = "statistics"
    EFFECTS = "effects"
    STATE = "states"


LayerOf: TypeAlias = Callable[[Node], Layer]
"""Returns the layer of each node of one list of siblings."""

_TOP: Final[Mapping[str, Layer]] = {
    "effects": Layer.EFFECTS,
    "counters": Layer.STATISTICS,
    "route_statistics": Layer.STATISTICS,
    "policies": Layer.STATISTICS,
    "netagents": Layer.STATISTICS,
    "fd": Layer.RESULT,
    "observer": Layer.RESULT,
    "parameters": Layer.RESULT,
    "functional_type": Layer.RETURN,
    "fired": Layer.RETURN,
    "readable": Layer.RETURN,
    "ready": Layer.RETURN,
    "necp_client_uuid": Layer.RETURN,
    "valsize": Layer.RETURN,
}
"""Layers of the outermost nodes by their key. All others are bytes that the call returned."""
_DECODED_BUFFERS: Final[Mapping[str, Layer]] = {
    ClientAction.COPY_RESULT.name: Layer.RESULT,
    ClientAction.COPY_UPDATED_RESULT.name: Layer.RESULT,
    ClientAction.COPY_UPDATED_RESULT_FINAL.name: Layer.RESULT,
    ClientAction.COPY_CLIENT_UPDATE.name: Layer.RESULT,
    ClientAction.COPY_ROUTE_STATISTICS.name: Layer.STATISTICS,
}
"""Layers of a decoded ``buffer`` by the action that returned it."""
_INSIDE: Final[Mapping[str, Layer]] = {
    "readable": Layer.RETURN,
    "flow": Layer.FLOWS,
    "beyond the return value": Layer.OUTPUT,
    ClientResult.FLOW.name: Layer.FLOWS,
}
"""Layers of inner nodes that belong to another layer than the node around them."""


def layers_of_outcome(kind: str) -> LayerOf:
    """The layers of an outcome's outermost nodes. ``kind`` is the kind of its record."""
    return partial(_layer_of_top, kind)


def layer_of_passed(node: Node) -> Layer:
    """The layer of one of the outermost nodes of what the process passed."""
    return Layer.FLOWS if node.key == ClientResult.FLOW.name else Layer.INPUT


def layers_inside(outer: Layer) -> LayerOf:
    """The layers of the children of a node."""
    return partial(_layer_inside, outer)


def own_layer(node: Node) -> Layer | None:
    """The layer of an inner node that is not that of the node around it."""
    return _INSIDE.get(node.key)


def _layer_of_top(kind: str, node: Node) -> Layer:
    is_decoded = node.children or node.value.endswith(" bytes")
    if node.key == "buffer" and is_decoded:
        return _DECODED_BUFFERS.get(kind, Layer.OUTPUT)
    return _TOP.get(node.key, Layer.OUTPUT)


def _layer_inside(outer: Layer, node: Node) -> Layer:
    return _INSIDE.get(node.key, outer)
