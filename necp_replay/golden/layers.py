"""The layers of a golden's nodes, which its text does not state: by where they stand."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from necp_replay.abi.client import ClientAction, ClientResult
from necp_replay.outcomes.node import Layer, Node

_LAYERS: Final[Mapping[str, Layer]] = {
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
"""Nodes of an outcome by their key; every other one holds output bytes."""
_BUFFERS: Final[Mapping[str, Layer]] = {
    ClientAction.COPY_RESULT.name: Layer.RESULT,
    ClientAction.COPY_UPDATED_RESULT.name: Layer.RESULT,
    ClientAction.COPY_CLIENT_UPDATE.name: Layer.RESULT,
    ClientAction.COPY_ROUTE_STATISTICS.name: Layer.STATISTICS,
}
"""Actions whose buffer is decoded as something else than output bytes."""
_WITHIN: Final[Mapping[str, Layer]] = {
    "readable": Layer.RETURN,
    "flow": Layer.FLOWS,
    "beyond the return value": Layer.OUTPUT,
    ClientResult.FLOW.name: Layer.FLOWS,
}
"""Nodes further inside that are of another layer than the node around them."""


def give_layers(kind: str, nodes: Iterable[Node]) -> None:
    """Set the layers of an outcome's nodes; ``kind`` is the action or input they answer."""
    for node in nodes:
        if node.key == "buffer" and (node.children or node.value.endswith(" bytes")):
            node.layer = _BUFFERS.get(kind, Layer.OUTPUT)
        else:
            node.layer = _LAYERS.get(node.key, Layer.OUTPUT)
        _give_inside(node.children)


def _give_inside(nodes: Iterable[Node]) -> None:
    for node in nodes:
        node.layer = _WITHIN.get(node.key)
        if node.children:
            _give_inside(node.children)
