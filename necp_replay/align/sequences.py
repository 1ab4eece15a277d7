"""Aligns two sequences of any length while reading each of them once.

Theory of operation
-------------------
The result is an edit script: in order, runs of equal entries, and entries that are changed,
removed, added or replaced. Entries that are equal on both sides are passed in step and dropped at
once. At the first pair that differs, three methods are tried, each for what the one before it
cannot do in reasonable time (docs/decisions/0005-alignment.md has the reasons, ``make bench-align``
measures it):

1. The shortest edit script back to equal entries (``edit_script.py``: Myers' greedy method). Exact,
   but its work grows with the square of the number of differences, so it is capped.
2. Common runs (``patience.py``: patience diff with runs of entries as anchors), in a window that
   grows until enough of it belongs together. Between two anchors the first method is used.
3. Without common runs, the comparison becomes coarser: entries with equal keys are paired, whatever
   their outcomes. The remaining entries are removed and added.

Invariants: every entry of both sides occurs in exactly one edit, in its order. An entry is dropped
once it is placed, and placed only once. ``Comparator.place`` is called for every entry or pair, in
order, before its edit is returned; a comparator that pairs ids depends on that. It may find that
two entries that looked equal are not; they are then reported as a change.

Cost: linear where the sequences are equal; memory is bounded by the largest window of both sides.
After searches without success the next ones are capped at less, so that sequences with nothing in
common take linear time too.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Hashable, Iterable, Iterator
from math import isqrt
from typing import Final, Generic, Protocol, TypeVar

from necp_replay.align.edit_script import Comparison, EditSearch, Move, PlacedPair
from necp_replay.align.look_ahead import Entry, LookAhead
from necp_replay.align.patience import nearest_common_run, unique_common_runs
from necp_replay.dataclass import dataclass

_Compared = TypeVar("_Compared", contravariant=True)

_LEAST_CAP: Final = 8
"""The cap is never lowered below this cost, at which a search takes next to no time."""
_BULK: Final = 4096
"""Equal entries are reported at least this often, so that a caller can show progress."""
_PAIRED_RUN: Final = 16
"""Up to this many removed and added entries in a row are paired, by kind, as replacements.

Longer runs are blocks that were inserted or removed.
"""
_BLOCK: Final = 64
"""Two long unrelated blocks are reported in turns of this many entries, removed and added.

So neither side runs far ahead of the other.
"""


class Comparator(Protocol[_Compared]):
    """How entries are compared."""

    def same(self, left: _Compared, right: _Compared) -> bool:
        """Whether two entries are equal, as far as can be said before they are placed."""

    def may_change(self, left: _Compared, right: _Compared) -> bool:
        """Whether two entries may be reported as a change: the same input, another outcome."""

    def full_key(self, entry: _Compared) -> Hashable:
        """The same for all entries that are equal."""

    def key(self, entry: _Compared) -> Hashable:
        """The same for all entries that may be reported as a change."""

    def kind(self, entry: _Compared) -> Hashable:
        """The same for entries that may be reported as a replacement."""

    def size_bytes(self, entry: _Compared) -> int:
        """About how much memory an entry takes."""

    def place(self, left: _Compared | None, right: _Compared | None) -> bool:
        """Take note of two entries that belong together, or of one without a partner (None).

        Called in order. Returns False if two entries that looked equal turn out not to be.
        """


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits of work and memory at one place where the sequences differ."""

    stable: int = 64
    """Equal entries in a row after which the sequences count as being in step again."""
    patience: int = 8192
    """How far a search looks ahead if several ways to go on are equally good."""
    cost_cap: int = 64
    """With more differences than this at one place, the shortest edit script is not looked for."""
    first_window: int = 512
    """Entries of each side in which common runs are looked for first."""
    window: int = 57_344
    """Entries of each side in which they are looked for last: the most that are buffered."""
    window_bytes: int = 80 * 1024 * 1024
    """About the most memory that the entries of one side may take. It makes a window smaller."""


