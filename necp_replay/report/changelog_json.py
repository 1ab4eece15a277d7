"""The release notes of behaviour as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, TypedDict

from necp_replay.changelog.entries import ChangelogEntry, ChangelogStep
from necp_replay.changelog.fact_example import FactExample
from necp_replay.report.diff_json import DifferenceObject, difference_object
from necp_replay.report.json_text import json_text


class ChangeExampleObject(TypedDict):
    """The smallest trace that shows a change: the trace it comes from, and titles of its records.

    ``differences`` are those of the last record.
    """

    trace: str
    records: list[str]
    differences: list[DifferenceObject]


class ChangeObject(TypedDict):
    """A fact that changed. ``seen`` says whether programs can see it, ``not_observable`` why not.

    ``vulnerability`` is the id in docs/vulnerabilities.md of the fault that the change fixes.
    """

    fact: str
    title: str
    function: str
    old: str
    new: str
    old_meaning: str
    new_meaning: str
    seen: bool
    not_observable: str | None
    vulnerability: str | None
    traces: list[str]
    example: ChangeExampleObject | None


_Step = TypedDict("_Step", {"from": str, "to": str})


class StepObject(_Step):
    """What one release changed from the one before it."""

    changes: list[ChangeObject]


class ChangelogDocument(TypedDict):
    """What changed between two releases, release by release."""

    schema_version: Literal[1]
    steps: list[StepObject]


def changelog_json(steps: Sequence[ChangelogStep]) -> str:
    """Every step with its facts and their examples."""
    document: ChangelogDocument = {
        "schema_version": 1,
        "steps": [
            {
                "from": step.old,
                "to": step.new,
                "changes": [_entry_object(entry) for entry in step.entries],
            }
            for step in steps
        ],
    }
    return json_text(document)


def _entry_object(entry: ChangelogEntry) -> ChangeObject:
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


def _example_object(example: FactExample) -> ChangeExampleObject:
    return {
        "trace": example.trace,
        "records": list(example.titles),
        "differences": [difference_object(field) for field in example.fields],
    }
