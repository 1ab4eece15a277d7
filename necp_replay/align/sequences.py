"""Aligns two sequences as they are read, however long: what is the same, changed, gone and new.

Three means, each for what the one before cannot do in reasonable time (docs/decisions/0005):
entries that are the same are passed in step; where they are not, a wave looks for the fewest
differences; where those are many, a window that grows looks for runs that occur once on each side.
Where there are none, entries with equal keys are put beside each other, and what is left is told as
removed and added. Memory is bounded by the largest window.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Hashable, Iterable, Iterator
from dataclasses import dataclass
from math import isqrt
from typing import Final, Generic, Protocol, TypeVar

from necp_replay.align.edit_script import Comparison, Move, Placed, Wave
from necp_replay.align.look_ahead import Entry, Held
from necp_replay.align.patience import anchors, nearest_common_run

_Compared = TypeVar("_Compared", contravariant=True)

_LEAST_CAP: Final = 8
"""Every search goes up to this cost."""
_BULK: Final = 4096
"""So many entries in a row that are the same are told at once."""
_PAIRED_RUN: Final = 16
"""Longer runs of removed and added entries are blocks: none takes another's place."""
_BLOCK: Final = 64
"""So many entries of a block are removed, then so many added, and so on."""


class Likeness(Protocol[_Compared]):
    """How two entries are compared, and what entries have to be equal in to be worth comparing."""

    def same(self, left: _Compared, right: _Compared) -> bool:
        """Whether nothing differs, as far as can be told before they are placed."""

    def alike(self, left: _Compared, right: _Compared) -> bool:
        """Whether they may differ in their outcome, the input being the same."""

    def whole(self, entry: _Compared) -> Hashable:
        """Equal for all entries that can be the same."""

    def key(self, entry: _Compared) -> Hashable:
        """Equal for all entries that can be alike."""

    def kind(self, entry: _Compared) -> Hashable:
        """Equal for entries of which one may stand in the other's place."""

    def size_bytes(self, entry: _Compared) -> int:
        """About how much memory it takes."""

    def place(self, left: _Compared | None, right: _Compared | None) -> bool:
        """Take in, in order, what belongs together; whether two that seemed the same are so."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How much work and memory one place may take."""

    stable: int = 64
    """So many entries in a row that are the same end a search."""
    patience: int = 8192
    """So far a search looks ahead where several ways to go on are equally good."""
    cost_cap: int = 64
    """With more differences than this at one place, the fewest are not looked for."""
    first_window: int = 512
    """Entries of each side in which the first look for common runs is taken."""
    window: int = 57_344
    """Entries of each side in which the last one is taken, and so the most that are held."""
    window_bytes: int = 80 * 1024 * 1024
    """About so much memory those of one side may take; with larger ones the window is smaller."""


DEFAULT_LIMITS: Final = Limits()


@dataclass(frozen=True, slots=True)
class Alignment(Generic[Entry]):
    """One step of an alignment: ``same`` entries in a row that are so, or a difference.

    A difference has a ``left``, a ``right`` or both; ``move`` says what it is.
    """

    move: Move
    left: Entry | None = None
    right: Entry | None = None
    same: int = 0


def align(
    left: Iterable[Entry],
    right: Iterable[Entry],
    likeness: Likeness[Entry],
    limits: Limits = DEFAULT_LIMITS,
) -> Iterator[Alignment[Entry]]:
    """Align two sequences, each gone through once; everything in them is told, in order."""
    return _Aligner(left, right, likeness, limits).run()


@dataclass(frozen=True, slots=True)
class _Level(Generic[Entry]):
    """What counts as equal, what as a change; ``coarser`` is what is tried where all else fails."""

    same: Comparison[Entry]
    alike: Comparison[Entry]
    code: Callable[[Entry], Hashable]
    coarser: _Level[Entry] | None


