"""Records as JSON lines, decoded and raw."""

from __future__ import annotations

from typing import Annotated, Any, Literal, NotRequired, TypedDict

from necp_replay.outcomes.layers import (
    Layer,
    layer_of_passed,
    layers_inside,
    layers_of_outcome,
)
from necp_replay.outcomes.names import StableNames
from necp_replay.outcomes.node import Node
from necp_replay.outcomes.render_input import title
from necp_replay.outcomes.render_outcome import Rendered, render_outcome
from necp_replay.outcomes.render_passed import passed_nodes, unmeasured_nodes
from necp_replay.report.json_schema import Count, Ordinal
from necp_replay.report.json_text import json_line
from necp_replay.report.record_schema import RawRecord
from necp_replay.tools.convert import record_to_json
from necp_replay.tools.selected import SelectedRecord


class ShownNodeObject(TypedDict):
    """A part of what was passed or returned, with those inside of it, which have its layer."""

    key: str
    value: NotRequired[str]
    layer: NotRequired[Annotated[str, Layer]]
    children: NotRequired[list[ShownNodeObject]]


class ShownRecordObject(TypedDict):
    """One record. ``trace`` is there for records of several traces.

    ``status`` and ``returned`` are null without an outcome. ``raw`` is the record as
    `necp-replay convert` writes it.
    """

    schema_version: Literal[1]
    trace: NotRequired[str]
    record: Ordinal
    clock_ns: Count
    title: str
    ids: list[str]
    passed: list[ShownNodeObject]
    status: str | None
    returned: list[ShownNodeObject] | None
    raw: Annotated[dict[str, Any], RawRecord]


def record_json(record: SelectedRecord, names: StableNames, trace: str | None = None) -> str:
    """One record in one line: decoded, and in ``raw`` as `necp-replay convert` writes it.

    ``trace`` is the name of its trace, where there are several.
    """
    shown = record_object(record, names)
    if trace is not None:
        shown["trace"] = trace
    return json_line(shown)


def record_object(record: SelectedRecord, names: StableNames) -> ShownRecordObject:
    """One record as a part of another document."""
    event, outcome = record.step.input, record.outcome
    rendered = None if outcome is None else render_outcome(event, outcome, names)
    return {
        "schema_version": 1,
        "record": record.number,
        "clock_ns": record.clock_ns,
        "title": title(event, names),
        "ids": [names.name(uuid) for uuid in record.step.uuids],
        "passed": [
            _node(node, layer_of_passed(node), Layer.INPUT)
            for node in (*passed_nodes(event, names), *unmeasured_nodes(record.step))
        ],
        "status": None if rendered is None else rendered.status,
        "returned": None if rendered is None else _returned(rendered),
        "raw": record_to_json(record.step, outcome, record.state_hash),
    }


def _returned(rendered: Rendered) -> list[ShownNodeObject]:
    layer_of = layers_of_outcome(rendered.kind)
    return [_node(node, layer_of(node), None) for node in rendered.nodes]


def _node(node: Node, layer: Layer, around: Layer | None) -> ShownNodeObject:
    """A node. Its layer is written if it is not that of the node around it."""
    written: ShownNodeObject = {"key": node.key}
    if node.value:
        written["value"] = node.value
    if layer is not around:
        written["layer"] = layer.value
    if node.children:
        inside = layers_inside(layer)
        written["children"] = [_node(child, inside(child), layer) for child in node.children]
    return written
