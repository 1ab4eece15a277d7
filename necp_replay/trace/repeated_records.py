"""Decodes equal records once: a table from the bytes of calls to decoded records.

Idea. Most calls of a long trace repeat: a process copies the same result again and again. So the
records of a chunk are left as bytes, which protobuf hands out much faster than it parses them, and
only bytes that were not seen yet are parsed and decoded.

Invariants. Equal records are given as the same objects, so readers must not change them. Only calls
of ``necp_client_action`` without generated ids are kept: these repeat, and consist of values that
cannot be changed in place.

Cost: one dictionary access for each record, and memory for at most :data:`MAX_RECORDS` calls of at
most :data:`MAX_RECORD_BYTES` each. A full table is emptied as a whole.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from google.protobuf.message import DecodeError

from necp_replay.errors import TraceError
from necp_replay.events.inputs import Step
from necp_replay.events.outcome import Outcome
from necp_replay.trace.pb import trace_pb2
from necp_replay.trace.record_codec import NumberedRecord, decode_record

MAX_RECORDS: Final = 2048
"""How many records are kept. The workload ``realistic`` has some 700 different ones in 4,000."""
MAX_RECORD_BYTES: Final = 4096
"""Longer records are decoded each time. A call with a result has some 300 bytes."""


class RepeatedRecords:
    """The calls of one trace that were decoded already."""

    __slots__ = ("_known",)

    def __init__(self) -> None:
        self._known: dict[bytes, tuple[Step, Outcome | None]] = {}

    def decode(self, records: Iterable[bytes], number: int) -> Iterator[NumberedRecord]:
        """Decode the records of a chunk, each the bytes of its message. The first has ``number``.

        Raises TraceError, without an offset, as ``decode_record`` does, and for bytes that are no
        record.
        """
        known, parse = self._known, trace_pb2.Record.FromString
        for content in records:
            found = known.get(content)
            if found is None:
                try:
                    record = parse(content)
                except DecodeError:
                    raise TraceError(_NO_RECORD) from None
                found = decode_record(record, number)
                if not found[0].uuids and record.HasField("necp_client_action"):
                    self._keep(content, found)
            yield number, found[0], found[1]
            number += 1

    def _keep(self, content: bytes, found: tuple[Step, Outcome | None]) -> None:
        if len(content) > MAX_RECORD_BYTES:
            return
        if len(self._known) >= MAX_RECORDS:
            self._known.clear()
        self._known[content] = found


_NO_RECORD: Final = "the chunk is damaged: it holds no message of a record"
