"""Where the states of two runs diverge, by the hashes in their traces.

Hashes can be compared as long as both traces have the same inputs, ids and times. The first hash
that differs shows where the states diverged, whether or not outcomes differ. The traces are not
read after it.
"""

from __future__ import annotations

from collections.abc import Iterator

from necp_replay.dataclass import dataclass
from necp_replay.events.state_hash import StateHash
from necp_replay.trace.pb import trace_pb2
from necp_replay.trace.reader import TraceReader
from necp_replay.trace.state_hashes import state_hashes_of


@dataclass(slots=True)
class StatesOfFiles:
    """How the hashes of states of two traces compare.

    ``compared`` is how many were. ``same_until`` is the last record after which the states were the
    same, 0 for none, and ``diverged_at`` the first one after which they are not. ``same_outcomes``
    says that no recorded outcome differed up to there. ``inputs_differ_at`` is the first record
    that another input, other ids or another time follows, so that no later hash was compared.
    """

    compared: int = 0
    same_until: int = 0
    diverged_at: int | None = None
    same_outcomes: bool = True
    inputs_differ_at: int | None = None


def compare_states(left: TraceReader, right: TraceReader) -> StatesOfFiles | None:
    """Compare the hashes of two traces; None unless both have some."""
    if not (left.read_index().state_hashes and right.read_index().state_hashes):
        return None
    found = StatesOfFiles()
    for number, (old, new) in enumerate(zip(_records(left), _records(right), strict=False), 1):
        (old_record, old_hash), (new_record, new_hash) = old, new
        if old_record != new_record:
            if _without_outcome(old_record) != _without_outcome(new_record):
                found.inputs_differ_at = number
                return found
            found.same_outcomes = False
        if old_hash is None or new_hash is None or old_hash.form != new_hash.form:
            continue
        found.compared += 1
        if old_hash != new_hash:
            found.diverged_at = number
            return found
        found.same_until = number
    return found


def _records(reader: TraceReader) -> Iterator[tuple[trace_pb2.Record, StateHash | None]]:
    for chunk in reader.chunks():
        hashes = state_hashes_of(chunk.message)
        for number, record in enumerate(chunk.message.records, chunk.message.first_record):
            yield record, hashes.get(number)


def _without_outcome(record: trace_pb2.Record) -> trace_pb2.Record:
    copied = trace_pb2.Record()
    copied.CopyFrom(record)
    copied.ClearField("outcome")
    return copied
