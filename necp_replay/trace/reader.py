"""Reads a trace chunk by chunk, from a file or a pipe, and verifies it on the way.

Memory holds one chunk. Checksums, record numbers and the index are always verified. All records
before a damage are read, then TraceError says what is wrong at which byte.
"""

from __future__ import annotations

import itertools
import os
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Final, Generic, Self, TypeVar

from google.protobuf.message import DecodeError

from necp_replay.dataclass import dataclass
from necp_replay.errors import TraceError, hint_for
from necp_replay.events.state_hash import StateHash
from necp_replay.files.walk import link_target
from necp_replay.trace.frames import (
    CHUNK_MAGIC,
    CLOSING_BYTES,
    INDEX_MAGIC,
    OPENING_MAGIC,
    Frame,
    FrameReader,
    check_opening,
    decompress,
    index_frame_bytes,
)
from necp_replay.trace.header import Header, decode_header
from necp_replay.trace.index import ChunkDigest, Index, decode_index
from necp_replay.trace.limits import check_large_chunk
from necp_replay.trace.pb import header_pb2
from necp_replay.trace.pb import trace_pb2 as pb
from necp_replay.trace.record_codec import NumberedRecord, decode_records
from necp_replay.trace.repeated_records import RepeatedRecords
from necp_replay.trace.state_hashes import NO_STATE_HASHES, state_hashes_of

NOT_CLOSED: Final = "the closing record is missing: the file was cut short or never completed"
"""The reason of the error for a trace that ends after a complete chunk, without an index."""


Message = TypeVar("Message", pb.Chunk, pb.UndecodedChunk)


@dataclass(frozen=True, slots=True)
class ParsedChunk(Generic[Message]):
    """A chunk whose checksums are verified and whose message is parsed.

    ``offset`` is where its frame starts, ``content_bytes`` its size when decompressed.
    """

    offset: int
    message: Message
    content_bytes: int
    checksum: int


Chunk = ParsedChunk[pb.Chunk]
"""A chunk with its records."""


