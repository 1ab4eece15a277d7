"""An explanation as JSON: its classes, field by field."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from typing import Any, Final, NotRequired, TypedDict

from necp_replay.explain.explanation import RecordExplanation
from necp_replay.outcomes.node import Node
from necp_replay.report.json_text import json_line, json_text


class NodeObject(TypedDict):
    """One parameter, or one part of a result, with those inside of it."""

    type: str
    value: str
    tlvs: NotRequired[list[NodeObject]]


WRITTEN_AS: Final[Mapping[type, Any]] = {Node: NodeObject}
"""What stands for a class of an explanation."""


def explanation_json(explanation: RecordExplanation, *, in_one_line: bool = False) -> str:
    """The whole explanation. Unknown values and missing parts are null."""
    document = {"schema_version": 1, **explanation_object(explanation)}
    return json_line(document) if in_one_line else json_text(document)


def explanation_object(explanation: RecordExplanation) -> dict[str, Any]:
    """The explanation as a part of another document."""
    form: dict[str, Any] = _form(explanation)
    return form


def _form(value: Any) -> Any:
    if isinstance(value, Node):
        return _node(value)
    if isinstance(value, enum.Enum):
        return value.value
    if isinstance(value, tuple):
        return [_form(item) for item in value]
    if is_dataclass(value):
        return {entry.name: _form(getattr(value, entry.name)) for entry in fields(value)}
    return value


def _node(node: Node) -> NodeObject:
    form: NodeObject = {"type": node.key, "value": node.value}
    if node.children:
        form["tlvs"] = [_node(child) for child in node.children]
    return form
