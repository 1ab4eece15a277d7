"""Covers points with sets at the lowest cost (weighted set cover).

Theory of operation. A point that only one set has forces that set. A set is dropped where another
one covers all that it still covers and costs no more, and a point where another point can only be
covered by sets that cover it too. These reductions are repeated until nothing changes. Usually few
sets are left. For the rest there is a branch-and-bound search. It begins with the cost of the
greedy cover (most points for the cost) as its bound, and branches over the sets that have the point
with the fewest sets. The search looks at a limited number of partial covers. If it ends below this
limit, the cover is proved to be the cheapest. Sets are integers with a bit for each point, because
Python compares these fast.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from necp_replay.dataclass import dataclass

_MOST_SEARCHED: Final = 50_000
"""Covers that the search looks at. Each takes some microseconds for each set that is left."""
_MOST_COMPARED: Final = 4_000
"""At most so many sets or points are compared with each other: with more, none is dropped."""


@dataclass(frozen=True, slots=True)
class Cover:
    """The indices of the chosen sets, in order; ``is_cheapest`` says that no cover costs less."""

    chosen: tuple[int, ...]
    is_cheapest: bool


def cheapest_cover(sets: Sequence[int], costs: Sequence[int]) -> Cover:
    """Choose sets that together have every bit that any set has. ``costs`` are at least 1."""
    left = {index: bits for index, bits in enumerate(sets) if bits}
    forced = _reduce(left, costs)
    wanted = 0
    for bits in left.values():
        wanted |= bits
    search = _CoverSearch(left, costs, wanted)
    search.run()
    return Cover(tuple(sorted([*forced, *search.best])), search.is_complete)


def bits_of(bits: int) -> list[int]:
    """The numbers of the bits that are set, in order."""
    found = []
    while bits:
        lowest = bits & -bits
        found.append(lowest.bit_length() - 1)
        bits ^= lowest
    return found


def _reduce(left: dict[int, int], costs: Sequence[int]) -> list[int]:
    """Apply the reductions to ``left``. Returns the sets that are forced."""
    forced: list[int] = []
    while True:
        before = dict(left)
        holders = _holders(left)
        only = {mask.bit_length() - 1 for mask in holders.values() if not mask & (mask - 1)}
        for index in sorted(only):
            forced.append(index)
            _cover(left, left.get(index, 0))
        _keep_points(left, _needed_points(_holders(left)))
        _drop_sets(left, costs)
        if left == before:
            return forced


def _holders(left: dict[int, int]) -> dict[int, int]:
    """For each point the sets that have it, as bits."""
    holders: dict[int, int] = {}
    for index, bits in left.items():
        for point in bits_of(bits):
            holders[point] = holders.get(point, 0) | 1 << index
    return holders


def _cover(left: dict[int, int], bits: int) -> None:
    for index in list(left):
        left[index] &= ~bits
        if not left[index]:
            del left[index]


def _needed_points(holders: dict[int, int]) -> int:
    """The points that are not covered in any case when the other points are, as bits."""
    distinct: dict[int, int] = {}
    for point, mask in holders.items():
        distinct.setdefault(mask, point)
    # A point that few sets have makes points superfluous that all of these sets have, too.
    masks = sorted(distinct, key=lambda mask: (mask.bit_count(), distinct[mask]))
    kept: list[int] = []
    for mask in masks:
        is_compared = len(masks) <= _MOST_COMPARED
        if not (is_compared and any(each & ~mask == 0 for each in kept)):
            kept.append(mask)
    needed = 0
    for mask in kept:
        needed |= 1 << distinct[mask]
    return needed


def _keep_points(left: dict[int, int], needed: int) -> None:
    for index in list(left):
        left[index] &= needed
        if not left[index]:
            del left[index]


def _drop_sets(left: dict[int, int], costs: Sequence[int]) -> None:
    """Drop every set of which another one has all points at no more cost."""
    best: dict[int, int] = {}
    for index, bits in left.items():
        other = best.setdefault(bits, index)
        if costs[index] < costs[other]:
            best[bits] = index
    order = sorted(best.values(), key=lambda index: (-left[index].bit_count(), costs[index], index))
    kept: list[int] = []
    for index in order:
        if len(order) > _MOST_COMPARED or not any(
            left[index] & ~left[other] == 0 and costs[other] <= costs[index] for other in kept
        ):
            kept.append(index)
    for index in left.keys() - set(kept):
        del left[index]


class _CoverSearch:
    """Looks for the cheapest cover of ``wanted``, beginning with the greedy one."""

    def __init__(self, sets: dict[int, int], costs: Sequence[int], wanted: int) -> None:
        self._sets = sets
        self._costs = costs
        self._wanted = wanted
        self._holders = {
            point: [index for index in sets if sets[index] >> point & 1]
            for point in bits_of(wanted)
        }
        self._searched = 0
        self.best: list[int] = []
        self._best_cost = 0
        self.is_complete = True

    def run(self) -> None:
        self.best = self._greedy()
        self._best_cost = sum(self._costs[index] for index in self.best)
        # An explicit stack instead of recursion: its depth is the number of sets, which has no
        # limit.
        stack: list[tuple[int, tuple[int, ...], int]] = [(self._wanted, (), 0)]
        while stack:
            self._searched += 1
            if self._searched > _MOST_SEARCHED:
                self.is_complete = False
                return
            wanted, chosen, cost = stack.pop()
            if not wanted:
                if cost < self._best_cost:
                    self.best, self._best_cost = list(chosen), cost
                continue
            point, bound = self._hardest(wanted)
            if cost + bound >= self._best_cost:
                continue
            # The most promising is taken from the stack first.
            for index in sorted(self._holders[point], key=lambda each: self._gain(each, wanted)):
                stack.append(
                    (wanted & ~self._sets[index], (*chosen, index), cost + self._costs[index])
                )

    def _gain(self, index: int, wanted: int) -> tuple[float, int]:
        return (self._sets[index] & wanted).bit_count() / self._costs[index], -index

    def _greedy(self) -> list[int]:
        wanted, chosen = self._wanted, []
        while wanted:
            index = max(self._sets, key=lambda each: self._gain(each, wanted))
            chosen.append(index)
            wanted &= ~self._sets[index]
        return chosen

    def _hardest(self, wanted: int) -> tuple[int, int]:
        """The point with the fewest sets, and a lower bound of the cost of covering all points.

        Points that have no set in common each need a set of their own.
        """
        points = sorted(bits_of(wanted), key=lambda point: len(self._holders[point]))
        used: set[int] = set()
        bound = 0
        for point in points:
            holders = self._holders[point]
            if used.isdisjoint(holders):
                used.update(holders)
                bound += min(self._costs[index] for index in holders)
        return points[0], bound
