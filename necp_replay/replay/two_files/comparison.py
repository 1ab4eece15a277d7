"""What two files have in common and what not, record by record: counted, grouped, in chains."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Final, Generic

from necp_replay.align.edit_script import Move
from necp_replay.align.look_ahead import Entry
from necp_replay.align.sequences import Alignment
from necp_replay.outcomes.field_difference import FieldDifference
from necp_replay.outcomes.layers import Layer
from necp_replay.outcomes.record_difference import FilePlace, RecordDifference, Truth
from necp_replay.outcomes.sides import SIDES_KEPT, Sides
from necp_replay.outcomes.trace_report import TraceReport
from necp_replay.replay.findings.collector import EXAMPLES, Collector

MOST_KINDS: Final = 500
OTHER_KINDS: Final = "other kinds"
"""More kinds than an engine knows: numbers that stand for no action."""


@dataclass(frozen=True, slots=True)
class FileOptions:
    """How much of two files is kept: of each group so many differences whole, or all (None).

    ``besides`` is how many more of any kind are kept; where there are any, both sides of all that
    is kept are wanted.
    """

    keep: int | None = EXAMPLES
    besides: int = 0


@dataclass(slots=True)
class KindCounts:
    """Of one kind of record, how many differ in which way."""

    changed: int = 0
    replaced: int = 0
    removed: int = 0
    added: int = 0

    def count(self, move: Move) -> None:
        """Count one record that differs in this way."""
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
    """What two files have in common and what not, in records.

    ``notes`` are facts about the files that are no difference of a record. ``report`` holds what
    differs in chains and groups, as that of a replay does.
    """

    left: str
    right: str
    report: TraceReport
    same: int = 0
    counts: KindCounts = field(default_factory=KindCounts)
    by_kind: dict[str, KindCounts] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    final_state: str | None = None
    """Of two goldens, whether the state they end in is ``same`` or ``different``."""

    @property
    def is_different(self) -> bool:
        """Whether anything differs but the notes."""
        return self.differing > 0 or self.final_state == "different"

    @property
    def differing(self) -> int:
        """Records that differ; one on each side that belong together count once."""
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
class Lone:
    """A record that only one file has: what it is, what it answered, the ids it generates."""

    title: str
    kind: str
    status: str
    ids: str = ""


@dataclass(frozen=True, slots=True)
class Telling(Generic[Entry]):
    """How entries are told of: their numbers and titles, in what two differ, both sides whole.

    ``lone`` tells of an entry that only one side has, where the flag says that it is the left.
    """

    number: Callable[[Entry], int]
    title: Callable[[Entry], str]
    kind: Callable[[Entry], str]
    differences: Callable[[Entry, Entry], list[FieldDifference]]
    lone: Callable[[Entry, bool], Lone]
    sides: Callable[[Entry | None, Entry | None], Sides]


class FileComparison:
    """Fills in what two files differ in, as it is found."""

    def __init__(self, left: str, right: str, options: FileOptions) -> None:
        """The names of both files are safe to show."""
        self.diff = FileDiff(left, right, TraceReport(right, ""))
        self._collector = Collector(self.diff.report, options.keep, besides=options.besides)
        self.with_sides = options.besides > 0

    def take(self, steps: Iterator[Alignment[Entry]], telling: Telling[Entry]) -> None:
        """Count the steps of an alignment, and put what differs into chains and groups."""
        diff, report = self.diff, self.diff.report
        for step in steps:
            if step.move is Move.MATCH:
                diff.same += step.same
                continue
            difference = _difference(step, telling)
            self._collector.add(difference)
            diff.counts.count(step.move)
            _counts_of(difference.kind, diff).count(step.move)
            if self.with_sides and self._keeps_sides(difference):
                difference.shown.sides = telling.sides(step.left, step.right)
        report.identical = diff.same
        report.different = diff.differing
        report.records = report.identical + report.different

    def take_final_state(self, difference: RecordDifference | None) -> None:
        """Take in how the states that both files end in differ; None if they do not."""
        if difference is None:
            self.diff.final_state = "same"
            return
        self.diff.final_state = "different"
        self._collector.add(difference)
        self.diff.report.different += 1

    def _keeps_sides(self, difference: RecordDifference) -> bool:
        examples = self.diff.report.examples
        return 0 < len(examples) <= SIDES_KEPT and examples[-1] is difference


def _counts_of(kind: str, diff: FileDiff) -> KindCounts:
    if kind not in diff.by_kind and len(diff.by_kind) >= MOST_KINDS:
        kind = OTHER_KINDS
    return diff.by_kind.setdefault(kind, KindCounts())


def _difference(step: Alignment[Entry], telling: Telling[Entry]) -> RecordDifference:
    left = None if step.left is None else telling.number(step.left)
    right = None if step.right is None else telling.number(step.right)
    place = FilePlace(left, right, is_replaced=step.move is Move.REPLACE)
    if step.left is not None and step.right is not None:
        title, kind = telling.title(step.left), telling.kind(step.left)
        differences = telling.differences(step.left, step.right)
    else:
        entry = step.left if step.left is not None else step.right
        assert entry is not None
        is_left = step.left is not None
        lone = telling.lone(entry, is_left)
        title, kind = lone.title, lone.kind
        differences = _lone_differences(lone, is_left=is_left)
    record = right if left is None else left
    return RecordDifference(record, title, kind, Truth.FILE, differences, place=place)


def _lone_differences(lone: Lone, *, is_left: bool) -> list[FieldDifference]:
    """That the record is there, and the ids it generates: by them later ones follow from it."""

    def field_of(layer: Layer, path: str, value: str) -> FieldDifference:
        return FieldDifference(layer, path, *((value, None) if is_left else (None, value)))

    found = [field_of(Layer.RETURN, "record", lone.status)]
    if lone.ids:
        found.append(field_of(Layer.INPUT, "generated ids", lone.ids))
    return found
