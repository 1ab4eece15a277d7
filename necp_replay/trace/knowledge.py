"""What a trace knows of its outcomes. It decides whether the trace takes a golden.

The header says which system answered; the index counts what is known. Only this module asks for
both.
"""

from __future__ import annotations

from necp_replay.trace.header import Header, OutcomeDetail, SourceKind
from necp_replay.trace.reader import TraceReader


def is_measured(header: Header) -> bool:
    """Whether the header says that the outcomes are those of real code."""
    return header.source_kind in (SourceKind.VECTORS, SourceKind.SYSTEM)


def takes_golden(reader: TraceReader) -> bool:
    """Whether a golden can say something about the trace that the trace itself does not.

    The outcomes of a scenario are those of an engine, so a person accepts them. Any other trace
    takes a golden if some outcome, or some part of a record, is not known. Vectors have every
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
    """Whether outcomes hold all that an engine fills in, and leave nothing out.

    All other outcomes hold what was observed: what they leave out is not compared.
    """
    return header.outcome_detail is OutcomeDetail.FULL


def compares_beyond_vectors(header: Header) -> bool:
    """Whether what conformance vectors do not measure is compared, too."""
    return header.outcome_detail is not OutcomeDetail.VECTORS
