"""Finds the records at the beginning that are equal in a replay and its golden, by their bytes.

Theory of operation. The text of each replayed record, as the file has it, is compared with the next
bytes of the file. Nothing of the file is parsed: text that is equal to what would be written is in
the grammar. From the first record on that differs or is missing in the file, both sides are
aligned.

Invariants. The alignment begins in the state that it would have reached itself: ids seen so far are
paired with themselves. A run of records that generate ids is given to it as a whole, because such
records may be paired in another order (``align/up_to_renaming.py``). A record is counted once, and
in order.

Cost: one rendering and one comparison of bytes for each record. Most calls of a long trace repeat,
and the text of these is remembered.
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Iterator
from typing import TypeAlias

from necp_replay.align.up_to_renaming import MOST_IN_A_RUN
from necp_replay.events.inputs import Step
from necp_replay.events.outcome import Outcome
from necp_replay.golden.reader import GoldenReader
from necp_replay.golden.stanza import Stanza
from necp_replay.golden.stanza_entries import StanzaComparator, StanzaEntry, StanzaSide
from necp_replay.outcomes.trace_report import Verdict
from necp_replay.replay.replayed import ReplayedEntry, ReplayedRecord
from necp_replay.replay.stanza_renderer import StanzaRenderer

_Left: TypeAlias = tuple[int, Step, Outcome, ReplayedRecord | None, Stanza]
"""A record that is left to the alignment. Without a ReplayedRecord it is identical to what was
recorded."""


class Passing(enum.Enum):
    """Whether a record is passed, and who counts it."""

    NO = "not passed"
    NOW = "passed, and the caller counts it"
    LATER = "passed, and counted here as soon as the alignment cannot need it"


class EqualBeginning:
    """What a replay and its golden have in common from the first record on."""

    def __init__(
        self,
        golden: GoldenReader,
        renderer: StanzaRenderer,
        count: Callable[[ReplayedRecord], None],
        count_same: Callable[[int, Step, Outcome], None],
    ) -> None:
        """Nothing is compared yet. One of the last two is told each record that is passed.

        ``count_same`` counts one that is identical to what was recorded, by its parts.
        """
        self._golden = golden
        self._renderer = renderer
        self._count = count
        self._count_same = count_same
        self._left: list[_Left] = []
        """The last records, if all of them generate ids."""
        self._first: tuple[ReplayedRecord, Stanza] | None = None
        """The first record that is not the next one of the golden."""
        self._is_over = False
        self._tried: tuple[int, Stanza | None] = (0, None)
        """The number of the last record that :meth:`passes` did not pass, and how it is shown."""
        self._skip = golden.skipper()
        self._skipped = 0
        self._ids = 0
        """Ids that were named so far, but for the first record that differs."""
        self._passed_ids = 0
        """Those of them that no record names first that is left to the alignment."""

    def passes(self, number: int, step: Step, outcome: Outcome) -> Passing:
        """Pass a record that is identical to the recorded one, without an iteration for it.

        A record that is not passed has to be given to :meth:`pass_over`, in whose iterator this is
        called.
        """
        if self._is_over:
            return Passing.NO
        block, stanza = self._renderer.block(number, step, outcome)
        if not self._skip(block):
            self._tried = number, stanza
            return Passing.NO
        self._skipped += 1
        if stanza is not None and self._renderer.generated:
            self._leave((number, step, outcome, None, stanza))
            return Passing.LATER
        if self._left:
            self._count_left()
        return Passing.NOW

    def pass_over(self, replayed: Iterator[ReplayedRecord]) -> None:
        """Skip and count equal records, up to the first one that differs."""
        renderer = self._renderer
        for each in replayed:
            record = each.number, each.step, each.outcome
            if each.number == self._tried[0]:
                self._first = each, self._tried[1] or renderer.again(*record)
                break
            block, stanza = renderer.block(*record)
            if not self._skip(block):
                self._first = each, stanza or renderer.again(*record)
                break
            self._skipped += 1
            if stanza is not None and renderer.generated:
                self._leave((*record, each, stanza))
                continue
            if self._left:
                self._count_left()
            self._count(each)
        self._is_over = True
        if self._first is not None:
            renderer.take_back_ids()
        self._golden.skipped(self._skipped, renderer.local_ids)

    def _leave(self, left: _Left) -> None:
        """Leave a record that generates ids to the alignment, if no other one comes after it."""
        if len(self._left) == MOST_IN_A_RUN:
            self._count_left()
        self._left.append(left)
        self._ids += self._renderer.generated

    def sides(
        self, replayed: Iterator[ReplayedRecord], comparator: StanzaComparator
    ) -> tuple[Iterator[StanzaEntry], Iterator[StanzaEntry]]:
        """The rest of the golden and of the replay, for the alignment."""
        ids = [f"#{number}" for number in range(1, self._passed_ids + 1)]
        comparator.renaming.pair(ids, ids)
        return self._golden_side(), self._replayed_side(replayed)

    def _count_left(self) -> None:
        for number, step, outcome, replayed, _ in self._left:
            if replayed is None:
                self._count_same(number, step, outcome)
            else:
                self._count(replayed)
        self._left.clear()
        self._passed_ids = self._ids

    def _golden_side(self) -> Iterator[StanzaEntry]:
        side = StanzaSide(self._passed_ids)
        left = [stanza for *_, stanza in self._left]
        for stanza in left:
            yield StanzaEntry(stanza, side)
        for stanza in self._golden:
            yield StanzaEntry(stanza, side)

    def _replayed_side(self, others: Iterator[ReplayedRecord]) -> Iterator[StanzaEntry]:
        side = StanzaSide(self._passed_ids)
        for number, step, outcome, replayed, stanza in self._left:
            each = replayed or ReplayedRecord(number, step, outcome, Verdict.IDENTICAL)
            yield ReplayedEntry(each, stanza, side)
        if self._first is not None:
            yield ReplayedEntry(*self._first, side)
        for each in others:
            stanza = self._renderer.stanza(each.number, each.step, each.outcome)
            yield ReplayedEntry(each, stanza, side)
