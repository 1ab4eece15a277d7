"""An exported trace or report as JSON."""

from __future__ import annotations

from pathlib import Path
from typing import Literal, TypedDict

from necp_replay.report.json_schema import Count
from necp_replay.report.json_text import json_text


class ExportDocument(TypedDict):
    """What was exported: the records of a trace, or the traces of a report; the other is null."""

    schema_version: Literal[1]
    input: str
    output: str
    to: Literal["perfetto", "parquet", "sqlite"]
    records: Count | None
    traces: Count | None


def export_json(
    source: Path,
    output: Path,
    to: Literal["perfetto", "parquet", "sqlite"],
    *,
    records: int | None = None,
    traces: int | None = None,
) -> str:
    """The export as JSON."""
    document: ExportDocument = {
        "schema_version": 1,
        "input": str(source),
        "output": str(output),
        "to": to,
        "records": records,
        "traces": traces,
    }
    return json_text(document)
