"""The LZ4 frames of a trace file: writes them, and reads them from files that may be damaged.

Theory of operation. A trace is a sequence of standard LZ4 frames, so any LZ4 decoder can unpack it
(docs/traces.md has the layout). There are three kinds:

- the opening: a skippable frame with a tag, the format's number and a CRC;
- chunks: ordinary frames, each with one protobuf message that holds up to 256 KiB of records;
- the index: a skippable frame whose last 16 bytes (CRC, length, tag) are found from the file's end.

`FrameReader` finds the end of a frame by the lengths in its headers and block headers, without
decompressing it, and hands complete frames to the LZ4 library. It trusts no length: each is
compared with a limit of the format before that many bytes are read, a chunk may not have more
blocks than its content needs, and its declared size must be possible at LZ4's best ratio. So memory
never exceeds one chunk, and a small file cannot decompress to a large one. Every error carries the
offset at which its frame starts.
"""

from __future__ import annotations

import struct
import zlib
from typing import BinaryIO, Final

import lz4.frame

from necp_replay.dataclass import dataclass
from necp_replay.errors import FOREIGN_BYTES, TraceError, foreign_content
from necp_replay.trace.header import FORMAT

MAX_CONTENT_BYTES: Final = 64 * 1024 * 1024
"""The largest content of a chunk. User buffers have at most 16 MiB, so sensible records fit."""
MAX_SKIPPABLE_BYTES: Final = 16 * 1024 * 1024
"""The largest skippable frame. An index of this size covers billions of records."""

CHUNK_MAGIC: Final = 0x184D2204
FIRST_SKIPPABLE_MAGIC: Final = 0x184D2A50
LAST_SKIPPABLE_MAGIC: Final = 0x184D2A5F
OPENING_MAGIC: Final = 0x184D2A5E
INDEX_MAGIC: Final = 0x184D2A5F
_SKIPPABLE_HEADER: Final = struct.Struct("<II")

OPENING_TAG: Final = b"necptrace\n"
_OPENING: Final = struct.Struct("<10sHI")
"""Tag, format number, CRC-32 of both."""
OPENING_BYTES: Final = _SKIPPABLE_HEADER.size + _OPENING.size

CLOSING_TAG: Final = b"necpend\n"
_CLOSING: Final = struct.Struct("<II8s")
"""CRC-32 and length of the index before it, tag."""
CLOSING_BYTES: Final = _CLOSING.size

_MAGIC: Final = struct.Struct("<I")
_DESCRIPTOR: Final = struct.Struct("<BBQB")
"""Flags, block descriptor, content size, header checksum."""
_FLAGS_FIXED: Final = 0b1101_1111
"""The flags that are compared: all but block independence, which writers may choose."""
_FLAGS_WANTED: Final = 0b0101_1100
"""Version 1, block checksums, content size, content checksum; no dictionary."""
_BLOCK_BYTES: Final = {0x40: 64 * 1024, 0x50: 256 * 1024, 0x60: 1024 * 1024, 0x70: 4096 * 1024}
_UNCOMPRESSED: Final = 0x8000_0000
_CHECKSUM_BYTES: Final = 4
BEGINNING_BYTES: Final = FOREIGN_BYTES
"""How many bytes tell whether a file begins like a trace, and what it is otherwise."""
_MAX_RATIO: Final = 256
"""LZ4 cannot compress better: one byte stands for at most 255 bytes of content."""


@dataclass(frozen=True, slots=True)
class Frame:
    """One frame and the offset at which it starts.

    ``data`` are all bytes of a chunk's frame, but only the content of a skippable one.
    ``content_bytes`` and ``checksum`` are the size and checksum that a chunk declares.
    """

    offset: int
    magic: int
    data: bytes
    content_bytes: int = 0
    checksum: int = 0


def opening_frame() -> bytes:
    """The frame that every trace starts with: a tag and the number of the format."""
    content = _OPENING.pack(OPENING_TAG, FORMAT, 0)
    crc = zlib.crc32(content[:-4])
    return skippable_frame(OPENING_MAGIC, _OPENING.pack(OPENING_TAG, FORMAT, crc))


