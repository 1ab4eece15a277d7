"""The result of recovering a trace, as text and JSON."""

from __future__ import annotations

from typing import Literal, TypedDict

from necp_replay.outcomes.safe_text import escape
from necp_replay.report.json_schema import Count, Ordinal
from necp_replay.report.json_text import json_text
from necp_replay.report.style import Style
from necp_replay.report.words import counted
from necp_replay.trace.recovery import Recovery


class LossObject(TypedDict):
    """Bytes of the file that could not be read."""

    offset: Count
    bytes: Count
    reason: str


class GapObject(TypedDict):
    """Records that are lost; ``last`` is null if the end is not known."""

    first: Ordinal
    last: Ordinal | None


class RecoveryDocument(TypedDict):
    """A recovered trace: what was kept, and what was lost.

    ``lost_records`` counts those that are known of; ``tail_unknown`` says that there may be more.
    """

    schema_version: Literal[1]
    input: str
    output: str
    lossless: bool
    records: Count
    chunks: Count
    lost_bytes: Count
    lost_places: Count
    lost_records: Count
    tail_unknown: bool
    header_lost: bool
    index_rebuilt: bool
    losses: list[LossObject]
    gaps: list[GapObject]


def recovery_text(recovery: Recovery, damaged: str, output: str, style: Style) -> str:
    """Every loss with its place, then what was kept."""
    lines = [style.paint(escape(damaged), "bold")]
    for loss in recovery.losses:
        lines.append(f"  lost {loss.length:,} bytes at byte {loss.offset}: {escape(loss.reason)}")
    if (more := recovery.lost_places - len(recovery.losses)) > 0:
        lines.append(f"  and {more:,} more places")
    for gap in recovery.gaps:
        if gap.last is None:
            lines.append(f"  lost record {gap.first} and those after it, if there were any")
        else:
            what = "record" if gap.first == gap.last else "records"
            lines.append(f"  lost {what} {gap}")
    if recovery.is_header_lost:
        lines.append("  lost the header: give the release with --release")
    if recovery.is_index_rebuilt:
        lines.append("  the index and the closing record were made again")
    found = f"{counted(recovery.records, 'record')} in {counted(recovery.chunks, 'chunk')}"
    kept = f"{found} kept in {escape(output)}"
    if recovery.is_lossless:
        verdict = style.paint("nothing lost", "green")
    else:
        lost = [f"{recovery.lost_bytes:,} bytes"]
        if recovery.lost_records:
            lost.append(counted(recovery.lost_records, "record"))
        if recovery.is_tail_unknown:
            lost.append("possibly records at the end")
        verdict = style.paint(f"lost: {', '.join(lost)}", "red")
    lines.append(f"  {kept}; {verdict}")
    return "\n".join(lines)


def recovery_json(recovery: Recovery, damaged: str, output: str) -> str:
    """The result as JSON."""
    document: RecoveryDocument = {
        "schema_version": 1,
        "input": damaged,
        "output": output,
        "lossless": recovery.is_lossless,
        "records": recovery.records,
        "chunks": recovery.chunks,
        "lost_bytes": recovery.lost_bytes,
        "lost_places": recovery.lost_places,
        "lost_records": recovery.lost_records,
        "tail_unknown": recovery.is_tail_unknown,
        "header_lost": recovery.is_header_lost,
        "index_rebuilt": recovery.is_index_rebuilt,
        "losses": [
            {"offset": loss.offset, "bytes": loss.length, "reason": loss.reason}
            for loss in recovery.losses
        ],
        "gaps": [{"first": gap.first, "last": gap.last} for gap in recovery.gaps],
    }
    return json_text(document)
