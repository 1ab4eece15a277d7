"""The result of comparing two files: counts, chains and groups of differences."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import field
from typing import Final, Generic

from necp_replay.align.edit_script import Move
from necp_replay.align.look_ahead import Entry
from necp_replay.align.sequences import Edit
from necp_replay.dataclass import dataclass
from necp_replay.outcomes.field_difference import FieldDifference
from necp_replay.outcomes.layers import Layer
from necp_replay.outcomes.record_difference import FilePlace, RecordDifference, Truth
from necp_replay.outcomes.sides import SIDES_KEPT, Sides
from necp_replay.outcomes.trace_report import TraceReport
from necp_replay.replay.findings.collector import DifferenceCollector
from necp_replay.replay.findings.kept_examples import EXAMPLES
from necp_replay.replay.progress import OnRecords
from necp_replay.replay.two_files.state_hashes import StatesOfFiles

MOST_KINDS: Final = 500
"""Kinds of records that are counted separately. The engine knows fewer, but a trace may call
actions by any number."""
OTHER_KINDS: Final = "other kinds"
"""The name under which all further kinds are counted."""


@dataclass(frozen=True, slots=True)
class FileOptions:
    """How many differences of two files are kept whole.

    ``keep`` is how many of each group, None for all. ``extra_examples`` is how many further ones,
    of any group. If it is not 0, kept differences have both sides. ``on_records`` is told how many
    more records were compared.
    """

    keep: int | None = EXAMPLES
    extra_examples: int = 0
    on_records: OnRecords | None = None


@dataclass(slots=True)
class KindCounts:
    """How many records of one kind differ in which way."""

    changed: int = 0
    replaced: int = 0
    removed: int = 0
    added: int = 0

    def count(self, move: Move) -> None:
        """Count one record."""
        match move:
            case Move.CHANGE:
                self.changed += 1
            case Move.REPLACE:
                self.replaced += 1
            case Move.REMOVE:
                self.removed += 1
            case _:
                self.added += 1


@dataclass(slots=True)
class FileDiff:
    """How two files differ, in numbers of records.

    ``notes`` are differences of the files that are no difference of a record. ``report`` holds the
    differences of records in chains and groups, like the report of a replay.
    """

    left: str
    right: str
    report: TraceReport
    same: int = 0
    counts: KindCounts = field(default_factory=KindCounts)
    by_kind: dict[str, KindCounts] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    final_state: str | None = None
    """Whether the final states of two goldens are ``same`` or ``different``; None for traces."""
    are_traces: tuple[bool, bool] = (True, True)
    """Whether each file is a trace, and not a golden."""
    states: StatesOfFiles | None = None
    """How the hashes of states compare; None unless two traces have some."""

    @property
    def is_different(self) -> bool:
        """Whether a record or a state differs."""
        is_diverged = self.states is not None and self.states.diverged_at is not None
        return self.differing > 0 or is_diverged or self.final_state == "different"

    @property
    def differing(self) -> int:
        """Records that differ. Two that correspond to each other count once."""
        counts = self.counts
        return counts.changed + counts.replaced + counts.removed + counts.added

    @property
    def left_records(self) -> int:
        """Records of the left file."""
        return self.same + self.counts.changed + self.counts.replaced + self.counts.removed

    @property
    def right_records(self) -> int:
        """Records of the right file."""
        return self.same + self.counts.changed + self.counts.replaced + self.counts.added


@dataclass(frozen=True, slots=True)
class LoneRecord:
    """A record that only one file has. ``ids`` are the names of the ids that it generated."""

    title: str
    kind: str
    status: str
    ids: str = ""


@dataclass(frozen=True, slots=True)
class Describer(Generic[Entry]):
    """Functions that describe the entries of an alignment, records or stanzas.

    ``fields`` returns the fields in which two entries differ. ``lone`` describes an entry that only
    one side has; its flag says whether that is the left side.
    """

    number: Callable[[Entry], int]
    title: Callable[[Entry], str]
    kind: Callable[[Entry], str]
    fields: Callable[[Entry, Entry], list[FieldDifference]]
    lone: Callable[[Entry, bool], LoneRecord]
    sides: Callable[[Entry | None, Entry | None], Sides]


class FileComparison:
    """Collects the differences of two files as they are found."""

    def __init__(self, left: str, right: str, options: FileOptions) -> None:
        """``left`` and ``right`` are the names of both files, safe to print."""
        self.diff = FileDiff(left, right, TraceReport(right, ""))
        self._collector = DifferenceCollector(
            self.diff.report, options.keep, extra_examples=options.extra_examples
        )
        self.with_sides = options.extra_examples > 0
        self._on_records = options.on_records

    def take(self, edits: Iterator[Edit[Entry]], describer: Describer[Entry]) -> None:
        """Count the edits of an alignment, and collect the differences."""
        diff, report = self.diff, self.diff.report
        for edit in edits:
            if self._on_records is not None:
                self._on_records(edit.same or 1)
            if edit.move is Move.MATCH:
                diff.same += edit.same
                continue
            difference = _difference(edit, describer)
            self._collector.add(difference)
            diff.counts.count(edit.move)
            _counts_of(difference.kind, diff).count(edit.move)
            if self.with_sides and self._keeps_sides(difference):
                difference.shown.sides = describer.sides(edit.left, edit.right)
        report.identical = diff.same
        report.different = diff.differing
        report.records = report.identical + report.different

    def take_final_state(self, difference: RecordDifference | None) -> None:
        """Collect how the final states differ, None if they do not."""
        if difference is None:
            self.diff.final_state = "same"
            return
        self.diff.final_state = "different"
        self._collector.add(difference)
        self.diff.report.differing_states = 1

    def _keeps_sides(self, difference: RecordDifference) -> bool:
        examples = self.diff.report.examples
        return 0 < len(examples) <= SIDES_KEPT and examples[-1] is difference


def _counts_of(kind: str, diff: FileDiff) -> KindCounts:
    if kind not in diff.by_kind and len(diff.by_kind) >= MOST_KINDS:
        kind = OTHER_KINDS
    return diff.by_kind.setdefault(kind, KindCounts())


def _difference(edit: Edit[Entry], describer: Describer[Entry]) -> RecordDifference:
    """The difference that an edit stands for."""
    left = None if edit.left is None else describer.number(edit.left)
    right = None if edit.right is None else describer.number(edit.right)
    place = FilePlace(left, right, is_replaced=edit.move is Move.REPLACE)
    if edit.left is not None and edit.right is not None:
        title, kind = describer.title(edit.left), describer.kind(edit.left)
        fields = describer.fields(edit.left, edit.right)
    else:
        is_left = edit.left is not None
        entry = edit.left if edit.left is not None else edit.right
        assert entry is not None
        lone = describer.lone(entry, is_left)
        title, kind = lone.title, lone.kind
        fields = _lone_fields(lone, is_left=is_left)
    record = right if left is None else left
    return RecordDifference(record, title, kind, Truth.FILE, fields, place=place)


def _lone_fields(lone: LoneRecord, *, is_left: bool) -> list[FieldDifference]:
    """That the record exists, and its ids, by which later differences follow from it."""

    def field_of(layer: Layer, path: str, value: str) -> FieldDifference:
        return FieldDifference(layer, path, *((value, None) if is_left else (None, value)))

    found = [field_of(Layer.RETURN, "record", lone.status)]
    if lone.ids:
        found.append(field_of(Layer.INPUT, "generated ids", lone.ids))
    return found