def check_opening(frame: Frame) -> int:
    """The format number in the file's first frame. Raises TraceError if it is not supported."""
    number = format_of(frame)
    if number is None:
        raise TraceError("this is not a trace", offset=frame.offset, hint=_NOT_A_TRACE)
    if number != FORMAT:
        newer = "A newer version of necp-replay wrote this trace; use that one."
        raise TraceError(f"format {number} of traces is not known", offset=frame.offset, hint=newer)
    return number


def check_beginning(beginning: bytes) -> None:
    """Raise TraceError unless a trace begins like this, with up to `BEGINNING_BYTES`."""
    if beginning[: _MAGIC.size] != _MAGIC.pack(OPENING_MAGIC)[: len(beginning)]:
        raise not_a_trace(beginning)


def refuse_foreign(beginning: bytes) -> None:
    """Raise TraceError for a file that is well known as something else."""
    if foreign_content(beginning) is not None:
        raise not_a_trace(beginning)


def not_a_trace(beginning: bytes) -> TraceError:
    """The error for a file that begins with these bytes. What is well known is named."""
    foreign = foreign_content(beginning)
    if foreign is None:
        return TraceError("this is not a trace", offset=0, hint=_NOT_A_TRACE)
    what, hint = foreign
    return TraceError(f"this is not a trace, but {what}", offset=0, hint=hint)


def format_of(frame: Frame) -> int | None:
    """The format number in an opening frame, supported or not; None for any other frame."""
    if frame.magic != OPENING_MAGIC or len(frame.data) != _OPENING.size:
        return None
    tag, number, crc = _OPENING.unpack(frame.data)
    if tag != OPENING_TAG or crc != zlib.crc32(frame.data[:-4]):
        return None
    return int(number)


def index_frame(index: bytes) -> bytes:
    """The frame that closes a trace. Its last bytes can be found from the end of the file."""
    closing = _CLOSING.pack(zlib.crc32(index), len(index), CLOSING_TAG)
    return skippable_frame(INDEX_MAGIC, index + closing)


def index_of(frame: Frame) -> bytes:
    """The bytes of the index message in a closing frame. Raises TraceError if it is damaged."""
    index, closing = frame.data[:-CLOSING_BYTES], frame.data[-CLOSING_BYTES:]
    if len(closing) != CLOSING_BYTES:
        raise TraceError("the index is damaged", offset=frame.offset)
    crc, length_bytes, tag = _CLOSING.unpack(closing)
    if tag != CLOSING_TAG or length_bytes != len(index) or crc != zlib.crc32(index):
        raise TraceError("the index is damaged", offset=frame.offset)
    return index


def index_frame_bytes(closing: bytes) -> int | None:
    """The length of the index frame that ends with these bytes; None if none does."""
    if len(closing) != CLOSING_BYTES:
        return None
    _, length_bytes, tag = _CLOSING.unpack(closing)
    if tag != CLOSING_TAG:
        return None
    return _SKIPPABLE_HEADER.size + int(length_bytes) + CLOSING_BYTES


def skippable_frame(magic: int, content: bytes) -> bytes:
    """A frame that LZ4 decoders skip."""
    return _SKIPPABLE_HEADER.pack(magic, len(content)) + content


def chunk_frame(content: bytes) -> bytes:
    """The message of a chunk as one LZ4 frame with content size and checksums."""
    compressed = lz4.frame.compress(
        content,
        compression_level=0,
        block_size=lz4.frame.BLOCKSIZE_MAX4MB,
        # Different compressed bytes may decompress to the same content. The content's checksum
        # does not see a bit that flips between two of them; those of the blocks do.
        block_checksum=True,
        content_checksum=True,
        store_size=True,
    )
    return bytes(compressed)


def chunk_checksum(frame: bytes) -> int:
    """The content checksum at the end of a chunk's frame."""
    return int(_MAGIC.unpack(frame[-_MAGIC.size :])[0])


def decompress(frame: Frame) -> bytes:
    """The content of a chunk, its checksums verified. Raises TraceError if it is damaged."""
    # Decompression stops at the size that the frame declares.
    decompressor = lz4.frame.LZ4FrameDecompressor()
    try:
        content = decompressor.decompress(frame.data, max_length=frame.content_bytes)
        complete = decompressor.eof and not decompressor.unused_data
    except (RuntimeError, EOFError, ValueError, MemoryError):
        raise TraceError("the chunk is damaged: checksum", offset=frame.offset) from None
    if not complete or len(content) != frame.content_bytes:
        raise TraceError("the chunk is damaged: its size is wrong", offset=frame.offset)
    return bytes(content)


