"""Finds runs of entries that two windows have in common: the anchors of a patience diff.

Patience diff anchors an alignment at lines that occur exactly once on each side. Records of a trace
repeat too often for that, so the unit here is a run of entries in a row. Of the runs that occur
once on each side, those are taken that lie in the same order on both: the longest increasing
subsequence. Time and memory are O(n log n) in the size of the windows.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Hashable, Sequence
from typing import Final

RUN: Final = 8
"""Entries in a run. Shorter runs occur by chance in traces that poll; longer ones miss places where
two differences are close together."""
_REPEATED: Final = -1


def unique_common_runs(
    left: Sequence[Hashable], right: Sequence[Hashable], run: int = RUN
) -> list[tuple[int, int]]:
    """Positions (left, right) at which the same run begins, increasing on both sides.

    Only runs that occur once in each window count.
    """
    left_numbers, right_numbers = _numbered(left, right)
    in_left, in_right = _unique_runs(left_numbers, run), _unique_runs(right_numbers, run)
    pairs = [
        (position, in_right[content])
        for content, position in in_left.items()
        if position != _REPEATED and in_right.get(content, _REPEATED) != _REPEATED
    ]
    return _longest_increasing(pairs)


def nearest_common_run(
    left: Sequence[Hashable], right: Sequence[Hashable], run: int = 2 * RUN
) -> list[tuple[int, int]]:
    """The place where the same run begins on both sides with the fewest entries before it.

    For windows without a unique common run, such as loops, in which every run repeats. Returns one
    pair of positions, or none.
    """
    left_numbers, right_numbers = _numbered(left, right)
    first_places: dict[int, int] = {}
    for position in range(len(left) - run + 1):
        first_places.setdefault(hash(left_numbers[position : position + run]), position)
    best: tuple[int, int] | None = None
    for position in range(len(right) - run + 1):
        if best is not None and position >= sum(best):
            break
        place = first_places.get(hash(right_numbers[position : position + run]))
        if place is not None and (best is None or place + position < sum(best)):
            best = (place, position)
    return [] if best is None else [best]


def _numbered(
    left: Sequence[Hashable], right: Sequence[Hashable]
) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Both windows with equal entries replaced by equal numbers.

    Runs are compared by the hash of their numbers, which is the same in every process, unlike the
    hash of strings. Two runs with the same hash do no harm: the caller compares the entries.
    """
    numbers: dict[Hashable, int] = {}
    one, other = (
        tuple([numbers.setdefault(content, len(numbers)) for content in window])
        for window in (left, right)
    )
    return one, other


def _unique_runs(window: tuple[int, ...], run: int) -> dict[int, int]:
    """The position of each run by its hash, in order; ``_REPEATED`` for one that occurs again."""
    positions: dict[int, int] = {}
    for position in range(len(window) - run + 1):
        content = hash(window[position : position + run])
        positions[content] = _REPEATED if content in positions else position
    return positions


def _longest_increasing(pairs: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """The longest subsequence that increases on the right, of pairs that increase on the left.

    Patience sorting: ``ends[k]`` is the smallest right position in which a subsequence of length
    ``k + 1`` can end.
    """
    ends: list[int] = []
    end_pairs: list[int] = []
    before: list[int] = []
    for number, (_, position) in enumerate(pairs):
        length = bisect_left(ends, position)
        before.append(end_pairs[length - 1] if length else -1)
        if length == len(ends):
            ends.append(position)
            end_pairs.append(number)
        else:
            ends[length] = position
            end_pairs[length] = number
    chosen = []
    number = end_pairs[-1] if end_pairs else -1
    while number >= 0:
        chosen.append(pairs[number])
        number = before[number]
    chosen.reverse()
    return chosen