DEFAULT_LIMITS: Final = Limits()


@dataclass(frozen=True, slots=True)
class Edit(Generic[Entry]):
    """One edit of the alignment: a number of equal entries (``same``), or one difference.

    A difference has a ``left``, a ``right`` or both; ``move`` says what it is.
    """

    move: Move
    left: Entry | None = None
    right: Entry | None = None
    same: int = 0


def align(
    left: Iterable[Entry],
    right: Iterable[Entry],
    comparator: Comparator[Entry],
    limits: Limits = DEFAULT_LIMITS,
) -> Iterator[Edit[Entry]]:
    """Align two sequences. Reads each of them once, as far as the edits are asked for."""
    return _Aligner(left, right, comparator, limits).run()


@dataclass(frozen=True, slots=True)
class _Level(Generic[Entry]):
    """How strictly entries are compared; ``coarser`` is the level to fall back to.

    ``code`` is the key of an entry, equal for entries that are the same on this level.
    """

    same: Comparison[Entry]
    may_change: Comparison[Entry]
    code: Callable[[Entry], Hashable]
    coarser: _Level[Entry] | None


class _Aligner(Generic[Entry]):
    """One alignment in progress: the rest of both sequences, and what is to be reported."""

    def __init__(
        self,
        left: Iterable[Entry],
        right: Iterable[Entry],
        comparator: Comparator[Entry],
        limits: Limits,
    ) -> None:
        self._left = LookAhead(left)
        self._right = LookAhead(right)
        self._comparator = comparator
        self._limits = limits
        by_key = _Level(self._may_change_or_same, _never, comparator.key, None)
        self._full = _Level(comparator.same, comparator.may_change, comparator.full_key, by_key)
        self._in_a_row = 0
        self._cost_cap = limits.cost_cap

    def run(self) -> Iterator[Edit[Entry]]:
        """Go through both sequences."""
        left, right = self._left, self._right
        while True:
            yield from self._go_in_step()
            if left.at(0) is None and right.at(0) is None:
                break
            script = self._next_script(self._full, left, right)
            reported = yield from self._edits_of(script)
            _drop_placed(script[:reported], left, right)
        yield from self._end_row()

    def _go_in_step(self) -> Iterator[Edit[Entry]]:
        left, right, place = self._left, self._right, self._comparator.place
        left_at, right_at, same = left.at, right.at, self._comparator.same
        while True:
            old, new = left_at(0), right_at(0)
            if old is None or new is None or not same(old, new):
                return
            left.drop(1)
            right.drop(1)
            if not place(old, new):
                yield from self._end_row()
                yield Edit(Move.CHANGE, old, new)
                continue
            self._in_a_row += 1
            if self._in_a_row == _BULK:
                yield from self._end_row()

    def _end_row(self) -> Iterator[Edit[Entry]]:
        """Report the equal entries so far."""
        if self._in_a_row:
            yield Edit(Move.MATCH, same=self._in_a_row)
            self._in_a_row = 0

    def _may_change_or_same(self, left: Entry, right: Entry) -> bool:
        return self._comparator.may_change(left, right) or self._comparator.same(left, right)

    def _next_script(
        self,
        level: _Level[Entry],
        left: LookAhead[Entry],
        right: LookAhead[Entry],
        *,
        in_gap: bool = False,
    ) -> list[PlacedPair[Entry]]:
        """How to place the next entries, which differ. ``in_gap``: between two common runs."""
        limits = self._limits
        if left.at(0) is None or right.at(0) is None:
            script = _apart(left.first(_BULK), right.first(_BULK))
        else:
            cost_cap = self._cost_cap
            if in_gap:
                # A gap is short, so a search in it may cost only as much as fits its length.
                length = len(left.first(limits.window)) + len(right.first(limits.window))
                cost_cap = min(cost_cap, 8 + 2 * isqrt(length))
            search = EditSearch(left, right, level.same, level.may_change)
            found = search.script(limits.stable, cost_cap, limits.patience)
            self._adapt_cap(found is not None)
            if found is not None:
                script = found
            elif in_gap:
                script = self._coarsely(
                    level, left.first(limits.window), right.first(limits.window)
                )
            else:
                script = self._find_common_runs(level, left, right)
        return script

    def _adapt_cap(self, success: bool) -> None:
        """Halve the cap after a search without success, and double it after one with."""
        most = self._limits.cost_cap
        doubled, halved = 2 * self._cost_cap, self._cost_cap // 2
        self._cost_cap = min(most, doubled) if success else max(min(most, _LEAST_CAP), halved)

    def _find_common_runs(
        self, level: _Level[Entry], left: LookAhead[Entry], right: LookAhead[Entry]
    ) -> list[PlacedPair[Entry]]:
        """Place everything up to the last common run of the smallest window with enough of them."""
        limits, size_bytes = self._limits, self._comparator.size_bytes
        size = limits.first_window
        while True:
            lefts, left_is_whole = left.window(size, limits.window_bytes, size_bytes)
            rights, right_is_whole = right.window(size, limits.window_bytes, size_bytes)
            script = self._between_runs(level, lefts, rights)
            is_whole = left_is_whole and right_is_whole
            is_full = max(len(lefts), len(rights)) < size or size >= limits.window
            # A few common runs may be accidental. A larger window may show what belongs together.
            if script and (is_whole or is_full or _has_much_in_common(script)):
                return script
            if is_whole:
                return self._coarsely(level, lefts, rights)
            if is_full:
                break
            size = min(4 * size, limits.window)
        # Only half of the window, since the other half may have much in common with what follows.
        half = min(len(lefts), len(rights)) // 2 + 1
        return _without_lone_end(self._coarsely(level, lefts[:half], rights[:half]))

    def _between_runs(
        self, level: _Level[Entry], lefts: list[Entry], rights: list[Entry]
    ) -> list[PlacedPair[Entry]]:
        """Place two windows up to the end of their last common run; empty without any."""
        script: list[PlacedPair[Entry]] = []
        here, there = 0, 0
        codes = [level.code(entry) for entry in lefts], [level.code(entry) for entry in rights]
        for run_left, run_right in unique_common_runs(*codes) or nearest_common_run(*codes):
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
    ) -> list[PlacedPair[Entry]]:
        """Place what is between two common runs. The second may begin earlier than it was found."""
        end = self._common_end(level, lefts, rights)
        before_end = LookAhead(lefts[: len(lefts) - end]), LookAhead(rights[: len(rights) - end])
        script = list(self._steps(level, *before_end, in_gap=True))
        return script + _pairs_at_end(lefts, rights, end)

    def _coarsely(
        self, level: _Level[Entry], lefts: list[Entry], rights: list[Entry]
    ) -> list[PlacedPair[Entry]]:
        """Place two windows on the coarser level; on the coarsest everything differs."""
        end = self._common_end(level, lefts, rights)
        before_end = lefts[: len(lefts) - end], rights[: len(rights) - end]
        if level.coarser is None:
            script = _apart(*before_end)
        else:
            script = list(self._steps(level.coarser, *map(LookAhead, before_end), in_gap=False))
        return script + _pairs_at_end(lefts, rights, end)

    def _common_end(self, level: _Level[Entry], lefts: list[Entry], rights: list[Entry]) -> int:
        """How many entries at the end of both are equal."""
        pairs = zip(reversed(lefts), reversed(rights), strict=False)
        count = 0
        for old, new in pairs:
            if not level.same(old, new):
                break
            count += 1
        return count

    def _steps(
        self,
        level: _Level[Entry],
        left: LookAhead[Entry],
        right: LookAhead[Entry],
        *,
        in_gap: bool,
    ) -> Iterator[PlacedPair[Entry]]:
        """Place all entries of two finite sequences."""
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
                _drop_placed(script, left, right)
                yield from script

    def _edits_of(self, script: list[PlacedPair[Entry]]) -> Generator[Edit[Entry], None, int]:
        """Report a script; returns how many of its moves were reported.

        Placing the first entries may show that later ones, which the script takes for equal, are
        not. A short script is reported only up to there, so that the next search takes it into
        account.
        """
        removed: list[Entry] = []
        added: list[Entry] = []
        for reported, (move, left, right) in enumerate(script):
            if left is None or right is None:
                if left is not None:
                    removed.append(left)
                if right is not None:
                    added.append(right)
                continue
            yield from self._edits_of_lone(removed, added)
            may_end = move is Move.MATCH and reported > 0 and len(script) <= _BULK
            if may_end and not self._may_change_or_same(left, right):
                return reported
            yield from self._edits_of_pair(left, right)
        yield from self._edits_of_lone(removed, added)
        return len(script)

    def _edits_of_lone(self, removed: list[Entry], added: list[Entry]) -> Iterator[Edit[Entry]]:
        """Report a run of removed and added entries, and empty both lists."""
        if not removed and not added:
            return
        yield from self._end_row()
        for left, right in _replacements(removed, added, self._comparator.kind):
            if left is None or right is None:
                self._comparator.place(left, right)
                yield Edit(Move.ADD if left is None else Move.REMOVE, left, right)
            else:
                yield from self._edits_of_pair(left, right)
        removed.clear()
        added.clear()

    def _edits_of_pair(self, left: Entry, right: Entry) -> Iterator[Edit[Entry]]:
        """Report a pair, comparing it again now that everything before it is placed."""
        is_same = self._comparator.same(left, right)
        may_change = is_same or self._comparator.may_change(left, right)
        if self._comparator.place(left, right) and is_same:
            self._in_a_row += 1
            return
        yield from self._end_row()
        yield Edit(Move.CHANGE if may_change else Move.REPLACE, left, right)


