"""Looks through a trace that may be damaged: every piece that is intact, and every one that is not.

Past a damage the search goes on at the next frame whose checksum is right. Memory holds one piece
at a time; the work that a hostile file can cause is bounded.
"""

from __future__ import annotations

import io
import os
import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO, Final

from necp_replay.errors import TraceError
from necp_replay.trace.frames import (
    CHUNK_MAGIC,
    CLOSING_BYTES,
    INDEX_MAGIC,
    OPENING_BYTES,
    OPENING_MAGIC,
    Frame,
    FrameReader,
    format_of,
    index_frame_bytes,
)
from necp_replay.trace.index import Index, decode_index
from necp_replay.trace.reader import Chunk, parse_chunk

WINDOW_BYTES: Final = 1024 * 1024
"""How much of the file is searched at a time."""
_MAGIC_BYTES: Final = 4
_MAGICS: Final = re.compile(
    b"|".join(
        re.escape(magic.to_bytes(_MAGIC_BYTES, "little"))
        for magic in (CHUNK_MAGIC, OPENING_MAGIC, INDEX_MAGIC)
    )
)
_HEAD: Final = struct.Struct("<II")
"""Magic and length of a skippable frame."""
_TRIES_BYTES: Final = 256 * 1024 * 1024
_TRIES_FACTOR: Final = 8
"""What may be spent on frames that turn out to be none: so much, and so often the file's size."""


@dataclass(frozen=True, slots=True)
class Opening:
    """The mark of a trace and its format number."""

    frame: Frame
    format: int


@dataclass(frozen=True, slots=True)
class IntactChunk:
    """A chunk whose checksum is right and which holds as many records as it declares."""

    frame: Frame
    chunk: Chunk


@dataclass(frozen=True, slots=True)
class ClosingIndex:
    """An index whose checksum is right; what it says may still be wrong."""

    frame: Frame
    index: Index


@dataclass(frozen=True, slots=True)
class OptionalContent:
    """Content that a reader steps over. It has no checksum."""

    frame: Frame


@dataclass(frozen=True, slots=True)
class Damage:
    """Bytes that are part of nothing intact. ``was_index``: nothing but an index stood there."""

    offset: int
    length: int
    reason: str
    was_index: bool = False


Piece = Opening | IntactChunk | ClosingIndex | OptionalContent | Damage


def scan_pieces(stream: BinaryIO) -> Iterator[Piece]:
    """All of a file, piece by piece, without gaps; never a TraceError.

    Raises OSError where the file cannot be read.
    """
    return _Search(stream).run()