class _Aligner(Generic[Entry]):
    """Both sequences, and what was told of them."""

    def __init__(
        self,
        left: Iterable[Entry],
        right: Iterable[Entry],
        likeness: Likeness[Entry],
        limits: Limits,
    ) -> None:
        self._left = Held(left)
        self._right = Held(right)
        self._likeness = likeness
        self._limits = limits
        by_key = _Level(self._alike_or_same, _never, likeness.key, None)
        self._whole = _Level(likeness.same, likeness.alike, likeness.whole, by_key)
        self._in_a_row = 0
        self._cost_cap = limits.cost_cap

    def run(self) -> Iterator[Alignment[Entry]]:
        """Go through both."""
        left, right = self._left, self._right
        while True:
            yield from self._go_in_step()
            if left.at(0) is None and right.at(0) is None:
                break
            script = self._next_script(self._whole, left, right)
            told = yield from self._told(script)
            _let_go(script[:told], left, right)
        yield from self._end_row()

    def _go_in_step(self) -> Iterator[Alignment[Entry]]:
        left, right, place = self._left, self._right, self._likeness.place
        left_at, right_at, same = left.at, right.at, self._likeness.same
        while True:
            old, new = left_at(0), right_at(0)
            if old is None or new is None or not same(old, new):
                return
            left.drop(1)
            right.drop(1)
            if not place(old, new):
                yield from self._end_row()
                yield Alignment(Move.CHANGE, old, new)
                continue
            self._in_a_row += 1
            if self._in_a_row == _BULK:
                yield from self._end_row()

    def _end_row(self) -> Iterator[Alignment[Entry]]:
        if self._in_a_row:
            yield Alignment(Move.MATCH, same=self._in_a_row)
            self._in_a_row = 0

    def _alike_or_same(self, left: Entry, right: Entry) -> bool:
        return self._likeness.alike(left, right) or self._likeness.same(left, right)

    def _next_script(
        self, level: _Level[Entry], left: Held[Entry], right: Held[Entry], *, in_gap: bool = False
    ) -> list[Placed[Entry]]:
        """How to place the next entries, which are not the same."""
        limits = self._limits
        if left.at(0) is None or right.at(0) is None:
            script = _apart(left.first(_BULK), right.first(_BULK))
        else:
            cost_cap = self._cost_cap
            if in_gap:
                # A gap is short: what a search in it may cost goes with its length.
                length = len(left.first(limits.window)) + len(right.first(limits.window))
                cost_cap = min(cost_cap, 8 + 2 * isqrt(length))
            wave = Wave(left, right, level.same, level.alike)
            found = wave.script(limits.stable, cost_cap, limits.patience)
            self._learn_from(found is not None)
            if found is not None:
                script = found
            elif in_gap:
                script = self._coarsely(
                    level, left.first(limits.window), right.first(limits.window)
                )
            else:
                script = self._find_common_runs(level, left, right)
        return script

    def _learn_from(self, success: bool) -> None:
        """Where searches have found nothing, the next one is to cost less."""
        most = self._limits.cost_cap
        doubled, halved = 2 * self._cost_cap, self._cost_cap // 2
        self._cost_cap = min(most, doubled) if success else max(min(most, _LEAST_CAP), halved)

    def _find_common_runs(
        self, level: _Level[Entry], left: Held[Entry], right: Held[Entry]
    ) -> list[Placed[Entry]]:
        """Place everything up to the last common run in the smallest window with enough of them."""
        limits, size_bytes = self._limits, self._likeness.size_bytes
        size = limits.first_window
        while True:
            lefts, left_is_whole = left.window(size, limits.window_bytes, size_bytes)
            rights, right_is_whole = right.window(size, limits.window_bytes, size_bytes)
            script = self._between_runs(level, lefts, rights)
            is_whole = left_is_whole and right_is_whole
            is_full = max(len(lefts), len(rights)) < size or size >= limits.window
            # Few common runs may be chance, and a larger window may show what belongs together.
            if script and (is_whole or is_full or _has_much_in_common(script)):
                return script
            if is_whole:
                return self._coarsely(level, lefts, rights)
            if is_full:
                break
            size = min(4 * size, limits.window)
        # The second half may have something in common with what comes next.
        half = min(len(lefts), len(rights)) // 2 + 1
        return _without_end_apart(self._coarsely(level, lefts[:half], rights[:half]))

    def _between_runs(
        self, level: _Level[Entry], lefts: list[Entry], rights: list[Entry]
    ) -> list[Placed[Entry]]:
        script: list[Placed[Entry]] = []
        here, there = 0, 0
        codes = [level.code(entry) for entry in lefts], [level.code(entry) for entry in rights]
        for run_left, run_right in anchors(*codes) or nearest_common_run(*codes):
            if run_left < here or run_right < there:
                continue
            if not level.same(lefts[run_left], rights[run_right]):
                continue
            script += self._gap(level, lefts[here:run_left], rights[there:run_right])
            here, there = run_left, run_right
            while (
                here < len(lefts) and there < len(rights) and level.same(lefts[here], rights[there])
            ):
                script.append((Move.MATCH, lefts[here], rights[there]))
                here += 1
                there += 1
        return script

    def _gap(
        self, level: _Level[Entry], lefts: list[Entry], rights: list[Entry]
    ) -> list[Placed[Entry]]:
        """What is between two common runs; the second may begin earlier than it was found."""
        end = self._common_end(level, lefts, rights)
        before_end = Held(lefts[: len(lefts) - end]), Held(rights[: len(rights) - end])
        script = list(self._steps(level, *before_end, in_gap=True))
        return script + _beside(lefts, rights, end)

    def _coarsely(
        self, level: _Level[Entry], lefts: list[Entry], rights: list[Entry]
    ) -> list[Placed[Entry]]:
        end = self._common_end(level, lefts, rights)
        before_end = lefts[: len(lefts) - end], rights[: len(rights) - end]
        if level.coarser is None:
            script = _apart(*before_end)
        else:
            script = list(self._steps(level.coarser, *map(Held, before_end), in_gap=False))
        return script + _beside(lefts, rights, end)

    def _common_end(self, level: _Level[Entry], lefts: list[Entry], rights: list[Entry]) -> int:
        """How many entries at the end of both are the same."""
        pairs = zip(reversed(lefts), reversed(rights), strict=False)
        count = 0
        for old, new in pairs:
            if not level.same(old, new):
                break
            count += 1
        return count

    def _steps(
        self, level: _Level[Entry], left: Held[Entry], right: Held[Entry], *, in_gap: bool
    ) -> Iterator[Placed[Entry]]:
        """Place all of two finite sequences."""
        while True:
            old, new = left.at(0), right.at(0)
            if old is None and new is None:
                return
            if old is not None and new is not None and level.same(old, new):
                yield (Move.MATCH, old, new)
                left.drop(1)
                right.drop(1)
            else:
                script = self._next_script(level, left, right, in_gap=in_gap)
                _let_go(script, left, right)
                yield from script

    def _told(self, script: list[Placed[Entry]]) -> Generator[Alignment[Entry], None, int]:
        """A script as steps of the alignment; returns how much of it was told.

        What it takes for the same may turn out not to be as what comes before is placed. A short
        script ends there, so that the next search knows of it.
        """
        removed: list[Entry] = []
        added: list[Entry] = []
        for told, (move, left, right) in enumerate(script):
            if left is None or right is None:
                if left is not None:
                    removed.append(left)
                if right is not None:
                    added.append(right)
                continue
            yield from self._told_apart(removed, added)
            may_end = move is Move.MATCH and told > 0 and len(script) <= _BULK
            if may_end and not self._alike_or_same(left, right):
                return told
            yield from self._told_pair(left, right)
        yield from self._told_apart(removed, added)
        return len(script)

    def _told_apart(self, removed: list[Entry], added: list[Entry]) -> Iterator[Alignment[Entry]]:
        """A run of removed and added entries, which is emptied."""
        if not removed and not added:
            return
        yield from self._end_row()
        for left, right in _in_places(removed, added, self._likeness.kind):
            if left is None or right is None:
                self._likeness.place(left, right)
                yield Alignment(Move.ADD if left is None else Move.REMOVE, left, right)
            else:
                yield from self._told_pair(left, right)
        removed.clear()
        added.clear()

    def _told_pair(self, left: Entry, right: Entry) -> Iterator[Alignment[Entry]]:
        """Two entries that are beside each other, for whatever reason."""
        is_same = self._likeness.same(left, right)
        is_alike = is_same or self._likeness.alike(left, right)
        if self._likeness.place(left, right) and is_same:
            self._in_a_row += 1
            return
        yield from self._end_row()
        yield Alignment(Move.CHANGE if is_alike else Move.REPLACE, left, right)


