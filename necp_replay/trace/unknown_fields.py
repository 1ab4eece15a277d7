"""Whether a record says more than this version reads from it."""

from __future__ import annotations

from necp_replay.events.inputs import Step
from necp_replay.events.outcome import Outcome
from necp_replay.trace.pb import trace_pb2
from necp_replay.trace.record_codec import encode_record


def has_unknown_fields(record: trace_pb2.Record, step: Step, outcome: Outcome | None) -> bool:
    """Whether a record holds anything that is not in the events it was decoded to."""
    try:
        encoded = encode_record(step, outcome)
    except ValueError:
        # Events that no record holds were not read from one as it was meant.
        return True
    if encoded == record.SerializeToString():
        return False
    # Written by another hand, the same message may have other bytes.
    return trace_pb2.Record.FromString(encoded) != record
