"""Finds records that hold fields which this version does not know."""

from __future__ import annotations

from necp_replay.events.inputs import Step
from necp_replay.events.outcome import Outcome
from necp_replay.trace.pb import trace_pb2
from necp_replay.trace.record_codec import encode_record


def has_unknown_fields(record: trace_pb2.Record, step: Step, outcome: Outcome | None) -> bool:
    """Whether a record holds anything that the events decoded from it do not.

    It encodes the events again and compares: protobuf does not report unknown fields of nested
    messages in Python.
    """
    try:
        encoded = encode_record(step, outcome)
    except ValueError:
        # The record was decoded to events that cannot be encoded, so something in it was not read.
        return True
    if encoded == record.SerializeToString():
        return False
    # Another writer may encode the same message in other bytes.
    return trace_pb2.Record.FromString(encoded) != record
