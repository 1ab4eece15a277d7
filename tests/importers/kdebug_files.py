"""Makes raw kernel traces of both versions, after their public layouts."""

from __future__ import annotations

import struct
from collections.abc import Sequence

THREAD = 0x1F2A
PID = 812
Event = tuple[int, tuple[int, ...], int]
"""The id with its part, the arguments, and the thread."""


def call(number: int, arguments: Sequence[int], result: Sequence[int]) -> list[Event]:
    """The two events of a system call: its beginning, and its errno and return value."""
    id_ = 0x040C0000 | number << 2
    return [(id_ | 1, (*arguments,), THREAD), (id_ | 2, (*result,), THREAD)]


def events_bytes(events: Sequence[Event]) -> bytes:
    found = b""
    for position, (id_, arguments, thread) in enumerate(events):
        four = (*arguments, 0, 0, 0, 0)[:4]
        found += struct.pack("<Q4QQIIQ", 24_000 * (position + 1), *four, thread, id_, 0, 0)
    return found


def thread_map(name: bytes = b"app") -> bytes:
    return struct.pack("<QI20s", THREAD, PID, name)


def version_2(events: Sequence[Event], *, fills_page: bool = False) -> bytes:
    """A file of version 2, with a clock of 24 MHz."""
    head = struct.pack("<4sI8x4xIQ256x", b"\x00\x02\xaa\x55", 1, 1, 24_000_000) + thread_map()
    if fills_page:
        head = head.ljust(4096, b"\0")
    return head + events_bytes(events)


def version_3(*parts: Sequence[Event]) -> bytes:
    """A file of version 3, with a chunk of events for each part and chunks of other things."""
    head = struct.pack("<IIQIIQQIIII", 0x55AA0300, 0, 40, 125, 3, 0, 1_764_367_200, 0, 0, 0, 0)
    chunks = _chunk(0x1C00, b"bplist of processors") + _chunk(0x8002, bytes(range(100)))
    chunks += _chunk(0x1D00, thread_map())
    for part in parts:
        chunks += _chunk(0x1E00, bytes(8) + events_bytes(part))
    return head + chunks + _chunk(0x2000, b"")


def _chunk(tag: int, content: bytes) -> bytes:
    padded = content + bytes(-len(content) % 8)
    return struct.pack("<IIQ", tag, 0, len(content)) + padded


OPEN = call(501, (0,), (0, 4))
ADD = call(502, (4, 1, 0x16B2F1C30, 16), (0, 0))
REMOVE = call(502, (4, 2, 0x16B2F1C30, 16), (2, 0))
