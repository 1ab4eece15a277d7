"""The attachments of a trace, as text and JSON."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Literal, TypedDict

from necp_replay.outcomes.safe_text import escape
from necp_replay.report.json_schema import Count
from necp_replay.report.table import left, right, table
from necp_replay.trace.header import Attachment


class AttachmentObject(TypedDict):
    """An attachment; ``written_to`` is null unless it was extracted."""

    name: str
    media_type: str
    bytes: Count
    written_to: str | None


class AttachmentsDocument(TypedDict):
    """The attachments of a trace."""

    schema_version: Literal[1]
    attachments: list[AttachmentObject]


def attachments_text(attachments: Sequence[Attachment], files: Sequence[Path] | None) -> str:
    """A table of attachments. ``files`` are the paths they were extracted to, None if not."""
    if not attachments:
        return "no attachments"
    columns = [*left("attachment", "media type"), *right("bytes")]
    if files is not None:
        columns += left("written to")
    rows = [
        [
            escape(each.name),
            escape(each.media_type),
            len(each.content),
            *([] if files is None else [escape(str(files[number]))]),
        ]
        for number, each in enumerate(attachments)
    ]
    return table(columns, rows)


def attachments_json(
    attachments: Sequence[Attachment], files: Sequence[Path] | None
) -> AttachmentsDocument:
    """The attachments as JSON."""
    return {
        "schema_version": 1,
        "attachments": [
            {
                "name": each.name,
                "media_type": each.media_type,
                "bytes": len(each.content),
                "written_to": None if files is None else str(files[number]),
            }
            for number, each in enumerate(attachments)
        ],
    }
