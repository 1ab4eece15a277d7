"""An explanation as JSON: its classes, field by field (docs/using.md)."""

from __future__ import annotations

import enum
from dataclasses import fields, is_dataclass
from typing import Any

from necp_replay.explain.explanation import RecordExplanation
from necp_replay.outcomes.node import Node
from necp_replay.report.json_text import json_text


def explanation_json(explanation: RecordExplanation) -> str:
    """The whole explanation. Unknown values and missing parts are null."""
    return json_text(_form(explanation))


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


def _node(node: Node) -> dict[str, Any]:
    form: dict[str, Any] = {"type": node.key, "value": node.value}
    if node.children:
        form["tlvs"] = [_node(child) for child in node.children]
    return form
