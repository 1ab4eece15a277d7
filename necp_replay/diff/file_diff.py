"""What two files have in common and what not, record by record: counted, the first places whole."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Final, Generic

from necp_replay.align.held import Entry
from necp_replay.align.sequences import Alignment
from necp_replay.align.wave import Move
from necp_replay.replay.difference import Difference

SHOWN: Final = 20
"""Differences that are kept whole, where nothing else is asked; all are counted."""
MOST_KINDS: Final = 500
OTHER_KINDS: Final = "other kinds"
"""More kinds than an engine knows: numbers that stand for no action."""
BLOCK_TITLES: Final = 3
"""Records of a block that are named."""


@dataclass(slots=True)
class FileDifference:
    """One place where two files differ.

    ``left`` and ``right`` are record numbers, None where a side has no record (or no number: the
    final state). Records that only one side has and that follow each other are one place:
    ``count`` of them, of which ``left`` or ``right`` is the first and ``titles`` names a few.
    """

    move: Move
    left: int | None
    right: int | None
    titles: list[str]
    differences: list[Difference] = field(default_factory=list)
    count: int = 1


@dataclass(slots=True)
class KindCounts:
    """Of one kind of record, how many differ in which way."""

    changed: int = 0
    replaced: int = 0
    removed: int = 0
    added: int = 0


@dataclass(slots=True)
class FileDiff:
    """What two files have in common and what not, in records.

    ``notes`` are facts about the files that are no difference of a record. ``shown`` holds the
    first places that differ, in order.
    """

    left: str
    right: str
    same: int = 0
    counts: KindCounts = field(default_factory=KindCounts)
    by_kind: dict[str, KindCounts] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    shown: list[FileDifference] = field(default_factory=list)
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
class Telling(Generic[Entry]):
    """How entries are told of: their numbers, kinds and titles, and in what two differ.

    The title of an entry is that on the side where only this one has it.
    """

    number: Callable[[Entry], int | None]
    kind: Callable[[Entry], str]
    left_title: Callable[[Entry], str]
    right_title: Callable[[Entry], str]
    differences: Callable[[Entry, Entry], list[Difference]]


def collect(
    steps: Iterator[Alignment[Entry]], diff: FileDiff, telling: Telling[Entry], limit: int
) -> None:
    """Count the steps of an alignment into a diff, and keep the first places that differ."""
    blocks: dict[Move, FileDifference] = {}
    for step in steps:
        if step.move is Move.MATCH:
            diff.same += step.same
            blocks.clear()
            continue
        entry = step.left if step.left is not None else step.right
        assert entry is not None
        _count(diff.counts, step.move)
        _count(_counts_of(telling.kind(entry), diff), step.move)
        if step.left is not None and step.right is not None:
            blocks.clear()
            if len(diff.shown) < limit:
                diff.shown.append(_pair(step.move, step.left, step.right, telling))
            continue
        block = blocks.get(step.move)
        if block is not None:
            block.count += 1
            if len(block.titles) < BLOCK_TITLES:
                block.titles.append(_title(step, telling))
        elif len(diff.shown) < limit:
            blocks[step.move] = _alone(step, telling)
            diff.shown.append(blocks[step.move])


def _counts_of(kind: str, diff: FileDiff) -> KindCounts:
    if kind not in diff.by_kind and len(diff.by_kind) >= MOST_KINDS:
        kind = OTHER_KINDS
    return diff.by_kind.setdefault(kind, KindCounts())


def _count(counts: KindCounts, move: Move) -> None:
    match move:
        case Move.CHANGE:
            counts.changed += 1
        case Move.REPLACE:
            counts.replaced += 1
        case Move.REMOVE:
            counts.removed += 1
        case _:
            counts.added += 1


def _pair(move: Move, left: Entry, right: Entry, telling: Telling[Entry]) -> FileDifference:
    differences = telling.differences(left, right)
    titles = [telling.left_title(left)]
    return FileDifference(move, telling.number(left), telling.number(right), titles, differences)


def _alone(step: Alignment[Entry], telling: Telling[Entry]) -> FileDifference:
    left = None if step.left is None else telling.number(step.left)
    right = None if step.right is None else telling.number(step.right)
    return FileDifference(step.move, left, right, [_title(step, telling)])


def _title(step: Alignment[Entry], telling: Telling[Entry]) -> str:
    if step.left is not None:
        return telling.left_title(step.left)
    assert step.right is not None
    return telling.right_title(step.right)