def _has_much_in_common(script: list[PlacedPair[Entry]]) -> bool:
    """Whether at least a fourth of the moves are matches."""
    return 4 * sum(placed[0] is Move.MATCH for placed in script) >= len(script)


def _without_lone_end(script: list[PlacedPair[Entry]]) -> list[PlacedPair[Entry]]:
    """A script without the entries at its end that have no partner, if it has any other moves.

    The window was cut there, so their partners may come next.
    """
    end = len(script)
    while end and None in script[end - 1][1:]:
        end -= 1
    return script[:end] or script


def _drop_placed(
    script: list[PlacedPair[Entry]], left: LookAhead[Entry], right: LookAhead[Entry]
) -> None:
    """Drop the entries that were placed."""
    left.drop(sum(placed[1] is not None for placed in script))
    right.drop(sum(placed[2] is not None for placed in script))


def _never(left: object, right: object) -> bool:
    """On the coarser level outcomes do not count, so no pair is a change."""
    return False


def _pairs_at_end(lefts: list[Entry], rights: list[Entry], end: int) -> list[PlacedPair[Entry]]:
    """The last ``end`` entries of both, which are equal."""
    starts = len(lefts) - end, len(rights) - end
    pairs = zip(lefts[starts[0] :], rights[starts[1] :], strict=True)
    return [(Move.MATCH, old, new) for old, new in pairs]


def _apart(lefts: list[Entry], rights: list[Entry]) -> list[PlacedPair[Entry]]:
    """Everything removed and added, in alternating blocks."""
    script: list[PlacedPair[Entry]] = []
    for start in range(0, max(len(lefts), len(rights)), _BLOCK):
        script += [(Move.REMOVE, entry, None) for entry in lefts[start : start + _BLOCK]]
        script += [(Move.ADD, None, entry) for entry in rights[start : start + _BLOCK]]
    return script


def _replacements(
    removed: list[Entry], added: list[Entry], kind: Callable[[Entry], Hashable]
) -> list[tuple[Entry | None, Entry | None]]:
    """Removed and added entries, those of one kind paired as replacements, all in order."""
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
