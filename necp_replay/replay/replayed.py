"""One replayed record, and its place among the records of a golden."""

from __future__ import annotations

from collections.abc import Callable

from necp_replay.align.up_to_renaming import RenamableEntry
from necp_replay.dataclass import dataclass
from necp_replay.events.inputs import Step
from necp_replay.events.outcome import Outcome
from necp_replay.golden.stanza import Stanza
from necp_replay.golden.stanza_entries import StanzaComparator, StanzaEntry, StanzaSide
from necp_replay.outcomes.record_difference import RecordDifference
from necp_replay.outcomes.trace_report import Verdict


@dataclass(slots=True)
class ReplayedRecord:
    """One replayed record, and how it compares with what was recorded.

    ``verdict`` is None if nothing was recorded to compare with. ``in_part`` says that unmeasured
    parts were left out of the comparison.
    """

    number: int
    step: Step
    outcome: Outcome
    verdict: Verdict | None
    difference: RecordDifference | None = None
    in_part: bool = False


class ReplayedEntry(StanzaEntry):
    """A replayed record as an entry that is aligned with the stanzas of the golden."""

    __slots__ = ("replayed",)

    def __init__(self, replayed: ReplayedRecord, stanza: Stanza, side: StanzaSide) -> None:
        super().__init__(stanza, side)
        self.replayed = replayed


class CountingComparator(StanzaComparator):
    """Counts each replayed record when it is compared with the golden, and so in order.

    The alignment looks ahead, so records are replayed before it is known what comes before them in
    the report.
    """

    def __init__(self, count: Callable[[ReplayedRecord], None]) -> None:
        super().__init__()
        self._count = count

    def place(self, left: RenamableEntry[str] | None, right: RenamableEntry[str] | None) -> bool:
        if isinstance(right, ReplayedEntry):
            self._count(right.replayed)
        return super().place(left, right)
