"""Counts that follow the totals of records in every report, in the same words.

They say what was not compared, and what differs that is no record of the trace.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from necp_replay.report.words import counted


class Apart(Protocol):
    """Counts of what differs and is no record of the trace."""

    @property
    def differing_states(self) -> int:
        """Final states that differ."""

    @property
    def missing_records(self) -> int:
        """Records that only a golden has."""

    @property
    def diverged_states(self) -> int:
        """Traces with the hash of a state that is not the recorded one."""


def apart_parts(counts: Apart) -> Iterator[str]:
    """``1 final state differs``, ``2 records only in goldens``: those that are not 0."""
    states, missing = counts.differing_states, counts.missing_records
    if states:
        yield f"{counted(states, 'final state')} {'differs' if states == 1 else 'differ'}"
    if diverged := counts.diverged_states:
        yield f"{counted(diverged, 'state')} with another hash than recorded"
    if missing:
        yield f"{counted(missing, 'record')} only in goldens"


class Known(Protocol):
    """Counts of records: of one trace, or of all traces of a run."""

    @property
    def in_part(self) -> int:
        """Records that were compared without their unmeasured fields."""

    @property
    def not_compared(self) -> int:
        """Records without any known outcome."""

    @property
    def not_determined(self) -> int:
        """Records that need what the trace does not know."""


def known_parts(counts: Known) -> Iterator[str]:
    """``80 compared in part``, ``2 not compared``, ``5 not determined``: those that are not 0."""
    for count, what in (
        (counts.in_part, "compared in part"),
        (counts.not_compared, "not compared"),
        (counts.not_determined, "not determined"),
    ):
        if count:
            yield f"{count:,} {what}"
