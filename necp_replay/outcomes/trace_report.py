"""What was found in one trace: how many records differ, and examples of them."""

from __future__ import annotations

import enum
from dataclasses import dataclass, field

from necp_replay.outcomes.record_difference import RecordDifference
from necp_replay.outcomes.timeline import Timeline


class Verdict(enum.Enum):
    """How a trace fared; the first that holds, from the worst."""

    ERROR = "error"
    DIFFERENT = "different"
    NOT_MODELLED = "not modelled"
    IDENTICAL = "identical"


@dataclass(slots=True)
class KindCount:
    """How often differences of one group came up in a trace: chains begun, and what followed."""

    begun: int = 0
    followed: int = 0


@dataclass(slots=True)
class TraceReport:
    """One trace replayed on one release. Counts are records; ``seconds`` is wall time.

    ``records`` counts all, of which ``identical``, ``different`` and ``not_modelled`` were
    compared. ``examples`` holds the first few differing records that begin a chain; ``kinds``
    counts all of them by :attr:`RecordDifference.group`. ``expected`` counts records (and the
    final state) whose differences rules expect, the records being among ``identical``; ``hidden``
    counts by the number of a rule where it hid something. ``scenario`` is FILE::NAME of what the
    trace was recorded from, if that was a scenario. ``timeline`` is there where a report asked for
    it.
    """

    path: str
    release: str
    records: int = 0
    identical: int = 0
    different: int = 0
    not_modelled: int = 0
    seconds: float = 0.0
    golden: str | None = None
    missing_golden: bool = False
    error: str | None = None
    hint: str | None = None
    examples: list[RecordDifference] = field(default_factory=list)
    first_not_modelled: str | None = None
    kinds: dict[str, KindCount] = field(default_factory=dict)
    expected: int = 0
    hidden: dict[int, int] = field(default_factory=dict)
    scenario: str = ""
    timeline: Timeline | None = None

    @property
    def compared(self) -> int:
        """Records that were compared with something, those not modelled included."""
        return self.identical + self.different + self.not_modelled

    @property
    def verdict(self) -> Verdict:
        """The worst that holds of this trace."""
        if self.error is not None:
            return Verdict.ERROR
        if self.different or self.missing_golden:
            return Verdict.DIFFERENT
        if self.not_modelled:
            return Verdict.NOT_MODELLED
        return Verdict.IDENTICAL


EXIT_STATUS = {
    Verdict.ERROR: 2,
    Verdict.DIFFERENT: 1,
    Verdict.NOT_MODELLED: 3,
    Verdict.IDENTICAL: 0,
}
"""The exit status that a verdict asks for; when several hold the first in this order counts."""


def exit_status(reports: list[TraceReport]) -> int:
    """The exit status of a run over these traces; no trace at all could not run: 2."""
    verdicts = {report.verdict for report in reports}
    for verdict in (Verdict.ERROR, Verdict.DIFFERENT, Verdict.NOT_MODELLED):
        if verdict in verdicts:
            return EXIT_STATUS[verdict]
    return 0 if reports else EXIT_STATUS[Verdict.ERROR]