def _has_much_in_common(script: list[Placed[Entry]]) -> bool:
    """Whether at least every fourth step is one that finds nothing different."""
    return 4 * sum(placed[0] is Move.MATCH for placed in script) >= len(script)


def _without_end_apart(script: list[Placed[Entry]]) -> list[Placed[Entry]]:
    """A script without the entries at its end that only one side has, if it has any others.

    The script ends where its window was cut: what they belong to may come next.
    """
    end = len(script)
    while end and None in script[end - 1][1:]:
        end -= 1
    return script[:end] or script


def _let_go(script: list[Placed[Entry]], left: Held[Entry], right: Held[Entry]) -> None:
    """What was placed is not held any more."""
    left.drop(sum(placed[1] is not None for placed in script))
    right.drop(sum(placed[2] is not None for placed in script))


def _never(left: object, right: object) -> bool:
    """Whether two entries may differ in their outcome: where outcomes do not count, no."""
    return False


def _beside(lefts: list[Entry], rights: list[Entry], end: int) -> list[Placed[Entry]]:
    """The last entries of both, which are the same."""
    starts = len(lefts) - end, len(rights) - end
    pairs = zip(lefts[starts[0] :], rights[starts[1] :], strict=True)
    return [(Move.MATCH, old, new) for old, new in pairs]


