"""Summaries of traces as JSON. docs/using.md documents its schema."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from necp_replay.report.info_text import InfoRow
from necp_replay.report.json_text import json_text
from necp_replay.tools.info import TraceInfo
from necp_replay.trace.header import Header


def info_json(rows: Sequence[InfoRow]) -> str:
    """The traces in the order of the arguments."""
    return json_text({"traces": [_row(row) for row in rows]})


def _row(row: InfoRow) -> dict[str, Any]:
    error = None if row.error is None else str(row.error)
    return {"path": row.path, "error": error, **({} if row.info is None else _info(row.info))}


def _info(info: TraceInfo) -> dict[str, Any]:
    contents = info.contents
    return {
        "header": _header(info.header),
        "records": info.records,
        "outcomes": info.outcomes,
        "ids": info.ids,
        "partial": info.partial,
        "kinds": dict(info.kinds),
        "clock_range_ns": info.clock_range_ns,
        "file_bytes": info.file_bytes,
        "chunks": info.chunks if info.selection is None else None,
        "content_bytes": info.content_bytes if info.selection is None else None,
        "selection": info.selection,
        "scanned": contents is not None,
        "clients": None if contents is None else contents.clients,
        "actions": None if contents is None else dict(contents.actions),
        "errnos": None if contents is None else dict(contents.errnos),
    }


def _header(header: Header) -> dict[str, Any]:
    return {
        "release": header.release,
        "name": header.name,
        "description": header.description,
        "source_kind": header.source_kind.name,
        "source": header.source,
        "outcome_detail": header.outcome_detail.name,
        "properties": dict(header.properties),
        "attachments": [
            {"name": each.name, "media_type": each.media_type, "bytes": len(each.content)}
            for each in header.attachments
        ],
        "tool_version": header.tool_version,
        "meaning": header.meaning,
    }
