"""A comparison of two files as JSON. docs/using.md documents its schema."""

from __future__ import annotations

from typing import Any

from necp_replay.outcomes.record_difference import FilePlace, RecordDifference
from necp_replay.replay.findings.groups import Group
from necp_replay.replay.findings.run_report import RunReport
from necp_replay.replay.two_files.comparison import FileDiff, KindCounts
from necp_replay.report.diff_json import difference_object
from necp_replay.report.json_text import json_text


def files_json(diff: FileDiff, run: RunReport) -> str:
    """Totals, totals by kind of record, the groups, and the kept differences."""
    document = {
        "left": {"path": diff.left, "records": diff.left_records},
        "right": {"path": diff.right, "records": diff.right_records},
        "different": diff.is_different,
        "same": diff.same,
        "in_part": diff.report.in_part,
        "not_compared": diff.report.not_compared,
        **_counts(diff.counts),
        "final_state": diff.final_state,
        "notes": diff.notes,
        "by_kind": {kind: _counts(counts) for kind, counts in sorted(diff.by_kind.items())},
        "groups": [_group(group) for group in run.groups],
        "differences": [_difference(each) for each in diff.report.examples],
    }
    return json_text(document)


def _counts(counts: KindCounts) -> dict[str, int]:
    return {
        "changed": counts.changed,
        "replaced": counts.replaced,
        "removed": counts.removed,
        "added": counts.added,
    }


def _group(group: Group) -> dict[str, Any]:
    examples = [example.difference for example in group.examples]
    return {
        "group": group.key,
        "kind": examples[0].kind if examples else None,
        "begun": group.begun,
        "followed": group.followed,
        "examples": [_place(each.place) | {"title": each.title} for each in examples],
    }


def _difference(difference: RecordDifference) -> dict[str, Any]:
    place = difference.place
    follows = difference.chain.follows_place
    return {
        "move": "changed" if place is None else place.move,
        **_place(place),
        "title": difference.title,
        "kind": difference.kind,
        "fingerprint": difference.fingerprint,
        "follows": None if follows is None else _place(follows),
        "followers": difference.chain.followers,
        "differences": [difference_object(each) for each in difference.fields],
    }


def _place(place: FilePlace | None) -> dict[str, Any]:
    """The numbers of a record in both files. The final state has none."""
    if place is None:
        return {"left": None, "right": None}
    return {"left": place.left, "right": place.right}
