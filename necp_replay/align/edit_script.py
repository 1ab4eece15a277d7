"""The fewest insertions, deletions and changes that bring two sequences back in step.

Furthest-reaching points, as in Landau and Vishkin's algorithm: for each cost and each diagonal
(entries of the right minus entries of the left that were passed) only the furthest point is kept
that the cost reaches; what is the same from there on costs nothing. The work grows with the square
of the cost, not with the length of the sequences.
"""

from __future__ import annotations

import enum
from collections.abc import Callable
from typing import Generic, NamedTuple, TypeAlias

from necp_replay.align.look_ahead import Entry, Held


class Move(enum.Enum):
    """How an entry is placed."""

    MATCH = "both, and nothing differs"
    CHANGE = "both, and their outcome differs"
    REMOVE = "only on the left"
    ADD = "only on the right"
    REPLACE = "both, and another input stands in the place of one"


Placed: TypeAlias = tuple[Move, Entry | None, Entry | None]
"""A move with the entry of the left and that of the right, as far as it has them."""
Comparison: TypeAlias = Callable[[Entry, Entry], bool]


class _Reached(NamedTuple):
    """A point on a diagonal, in entries of the left: where the move led, and where sliding did."""

    before: int
    after: int
    move: Move


_NEAR = 8
"""So many entries earlier a difference is as good as later; looked at up to this cost."""
_Levels: TypeAlias = list[dict[int, _Reached]]


class Wave(Generic[Entry]):
    """One search from a place where the next entries are not the same.

    A search ends on a diagonal with ``stable`` entries in a row that are the same; where several
    have them, as in loops, it looks up to ``patience`` entries ahead for the one that goes on
    longest. Beyond a cost of ``cost_cap`` it gives up, unless most of what it passed is the same.
    """

    def __init__(
        self,
        left: Held[Entry],
        right: Held[Entry],
        same: Comparison[Entry],
        alike: Comparison[Entry],
    ) -> None:
        self._left_at = left.at
        self._right_at = right.at
        self._same = same
        self._alike = alike

    def script(self, stable: int, cost_cap: int, patience: int) -> list[Placed[Entry]] | None:
        """How to place the next entries of both; None where that costs more than the cap.

        What it gives ends in step: with entries that are the same, or at both ends.
        """
        levels: _Levels = [{0: _Reached(0, 0, Move.MATCH)}]
        for _ in range(cost_cap):
            level = self._next_level(levels[-1], stable, looks_near=len(levels) <= _NEAR)
            levels.append(level)
            diagonal = self._settled(level, stable, patience)
            if diagonal is not None:
                return self._moves_to(levels, diagonal)
        return self._good_start(levels)

    def _good_start(self, levels: _Levels) -> list[Placed[Entry]] | None:
        """The first part of the way that leads furthest, if most of it is the same on both sides.

        That is so where many small differences stand close together. The last part is left out:
        what comes next may show another way to be better.
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
        """The furthest point, or one shortly before it from which all is the same up to there.

        That one has its differences closer together: a change in place rather than one entry less
        here and one more there.
        """
        for start, move in points:
            distance = best - start
            if 0 < distance <= _NEAR and self._slide(start, diagonal, distance) == best:
                return start, move
        return best, best_move

    def _may_change(self, left_offset: int, right_offset: int) -> bool:
        left = self._left_at(left_offset)
        right = self._right_at(right_offset)
        return left is not None and right is not None and self._alike(left, right)

    def _slide(self, start: int, diagonal: int, most: int) -> int:
        """The end of what is the same from a point on, at most so many entries further."""
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
        """The diagonal to go on with: one that reaches both ends, else the one stable longest."""
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

    def _moves_to(self, levels: _Levels, diagonal: int) -> list[Placed[Entry]]:
        """Walk back from the end of a diagonal of the last level."""
        backwards: list[Placed[Entry]] = []
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
