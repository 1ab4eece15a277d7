"""The findings of a check of a trace: severity, reason, and place in the file."""

from __future__ import annotations

import enum
from collections import Counter
from dataclasses import field
from typing import Final

from necp_replay.dataclass import dataclass

MAX_LISTED: Final = 20
"""This many findings of one check are listed; all are counted."""


class Severity(enum.Enum):
    """How serious a finding is."""

    ERROR = "error"
    """The file is damaged, or a record is impossible."""
    WARNING = "warning"
    """Readable, but probably not intended."""
    NOTE = "note"
    """Harmless. A trace that was started on a running system has many."""


class CheckedPart(enum.Enum):
    """What was checked when something was found."""

    DAMAGE = "damage"
    ORDER = "order"
    INDEX = "index"
    CLOSING = "closing record"
    HEADER = "header"
    CONTENT = "content"
    OUTCOME = "outcome"
    CLOCK = "clock"
    IDS = "ids"
    FDS = "fds"
    PROCESSES = "processes"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing found; ``offset`` in bytes, ``record`` by number, where there is such a place."""

    severity: Severity
    check: CheckedPart
    reason: str
    offset: int | None = None
    record: int | None = None


@dataclass(slots=True)
class Findings:
    """All that was found, in bounded memory."""

    listed: list[Finding] = field(default_factory=list)
    by_severity: Counter[Severity] = field(default_factory=Counter)
    by_check: Counter[tuple[Severity, CheckedPart]] = field(default_factory=Counter)

    def add(self, finding: Finding) -> None:
        """Count a finding, and keep it if there are not too many like it."""
        kind = (finding.severity, finding.check)
        self.by_severity[finding.severity] += 1
        self.by_check[kind] += 1
        if self.by_check[kind] <= MAX_LISTED:
            self.listed.append(finding)

    @property
    def unlisted(self) -> dict[tuple[Severity, CheckedPart], int]:
        """How many findings of each kind are not listed."""
        return {kind: n - MAX_LISTED for kind, n in self.by_check.items() if n > MAX_LISTED}
