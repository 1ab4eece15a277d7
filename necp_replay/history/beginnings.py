"""Which records a trace begins with, as digests: what a state in the middle of it depends on.

A *beginning* is the file up to the end of the chunk that has some record. Traces with the same
digest begin with the same records, whatever comes after them, so they have the same states there.

The digest covers the bytes, and what the index says of their chunks. An index that is wrong
therefore has another digest than one that is right, and never stands for it.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from struct import Struct
from typing import BinaryIO, Final

from necp_replay.dataclass import dataclass
from necp_replay.errors import TraceError
from necp_replay.trace.frames import FrameReader
from necp_replay.trace.index import Index
from necp_replay.trace.reader import TraceReader

MOST_BEGINNINGS: Final = 10_000
"""For how many records of a trace there is a digest, to bound the work."""
_BLOCK_BYTES: Final = 1 << 20
_ENTRY: Final = Struct("<QQQI")
"""Offset, first record, content size and checksum of a chunk, as in the index."""


@dataclass(frozen=True, slots=True)
class Beginning:
    """The records up to ``number``. ``digest`` has 32 bytes."""

    number: int
    digest: bytes


def beginnings(path: Path, every: int) -> list[Beginning]:
    """The digests of a file at the records ``every``, twice ``every``, and so on.

    Raises TraceError and OSError for a file that cannot be read or has no index.
    """
    with TraceReader(path) as reader, path.open("rb") as stream:
        index = reader.read_index()
        numbers = range(every, index.records + 1, every)[:MOST_BEGINNINGS]
        if not len(index):
            return []
        found = []
        reading = _Reading(stream, index)
        for number in numbers:
            reading.go_on(index.find_record(number))
            found.append(Beginning(number, reading.digest()))
        return found


class _Reading:
    """The digest of a file from its first byte to the end of some chunk."""

    def __init__(self, stream: BinaryIO, index: Index) -> None:
        self._stream = stream
        self._index = index
        self._chunks = self._bytes = 0
        self._content, self._entries = hashlib.sha256(), hashlib.sha256()

    def digest(self) -> bytes:
        """The digest of what was read so far."""
        return hashlib.sha256(self._content.digest() + self._entries.digest()).digest()

    def go_on(self, position: int) -> None:
        """Read on to the end of a chunk. Raises TraceError if the file has no such chunk."""
        if position < self._chunks:
            return
        entry = self._index.chunk(position)
        for each in map(self._index.chunk, range(self._chunks, position + 1)):
            self._entries.update(
                _ENTRY.pack(each.offset, each.first_record, each.content_bytes, each.checksum)
            )
        self._chunks = position + 1
        self._stream.seek(entry.offset)
        frames = FrameReader(self._stream, entry.offset)
        if entry.offset < self._bytes or frames.read_frame() is None:
            raise TraceError("the index is damaged", offset=entry.offset)
        self._stream.seek(self._bytes)
        missing = frames.offset - self._bytes
        while missing and (block := self._stream.read(min(missing, _BLOCK_BYTES))):
            self._content.update(block)
            missing -= len(block)
        self._bytes = frames.offset
