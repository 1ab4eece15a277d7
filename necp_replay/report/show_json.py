"""Records of a trace as JSON lines, decoded and as they are; the form is part of the interface."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from necp_replay.outcomes.names import StableNames
from necp_replay.outcomes.node import Node
from necp_replay.outcomes.render_input import title
from necp_replay.outcomes.render_outcome import render_outcome
from necp_replay.outcomes.render_passed import passed_nodes
from necp_replay.tools.convert import record_to_json
from necp_replay.tools.selected import SelectedRecord


def record_json(record: SelectedRecord, names: StableNames) -> str:
    """One record on one line: decoded as in the text, and ``raw`` as `convert` writes it."""
    event, outcome = record.step.input, record.outcome
    rendered = None if outcome is None else render_outcome(event, outcome, names)
    return json.dumps(
        {
            "record": record.number,
            "clock_ns": record.clock_ns,
            "title": title(event, names),
            "ids": [names.name(uuid) for uuid in record.step.uuids],
            "passed": _nodes(passed_nodes(event, names)),
            "status": None if rendered is None else rendered.status,
            "returned": None if rendered is None else _nodes(rendered.nodes),
            "raw": record_to_json(record.step, outcome),
        },
        separators=(",", ":"),
    )


def _nodes(nodes: Iterable[Node]) -> list[dict[str, Any]]:
    return [_node(node) for node in nodes]


def _node(node: Node) -> dict[str, Any]:
    written: dict[str, Any] = {"key": node.key}
    if node.value:
        written["value"] = node.value
    if node.layer is not None:
        written["layer"] = node.layer.value
    if node.children:
        written["children"] = _nodes(node.children)
    return written
