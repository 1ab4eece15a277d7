"""What a replay found out about traces: plain results, as tables and JSON are made from."""

from __future__ import annotations

import enum
from dataclasses import dataclass, field
from typing import Final

from necp_replay.replay.compare import Difference
from necp_replay.replay.timeline import Timeline

FINAL_TITLE: Final = "final state"
"""The title of a difference that is not a record's, but the state's after the last one."""


class Truth(enum.Enum):
    """What an outcome was compared with."""

    RECORDED = "recorded"
    GOLDEN = "golden"
    RELEASE = "release"
    FILE = "file"


class Verdict(enum.Enum):
    """How a trace fared; the first that holds, from the worst."""

    ERROR = "error"
    DIFFERENT = "different"
    NOT_MODELLED = "not modelled"
    IDENTICAL = "identical"


@dataclass(frozen=True, slots=True)
class FilePlace:
    """Where two files differ: the record's number in each, None where a file has none.

    ``is_replaced`` says that the records are of one kind, but with another input.
    """

    left: int | None
    right: int | None
    is_replaced: bool = False

    @property
    def move(self) -> str:
        """``changed``, ``replaced``, ``removed`` (only in the left) or ``added``."""
        if self.right is None:
            return "removed"
        if self.left is None:
            return "added"
        return "replaced" if self.is_replaced else "changed"

    def __str__(self) -> str:
        """``A 3, B 4``; one of both where only one file has the record."""
        sides = (("A", self.left), ("B", self.right))
        return ", ".join(f"{name} {number}" for name, number in sides if number is not None)


@dataclass(slots=True)
class RecordDifference:
    """One record whose outcome is not the expected one.

    ``record`` is None for the final state and for what only the expected side has. ``kind`` is the
    input's name, or the action's (``REMOVE``). ``fingerprint`` is the same for every difference of
    the same kind, in any trace. ``follows`` is the record that began the chain this one belongs to,
    None where it begins one itself; ``followers`` counts the rest of its chain. ``fact`` names the
    profile fact that explains it, ``rule`` the number of the rule that expects it.
    ``from_golden`` is how a record that differs from what was recorded differs from its golden:
    in nothing, where the golden says what was replayed; None where there is no golden to compare.

    Of two files ``place`` is where they differ and ``follows_place`` where the chain begins;
    ``record`` is the number in the left one, or in the right one where only that has the record.
    """

    record: int | None
    title: str
    truth: Truth
    differences: list[Difference]
    context: list[str] = field(default_factory=list)
    kind: str = ""
    fingerprint: str = ""
    follows: int | None = None
    followers: int = 0
    fact: str | None = None
    rule: int | None = None
    sides: Sides | None = None
    from_golden: list[Difference] | None = None
    place: FilePlace | None = None
    follows_place: FilePlace | None = None

    @property
    def group(self) -> str:
        """Under which differences of the same cause are gathered: the fact, or the fingerprint."""
        return self.fact or self.fingerprint


@dataclass(frozen=True, slots=True)
class Sides:
    """Both outcomes whole, as lines of decoded text, and the record's bytes in JSON lines.

    Kept only where a report asks for it. ``passed`` is what the process passed, decoded. ``raw_*``
    is None where a side has nothing of the kind.
    """

    expected: tuple[str, ...]
    actual: tuple[str, ...]
    raw_input: str | None = None
    raw_expected: str | None = None
    raw_actual: str | None = None
    passed: tuple[str, ...] = ()


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
