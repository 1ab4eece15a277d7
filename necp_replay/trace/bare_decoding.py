"""Bare decoding, the baseline of the benchmark: reads every field of a trace, makes no events.

No reader written in Python on top of protobuf can be faster, so `necp-replay bench` reports the
times of reading and replaying as multiples of this one.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from google.protobuf.message import Message

from necp_replay.trace.pb import trace_pb2 as pb
from necp_replay.trace.reader import TraceReader


def read_every_field(path: Path) -> int:
    """Decompress, verify and parse a trace, and read every field of it into Python.

    Returns the number of records. Raises TraceError for a damaged trace.
    """
    count = 0
    with TraceReader(path) as reader:
        for chunk in reader.chunks():
            _read_records(chunk.message.records)
            count += chunk.message.record_count
    return count


def _read_records(records: Iterable[pb.Record]) -> None:
    for record in records:
        if not record.HasField("necp_client_action"):
            _read_message(record)
            continue
        call = record.necp_client_action
        buffer = call.client_id
        _ = buffer.content, buffer.length
        if buffer.HasField("limits"):
            _read_message(buffer.limits)
        buffer = call.buffer
        _ = buffer.content, buffer.length
        if buffer.HasField("limits"):
            _read_message(buffer.limits)
        _ = call.pid, call.fd, call.action, call.client_id_len, call.buffer_size
        _ = record.uuids, record.HasField("now_ns")
        outcome = record.outcome
        # `HasField` costs more than reading a field. A value other than 0 says that it is set.
        _ = outcome.errno or outcome.HasField("errno"), outcome.retval or outcome.HasField("retval")
        _ = outcome.client_id_shown, outcome.buffer_shown, outcome.client_id, outcome.buffer
        for effect in outcome.effects:
            if effect.HasField("wake"):
                wake = effect.wake
                _ = wake.pid, wake.fd
            else:
                _read_message(effect)


def _read_message(message: Message) -> None:
    """Read every field that is set in a message of any type."""
    for field, value in message.ListFields():
        if field.message_type is None:
            continue
        if isinstance(value, Message):
            _read_message(value)
        else:
            for item in value:
                _read_message(item)