class TraceReader:
    """A trace that is open for reading. Use it as a context manager and iterate over its records.

    A file can be read again and from any record, but only by one iteration at a time. A pipe can be
    read once.
    """

    def __init__(self, source: Path | BinaryIO) -> None:
        """Open a trace and read its header. Raises TraceError if that fails."""
        self._file: Path | None = source if isinstance(source, Path) else None
        try:
            self._stream = source.open("rb") if isinstance(source, Path) else source
        except OSError as error:
            raise self._cannot_read(error) from error
        self._is_seekable = self._stream.seekable()
        self._start = self._stream.tell() if self._is_seekable else 0
        self._frames = FrameReader(self._stream)
        self._was_read = False
        self.state_hashes: Mapping[int, StateHash] = NO_STATE_HASHES
        """The hashes of states in the chunk of the record that was given out last, by record."""
        try:
            self._first_chunk = self._read_first_chunk()
            self._after_first_chunk = self._frames.offset
            self.header: Header = _header_of(self._first_chunk)
        except TraceError as error:
            self.close()
            raise self._named(error) from error.__cause__
        except OSError as error:
            self.close()
            raise self._cannot_read(error) from error

    @property
    def first_clock_ns(self) -> int:
        """The time before the first record."""
        return int(self._first_chunk.message.clock_ns)

    @property
    def header_message(self) -> header_pb2.Header:
        """The message of the header, with the fields that this version does not know."""
        return self._first_chunk.message.header

    def __iter__(self) -> Iterator[NumberedRecord]:
        """Iterate over all records: number (from 1), step and recorded outcome."""
        return self.records()

    def records(self, first: int = 1, *, shared: bool = False) -> Iterator[NumberedRecord]:
        """The records from number ``first`` on. In a file the index finds the first of them.

        With ``shared`` equal records may be the same objects, which must not be changed then.
        """
        for offset, message, records in self._decoded_chunks(first, shared=shared):
            if message.first_record < first:
                records = itertools.islice(records, first - message.first_record, None)
            self.state_hashes = state_hashes_of(message)
            try:
                yield from records
            except TraceError as error:
                error.offset = offset
                raise self._named(error) from error.__cause__

    def _decoded_chunks(
        self, first: int, *, shared: bool
    ) -> Iterator[tuple[int, pb.Chunk | pb.UndecodedChunk, Iterator[NumberedRecord]]]:
        """For each chunk its offset, its message, and its records."""
        if not shared:
            for chunk in self.chunks(first):
                message = chunk.message
                records = decode_records(message.records, message.first_record)
                yield chunk.offset, message, records
            return
        decode = RepeatedRecords().decode
        for undecoded in self._read_chunks(first, pb.UndecodedChunk):
            shown = undecoded.message
            yield undecoded.offset, shown, decode(shown.records, shown.first_record)

    def picked(self, numbers: Sequence[int]) -> Iterator[NumberedRecord]:
        """The records with these numbers, which are in order. Only they are decoded."""
        position = 0
        for chunk in self.chunks(numbers[0]) if numbers else ():
            first, records = chunk.message.first_record, chunk.message.records
            end = bisect_left(numbers, first + len(records), position)
            try:
                for number in numbers[position:end]:
                    yield from decode_records([records[number - first]], number)
            except TraceError as error:
                error.offset = chunk.offset
                raise self._named(error) from error.__cause__
            position = end
            if position == len(numbers):
                return

    def chunks(self, first: int = 1) -> Iterator[Chunk]:
        """The chunks from the one with record ``first`` on, for work on undecoded messages."""
        return self._read_chunks(first, pb.Chunk)

    def _read_chunks(self, first: int, kind: type[Message]) -> Iterator[ParsedChunk[Message]]:
        """The chunks from the one with record ``first`` on, as messages of a kind."""
        try:
            yield from self._chunks(first, kind)
        except TraceError as error:
            raise self._named(error) from error.__cause__
        except OSError as error:
            raise self._cannot_read(error) from error

    def verify(self) -> int:
        """Verify the checksums of all chunks and the index without parsing records.

        Works for files only. Returns the number of records. Raises TraceError for damage.
        """
        try:
            return self._verify(self.read_index())
        except TraceError as error:
            raise self._named(error) from error.__cause__
        except OSError as error:
            raise self._cannot_read(error) from error

    def read_index(self) -> Index:
        """Read the index at the end of a file, and nothing else.

        Raises TraceError for a pipe and for a file without an index, which was never completed.
        """
        if not self._is_seekable:
            raise TraceError("the index of a pipe is read last")
        try:
            position = self._stream.tell()
            frame = self._read_last_frame()
            self._stream.seek(position)
            return decode_index(frame)
        except TraceError as error:
            raise self._named(error) from error.__cause__
        except OSError as error:
            raise self._cannot_read(error) from error

    def close(self) -> None:
        """Close the file. A stream that was passed in stays open."""
        if self._file is not None:
            self._stream.close()

    def __enter__(self) -> Self:
        """Return the reader itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Close the file."""
        self.close()

    def _read_first_chunk(self) -> Chunk:
        opening = self._frames.read_frame()
        if opening is None:
            raise TraceError("the file is empty", offset=0)
        check_opening(opening)
        while frame := self._frames.read_frame():
            if frame.magic == CHUNK_MAGIC:
                return _parse(frame, pb.Chunk, is_first=True)
            if frame.magic in (OPENING_MAGIC, INDEX_MAGIC):
                raise TraceError("the trace has no header", offset=frame.offset)
        raise TraceError("the file is cut short: it ends before its header", offset=opening.offset)

    def _chunks(self, first: int, kind: type[Message]) -> Iterator[ParsedChunk[Message]]:
        if self._was_read and not self._is_seekable:
            raise TraceError("a pipe can be read only once")
        self._was_read = True
        check = _Verification()
        check.add(self._first_chunk)
        if not self._is_seekable:
            yield _as_kind(self._first_chunk, kind)
        elif first < check.next_record or first == 1:
            self._seek(self._after_first_chunk)
            yield _as_kind(self._first_chunk, kind)
        else:
            index = self.read_index()
            position = index.find_record(first)
            if position > 0:
                entry = index.chunk(position)
                check = _Verification(entry.first_record, index.digest(position))
                self._seek(entry.offset)
            else:
                self._seek(self._after_first_chunk)
        while frame := self._frames.read_frame():
            check.is_closed = False
            if frame.magic == CHUNK_MAGIC:
                chunk = _parse(frame, kind)
                check.add(chunk)
                yield chunk
            elif frame.magic == INDEX_MAGIC:
                check.close(frame)
            elif frame.magic == OPENING_MAGIC:
                raise TraceError("another trace begins here", offset=frame.offset)
        if not check.is_closed:
            raise TraceError(NOT_CLOSED, offset=self._frames.offset)

    def _verify(self, index: Index) -> int:
        self._seek(0)
        position = 0
        while frame := self._frames.read_frame():
            if frame.magic != CHUNK_MAGIC:
                continue
            decompress(frame)
            entry = index.chunk(position) if position < len(index) else None
            declared = (frame.offset, frame.content_bytes, frame.checksum)
            if entry is None or declared != (entry.offset, entry.content_bytes, entry.checksum):
                raise TraceError("the index does not know this chunk", offset=frame.offset)
            position += 1
        if position != len(index):
            raise TraceError(
                f"{len(index) - position} chunks are missing", offset=self._frames.offset
            )
        return index.records

    def _seek(self, offset: int) -> None:
        self._stream.seek(self._start + offset)
        self._frames.offset = offset

    def _read_last_frame(self) -> Frame:
        end = self._stream.seek(0, os.SEEK_END) - self._start
        self._stream.seek(self._start + max(end - CLOSING_BYTES, 0))
        length_bytes = index_frame_bytes(self._stream.read(CLOSING_BYTES))
        if length_bytes is None or length_bytes > end:
            raise TraceError(NOT_CLOSED, offset=end)
        self._stream.seek(self._start + end - length_bytes)
        frames = FrameReader(self._stream, end - length_bytes)
        frame = frames.read_frame()
        if frame is None or frame.magic != INDEX_MAGIC or frames.offset != end:
            raise TraceError("the index is damaged", offset=end - length_bytes)
        return frame

    def _named(self, error: TraceError) -> TraceError:
        name = self._file or getattr(self._stream, "name", None)
        if isinstance(name, str | Path):
            error.name_file(str(name))
        return error

    def _cannot_read(self, error: OSError) -> TraceError:
        if isinstance(error, IsADirectoryError) and self._file is not None:
            # A folder is opened like a trace only if it cannot be listed. Say why not.
            error = _why_unreadable(self._file) or error
        reason, hint = f"cannot be read: {error.strerror or error}", hint_for(error)
        if isinstance(error, FileNotFoundError) and self._file is not None:
            target = link_target(self._file)
            if target is not None:
                hint = f"It is a link to {target}, which is not there: restore that, or remove it."
        failure = TraceError(reason, hint=hint)
        if self._file is not None:
            failure.name_file(str(self._file))
        return failure


