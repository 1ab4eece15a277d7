"""The layers of an outcome, and which of its nodes belongs to which.

A layer says what kind of fact a node states. It follows from the node's key and its place, so that
an outcome that was rendered and one that was read from a golden have the same layers.

Fingerprints hold the name of a layer, and rules name fingerprints and layers. So they use
:func:`layer_in_rules` too: the layer that a field had before ``clients and fds`` and ``policies and
agents`` were layers of their own.
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
    CLIENTS = "clients and fds"
    INSTALLED = "policies and agents"
    STATISTICS = "statistics"
    EFFECTS = "effects"
    STATE = "states"


COUNTED: Final = frozenset({Layer.INSTALLED, Layer.STATISTICS})
"""Layers in which numbers that differ are shown with how much more the actual one is."""
NAMED_IN_RULES: Final = frozenset(Layer) - {Layer.CLIENTS, Layer.INSTALLED}
"""The layers that :func:`layer_in_rules` can give."""

LayerOf: TypeAlias = Callable[[Node], Layer]
"""Returns the layer of each node of one list of siblings."""

_TOP: Final[Mapping[str, Layer]] = {
    "effects": Layer.EFFECTS,
    "counters": Layer.STATISTICS,
    "route_statistics": Layer.STATISTICS,
    "policies": Layer.INSTALLED,
    "netagents": Layer.INSTALLED,
    "fd": Layer.CLIENTS,
    "observer": Layer.CLIENTS,
    "parameters": Layer.CLIENTS,
    "allowed": Layer.RETURN,
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
    ClientAction.COPY_CLIENT_UPDATE.name: Layer.CLIENTS,
    ClientAction.COPY_PARAMETERS.name: Layer.CLIENTS,
    ClientAction.COPY_ROUTE_STATISTICS.name: Layer.STATISTICS,
}
"""Layers of a decoded ``buffer`` by the action that returned it."""
_INSIDE: Final[Mapping[str, Layer]] = {
    "flow": Layer.FLOWS,
    "beyond the return value": Layer.OUTPUT,
    ClientResult.FLOW.name: Layer.FLOWS,
}
"""Layers of inner nodes that belong to another layer than the node around them."""
_INSIDE_CLIENTS: Final[Mapping[str, Layer]] = {**_INSIDE, "result": Layer.RESULT}
"""The same inside of a client, which holds its result."""


def layers_of_outcome(kind: str) -> LayerOf:
    """The layers of an outcome's outermost nodes. ``kind`` is the kind of its record."""
    return partial(_layer_of_top, kind)


def layer_of_passed(node: Node) -> Layer:
    """The layer of one of the outermost nodes of what the process passed."""
    return Layer.FLOWS if node.key == ClientResult.FLOW.name else Layer.INPUT


def layers_inside(outer: Layer) -> LayerOf:
    """The layers of the children of a node."""
    return partial(_layer_inside, outer)


def layer_in_rules(kind: str, layer: Layer, path: str) -> Layer:
    """The layer by which fingerprints name a field, and old rules match it.

    ``kind`` is the kind of the record, ``layer`` and ``path`` are those of the field.
    """
    match layer:
        case Layer.INSTALLED:
            return Layer.STATISTICS
        case Layer.CLIENTS if path.endswith(" > readable"):
            return Layer.RETURN
        case Layer.CLIENTS if kind == ClientAction.COPY_PARAMETERS.name:
            return Layer.OUTPUT
        case Layer.CLIENTS:
            return Layer.RESULT
        case Layer.RETURN if path == "allowed":
            return Layer.OUTPUT
        case _:
            return layer


def _layer_of_top(kind: str, node: Node) -> Layer:
    is_decoded = node.children or node.value.endswith(" bytes")
    if node.key == "buffer" and is_decoded:
        return _DECODED_BUFFERS.get(kind, Layer.OUTPUT)
    return _TOP.get(node.key, Layer.OUTPUT)


def _layer_inside(outer: Layer, node: Node) -> Layer:
    inside = _INSIDE_CLIENTS if outer is Layer.CLIENTS else _INSIDE
    return inside.get(node.key, outer)
