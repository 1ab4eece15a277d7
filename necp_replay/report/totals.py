"""The totals of a run over many traces."""

from __future__ import annotations

from collections.abc import Sequence

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


def totals_of(traces: Sequence[TraceReport]) -> Totals:
    """Add up the counts of some traces."""
    return Totals(
        traces=len(traces),
        records=sum(trace.records for trace in traces),
        identical=sum(trace.identical for trace in traces),
        different=sum(trace.different for trace in traces),
        not_modelled=sum(trace.not_modelled for trace in traces),
        in_part=sum(trace.in_part for trace in traces),
        not_compared=sum(trace.not_compared for trace in traces),
        not_determined=sum(trace.not_determined for trace in traces),
        differing_states=sum(trace.differing_states for trace in traces),
        missing_records=sum(trace.missing_records for trace in traces),
        diverged_states=sum(trace.diverged_states for trace in traces),
        expected_apart=sum(trace.expected_apart for trace in traces),
        expected=sum(trace.expected for trace in traces),
        missing_goldens=sum(trace.missing_golden for trace in traces),
        errors=sum(trace.error is not None for trace in traces),
    )
