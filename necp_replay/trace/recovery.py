"""Recovers a damaged trace: writes its intact chunks to a new one and reports what was lost.

Theory of operation. `scan.scan_pieces` divides the file into intact pieces and damage. Recovery
goes through the pieces twice, with the same decisions both times (`_PieceReader`): first to learn
what was lost, because the new header has to say it, then to copy.

- Chunks are copied byte for byte where their records keep their numbers. A trace has no missing
  numbers, so records after a gap get new ones, and the property `recovery.lost_records` of the
  header names the gap by the numbers in the damaged file.
- A gap is known exactly if a later chunk or the index says how its records go on. If the damage is
  at the end of a file without an index, the number of lost records is unknown ("3-?").
- A chunk is dropped if its numbers were seen already, or if it has a second header: it belongs to
  another trace or was duplicated.
- The opening frame and the index hold nothing that cannot be rebuilt from the chunks. Losing them
  is not a loss.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import field
from pathlib import Path
from typing import BinaryIO, Final, assert_never

from necp_replay.dataclass import dataclass
from necp_replay.errors import TraceError, hint_for
from necp_replay.files.atomic import refuse_existing
from necp_replay.trace.frames import (
    BEGINNING_BYTES,
    OPENING_BYTES,
    check_opening,
    refuse_foreign,
)
from necp_replay.trace.header import Header, OutcomeDetail, decode_header, encode_header
from necp_replay.trace.index import ChunkDigest, Index
from necp_replay.trace.pb import header_pb2
from necp_replay.trace.reader import Chunk
from necp_replay.trace.scan import (
    ClosingIndex,
    Damage,
    IntactChunk,
    Opening,
    OptionalContent,
    Piece,
    scan_pieces,
)
from necp_replay.trace.writer import TraceWriter

RECOVERING_SUFFIX: Final = ".recovering"
"""The suffix of the new file until it is complete. The damaged file may be NAME.partial itself."""
MAX_LISTED: Final = 1000
"""The most losses and gaps that are listed one by one. The totals count all of them."""
LOST_RECORDS: Final = "recovery.lost_records"
LOST_BYTES: Final = "recovery.lost_bytes"
LOST_HEADER: Final = "recovery.lost_header"
"""Keys of properties in the header of a trace that was recovered with losses."""
_LISTED_IN_HEADER: Final = 20


@dataclass(frozen=True, slots=True)
class Loss:
    """A range of bytes of the damaged file that is not in the recovered one, and the reason."""

    offset: int
    length: int
    reason: str


@dataclass(frozen=True, slots=True)
class Gap:
    """Records that were lost, by their numbers in the damaged file.

    ``last`` is None if it is unknown how many were lost from ``first`` on, or whether any were.
    """

    first: int
    last: int | None

    def __str__(self) -> str:
        """The range, as in '3-7'."""
        if self.last is None:
            return f"{self.first}-?"
        return f"{self.first}" if self.last == self.first else f"{self.first}-{self.last}"


@dataclass(slots=True)
class Recovery:
    """The result of a recovery: what was intact, and what was lost."""

    records: int = 0
    chunks: int = 0
    losses: list[Loss] = field(default_factory=list)
    gaps: list[Gap] = field(default_factory=list)
    lost_places: int = 0
    lost_bytes: int = 0
    lost_records: int = 0
    """How many records were lost, in the gaps of which both ends are known."""
    is_tail_unknown: bool = False
    """Whether an unknown number of records may be lost at the end."""
    is_header_lost: bool = False
    is_index_rebuilt: bool = False
    """Whether the index was missing or damaged, or described other chunks."""
    has_outcomes: bool = False

    @property
    def is_lossless(self) -> bool:
        """Whether nothing was lost. An index can always be built again."""
        return not (
            self.lost_places or self.lost_records or self.is_header_lost or self.is_tail_unknown
        )


def recover(
    damaged: Path,
    output: Path,
    *,
    release: str = "",
    on_bytes: Callable[[int], object] | None = None,
) -> Recovery:
    """Write the intact chunks of ``damaged`` to ``output``, which appears when it is complete.

    ``release`` is used for the header if that was lost. ``on_bytes`` is called with the number of
    bytes read since its last call; the file is read twice. Raises TraceError if the file cannot be
    read, holds nothing to recover, or is of a newer format, and WriteError if ``output`` exists or
    cannot be written.
    """
    refuse_existing(output)
    try:
        with damaged.open("rb") as stream:
            size_bytes = stream.seek(0, os.SEEK_END)
            pieces = _PieceReader(size_bytes)
            for _ in pieces.kept(_watched(stream, on_bytes)):
                # The first pass only learns what the header has to say.
                continue
            if not pieces.found.chunks:
                stream.seek(0)
                refuse_foreign(stream.read(BEGINNING_BYTES))
            header = pieces.header(release)
            # `damaged` may be called `output`.partial.
            with TraceWriter.create(
                output, header, replaces=False, suffix=RECOVERING_SUFFIX
            ) as writer:
                for piece in _PieceReader(size_bytes).kept(_watched(stream, on_bytes)):
                    copy_piece(piece, writer)
    except OSError as error:
        hint = hint_for(error)
        reason = f"cannot be read: {error.strerror or error}"
        raise TraceError(reason, file=str(damaged), hint=hint) from error
    except TraceError as error:
        error.name_file(str(damaged))
        raise
    return pieces.found


def _watched(stream: BinaryIO, on_bytes: Callable[[int], object] | None) -> Iterator[Piece]:
    """Scan a file, and report the progress."""
    done = 0
    for piece in scan_pieces(stream):
        if on_bytes is not None:
            on_bytes(stream.tell() - done)
            done = stream.tell()
        yield piece


def copy_piece(piece: IntactChunk | OptionalContent, writer: TraceWriter) -> None:
    """Append a piece of another trace, leaving out that trace's header."""
    if isinstance(piece, OptionalContent):
        writer.copy_optional(piece.frame)
    elif piece.chunk.message.records or not piece.chunk.message.HasField("header"):
        writer.copy_chunk(piece.chunk, piece.frame)


