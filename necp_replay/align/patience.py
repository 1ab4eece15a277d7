"""Places where two windows belong together: runs of entries that stand in both."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Hashable, Sequence
from typing import Final

RUN: Final = 8
"""So many entries in a row make a run that is looked for."""
_REPEATED: Final = -1


def anchors(
    left: Sequence[Hashable], right: Sequence[Hashable], run: int = RUN
) -> list[tuple[int, int]]:
    """Positions (left, right) at which the same run begins, rising on both sides.

    Only runs that occur once in each window count, and of those as many as can stand in one order.
    Takes time and memory in proportion to the windows, but for a factor of their logarithm.
    """
    left_numbers, right_numbers = _numbered(left, right)
    in_left, in_right = _single_runs(left_numbers, run), _single_runs(right_numbers, run)
    pairs = [
        (position, in_right[content])
        for content, position in in_left.items()
        if position != _REPEATED and in_right.get(content, _REPEATED) != _REPEATED
    ]
    return _longest_rising(pairs)


def nearest_common_run(
    left: Sequence[Hashable], right: Sequence[Hashable], run: int = 2 * RUN
) -> list[tuple[int, int]]:
    """Where the same run begins on both sides after the fewest entries; in loops there are many."""
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
    """Both windows with a number for each content.

    Runs are told apart by the hashes of their numbers, which are the same in every process.
    Whoever uses a run compares its entries, so that two runs with one hash do no harm.
    """
    numbers: dict[Hashable, int] = {}
    one, other = (
        tuple([numbers.setdefault(content, len(numbers)) for content in window])
        for window in (left, right)
    )
    return one, other


def _single_runs(window: tuple[int, ...], run: int) -> dict[int, int]:
    """Where each run begins, in the order of their first places."""
    positions: dict[int, int] = {}
    for position in range(len(window) - run + 1):
        content = hash(window[position : position + run])
        positions[content] = _REPEATED if content in positions else position
    return positions


def _longest_rising(pairs: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Of pairs that rise on the left, the longest sequence that rises on the right as well."""
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
