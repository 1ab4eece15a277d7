"""Finds the shortest edit script that brings two sequences back in step.

The greedy O(ND) method of Myers, extended by changes as in Landau and Vishkin's algorithm. A
*diagonal* is the number of entries passed on the right minus those passed on the left. For each
cost and each diagonal only the furthest point is kept that can be reached with that cost; entries
that are equal from there on cost nothing. Removing, adding and changing an entry cost 1 each, so a
changed entry is cheaper than a removed and an added one.

The search stops as soon as the sequences are in step again, so it does not look at the rest of
them. Work grows with the square of the cost, not with the length of the sequences.
"""

from __future__ import annotations

import enum
from collections.abc import Callable
from typing import Generic, NamedTuple, TypeAlias

from necp_replay.align.look_ahead import Entry, LookAhead


class Move(enum.Enum):
    """What an alignment does with an entry, or with a pair."""

    MATCH = "both sides have it, and they are equal"
    CHANGE = "both sides have it, with different outcomes"
    REMOVE = "only the left side has it"
    ADD = "only the right side has it"
    REPLACE = "both sides have an entry of the same kind here, with different inputs"


PlacedPair: TypeAlias = tuple[Move, Entry | None, Entry | None]
"""One move of an edit script: the move, the entry of the left and that of the right, None for a
side without one."""
Comparison: TypeAlias = Callable[[Entry, Entry], bool]


class _Reached(NamedTuple):
    """The furthest point of a diagonal, as offsets of the left.

    ``before`` is where the move led, ``after`` where the equal entries after it end.
    """

    before: int
    after: int
    move: Move


_NEAR = 8
"""A move may start up to this many entries before the furthest point, if that brings differences
closer together. It takes extra comparisons, so it is tried up to this cost only."""
_Levels: TypeAlias = list[dict[int, _Reached]]
"""For each cost the furthest point of every diagonal."""


