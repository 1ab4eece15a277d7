"""Recordings that are made by hand, record by record."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from pathlib import Path

from necp_replay.capture.recording import CallKind, RecordedCall, RecordedMemory

NONCE = 0x1122334455667788
_HEADER_BYTES = 4096


def call(
    kind: CallKind,
    *arguments: int,
    process: int = 7,
    begin: int = 0,
    end: int | None = None,
    result: int = 0,
    errno: int = 0,
    before: dict[int, RecordedMemory] | None = None,
    after: dict[int, RecordedMemory] | None = None,
) -> RecordedCall:
    """A call. The arguments that are not given are 0."""
    last = begin + 1 if end is None else end
    padded = (*arguments, *(0,) * (8 - len(arguments)))
    return RecordedCall(
        kind,
        process,
        process,
        begin,
        last,
        1_000_000_000 + begin,
        1_000_000_000 + last,
        result,
        errno,
        padded,
        before or {},
        after or {},
    )


def memory(content: bytes, flags: int = 0, wanted: int | None = None) -> RecordedMemory:
    """A buffer of a call."""
    return RecordedMemory(flags, content, len(content) if wanted is None else wanted)


def write_recording(path: Path, calls: Sequence[RecordedCall], *, lost: int = 0) -> bytes:
    """Write a recording of some calls, and return its bytes."""
    content = recording_of(calls, lost=lost)
    path.write_bytes(content)
    return content


def recording_of(calls: Sequence[RecordedCall], *, lost: int = 0) -> bytes:
    """The bytes of a recording of some calls."""
    content = b""
    for each in calls:
        content += _record(each, _HEADER_BYTES + len(content))
    size = _HEADER_BYTES + len(content)
    head = struct.pack(
        "<8sIIQQQQQ", b"NECPCAP1", 1, _HEADER_BYTES, NONCE, size, size, 2 * len(calls), lost
    )
    return head.ljust(_HEADER_BYTES, b"\0") + content


def _record(each: RecordedCall, place: int) -> bytes:
    buffers = [(which, 0, found) for which, found in each.before.items()]
    buffers += [(which, 1, found) for which, found in each.after.items()]
    body = b"".join(
        struct.pack("<BBHIQ", which, after, found.flags, len(found.content), found.wanted)
        + found.content.ljust((len(found.content) + 7) // 8 * 8, b"\0")
        for which, after, found in buffers
    )
    size = (136 + len(body) + 8 + 15) // 16 * 16
    head = struct.pack(
        "<QIHHQQQQQIiq8Q",
        NONCE ^ place,
        size,
        each.kind,
        len(buffers),
        each.begin,
        each.end,
        each.begin_ns,
        each.end_ns,
        each.thread,
        each.process,
        each.errno,
        each.result,
        *each.arguments,
    )
    return (head + body).ljust(size - 8, b"\0") + struct.pack("<Q", NONCE ^ place)


_ID = bytes(range(16))
CALLS = (
    call(CallKind.BEGINS, 1, 501, 256, begin=0, after={10: memory(b"/bin/app")}),
    call(CallKind.NECP_OPEN, 0, begin=2, result=3),
    call(
        CallKind.NECP_CLIENT_ACTION,
        *(3, 1, 0x1000, 16, 0x2000, 6),
        begin=4,
        before={2: memory(bytes(16)), 4: memory(b"\xfa\4\0\0\0\4")},
        after={2: memory(_ID), 4: memory(b"", 8, 6)},
    ),
    call(CallKind.SETSOCKOPT, 5, 1, 0x1111, 0x1000, 16, begin=6, before={3: memory(_ID)}),
    call(CallKind.POLL, 3, 1, 1, begin=8),
    call(CallKind.NECP_MATCH_POLICY, 0x10, 6, 0x20, begin=10, errno=14, result=-1),
    call(CallKind.CLOSE, 3, 1, begin=12),
    call(CallKind.EXITS, begin=14),
)
"""Calls of every kind that a small program makes."""
