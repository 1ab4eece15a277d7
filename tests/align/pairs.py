"""Entries to align, and the fewest differences between two lists of them, found the slow way."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from typing import NamedTuple

from necp_replay.align.edit_script import Move
from necp_replay.align.sequences import DEFAULT_LIMITS, Edit, Limits, align


class Pair(NamedTuple):
    """The question and the result."""

    key: int
    outcome: int = 0


class PairComparator:
    """Compares pairs, and notes how they were placed."""

    def __init__(self) -> None:
        self.placed: list[tuple[Pair | None, Pair | None]] = []

    def same(self, left: Pair, right: Pair) -> bool:
        return left == right

    def may_change(self, left: Pair, right: Pair) -> bool:
        return left.key == right.key

    def full_key(self, entry: Pair) -> Hashable:
        return entry

    def key(self, entry: Pair) -> Hashable:
        return entry.key

    def kind(self, entry: Pair) -> Hashable:
        return entry.key % 3

    def size_bytes(self, entry: Pair) -> int:
        return 100

    def place(self, left: Pair | None, right: Pair | None) -> bool:
        self.placed.append((left, right))
        return True


def aligned(
    left: Iterable[Pair], right: Iterable[Pair], limits: Limits = DEFAULT_LIMITS
) -> list[Edit[Pair]]:
    """All steps of an alignment."""
    return list(align(left, right, PairComparator(), limits))


def differences(steps: Iterable[Edit[Pair]]) -> list[Edit[Pair]]:
    """The steps at which something differs."""
    return [step for step in steps if step.move is not Move.MATCH]


def cost(steps: Iterable[Edit[Pair]]) -> int:
    """How many insertions, deletions and changes there are; a replacement is two of them."""
    return sum(2 if step.move is Move.REPLACE else 1 for step in differences(steps))


def fewest_differences(left: Sequence[Pair], right: Sequence[Pair]) -> int:
    """By going through the whole table, row by row."""
    row = list(range(len(right) + 1))
    for count, old in enumerate(left, 1):
        above, row = row, [count]
        for j, new in enumerate(right):
            best = min(above[j + 1], row[j]) + 1
            if old == new:
                best = min(best, above[j])
            elif old.key == new.key:
                best = min(best, above[j] + 1)
            row.append(best)
    return row[-1]
