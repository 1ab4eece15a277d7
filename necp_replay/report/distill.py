"""A distilled set of traces as text and as JSON."""

from __future__ import annotations

from typing import Literal, TypedDict

from necp_replay.coverage.distill import Distilled
from necp_replay.outcomes.safe_text import escape
from necp_replay.report.json_schema import Count
from necp_replay.report.json_text import json_text
from necp_replay.report.words import counted


class KeptObject(TypedDict):
    """A trace that is kept; ``brings`` are the points that no trace before it in the list has."""

    path: str
    name: str
    records: Count
    brings: list[str]


class DistilledDocument(TypedDict):
    """The traces that keep the coverage of all at the least cost.

    ``distilled`` is the version of this form. ``traces``, ``records`` and ``points`` are those of
    all traces. ``is_cheapest`` says whether it was proved that no set is cheaper.
    """

    schema_version: Literal[1]
    distilled: Literal[1]
    traces: Count
    records: Count
    points: Count
    is_cheapest: bool
    kept: list[KeptObject]


def distilled_text(found: Distilled) -> str:
    """How many of how many traces are kept, and whether a cheaper set may exist."""
    records = sum(kept.records for kept in found.kept)
    proved = "no set is cheaper" if found.is_cheapest else "a cheaper set may exist"
    return (
        f"{len(found.kept):,} of {counted(found.traces, 'trace')} ({records:,} of"
        f" {counted(found.records, 'record')}) keep all {counted(found.points, 'point')}"
        f" of coverage; {proved}"
    )


def distilled_json(found: Distilled) -> str:
    """The kept traces with the points that each brings."""
    document: DistilledDocument = {
        "schema_version": 1,
        "distilled": 1,
        "traces": found.traces,
        "records": found.records,
        "points": found.points,
        "is_cheapest": found.is_cheapest,
        "kept": [
            {
                "path": escape(str(kept.trace.path)),
                "name": escape(kept.trace.name),
                "records": kept.records,
                "brings": list(map(str, kept.brings)),
            }
            for kept in found.kept
        ],
    }
    return json_text(document)