class _Search:
    """One way through one file."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._end = stream.seek(0, os.SEEK_END)
        self._next_record = 1
        self._index = self._last_index()
        self._tries_left_bytes = _TRIES_BYTES + _TRIES_FACTOR * self._end

    def run(self) -> Iterator[Piece]:
        offset = 0
        while offset < self._end:
            try:
                piece: Piece = self._piece_at(offset)
                end = self._stream.tell()
                if isinstance(piece, OptionalContent) and self._hides_a_chunk(piece.frame):
                    raise TraceError("a skippable frame reaches over a chunk", offset=offset)
            except TraceError as error:
                end = self._next_intact(offset + 1)
                reason = error.reason
                if self._tries_left_bytes <= 0:
                    reason += "; too much here looks like frames to search further"
                piece = Damage(offset, end - offset, reason, self._was_index(offset, end))
            if isinstance(piece, IntactChunk):
                message = piece.chunk.message
                self._next_record = message.first_record + message.record_count
            yield piece
            offset = end

    def _piece_at(self, offset: int) -> Opening | IntactChunk | ClosingIndex | OptionalContent:
        self._stream.seek(offset)
        frame = FrameReader(self._stream, offset).read_frame()
        if frame is None:
            raise TraceError("the file is cut short", offset=offset)
        return _piece_of(frame)

    def _next_intact(self, offset: int) -> int:
        """Where the next frame begins that is intact and can belong to this trace."""
        for candidate in self._magics(offset):
            if self._tries_left_bytes <= 0:
                break
            self._stream.seek(candidate)
            piece = self._try(self._stream, candidate)
            if piece is not None and self._can_belong(piece):
                return candidate
        return self._end

    def _try(self, stream: BinaryIO, offset: int) -> Piece | None:
        """What is here, if it is intact; what it cost to find that out is counted."""
        start = stream.tell()
        frame = None
        try:
            frame = FrameReader(stream, offset).read_frame()
            return None if frame is None else _piece_of(frame)
        except TraceError:
            content_bytes = 0 if frame is None else frame.content_bytes
            self._tries_left_bytes -= stream.tell() - start + content_bytes
            return None

    def _magics(self, offset: int) -> Iterator[int]:
        """Every place from an offset on where a frame might begin."""
        while offset < self._end:
            self._stream.seek(offset)
            window = self._stream.read(WINDOW_BYTES + _MAGIC_BYTES - 1)
            for match in _MAGICS.finditer(window):
                yield offset + match.start()
            if len(window) < WINDOW_BYTES:
                return
            offset += WINDOW_BYTES

    def _can_belong(self, piece: Piece) -> bool:
        """Keep out what only looks like a part of this trace: one attached to it, for instance."""
        if self._index is None:
            return True
        match piece:
            case IntactChunk(chunk=chunk):
                first_record = chunk.message.first_record
                return self._index.knows(first_record, chunk.content_bytes, chunk.checksum)
            case ClosingIndex(index=index):
                return index.digest() == self._index.digest(len(index))
            case _:
                return False

    def _hides_a_chunk(self, frame: Frame) -> bool:
        """Whether a damaged length makes a chunk look like optional content."""
        stream = io.BytesIO(frame.data)
        for match in _MAGICS.finditer(frame.data):
            if self._tries_left_bytes <= 0:
                return False
            stream.seek(match.start())
            piece = self._try(stream, match.start())
            if isinstance(piece, IntactChunk):
                is_next = piece.chunk.message.first_record == self._next_record
                return is_next and self._can_belong(piece)
        return False

    def _was_index(self, offset: int, end: int) -> bool:
        """Whether damaged bytes are exactly an index, or what is left of one at the file's end."""
        self._stream.seek(max(end - CLOSING_BYTES, offset))
        if index_frame_bytes(self._stream.read(CLOSING_BYTES)) == end - offset:
            return True
        self._stream.seek(offset)
        magic, length_bytes = _HEAD.unpack(self._stream.read(_HEAD.size).ljust(_HEAD.size, b"\0"))
        declared_end = offset + _HEAD.size + length_bytes
        is_cut = end == self._end and declared_end > end
        return bool(magic == INDEX_MAGIC and (declared_end == end or is_cut))

    def _last_index(self) -> Index | None:
        """The index at the end of the file, if it is intact."""
        self._stream.seek(max(self._end - CLOSING_BYTES, 0))
        length_bytes = index_frame_bytes(self._stream.read(CLOSING_BYTES))
        if length_bytes is None or length_bytes > self._end - OPENING_BYTES:
            return None
        try:
            piece = self._piece_at(self._end - length_bytes)
        except TraceError:
            return None
        return piece.index if isinstance(piece, ClosingIndex) else None


def _piece_of(frame: Frame) -> Opening | IntactChunk | ClosingIndex | OptionalContent:
    if frame.magic == CHUNK_MAGIC:
        chunk = parse_chunk(frame)
        message = chunk.message
        if message.first_record < 1 or message.record_count != len(message.records):
            raise TraceError("the chunk's numbers are wrong", offset=frame.offset)
        return IntactChunk(frame, chunk)
    if frame.magic == INDEX_MAGIC:
        return ClosingIndex(frame, decode_index(frame))
    if frame.magic == OPENING_MAGIC:
        number = format_of(frame)
        if number is None:
            raise TraceError("the mark of the format is damaged", offset=frame.offset)
        return Opening(frame, number)
    return OptionalContent(frame)