class _PieceReader:
    """One pass over the pieces of a damaged trace. Decides which are kept, and counts losses."""

    def __init__(self, size_bytes: int) -> None:
        self.found = Recovery(is_header_lost=True, is_index_rebuilt=True)
        self._size_bytes = size_bytes
        self._header = header_pb2.Header()
        self._next_record = 1
        self._seen = ChunkDigest()
        self._is_tail_damaged = False

    def kept(self, found: Iterable[Piece]) -> Iterator[IntactChunk | OptionalContent]:
        """The pieces to keep, in order. Raises TraceError for a trace of a newer format."""
        for piece in found:
            match piece:
                case Damage():
                    self._take_damage(piece)
                case Opening():
                    offset = piece.frame.offset
                    if self._seen.chunks:
                        self._lose(offset, self._size_bytes - offset, "another trace begins here")
                        break
                    check_opening(piece.frame)
                case ClosingIndex():
                    self._take_index(piece.index)
                case OptionalContent():
                    self.found.is_index_rebuilt = True
                    yield piece
                case IntactChunk():
                    if self._is_kept(piece.chunk, len(piece.frame.data)):
                        yield piece
                case _:
                    assert_never(piece)
        if self._is_tail_damaged:
            self._miss(Gap(self._next_record, None))

    def header(self, release: str) -> header_pb2.Header:
        """The header of the recovered trace, with properties that name the losses."""
        found = self.found
        if not self._seen.chunks:
            raise TraceError(
                "the file has no intact part of a trace", hint="Nothing can be recovered."
            )
        message = header_pb2.Header()
        message.CopyFrom(self._header)
        if found.is_header_lost:
            detail = OutcomeDetail.VECTORS if found.has_outcomes else OutcomeDetail.NONE
            lost = Header(release=release, outcome_detail=detail)
            message.MergeFromString(encode_header(lost))
            _set_property(message, LOST_HEADER, "true")
        if found.gaps:
            shown = [str(gap) for gap in found.gaps[:_LISTED_IN_HEADER]]
            more = ["..."] if len(found.gaps) > _LISTED_IN_HEADER else []
            _set_property(message, LOST_RECORDS, " ".join(shown + more))
        if found.lost_places:
            _set_property(message, LOST_BYTES, str(found.lost_bytes))
        return message

    def _take_damage(self, damage: Damage) -> None:
        self.found.is_index_rebuilt = True
        if damage.was_index or (damage.offset == 0 and damage.length == OPENING_BYTES):
            # The opening is the same in every trace, and an index is rebuilt from the chunks.
            return
        self._lose(damage.offset, damage.length, damage.reason)
        self._is_tail_damaged = True

    def _take_index(self, index: Index) -> None:
        self._is_tail_damaged = False
        if index.records >= self._next_record:
            self._miss(Gap(self._next_record, index.records))
            self._next_record = index.records + 1
        is_right = len(index) == self._seen.chunks and index.digest() == self._seen
        self.found.is_index_rebuilt = not is_right

    def _is_kept(self, chunk: Chunk, frame_bytes: int) -> bool:
        message = chunk.message
        first_record = message.first_record
        if message.HasField("header") and self._seen.chunks:
            self._lose(chunk.offset, frame_bytes, "a header inside the trace")
            return False
        if first_record < self._next_record:
            last = first_record + message.record_count - 1
            reason = f"records {first_record} to {last} stand where {self._next_record} should"
            self._lose(chunk.offset, frame_bytes, reason)
            return False
        found = self.found
        if message.HasField("header"):
            decode_header(message.header)
            self._header.CopyFrom(message.header)
            found.is_header_lost = False
        if first_record > self._next_record:
            self._miss(Gap(self._next_record, first_record - 1))
        self._next_record = first_record + message.record_count
        self._is_tail_damaged = False
        self._seen.add(chunk.offset, first_record, chunk.content_bytes, chunk.checksum)
        found.is_index_rebuilt = True
        found.chunks += 1
        found.records += message.record_count
        found.has_outcomes = found.has_outcomes or any(
            record.HasField("outcome") for record in message.records
        )
        return True

    def _lose(self, offset: int, lost_bytes: int, reason: str) -> None:
        found = self.found
        found.lost_places += 1
        found.lost_bytes += lost_bytes
        if len(found.losses) < MAX_LISTED:
            found.losses.append(Loss(offset, lost_bytes, reason))

    def _miss(self, gap: Gap) -> None:
        found = self.found
        if gap.last is None:
            found.is_tail_unknown = True
        else:
            found.lost_records += gap.last - gap.first + 1
        if len(found.gaps) < MAX_LISTED:
            found.gaps.append(gap)


def _set_property(header: header_pb2.Header, key: str, value: str) -> None:
    """Set a property, or add to its value if an earlier recovery has set it."""
    for each in header.properties:
        if each.key == key:
            each.value = f"{each.value}; then {value}"
            return
    header.properties.add(key=key, value=value)
