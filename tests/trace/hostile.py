"""Hostile pieces of traces: frames and messages made to waste memory and time."""

from __future__ import annotations

import io
import struct
from collections.abc import Callable
from typing import Any

import lz4.frame

from necp_replay.bench.memory import peak_memory_bytes
from necp_replay.errors import TraceError
from necp_replay.trace import frames
from necp_replay.trace.header import FORMAT, MEANING
from necp_replay.trace.pb import header_pb2, trace_pb2
from necp_replay.trace.reader import TraceReader


def chunk(content: bytes, **changes: Any) -> bytes:
    """A frame with this content, with other bits of its descriptor."""
    options: dict[str, Any] = {
        "block_checksum": True,
        "content_checksum": True,
        "store_size": True,
        **changes,
    }
    return bytes(lz4.frame.compress(content, **options))


def header_chunk(**fields: Any) -> bytes:
    header = header_pb2.Header(**{"format": FORMAT, "meaning": MEANING, **fields})
    return chunk(trace_pb2.Chunk(first_record=1, header=header).SerializeToString())


OPENING = frames.opening_frame()
START = OPENING + header_chunk()
CONTENT = trace_pb2.Chunk(first_record=1).SerializeToString()


def frame_declaring(content_bytes: int, blocks: bytes) -> bytes:
    """A frame with any content size, its descriptor's checksum right."""
    begin = lz4.frame.compress_begin(
        lz4.frame.create_compression_context(),
        source_size=content_bytes,
        block_checksum=True,
        content_checksum=True,
    )
    return bytes(begin) + blocks


def compressed_bomb(content_bytes: int) -> bytes:
    """A frame of zeros which declares its true, absurd, size."""
    return chunk(bytes(content_bytes))


BOMBS: dict[str, Callable[[], bytes]] = {
    "a declared size beyond the limit": lambda: frame_declaring(1 << 62, b""),
    "a declared size at the limit, without content": lambda: frame_declaring(1 << 26, bytes(8)),
    "more content than was declared": lambda: frame_declaring(8, chunk(bytes(1 << 22))[15:]),
    "a little more content than was declared": lambda: frame_declaring(
        60_000, chunk(bytes(1 << 16))[15:]
    ),
    "a skippable frame of 4 GiB": lambda: struct.pack("<II", 0x184D2A50, 0xFFFFFFFF),
    "zeros beyond the limit": lambda: compressed_bomb((1 << 26) + 1),
    "an index of zeros": lambda: frames.skippable_frame(frames.INDEX_MAGIC, bytes(1 << 24)),
    "a block of 2 GiB": lambda: frame_declaring(9, b"\xff\xff\xff\x7f"),
    "a million empty blocks": lambda: frame_declaring(9, (b"\1\0\0\x80\0" + bytes(4)) * 1_000_000),
    "a million empty records": lambda: chunk(CONTENT + b"\x2a\0" * 1_000_000),
    "a record of a million effects": lambda: chunk(CONTENT + record_of(b"\x3a\0" * 2_000_000)),
    "a record of many counters": lambda: chunk(CONTENT + record_of_counters(30_000_000)),
    "a header of a million properties": lambda: chunk(CONTENT + field(4, b"\x5a\0" * 2_000_000)),
    "records that nest without end": lambda: chunk(CONTENT + field(5, nested(20_000))),
    "unknown groups that nest without end": lambda: chunk(CONTENT + b"\xfb\x01" * 100_000),
}


def varint(number: int) -> bytes:
    parts = bytearray()
    while number >= 0x80:
        parts.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes([*parts, number])


def field(number: int, content: bytes) -> bytes:
    return varint(number << 3 | 2) + varint(len(content)) + content


def record_of(outcome: bytes) -> bytes:
    return field(5, field(14, outcome))


def record_of_counters(count: int) -> bytes:
    """A snapshot with the counters of a route, packed, one byte each."""
    return record_of(field(27, field(12, field(2, bytes(count)))))


def nested(depth: int) -> bytes:
    """A call whose buffer points to a buffer that points to a buffer, and so on."""
    content = b""
    for _ in range(depth):
        content = field(3, field(4, field(2, content)))
        if len(content) > 60_000:
            break
    return field(1, field(6, content))


def read_all_bombs() -> None:
    """Print what each bomb was refused for, and in the end the most memory that was used, in MiB.

    A process of its own runs this: memory that another test has used would hide that of a bomb.
    """
    for name, bomb in BOMBS.items():
        try:
            with TraceReader(io.BytesIO(START + bomb())) as reader:
                records = len(list(reader))
            print(f"{name}: read {records}")
        except TraceError as error:
            print(f"{name}: {error}")
    print(peak_memory_bytes() >> 20)


if __name__ == "__main__":
    read_all_bombs()
