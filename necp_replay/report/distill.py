"""A distilled set of traces as text and as JSON. docs/using.md documents the JSON."""

from __future__ import annotations

from necp_replay.coverage.distill import Distilled
from necp_replay.outcomes.safe_text import escape
from necp_replay.report.json_text import json_text
from necp_replay.report.words import counted


def distilled_text(found: Distilled) -> str:
    """How many traces of how many are kept, and whether fewer would do."""
    records = sum(kept.records for kept in found.kept)
    proved = "no cheaper set does" if found.is_cheapest else "a cheaper set is not ruled out"
    return (
        f"{len(found.kept):,} of {counted(found.traces, 'trace')} ({records:,} of"
        f" {counted(found.records, 'record')}) keep all {counted(found.points, 'point')}"
        f" of coverage; {proved}"
    )


def distilled_json(found: Distilled) -> str:
    """The kept traces with the points that each brings."""
    return json_text(
        {
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
    )
