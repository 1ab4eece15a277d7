"""A comparison of two files as JSON."""

from __future__ import annotations

from typing import Annotated, Literal, TypedDict

from necp_replay.outcomes.record_difference import FilePlace, Move, RecordDifference
from necp_replay.replay.findings.groups import Group
from necp_replay.replay.findings.run_report import RunReport
from necp_replay.replay.two_files.comparison import FileDiff, KindCounts
from necp_replay.replay.two_files.state_hashes import StatesOfFiles
from necp_replay.report.diff_json import DifferenceObject, difference_object
from necp_replay.report.json_schema import Count, Fingerprint, Ordinal
from necp_replay.report.json_text import json_text


class FileObject(TypedDict):
    """One of the files, and how many records it has."""

    path: str
    records: Count


class CountsObject(TypedDict):
    """How many records differ, and how.

    ``changed`` have another outcome, ``replaced`` another input of the same kind. ``removed`` are
    only in A, ``added`` only in B.
    """

    changed: Count
    replaced: Count
    removed: Count
    added: Count


class PlaceObject(TypedDict):
    """The numbers of a record in A and B. A side that lacks it is null; a final state has none."""

    left: Ordinal | None
    right: Ordinal | None


class FilesExampleObject(PlaceObject):
    """The place of an example of a group."""

    title: str


class FilesGroupObject(TypedDict):
    """Differences with the same fingerprint: how many are causes, and how many follow from them."""

    group: str
    kind: str | None
    begun: Count
    followed: Count
    examples: list[FilesExampleObject]


class FilesDifferenceObject(PlaceObject):
    """One record that differs, with its place in its chain."""

    move: Move
    title: str
    kind: str
    fingerprint: Fingerprint
    follows: PlaceObject | None
    followers: Count
    differences: list[DifferenceObject]


class StatesObject(TypedDict):
    """How the hashes of states compare. ``compared`` counts those that were.

    ``same_until`` is the last record after which the states were the same, 0 for none, and
    ``diverged_at`` the first one after which they are not. ``same_outcomes`` says that no recorded
    outcome differed up to there. No hash is compared from record ``inputs_differ_at`` on.
    """

    compared: Count
    same_until: Count
    diverged_at: Ordinal | None
    same_outcomes: bool
    inputs_differ_at: Ordinal | None


class FilesDocument(CountsObject):
    """Two files, A on the left and B on the right: totals, totals by kind, groups, differences.

    ``final_state`` is null unless both files are goldens, ``states`` unless both are traces with
    hashes of states.
    """

    schema_version: Literal[1]
    left: FileObject
    right: FileObject
    different: bool
    same: Count
    in_part: Count
    not_compared: Count
    final_state: Annotated[str | None, Literal["same", "different"] | None]
    states: StatesObject | None
    notes: list[str]
    by_kind: dict[str, CountsObject]
    groups: list[FilesGroupObject]
    differences: list[FilesDifferenceObject]


def files_json(diff: FileDiff, run: RunReport) -> str:
    """Totals, totals by kind of record, the groups, and the kept differences."""
    document: FilesDocument = {
        "schema_version": 1,
        "left": {"path": diff.left, "records": diff.left_records},
        "right": {"path": diff.right, "records": diff.right_records},
        "different": diff.is_different,
        "same": diff.same,
        "in_part": diff.report.in_part,
        "not_compared": diff.report.not_compared,
        **_counts(diff.counts),
        "final_state": diff.final_state,
        "states": None if diff.states is None else _states(diff.states),
        "notes": diff.notes,
        "by_kind": {kind: _counts(counts) for kind, counts in sorted(diff.by_kind.items())},
        "groups": [_group(group) for group in run.groups],
        "differences": [_difference(each) for each in diff.report.examples],
    }
    return json_text(document)


def _states(states: StatesOfFiles) -> StatesObject:
    return {
        "compared": states.compared,
        "same_until": states.same_until,
        "diverged_at": states.diverged_at,
        "same_outcomes": states.same_outcomes,
        "inputs_differ_at": states.inputs_differ_at,
    }


def _counts(counts: KindCounts) -> CountsObject:
    return {
        "changed": counts.changed,
        "replaced": counts.replaced,
        "removed": counts.removed,
        "added": counts.added,
    }


def _group(group: Group) -> FilesGroupObject:
    examples = [example.difference for example in group.examples]
    return {
        "group": group.key,
        "kind": examples[0].kind if examples else None,
        "begun": group.begun,
        "followed": group.followed,
        "examples": [{**_place(each.place), "title": each.title} for each in examples],
    }


def _difference(difference: RecordDifference) -> FilesDifferenceObject:
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


def _place(place: FilePlace | None) -> PlaceObject:
    """The numbers of a record in both files. The final state has none."""
    if place is None:
        return {"left": None, "right": None}
    return {"left": place.left, "right": place.right}