class EditSearch(Generic[Entry]):
    """One search, from a place where the next entries differ.

    ``same`` compares entries for equality; ``may_change`` says which pairs may be reported as a
    change.
    """

    def __init__(
        self,
        left: LookAhead[Entry],
        right: LookAhead[Entry],
        same: Comparison[Entry],
        may_change: Comparison[Entry],
    ) -> None:
        self._left_at = left.at
        self._right_at = right.at
        self._same = same
        self._may_change_pair = may_change

    def script(self, stable: int, cost_cap: int, patience: int) -> list[PlacedPair[Entry]] | None:
        """The moves up to the next entries that are equal, or up to both ends.

        The search ends on a diagonal on which ``stable`` entries in a row are equal. In loops
        several diagonals have that many; then it looks up to ``patience`` entries further for the
        one that stays equal longest. Returns None if more than ``cost_cap`` moves would be needed,
        unless most of what the search has passed is equal.
        """
        levels: _Levels = [{0: _Reached(0, 0, Move.MATCH)}]
        for _ in range(cost_cap):
            level = self._next_level(levels[-1], stable, looks_near=len(levels) <= _NEAR)
            levels.append(level)
            diagonal = self._settled(level, stable, patience)
            if diagonal is not None:
                return self._moves_to(levels, diagonal)
        return self._good_start(levels)

    def _good_start(self, levels: _Levels) -> list[PlacedPair[Entry]] | None:
        """The beginning of the path that leads furthest, if most of it is equal on both sides.

        This is the case where many small differences are close together. The last quarter is left
        out, because what comes next may show that another path is better.
        """
        furthest = max(levels[-1], key=lambda diagonal: 2 * levels[-1][diagonal].after + diagonal)
        script = self._moves_to(levels, furthest)
        script = script[: len(script) * 3 // 4]
        while script and script[-1][0] is not Move.MATCH:
            script.pop()
        same = sum(placed[0] is Move.MATCH for placed in script)
        return script if 2 * same > len(script) else None

    def _next_level(
        self, earlier: dict[int, _Reached], stable: int, *, looks_near: bool
    ) -> dict[int, _Reached]:
        """The furthest points with one move more than those of ``earlier``."""
        level: dict[int, _Reached] = {}
        left_at, right_at = self._left_at, self._right_at
        for diagonal in range(min(earlier) - 1, max(earlier) + 2):
            points: list[tuple[int, Move]] = []
            origin = earlier.get(diagonal)
            if origin is not None and self._may_change(origin.after, origin.after + diagonal):
                points.append((origin.after + 1, Move.CHANGE))
            origin = earlier.get(diagonal + 1)
            if origin is not None and left_at(origin.after) is not None:
                points.append((origin.after + 1, Move.REMOVE))
            origin = earlier.get(diagonal - 1)
            if origin is not None and right_at(origin.after + diagonal - 1) is not None:
                points.append((origin.after, Move.ADD))
            if points:
                start, move = max(points, key=lambda point: point[0])
                if looks_near and len(points) > 1:
                    start, move = self._nearest(start, move, points, diagonal)
                level[diagonal] = _Reached(start, self._slide(start, diagonal, stable), move)
        return level

    def _nearest(
        self, best: int, best_move: Move, points: list[tuple[int, Move]], diagonal: int
    ) -> tuple[int, Move]:
        """The furthest point, or an earlier one from which all entries up to it are equal.

        The earlier one has its differences closer together: it reports one changed entry rather
        than an entry removed here and one added there.
        """
        for start, move in points:
            distance = best - start
            if 0 < distance <= _NEAR and self._slide(start, diagonal, distance) == best:
                return start, move
        return best, best_move

    def _may_change(self, left_offset: int, right_offset: int) -> bool:
        left = self._left_at(left_offset)
        right = self._right_at(right_offset)
        return left is not None and right is not None and self._may_change_pair(left, right)

    def _slide(self, start: int, diagonal: int, most: int) -> int:
        """The end of the equal entries from a point on, at most ``most`` entries further."""
        left_at, right_at, same = self._left_at, self._right_at, self._same
        offset = start
        while offset < start + most:
            left = left_at(offset)
            right = right_at(offset + diagonal)
            if left is None or right is None or not same(left, right):
                break
            offset += 1
        return offset

    def _settled(self, level: dict[int, _Reached], stable: int, patience: int) -> int | None:
        """The diagonal on which both sides are in step again, None if there is none yet.

        One that reaches both ends comes first. Of several that are stable the one is taken that
        stays equal longest, up to ``patience`` entries, and of those the one closest to 0.
        """
        best: int | None = None
        candidates = []
        for diagonal, reached in level.items():
            if self._is_at_both_ends(reached.after, diagonal):
                return diagonal
            if reached.after - reached.before >= stable:
                candidates.append(diagonal)
        step = stable
        while len(candidates) > 1 and step < patience:
            going_on = []
            for diagonal in candidates:
                reached = level[diagonal]
                after = self._slide(reached.after, diagonal, step)
                level[diagonal] = reached._replace(after=after)
                if self._is_at_both_ends(after, diagonal):
                    return diagonal
                if after - reached.after == step:
                    going_on.append(diagonal)
            best = max(candidates, key=lambda d: 2 * level[d].after + d)
            candidates = going_on
            step *= 2
        if candidates:
            return min(candidates, key=abs)
        return best

    def _is_at_both_ends(self, offset: int, diagonal: int) -> bool:
        return self._left_at(offset) is None and self._right_at(offset + diagonal) is None

    def _moves_to(self, levels: _Levels, diagonal: int) -> list[PlacedPair[Entry]]:
        """The moves that lead to the furthest point of a diagonal of the last level."""
        backwards: list[PlacedPair[Entry]] = []
        for cost in range(len(levels) - 1, 0, -1):
            reached = levels[cost][diagonal]
            for offset in range(reached.after - 1, reached.before - 1, -1):
                pair = (self._left_at(offset), self._right_at(offset + diagonal))
                backwards.append((Move.MATCH, *pair))
            left = self._left_at(reached.before - 1) if reached.before else None
            right_offset = reached.before + diagonal - 1
            right = self._right_at(right_offset) if right_offset >= 0 else None
            match reached.move:
                case Move.REMOVE:
                    backwards.append((Move.REMOVE, left, None))
                    diagonal += 1
                case Move.ADD:
                    backwards.append((Move.ADD, None, right))
                    diagonal -= 1
                case move:
                    backwards.append((move, left, right))
        backwards.reverse()
        return backwards
