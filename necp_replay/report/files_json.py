"""What differs between two files, for machines (docs/cli.md)."""

from __future__ import annotations

import json
from typing import Any

from necp_replay.align.wave import Move
from necp_replay.diff.file_diff import FileDiff, FileDifference, KindCounts
from necp_replay.report.diff_json import difference_object

_MOVES = {
    Move.CHANGE: "changed",
    Move.REPLACE: "replaced",
    Move.REMOVE: "removed",
    Move.ADD: "added",
}


def files_json(diff: FileDiff) -> str:
    """Totals, totals by kind of record, then the first places that differ."""
    document = {
        "left": {"path": diff.left, "records": diff.left_records},
        "right": {"path": diff.right, "records": diff.right_records},
        "different": diff.is_different,
        "same": diff.same,
        **_counts(diff.counts),
        "final_state": diff.final_state,
        "notes": diff.notes,
        "by_kind": {kind: _counts(counts) for kind, counts in sorted(diff.by_kind.items())},
        "differences": [_place(place) for place in diff.shown],
    }
    return json.dumps(document, indent=2)


def _counts(counts: KindCounts) -> dict[str, int]:
    return {
        "changed": counts.changed,
        "replaced": counts.replaced,
        "removed": counts.removed,
        "added": counts.added,
    }


def _place(place: FileDifference) -> dict[str, Any]:
    return {
        "move": _MOVES[place.move],
        "left": place.left,
        "right": place.right,
        "count": place.count,
        "titles": place.titles,
        "differences": [difference_object(difference) for difference in place.differences],
    }