def _why_unreadable(folder: Path) -> OSError | None:
    try:
        os.scandir(folder).close()
    except OSError as error:
        return error
    return None


def verify_file(path: Path) -> int:
    """Verify the checksums of all chunks and the index of a file without parsing records.

    Returns the number of records. Raises TraceError for damage.
    """
    with TraceReader(path) as reader:
        return reader.verify()


def parse_chunk(frame: Frame) -> Chunk:
    """Decompress, verify and parse a chunk. Raises TraceError if it is damaged.

    It checks nothing that depends on the chunk's place in the trace.
    """
    return _parse_as(frame, pb.Chunk)


def _parse_as(frame: Frame, kind: type[Message]) -> ParsedChunk[Message]:
    content = decompress(frame)
    try:
        check_large_chunk(content)
        message = kind.FromString(content)
    except DecodeError:
        reason = "the chunk is damaged: it holds no message of a chunk"
        raise TraceError(reason, offset=frame.offset) from None
    except TraceError as error:
        error.offset = frame.offset
        raise
    return ParsedChunk(frame.offset, message, len(content), frame.checksum)


def _as_kind(chunk: Chunk, kind: type[Message]) -> ParsedChunk[Message]:
    """The chunk with its message as one of another kind, which is the same on the wire."""
    if kind is pb.Chunk:
        return chunk
    message = kind.FromString(chunk.message.SerializeToString())
    return ParsedChunk(chunk.offset, message, chunk.content_bytes, chunk.checksum)


class _Verification:
    """What a reader has seen so far, for comparison with the next chunk and with the index."""

    def __init__(self, next_record: int = 1, seen: ChunkDigest | None = None) -> None:
        self.next_record = next_record
        self.is_closed = False
        self._seen = ChunkDigest() if seen is None else seen

    def add(self, chunk: ParsedChunk[Message]) -> None:
        """Check that a chunk continues the ones before it, and add it to the digest."""
        message = chunk.message
        if message.first_record != self.next_record:
            raise TraceError(
                f"record {self.next_record} should come next, not {message.first_record}",
                offset=chunk.offset,
            )
        if message.record_count != len(message.records):
            raise TraceError(
                f"the chunk holds {len(message.records)} records instead of the"
                f" {message.record_count} it declares",
                offset=chunk.offset,
            )
        self.next_record += message.record_count
        self._seen.add(chunk.offset, message.first_record, chunk.content_bytes, chunk.checksum)

    def close(self, frame: Frame) -> None:
        """Check that an index describes the chunks before it."""
        index = decode_index(frame)
        if len(index) != self._seen.chunks or index.digest() != self._seen:
            raise TraceError("the index does not belong to these chunks", offset=frame.offset)
        if index.records != self.next_record - 1:
            raise TraceError(
                f"the closing record counts {index.records} records, and there are"
                f" {self.next_record - 1}",
                offset=frame.offset,
            )
        self.is_closed = True


def _header_of(chunk: Chunk) -> Header:
    try:
        return decode_header(chunk.message.header)
    except TraceError as error:
        error.offset = chunk.offset
        raise


def _parse(frame: Frame, kind: type[Message], *, is_first: bool = False) -> ParsedChunk[Message]:
    """Parse a chunk. The first one must have a header, and no other may have one."""
    chunk = _parse_as(frame, kind)
    if chunk.message.HasField("header") is not is_first:
        where = "the first chunk has no header" if is_first else "a header inside the trace"
        raise TraceError(where, offset=frame.offset)
    return chunk
