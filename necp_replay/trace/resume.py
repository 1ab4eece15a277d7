"""Reads an existing trace, so that a writer can append to it."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from necp_replay.dataclass import dataclass
from necp_replay.errors import TraceError
from necp_replay.trace.index import ChunkEntry, IndexBuilder, chunk_clocks_ns
from necp_replay.trace.reader import NOT_CLOSED, Chunk, TraceReader

_HINT: Final = "Recover it first, and append to what is recovered: `necp-replay recover --help`."


@dataclass(slots=True)
class ResumePoint:
    """The state of a trace at its end: what a writer needs to continue it.

    ``length`` is in bytes. ``clock_ns`` is the time after the last record. ``is_complete`` is False
    if the closing record is missing.
    """

    length: int
    records: int
    clock_ns: int
    is_complete: bool
    index: IndexBuilder


def resume_point_of(path: Path) -> ResumePoint:
    """Read and verify a whole trace. Only its closing record may be missing.

    Raises TraceError if it is damaged or newer than this version.
    """
    with TraceReader(path) as reader:
        found = ResumePoint(path.stat().st_size, 0, 0, True, IndexBuilder())
        try:
            for chunk in reader.chunks():
                message = chunk.message
                found.records += message.record_count
                found.clock_ns = chunk_clocks_ns(message)[2]
                found.index.count_messages(message)
                found.index.add_chunk(chunk_entry(chunk, chunk.offset, chunk.checksum))
        except TraceError as error:
            if error.reason != NOT_CLOSED:
                error.hint = _HINT
                raise
            found.is_complete = False
    return found


def chunk_entry(chunk: Chunk, offset: int, checksum: int) -> ChunkEntry:
    """The entry of the index for a chunk whose frame starts at an offset."""
    lowest_ns, highest_ns, _ = chunk_clocks_ns(chunk.message)
    first_record = chunk.message.first_record
    return ChunkEntry(offset, first_record, lowest_ns, highest_ns, chunk.content_bytes, checksum)
