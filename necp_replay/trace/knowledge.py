"""Which outcomes of a trace are known, which decides whether the trace takes a golden.

The header says which system answered; the index counts the known outcomes. Only this module reads
both.
"""

from __future__ import annotations

from necp_replay.trace.header import Header, OutcomeDetail, SourceKind
from necp_replay.trace.reader import TraceReader


def is_measured(header: Header) -> bool:
    """Whether the header says that the outcomes are those of real code."""
    return header.source_kind in (SourceKind.VECTORS, SourceKind.SYSTEM)


def takes_golden(reader: TraceReader) -> bool:
    """Whether a golden can add something to the trace.

    The outcomes of a scenario are those of an engine, so a person has to accept them. Any other
    trace takes a golden if some outcome, or some part of a record, is not known. Vectors have every
    outcome: their records without one only say what the kernel drew at random. Raises TraceError
    for a trace without its index.
    """
    kind = reader.header.source_kind
    if kind is SourceKind.SCENARIO:
        return True
    index = reader.read_index()
    lacks_outcomes = index.outcomes < index.records and kind is not SourceKind.VECTORS
    return lacks_outcomes or index.partial > 0


def is_full(header: Header) -> bool:
    """Whether outcomes have everything that an engine fills in.

    Other outcomes have what was observed: what they leave out is not compared.
    """
    return header.outcome_detail is OutcomeDetail.FULL


def compares_beyond_vectors(header: Header) -> bool:
    """Whether what conformance vectors do not measure is compared, too."""
    return header.outcome_detail is not OutcomeDetail.VECTORS
