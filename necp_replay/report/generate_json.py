"""A generated trace as JSON."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Literal, TypedDict

from necp_replay.coverage.points import Point
from necp_replay.report.json_schema import Count
from necp_replay.report.json_text import json_text


class GenerateDocument(TypedDict):
    """A generated trace, or with ``--traces`` a folder with the traces of seeds from ``seed`` on.

    The same seed, number of records, mix and version of the ``generator`` give the same inputs.
    ``traces`` counts the traces that were written, and ``records`` those of each. ``not_run`` are
    traces that were left out because the run stopped for what ``stopped`` says. ``exercised``
    counts the points of behaviour that the traces exercise, by area.
    """

    schema_version: Literal[1]
    output: str
    traces: Count
    records: Count
    release: str
    seed: int
    mix: str
    unmeasured_percent: Count
    generator: Count
    exercised: dict[str, Count]
    not_run: list[str]
    stopped: str | None


def generate_json(
    output: Path,
    release: str,
    *,
    records: int,
    seed: int,
    mix: str,
    unmeasured_percent: int,
    generator: int,
    exercised: Collection[Point],
    traces: int = 1,
    not_run: Sequence[str] = (),
    stopped: str = "",
) -> str:
    """The trace or traces as JSON."""
    document: GenerateDocument = {
        "schema_version": 1,
        "output": str(output),
        "traces": traces,
        "records": records,
        "release": release,
        "seed": seed,
        "mix": mix,
        "unmeasured_percent": unmeasured_percent,
        "generator": generator,
        "exercised": dict(sorted(Counter(point.area.value for point in exercised).items())),
        "not_run": list(not_run),
        "stopped": stopped or None,
    }
    return json_text(document)
