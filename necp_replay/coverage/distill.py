"""The cheapest traces that together exercise everything that a corpus exercises.

It takes many replays to find out which facts a trace exercises, so this is done for few traces.
First, a cover of all other points is chosen. For each fact that its traces do not exercise, a trace
that is known to exercise it is added. Last, traces are dropped whose points the other traces have.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import field
from typing import Final

from necp_replay.coverage.points import Point
from necp_replay.coverage.set_cover import cheapest_cover
from necp_replay.coverage.traces import ReadTrace, read_trace
from necp_replay.dataclass import dataclass
from necp_replay.trace.find import FoundTrace

_COST_OF_TRACE: Final = 20
"""What opening a trace costs, in records that are replayed."""


@dataclass(frozen=True, slots=True)
class KeptTrace:
    """A trace of the distilled set. ``brings`` are the points that none before it has."""

    trace: FoundTrace
    records: int
    brings: tuple[Point, ...]


@dataclass(frozen=True, slots=True)
class Distilled:
    """The kept traces, the one that adds the most points first.

    ``traces``, ``records`` and ``points`` count those of the whole corpus. ``is_cheapest`` says
    that no other set costs less: the sum of its records, and 20 for each of its traces.
    """

    kept: tuple[KeptTrace, ...]
    traces: int
    records: int
    points: int
    is_cheapest: bool


@dataclass(slots=True)
class Distiller:
    """Takes traces one after the other, and then chooses. It does not store their records."""

    record_limit_s: float | None = None
    _traces: list[FoundTrace] = field(default_factory=list)
    _records: list[int] = field(default_factory=list)
    _points: list[set[Point]] = field(default_factory=list)
    _witness: dict[Point, int] = field(default_factory=dict)
    """For each fact the first trace that exercises it."""

    def add(self, trace: FoundTrace) -> None:
        """Read a trace. Raises TraceError."""
        read = read_trace(trace, self.record_limit_s)
        facts = read.facts(self._witness)
        index = len(self._traces)
        self._traces.append(trace)
        self._records.append(len(read.steps))
        self._points.append({*read.counts, *facts})
        self._witness.update(dict.fromkeys(facts, index))

    def distilled(self, each: Callable[[list[int]], Iterable[int]] = iter) -> Distilled:
        """Choose. ``each`` gives the traces that are read again, and may show progress."""
        facts = set(self._witness)
        numbers: dict[Point, int] = {}
        sets = []
        for points in self._points:
            bits = 0
            for point in points - facts:
                bits |= 1 << numbers.setdefault(point, len(numbers))
            sets.append(bits)
        costs = [records + _COST_OF_TRACE for records in self._records]
        cover = cheapest_cover(sets, costs)
        chosen = list(cover.chosen)
        for index in each(chosen):
            self._find_facts(index, facts)
        found = set().union(*(self._points[index] for index in chosen))
        added = 0
        while missing := facts - found:
            index = min(self._witness[fact] for fact in missing)
            self._find_facts(index, facts)
            chosen.append(index)
            found |= self._points[index]
            added += 1
        kept = self._without_superfluous(chosen, costs)
        return Distilled(
            self._ordered(kept, costs),
            len(self._traces),
            sum(self._records),
            len(numbers) + len(facts),
            cover.is_cheapest and not added,
        )

    def _find_facts(self, index: int, facts: set[Point]) -> None:
        """Find out all facts of a trace that some trace exercises."""
        read: ReadTrace = read_trace(self._traces[index], self.record_limit_s)
        self._points[index] |= {*read.facts(self._points[index])} & facts

    def _without_superfluous(self, chosen: list[int], costs: list[int]) -> list[int]:
        kept = set(chosen)
        for index in sorted(chosen, key=lambda each: (-costs[each], each)):
            others = set().union(*(self._points[other] for other in kept - {index}))
            if self._points[index] <= others:
                kept.discard(index)
        return sorted(kept)

    def _ordered(self, kept: list[int], costs: list[int]) -> tuple[KeptTrace, ...]:
        """The kept traces, ordered greedily by how many points each adds for its cost."""
        left, had = set(kept), set[Point]()
        ordered = []
        while left:
            index = max(left, key=lambda each: (len(self._points[each] - had) / costs[each], -each))
            left.discard(index)
            brings = sorted(self._points[index] - had, key=str)
            had |= self._points[index]
            ordered.append(KeptTrace(self._traces[index], self._records[index], tuple(brings)))
        return tuple(ordered)
