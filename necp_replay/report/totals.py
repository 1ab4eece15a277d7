"""The totals of a run over many traces."""

from __future__ import annotations

from collections.abc import Sequence
from operator import attrgetter
from typing import Final

from necp_replay.dataclass import dataclass
from necp_replay.outcomes.trace_report import TraceReport


@dataclass(frozen=True, slots=True)
class Totals:
    """Sums over the traces of a run. ``traces``, ``missing_goldens`` and ``errors`` count traces.

    ``differing_states`` counts final states, ``diverged_states`` traces with the hash of a state
    that is not the recorded one. All others count records, as in :class:`TraceReport`.
    """

    traces: int
    records: int
    identical: int
    different: int
    not_modelled: int
    in_part: int
    not_compared: int
    not_determined: int
    differing_states: int
    missing_records: int
    diverged_states: int
    expected: int
    expected_apart: int
    missing_goldens: int
    errors: int

    @property
    def differs(self) -> bool:
        """Whether anything differs: a record, a state, or a record that is missing."""
        return bool(
            self.different or self.differing_states or self.missing_records or self.diverged_states
        )


_SUMMED: Final = (
    *("records", "identical", "different", "not_modelled", "in_part", "not_compared"),
    *("not_determined", "differing_states", "missing_records", "diverged_states"),
    *("expected", "expected_apart"),
)
"""Counts that are summed; they have the same names in the report of a trace."""
_counts_of: Final = attrgetter(*_SUMMED)


def totals_of(traces: Sequence[TraceReport]) -> Totals:
    """Add up the counts of some traces."""
    sums = [0] * len(_SUMMED)
    missing_goldens = errors = 0
    # Each trace once: the reports of many are read from a file.
    for trace in traces:
        for place, count in enumerate(_counts_of(trace)):
            if count:
                sums[place] += count
        missing_goldens += trace.missing_golden
        errors += trace.error is not None
    return Totals(
        traces=len(traces),
        missing_goldens=missing_goldens,
        errors=errors,
        **dict(zip(_SUMMED, sums, strict=True)),
    )
