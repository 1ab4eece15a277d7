"""A benchmark's figures as a table and as JSON."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict

from tabulate import tabulate

from necp_replay.bench.measure import Measured


def bench_text(rows: Sequence[Measured]) -> str:
    """One row a phase: rate, cost per record, ratio to bare decoding, peak memory."""
    return tabulate(
        [
            [
                row.mix,
                row.phase,
                f"{row.records:,}",
                f"{row.records / row.seconds:,.0f}",
                f"{row.seconds / row.records * 1e6:.2f}",
                f"{row.ratio:.2f}",
                f"{row.peak_memory_bytes / 1e6:,.0f}",
            ]
            for row in rows
        ],
        headers=["mix", "phase", "records", "records/s", "us/record", "x bare", "peak MB"],
        disable_numparse=True,
        colalign=("left", "left", "right", "right", "right", "right", "right"),
    )


def bench_json(rows: Sequence[Measured]) -> str:
    """The same for machines."""
    return json.dumps({"phases": [asdict(row) for row in rows]}, indent=2)
