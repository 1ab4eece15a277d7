"""Summaries of traces as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Literal, TypedDict

from necp_replay.report.info_text import InfoRow
from necp_replay.report.json_schema import Count, Says
from necp_replay.report.json_text import json_text
from necp_replay.tools.info import TraceInfo
from necp_replay.trace.header import Header, OutcomeDetail, SourceKind


class AttachmentSizeObject(TypedDict):
    """An attachment without its content."""

    name: str
    media_type: str
    bytes: Count


class HeaderObject(TypedDict):
    """The header of a trace, with the sizes of attachments."""

    release: str
    name: str
    description: str
    source_kind: Annotated[str, Says(enum=[*SourceKind.__members__])]
    source: str
    outcome_detail: Annotated[str, Says(enum=[*OutcomeDetail.__members__])]
    properties: dict[str, str]
    attachments: list[AttachmentSizeObject]
    tool_version: str
    meaning: int


class UnreadableObject(TypedDict):
    """A trace that cannot be read, and why."""

    path: str
    error: str


class InfoObject(TypedDict):
    """One trace. ``ids`` counts generated ids, ``partial`` records that are known in part,
    ``state_hashes`` records with the hash of the state after them.

    ``kinds`` are records by kind. ``chunks`` and ``content_bytes`` are null with a selection.
    ``clients`` (successful ADDs), ``actions`` and ``errnos`` are null unless ``scanned``.
    """

    path: str
    error: None
    header: HeaderObject
    records: Count
    outcomes: Count
    ids: Count
    partial: Count
    state_hashes: Count
    kinds: dict[str, Count]
    clock_range_ns: Sequence[int] | None
    file_bytes: Count | None
    chunks: Count | None
    content_bytes: Count | None
    selection: str | None
    scanned: bool
    clients: Count | None
    actions: dict[str, Count] | None
    errnos: dict[str, Count] | None


class InfoDocument(TypedDict):
    """Summaries of traces, in the order of the arguments."""

    schema_version: Literal[1]
    traces: list[InfoObject | UnreadableObject]


def info_json(rows: Sequence[InfoRow]) -> str:
    """The traces in the order of the arguments."""
    document: InfoDocument = {"schema_version": 1, "traces": [_row(row) for row in rows]}
    return json_text(document)


def _row(row: InfoRow) -> InfoObject | UnreadableObject:
    if row.info is None:
        return {"path": row.path, "error": str(row.error)}
    return _info(row.path, row.info)


def _info(path: str, info: TraceInfo) -> InfoObject:
    contents = info.contents
    return {
        "path": path,
        "error": None,
        "header": _header(info.header),
        "records": info.records,
        "outcomes": info.outcomes,
        "ids": info.ids,
        "partial": info.partial,
        "state_hashes": info.state_hashes,
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


def _header(header: Header) -> HeaderObject:
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
