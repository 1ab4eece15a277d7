"""Decodes equal records once: a table from the bytes of calls to what they mean.

Idea. Most calls of a long trace repeat: a process copies the same result again and again. A record
is compared by its bytes, which protobuf writes much faster than Python reads every field.

Invariants. Equal records are given as the same objects, so readers must not change them.
Only calls of ``necp_client_action`` without generated ids are kept: these repeat, and nothing in
them can be changed without being replaced.

Cost: one dictionary access for each call, and memory for at most :data:`MAX_RECORDS` records of at
most :data:`MAX_RECORD_BYTES` each. A full table is emptied as a whole.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from necp_replay.events.inputs import Step
from necp_replay.events.outcome import Outcome
from necp_replay.trace.pb import trace_pb2
from necp_replay.trace.record_codec import NumberedRecord, decode_records

MAX_RECORDS: Final = 2048
"""How many records are kept. The workload ``realistic`` has some 700 different ones in 4,000."""
MAX_RECORD_BYTES: Final = 4096
"""Longer records are decoded each time. A call with a result has some 300 bytes."""


class RepeatedRecords:
    """The calls of one trace that were decoded already."""

    __slots__ = ("_known",)

    def __init__(self) -> None:
        self._known: dict[bytes, tuple[Step, Outcome | None]] = {}

    def decode(self, records: Iterable[trace_pb2.Record], number: int) -> Iterator[NumberedRecord]:
        """Decode the records of a chunk as ``decode_records`` does. The first has ``number``."""
        known = self._known
        for record in records:
            if record.uuids or not record.HasField("necp_client_action"):
                yield from decode_records((record,), number)
            else:
                content = record.SerializeToString()
                found = known.get(content)
                if found is None:
                    [(_, step, outcome)] = decode_records((record,), number)
                    found = step, outcome
                    self._keep(content, found)
                yield number, found[0], found[1]
            number += 1

    def _keep(self, content: bytes, found: tuple[Step, Outcome | None]) -> None:
        if len(content) > MAX_RECORD_BYTES:
            return
        if len(self._known) >= MAX_RECORDS:
            self._known.clear()
        self._known[content] = found
