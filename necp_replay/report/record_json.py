"""Recorded scenarios, and those whose traces are out of date, as JSON."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Annotated, Literal, TypedDict

from necp_replay.errors import NecpReplayError
from necp_replay.report.json_schema import Count
from necp_replay.report.json_text import error_texts, json_text
from necp_replay.scenario.record import RecordedScenario, Staleness


class RefusedObject(TypedDict):
    """The calls of a scenario that failed: how many of each kind, and the first as lines."""

    total: Count
    kinds: dict[str, Count]
    calls: list[str]


class RecordedObject(TypedDict):
    """One trace that was written."""

    trace: str
    change: Literal["new", "changed", "unchanged"]
    records: Count
    release: str
    refused: RefusedObject


class RecordDocument(TypedDict):
    """Scenarios that were recorded. ``errors`` are those that failed."""

    schema_version: Literal[1]
    traces: list[RecordedObject]
    errors: list[str]


class StaleObject(TypedDict):
    """A trace that does not match its scenario."""

    trace: str
    reason: Annotated[str, Staleness]


class RecordCheckDocument(TypedDict):
    """Traces compared with their scenarios. ``errors`` are scenarios that failed."""

    schema_version: Literal[1]
    compared: Count
    out_of_date: list[StaleObject]
    errors: list[str]


def change_of(before: bytes | None, content: bytes) -> Literal["new", "changed", "unchanged"]:
    """How a trace changed; ``before`` is None if there was none."""
    if before is None:
        return "new"
    return "unchanged" if before == content else "changed"


def recorded_object(
    trace: Path, before: bytes | None, recorded: RecordedScenario
) -> RecordedObject:
    """One trace that was written; ``before`` is what was there."""
    refused = recorded.refused
    return {
        "trace": str(trace),
        "change": change_of(before, recorded.content),
        "records": recorded.records,
        "release": recorded.release,
        "refused": {
            "total": refused.total,
            "kinds": dict(refused.counts.most_common()),
            "calls": list(refused.lines),
        },
    }


def record_json(traces: Sequence[RecordedObject], errors: Iterable[NecpReplayError]) -> str:
    """The traces as JSON."""
    document: RecordDocument = {
        "schema_version": 1,
        "traces": list(traces),
        "errors": error_texts(errors),
    }
    return json_text(document)


def record_check_json(
    compared: int,
    stale: Iterable[tuple[Path, Staleness]],
    errors: Iterable[NecpReplayError],
) -> str:
    """The traces that are out of date as JSON."""
    document: RecordCheckDocument = {
        "schema_version": 1,
        "compared": compared,
        "out_of_date": [{"trace": str(path), "reason": why.value} for path, why in stale],
        "errors": error_texts(errors),
    }
    return json_text(document)
