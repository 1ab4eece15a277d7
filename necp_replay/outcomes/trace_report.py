"""The report of one trace: its verdict, how many records differ, and examples of differences."""

from __future__ import annotations

import enum
from collections.abc import Iterable
from dataclasses import field
from typing import TYPE_CHECKING

from necp_replay.dataclass import dataclass
from necp_replay.errors import NecpReplayError, TraceError, UnforeseenError
from necp_replay.outcomes.safe_text import visible

if TYPE_CHECKING:
    # A run of which everything is remembered knows no difference, and imports nothing for them.
    from necp_replay.outcomes.record_difference import RecordDifference
    from necp_replay.outcomes.timeline import Timeline


class Verdict(enum.Enum):
    """The result of a trace, from the worst to the best. The first that holds counts."""

    ERROR = "error"
    DIFFERENT = "different"
    NOT_MODELLED = "not modelled"
    IDENTICAL = "identical"


@dataclass(slots=True)
class KindCount:
    """Chains of one group in a trace (``begun``), and their followers."""

    begun: int = 0
    followed: int = 0


@dataclass(slots=True)
class TraceReport:
    """What was found in one trace on one release. Counts are records; ``seconds`` is wall time.

    ``records`` counts all records; ``identical``, ``different`` and ``not_modelled`` those that
    were compared. ``in_part`` counts those among them of which some fields were unmeasured, and so
    not compared. ``not_compared`` counts records without any known outcome, ``not_determined``
    those that need what the trace does not know. So ``records`` is the sum of ``identical``,
    ``different``, ``not_modelled``, ``not_compared`` and ``not_determined``. What differs and is no
    record of the trace is counted apart: ``differing_states`` is 1 if its final state does,
    ``diverged_states`` is 1 if the hash of a state is not the recorded one, and ``missing_records``
    counts the records that only the golden has. ``is_measured`` says that the outcomes are those of
    real code. ``examples`` are the differences that are kept whole; ``kinds``
    counts all of them by :attr:`RecordDifference.group`. ``expected`` counts the records whose
    differences rules expect completely; they are among ``identical``. ``expected_apart`` counts the
    same of final states and missing records. ``hidden`` counts, by the number of a rule, the
    records in which it hid something. ``scenario`` is FILE::NAME if the trace was recorded from a
    scenario. ``timeline`` is None unless a report asked for it. ``without_golden`` is why a
    trace of a scenario was compared with its recorded outcomes only; None if it was not.
    ``from_cache`` says that the trace was not replayed: it was identical in an earlier run, and
    nothing has changed since.
    """

    path: str
    release: str
    records: int = 0
    identical: int = 0
    different: int = 0
    not_modelled: int = 0
    in_part: int = 0
    not_compared: int = 0
    not_determined: int = 0
    differing_states: int = 0
    missing_records: int = 0
    diverged_states: int = 0
    seconds: float = 0.0
    golden: str | None = None
    missing_golden: bool = False
    without_golden: str | None = None
    error: str | None = None
    hint: str | None = None
    examples: list[RecordDifference] = field(default_factory=list)
    first_not_modelled: str | None = None
    first_not_determined: str | None = None
    kinds: dict[str, KindCount] = field(default_factory=dict)
    expected: int = 0
    expected_apart: int = 0
    hidden: dict[int, int] = field(default_factory=dict)
    scenario: str = ""
    is_measured: bool = False
    timeline: Timeline | None = None
    unforeseen: str = ""
    """The traceback of an unforeseen exception, which is the error then."""
    from_cache: bool = False

    def fail(self, error: NecpReplayError) -> None:
        """Let an error be the verdict. Names of files in it can hold control characters."""
        self.error = "\n".join(map(visible, str(error).split("\n")))
        self.hint = "\n".join(map(visible, self._hint_of(error).split("\n")))
        if isinstance(error, UnforeseenError):
            self.unforeseen = error.traceback

    def _hint_of(self, error: NecpReplayError) -> str:
        from necp_replay.outcomes.shell_text import hint_about, shown_path  # Most do not fail.

        return hint_about(error.hint, shown_path(self.path))

    def check_ran(self) -> None:
        """Raise the error that is the verdict, if there is one."""
        if self.unforeseen:
            raise UnforeseenError(str(self.error), lines=self.unforeseen)
        if self.error is not None:
            raise TraceError(self.error, hint=self.hint)

    @property
    def compared(self) -> int:
        """Records that were compared with something, including those that are not modelled."""
        return self.identical + self.different + self.not_modelled

    @property
    def differs(self) -> bool:
        """Whether a record or a state differs, or a record is missing."""
        return bool(
            self.different or self.differing_states or self.missing_records or self.diverged_states
        )

    @property
    def verdict(self) -> Verdict:
        """The verdict on the trace."""
        if self.error is not None:
            return Verdict.ERROR
        if self.differs or self.missing_golden:
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
"""The exit status of each verdict, in the order in which they count if traces have several."""


UNFORESEEN_STATUS = 70
"""The exit status after an unforeseen exception. No verdict has it."""


def exit_status(reports: Iterable[TraceReport], *, are_some: bool) -> int:
    """The exit status of a run over these traces; identical ones may be left out.

    ``are_some`` says that it had traces. A run without any trace could not run (2).
    """
    verdicts = {report.verdict for report in reports}
    for verdict in (Verdict.ERROR, Verdict.DIFFERENT, Verdict.NOT_MODELLED):
        if verdict in verdicts:
            return EXIT_STATUS[verdict]
    return 0 if are_some else EXIT_STATUS[Verdict.ERROR]
