"""Scans a file that may be damaged: divides it into intact pieces of a trace and damage.

Theory of operation. The scan reads frame after frame, as a reader does. Where that fails it
searches for the next place at which an intact frame starts, and reports the bytes between as
damage. Every byte of the file is in exactly one piece.

- Resynchronizing: the search tries every occurrence of the 4-byte magic numbers of the format. A
  candidate counts only if the whole frame is intact: right checksums, a message that parses, the
  number of records that it declares.
- Foreign frames: a trace may hold other traces, as attachments for instance. If the index at the
  file's end is intact, a candidate must be in it by its first record, size and checksum, so a chunk
  of another trace is not mistaken for a lost one.
- Hidden chunks: a skippable frame has no checksum, and a damaged length may make it reach over the
  chunks after it. One that contains the chunk that must come next is therefore damage.
- Cost: memory holds one piece at a time. A file made of nothing but false magic numbers could make
  every candidate expensive, so what failed candidates cost is counted, and at 256 MiB plus 8 times
  the file's size the search stops.
"""

from __future__ import annotations

import io
import os
import re
import struct
from collections.abc import Iterator
from typing import BinaryIO, Final

from necp_replay.dataclass import dataclass
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
    not_a_trace,
)
from necp_replay.trace.index import Index, decode_index
from necp_replay.trace.reader import Chunk, parse_chunk

WINDOW_BYTES: Final = 1024 * 1024
"""How much of the file is searched for magic numbers at a time."""
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
"""Failed candidates may cost this many bytes, plus this many times the file's size. Real damage
costs far less: a magic number occurs by chance once in 1.4 GB."""


@dataclass(frozen=True, slots=True)
class Opening:
    """The opening frame of a trace and the number of its format."""

    frame: Frame
    format: int


@dataclass(frozen=True, slots=True)
class IntactChunk:
    """A chunk with the right checksums and the number of records that it declares."""

    frame: Frame
    chunk: Chunk


@dataclass(frozen=True, slots=True)
class ClosingIndex:
    """An index with the right checksum. What it says may still be wrong."""

    frame: Frame
    index: Index


@dataclass(frozen=True, slots=True)
class OptionalContent:
    """A skippable frame that readers ignore. It has no checksum."""

    frame: Frame


@dataclass(frozen=True, slots=True)
class Damage:
    """Bytes that belong to no intact piece. ``was_index``: all that stood there was an index."""

    offset: int
    length: int
    reason: str
    was_index: bool = False


Piece = Opening | IntactChunk | ClosingIndex | OptionalContent | Damage


def refuse_without_frames(beginning: bytes) -> None:
    """Raise TraceError if no frame can start within the first `WINDOW_BYTES` of a pipe.

    For what has no end: a trace whose whole beginning is lost has to be in a file.
    """
    if _MAGICS.search(beginning) is None:
        error = not_a_trace(beginning)
        if len(beginning) >= WINDOW_BYTES:
            error = TraceError(
                f"no part of a trace is within the first {len(beginning):,} bytes",
                hint="If a trace follows, write the input to a file and name that.",
            )
        raise error


def scan_pieces(stream: BinaryIO) -> Iterator[Piece]:
    """Divide a whole file into pieces, in order and without gaps.

    Raises OSError if the file cannot be read, and never TraceError: damage is a piece too.
    """
    return _Scan(stream).run()


class _Scan:
    """One scan of one file."""

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
                    raise TraceError("a skippable frame overlaps a chunk", offset=offset)
            except TraceError as error:
                end = self._next_intact(offset + 1)
                reason = error.reason
                if self._tries_left_bytes <= 0:
                    reason += "; the search stopped here, because too many places look like frames"
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
        """Where the next intact frame starts that can belong to this trace."""
        for candidate in self._magics(offset):
            if self._tries_left_bytes <= 0:
                break
            self._stream.seek(candidate)
            piece = self._try(self._stream, candidate)
            if piece is not None and self._can_belong(piece):
                return candidate
        return self._end

    def _try(self, stream: BinaryIO, offset: int) -> Piece | None:
        """The piece at the stream's position, None if it is not intact. Counts the cost of that."""
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
        """Every place from an offset on at which a frame may start."""
        while offset < self._end:
            self._stream.seek(offset)
            window = self._stream.read(WINDOW_BYTES + _MAGIC_BYTES - 1)
            for match in _MAGICS.finditer(window):
                yield offset + match.start()
            if len(window) < WINDOW_BYTES:
                return
            offset += WINDOW_BYTES

    def _can_belong(self, piece: Piece) -> bool:
        """Whether the index knows a piece; True without an index. See "Foreign frames" above."""
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
        """Whether a skippable frame reaches over the next chunk. See "Hidden chunks" above."""
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
        """Whether damaged bytes are exactly one index frame, or its rest at the end of the file."""
        self._stream.seek(max(end - CLOSING_BYTES, offset))
        if index_frame_bytes(self._stream.read(CLOSING_BYTES)) == end - offset:
            return True
        self._stream.seek(offset)
        magic, length_bytes = _HEAD.unpack(self._stream.read(_HEAD.size).ljust(_HEAD.size, b"\0"))
        declared_end = offset + _HEAD.size + length_bytes
        is_cut = end == self._end and declared_end > end
        return bool(magic == INDEX_MAGIC and (declared_end == end or is_cut))

    def _last_index(self) -> Index | None:
        """The index at the end of the file; None if there is none or it is damaged."""
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
            raise TraceError("the magic number of the format is damaged", offset=frame.offset)
        return Opening(frame, number)
    return OptionalContent(frame)
