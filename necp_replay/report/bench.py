"""The results of a benchmark, as text and JSON."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Annotated, Any, Literal, TypedDict

from necp_replay.bench.measure_phases import PhaseCost
from necp_replay.bench.measure_storms import StormCost
from necp_replay.report.json_text import json_text
from necp_replay.report.table import left, right, table


class BenchDocument(TypedDict):
    """The costs of phases, and of update storms."""

    schema_version: Literal[1]
    phases: Annotated[list[dict[str, Any]], list[PhaseCost]]
    storms: Annotated[list[dict[str, Any]], list[StormCost]]


def bench_text(rows: Sequence[PhaseCost], storms: Sequence[StormCost] = ()) -> str:
    """A table of phases and a table of update storms, if they were measured."""
    tables = [_phases_table(rows)] if rows else []
    if storms:
        tables.append(_storms_table(storms))
    return "\n\n".join(tables)


def bench_json(rows: Sequence[PhaseCost], storms: Sequence[StormCost] = ()) -> str:
    """The results as JSON."""
    figures: BenchDocument = {
        "schema_version": 1,
        "phases": [asdict(row) for row in rows],
        "storms": [asdict(row) for row in storms],
    }
    return json_text(figures)


def _phases_table(rows: Sequence[PhaseCost]) -> str:
    """One row for each phase: rate, time per record, ratio to bare decoding, peak memory."""
    several = len({row.release for row in rows}) > 1
    columns = [
        *left("mix", *("release",) * several, "phase"),
        *right("records", "records/s", "us/record", "x bare"),
        *right(*("x first",) * several, "peak MB"),
    ]
    return table(
        columns,
        [
            [
                row.mix,
                *(row.release,) * several,
                row.phase,
                row.records,
                f"{row.records / row.seconds:,.0f}",
                f"{row.seconds / row.records * 1e6:.2f}",
                f"{row.ratio:.2f}",
                *(f"{row.times_first:.2f}",) * several,
                f"{row.peak_memory_bytes / 1e6:,.0f}",
            ]
            for row in rows
        ],
    )


def _storms_table(storms: Sequence[StormCost]) -> str:
    """One row for each size: time per storm and per client, and growth of what is varied."""
    several = len({row.release for row in storms}) > 1
    columns = [
        *left("varied", *("release",) * several),
        *right("clients", "shapes", "policies", "kept", "storms"),
        *right("ms/storm", "us/client", "growth", "ms/install", "x before"),
        *right(*("x first",) * several, "peak MB"),
    ]
    return table(
        columns,
        [
            [
                row.varied,
                *(row.release,) * several,
                row.clients,
                row.shapes,
                row.policies,
                "yes" if row.evaluations_kept else "no",
                row.storms,
                f"{row.seconds_per_storm * 1e3:.1f}",
                f"{row.seconds_per_storm / row.clients * 1e6:.2f}",
                f"{row.growth:.2f}",
                f"{row.seconds_to_install * 1e3:.1f}",
                f"{row.install_growth:.2f}",
                *(f"{row.times_first:.2f}",) * several,
                f"{row.peak_memory_bytes / 1e6:,.0f}",
            ]
            for row in storms
        ],
    )