class FrameReader:
    """Reads frame after frame from a stream, which need not be seekable.

    Raises TraceError with the offset at which the bad frame starts. ``offset`` is where the next
    frame starts, counted from the start of the trace.
    """

    def __init__(self, stream: BinaryIO, offset: int = 0) -> None:
        self._stream = stream
        self.offset = offset

    def read_frame(self) -> Frame | None:
        """The next frame, a chunk still compressed; None at the end of the file."""
        start = self.offset
        head = self._read(_MAGIC.size)
        if not head:
            return None
        if len(head) < _MAGIC.size:
            raise TraceError("the file is cut short", offset=start)
        (magic,) = _MAGIC.unpack(head)
        if start == 0 and magic != OPENING_MAGIC:
            raise not_a_trace(head + self._read(FOREIGN_BYTES))
        if magic == CHUNK_MAGIC:
            return self._read_chunk(start, head)
        if FIRST_SKIPPABLE_MAGIC <= magic <= LAST_SKIPPABLE_MAGIC:
            return self._read_skippable(start, magic)
        raise TraceError("no frame starts here", offset=start)

    def _read_skippable(self, start: int, magic: int) -> Frame:
        (length_bytes,) = _MAGIC.unpack(self._read_all(_MAGIC.size, start))
        if length_bytes > MAX_SKIPPABLE_BYTES:
            raise TraceError(f"a skippable frame of {length_bytes} bytes", offset=start)
        return Frame(start, magic, self._read_all(length_bytes, start))

    def _read_chunk(self, start: int, head: bytes) -> Frame:
        descriptor = self._read_all(_DESCRIPTOR.size, start)
        flags, block, content_bytes, _ = _DESCRIPTOR.unpack(descriptor)
        max_block_bytes = _BLOCK_BYTES.get(block)
        if flags & _FLAGS_FIXED != _FLAGS_WANTED or max_block_bytes is None:
            raise TraceError("a frame without content size or checksums", offset=start)
        if content_bytes > MAX_CONTENT_BYTES:
            limit = f"more than {MAX_CONTENT_BYTES >> 20} MiB"
            raise TraceError(f"a chunk of {content_bytes} bytes, {limit}", offset=start)
        parts = [head, descriptor]
        compressed_bytes = 0
        # As many blocks as the content needs, and the end mark. Empty blocks without end would
        # otherwise keep a reader busy for ever.
        for _ in range(-(-content_bytes // max_block_bytes) + 1):
            block_head = self._read_all(_MAGIC.size, start)
            parts.append(block_head)
            (block_bytes,) = _MAGIC.unpack(block_head)
            if block_bytes == 0:
                break
            block_bytes &= ~_UNCOMPRESSED
            if block_bytes > max_block_bytes:
                raise TraceError(f"a block of {block_bytes} bytes", offset=start)
            parts.append(self._read_all(block_bytes + _CHECKSUM_BYTES, start))
            compressed_bytes += block_bytes
        else:
            raise TraceError("a chunk in more blocks than its size needs", offset=start)
        if content_bytes > _MAX_RATIO * compressed_bytes:
            raise TraceError(f"a chunk of {content_bytes} bytes from too few", offset=start)
        checksum = self._read_all(_MAGIC.size, start)
        parts.append(checksum)
        (declared,) = _MAGIC.unpack(checksum)
        return Frame(start, CHUNK_MAGIC, b"".join(parts), content_bytes, declared)

    def _read_all(self, size: int, start: int) -> bytes:
        data = self._read(size)
        if len(data) < size:
            raise TraceError("the file is cut short", offset=start)
        return data

    def _read(self, size: int) -> bytes:
        """``size`` bytes, fewer only at the end. A pipe may return less at a time."""
        data = self._stream.read(size)
        if len(data) < size:
            parts = [data]
            missing = size - len(data)
            while missing and (more := self._stream.read(missing)):
                parts.append(more)
                missing -= len(more)
            data = b"".join(parts)
        self.offset += len(data)
        return data


_NOT_A_TRACE: Final = "Name a .necptrace file, or a folder of them."
