"""Differences between two releases, for people and for machines."""

from __future__ import annotations

import json
from collections.abc import Sequence

from tabulate import tabulate

from necp_replay.diff.releases import TraceDiff
from necp_replay.report.replay_json import difference_object
from necp_replay.report.style import Style
from necp_replay.report.words import counted

_SHOWN_VALUE = 200


def diff_text(diffs: Sequence[TraceDiff], from_release: str, to_release: str, style: Style) -> str:
    """Each differing record with its fields, then a table of the traces that differ."""
    parts = []
    for diff in diffs:
        if diff.error is not None:
            parts.append(style.paint(diff.path, "bold") + f"\n  {diff.error}\n  {diff.hint}")
        elif diff.shown:
            parts.append("\n".join(_trace_lines(diff, from_release, to_release, style)))
    rows = [
        [diff.path, f"{diff.records:,}", f"{diff.different:,}", f"{diff.not_modelled:,}"]
        for diff in diffs
        if diff.different or diff.not_modelled
    ]
    if rows:
        parts.append(
            tabulate(
                rows,
                headers=["trace", "records", "differ", "not modelled"],
                disable_numparse=True,
                colalign=("left", "right", "right", "right"),
            )
        )
    different = sum(diff.different for diff in diffs)
    parts.append(
        f"{counted(len(diffs), 'trace')}, {counted(sum(d.records for d in diffs), 'record')}:"
        f" {different:,} differ"
        f" between {from_release} and {to_release}"
    )
    return "\n\n".join(parts)


def diff_json(diffs: Sequence[TraceDiff], from_release: str, to_release: str) -> str:
    """The same for machines."""
    document = {
        "from": from_release,
        "to": to_release,
        "traces": len(diffs),
        "records": sum(diff.records for diff in diffs),
        "different": sum(diff.different for diff in diffs),
        "not_modelled": sum(diff.not_modelled for diff in diffs),
        "errors": sum(diff.error is not None for diff in diffs),
        "per_trace": [
            {
                "path": diff.path,
                "records": diff.records,
                "different": diff.different,
                "not_modelled": diff.not_modelled,
                "error": diff.error,
                "hint": diff.hint,
                "differing_records": [
                    {
                        "record": record.record,
                        "title": record.title,
                        "differences": [difference_object(d) for d in record.differences],
                    }
                    for record in diff.shown
                ],
            }
            for diff in diffs
        ],
    }
    return json.dumps(document, indent=2)


def _trace_lines(diff: TraceDiff, from_release: str, to_release: str, style: Style) -> list[str]:
    width = max(len(from_release), len(to_release))
    lines = [style.paint(diff.path, "bold")]
    for record in diff.shown:
        lines.append(f"  record {record.record} {record.title}")
        layer = None
        for difference in record.differences:
            if difference.layer is not layer:
                layer = difference.layer
                lines.append(f"    {layer.value}")
            lines.append(f"      {difference.path}")
            lines.append(
                f"        {from_release:{width}} {_shown(difference.expected, 'red', style)}"
            )
            lines.append(
                f"        {to_release:{width}} {_shown(difference.actual, 'green', style)}"
            )
    if len(diff.shown) < diff.different:
        lines.append(f"  and {diff.different - len(diff.shown):,} more differing records")
    return lines


def _shown(value: str | None, colour: str, style: Style) -> str:
    if value is None:
        return "-"
    if len(value) > _SHOWN_VALUE:
        value = f"{value[:_SHOWN_VALUE]}... ({len(value)} characters)"
    return style.paint(value, colour)
