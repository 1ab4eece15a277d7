"""The release notes of behaviour as JSON. docs/using.md documents the schema."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from necp_replay.changelog.entries import ChangelogEntry, ChangelogStep
from necp_replay.changelog.fact_example import FactExample
from necp_replay.report.diff_json import difference_object
from necp_replay.report.json_text import json_text


def changelog_json(steps: Sequence[ChangelogStep]) -> str:
    """Every step with its facts and their examples."""
    document = {
        "steps": [
            {
                "from": step.old,
                "to": step.new,
                "changes": [_entry_object(entry) for entry in step.entries],
            }
            for step in steps
        ]
    }
    return json_text(document)


def _entry_object(entry: ChangelogEntry) -> dict[str, Any]:
    fact, declared = entry.fact, entry.declaration
    return {
        "fact": fact.name,
        "title": declared.title,
        "function": declared.function,
        "old": fact.old,
        "new": fact.new,
        "old_meaning": fact.old_meaning,
        "new_meaning": fact.new_meaning,
        "seen": entry.is_seen,
        "not_observable": declared.not_observable or None,
        "vulnerability": entry.vulnerability,
        "traces": list(declared.traces),
        "example": None if entry.example is None else _example_object(entry.example),
    }


def _example_object(example: FactExample) -> dict[str, Any]:
    return {
        "trace": example.trace,
        "records": list(example.titles),
        "differences": [difference_object(field) for field in example.fields],
    }