def _apart(lefts: list[Entry], rights: list[Entry]) -> list[Placed[Entry]]:
    """Everything removed and added, in turns, so that neither is told long before the other."""
    script: list[Placed[Entry]] = []
    for start in range(0, max(len(lefts), len(rights)), _BLOCK):
        script += [(Move.REMOVE, entry, None) for entry in lefts[start : start + _BLOCK]]
        script += [(Move.ADD, None, entry) for entry in rights[start : start + _BLOCK]]
    return script


def _in_places(
    removed: list[Entry], added: list[Entry], kind: Callable[[Entry], Hashable]
) -> list[tuple[Entry | None, Entry | None]]:
    """Pairs of one kind that stand in each other's place, in order, and what has no partner."""
    pairs: list[tuple[int, int]] = []
    if len(removed) <= _PAIRED_RUN and len(added) <= _PAIRED_RUN:
        pairs = _common([kind(entry) for entry in removed], [kind(entry) for entry in added])
    elif len(removed) == len(added):
        both = zip(removed, added, strict=True)
        pairs = [(i, i) for i, (old, new) in enumerate(both) if kind(old) == kind(new)]
    placed: list[tuple[Entry | None, Entry | None]] = []
    here, there = 0, 0
    for left, right in [*pairs, (len(removed), len(added))]:
        placed += [(entry, None) for entry in removed[here:left]]
        placed += [(None, entry) for entry in added[there:right]]
        if left < len(removed):
            placed.append((removed[left], added[right]))
        here, there = left + 1, right + 1
    return placed


def _common(left: list[Hashable], right: list[Hashable]) -> list[tuple[int, int]]:
    """Positions of the longest common subsequence of two short lists."""
    lengths = [[0] * (len(right) + 1) for _ in range(len(left) + 1)]
    for i in reversed(range(len(left))):
        for j in reversed(range(len(right))):
            lengths[i][j] = max(
                lengths[i + 1][j],
                lengths[i][j + 1],
                lengths[i + 1][j + 1] + 1 if left[i] == right[j] else 0,
            )
    pairs = []
    i = j = 0
    while i < len(left) and j < len(right):
        if left[i] == right[j] and lengths[i][j] == lengths[i + 1][j + 1] + 1:
            pairs.append((i, j))
            i += 1
            j += 1
        elif lengths[i + 1][j] >= lengths[i][j + 1]:
            i += 1
        else:
            j += 1
    return pairs
