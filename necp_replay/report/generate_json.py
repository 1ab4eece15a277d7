"""A generated trace as JSON."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from pathlib import Path
from typing import Literal, TypedDict

from necp_replay.coverage.points import Point
from necp_replay.report.json_schema import Count
from necp_replay.report.json_text import json_text


class GenerateDocument(TypedDict):
    """A generated trace.

    The same seed, number of records, mix and version of the ``generator`` give the same inputs.
    ``exercised`` counts the points of behaviour that it exercises, by area.
    """

    schema_version: Literal[1]
    output: str
    records: Count
    release: str
    seed: int
    mix: str
    unmeasured_percent: Count
    generator: Count
    exercised: dict[str, Count]


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
) -> str:
    """The trace as JSON."""
    document: GenerateDocument = {
        "schema_version": 1,
        "output": str(output),
        "records": records,
        "release": release,
        "seed": seed,
        "mix": mix,
        "unmeasured_percent": unmeasured_percent,
        "generator": generator,
        "exercised": dict(sorted(Counter(point.area.value for point in exercised).items())),
    }
    return json_text(document)
