"""Reads a recording: what the recording library wrote of the calls of a program.

The layout is that of ``library/recording.h``. A program that was killed leaves records that are not
whole; they are skipped, and what follows them is found by its mark. Whatever the file holds,
memory and time are bounded by its size.
"""

from __future__ import annotations

import enum
import secrets
import struct
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from necp_replay.dataclass import dataclass
from necp_replay.errors import TraceError, hint_for
from necp_replay.files.fixed_size import create_sized
from necp_replay.files.window import FileWindow

MAGIC: Final = b"NECPCAP1"
_VERSION: Final = 1
_HEADER: Final = struct.Struct("<8sIIQQQQQ")
"""``struct recording_header``: magic, version, length, nonce, size, used, tickets, lost."""
_HEADER_BYTES: Final = 4096
_HEAD: Final = struct.Struct("<QIHHQQQQQIiq8Q")
"""``struct record_head``."""
_BUFFER: Final = struct.Struct("<BBHIQ")
"""``struct record_buffer``."""
_BEGIN: Final = struct.Struct("<QIH")
"""How a head begins: mark, length, kind."""
_TICKET_OFFSET: Final = 16
"""Where a head has the number of the moment at which the call began."""
_MARK: Final = struct.Struct("<Q")
_ALIGNMENT: Final = 16
_WORDS: Final = 1 << 16
"""How many bytes are searched in one step for the next record, after one that is not whole."""


class CallKind(enum.IntEnum):
    """``enum recorded_call``: which call a record is about."""

    NECP_OPEN = 1
    NECP_CLIENT_ACTION = 2
    NECP_SESSION_OPEN = 3
    NECP_SESSION_ACTION = 4
    NECP_MATCH_POLICY = 5
    NETAGENT_TRIGGER = 6
    CLOSE = 7
    POLL = 8
    KEVENT = 9
    SETSOCKOPT = 10
    GETSOCKOPT = 11
    CONNECT = 12
    BEGINS = 13
    FORKED = 14
    EXITS = 15
    SELECT = 16


FAULT: Final = 0x1
CUT: Final = 0x2
READONLY: Final = 0x4
UNCHANGED: Final = 0x8
"""``BUFFER_*``: what was found out about a buffer. Plain numbers, since each call asks for them."""
LOCAL_NAME: Final = 8
REMOTE_NAME: Final = 9
PROGRAM_PATH: Final = 10
IMAGE_ID: Final = 11
BEHIND: Final = 16
"""Buffers that are not an argument. A pointer in argument N leads to ``BEHIND + N``."""


@dataclass(frozen=True, slots=True)
class RecordedMemory:
    """One buffer in a record. The library tried to record ``wanted`` bytes of it."""

    flags: int
    content: bytes
    wanted: int


@dataclass(frozen=True, slots=True)
class RecordedCall:
    """One call, as the library saw it.

    ``begin`` and ``end`` number the moments before and after it, for all processes in one order.
    ``before`` and ``after`` are its buffers, by the number of their argument.
    """

    kind: CallKind
    process: int
    thread: int
    begin: int
    end: int
    begin_ns: int
    end_ns: int
    result: int
    errno: int
    arguments: tuple[int, ...]
    before: dict[int, RecordedMemory]
    after: dict[int, RecordedMemory]


def create_recording(path: Path, size_bytes: int) -> None:
    """Make an empty recording, which the library fills. Raises WriteError.

    It takes space on the disk only as it is filled.
    """
    nonce = secrets.randbits(64)
    head = _HEADER.pack(MAGIC, _VERSION, _HEADER_BYTES, nonce, size_bytes, _HEADER_BYTES, 0, 0)
    create_sized(path, head, size_bytes)


class CallRecording:
    """An open recording. Use it as a context manager. Raises TraceError for another file."""

    def __init__(self, path: Path) -> None:
        """Open the file and read its header."""
        self.path = path
        try:
            self._file = FileWindow(path)
        except OSError as error:
            raise _unreadable(error, path) from None
        try:
            self._read_header()
        except OSError as error:
            self._file.close()
            raise _unreadable(error, path) from None
        except TraceError:
            self._file.close()
            raise

    def _read_header(self) -> None:
        size_bytes, name = self._file.size_bytes, str(self.path)
        content = self._file.bytes_at(0, _HEADER.size)
        if not size_bytes:
            raise TraceError("not a recording: it is empty", file=name)
        if content[: len(MAGIC)] != MAGIC or size_bytes < _HEADER_BYTES:
            raise TraceError(
                "not a recording", file=name, hint="`necp-replay capture` makes recordings."
            )
        _, version, header_bytes, nonce, _, used, _, lost = _HEADER.unpack_from(content)
        if version != _VERSION or header_bytes != _HEADER_BYTES:
            raise TraceError(f"version {version} of recordings is not known", file=name)
        self.lost: int = lost
        """How many calls were not recorded, because the file was full."""
        self.unfinished = 0
        """How many records and calls are not finished, in the part that was read."""
        self._nonce: int = nonce
        self._end: int = min(used, size_bytes) // _ALIGNMENT * _ALIGNMENT

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._file.close()

    def calls(self) -> Iterator[RecordedCall]:
        """All calls in the order in which they began."""
        places = sorted(self._places())
        for _, place in places:
            yield self._call(place)

    def _places(self) -> Iterator[tuple[int, int]]:
        """The number of the moment at which each whole record's call began, and its place."""
        place, end = _HEADER_BYTES, self._end
        self.unfinished = 0
        while place + _HEAD.size <= end:
            size = self._size_of(place)
            if size:
                yield self._number(place + _TICKET_OFFSET), place
                place += size
            else:
                self.unfinished += 1
                place = self._next_place(place + _ALIGNMENT)

    def _size_of(self, place: int) -> int:
        """The length of the record at a place; 0 if there is no complete record."""
        mark: int
        size: int
        index = self._file.at(place, _HEAD.size)
        mark, size, kind = _BEGIN.unpack_from(self._file.content, index)
        is_whole: bool = (
            mark == self._nonce ^ place
            and size % _ALIGNMENT == 0
            and _HEAD.size < size <= self._end - place
            and self._number(place + size - _MARK.size) == mark
            and kind in _KINDS
        )
        return size if is_whole else 0

    def _number(self, place: int) -> int:
        number: int
        index = self._file.at(place, _MARK.size)
        (number,) = _MARK.unpack_from(self._file.content, index)
        return number

    def _next_place(self, place: int) -> int:
        """The next place with the mark of a record."""
        while place < self._end:
            count = min(_WORDS, (self._end - place) // 8)
            words = struct.unpack(f"<{count}Q", self._file.bytes_at(place, count * 8))
            for index in range(0, count, 2):
                at = place + index * 8
                if words[index] == self._nonce ^ at:
                    return at
            place += count * 8
        return self._end

    def _call(self, place: int) -> RecordedCall:
        _, size, _ = _BEGIN.unpack(self._file.bytes_at(place, _BEGIN.size))
        record = self._file.bytes_at(place, size)
        head = _HEAD.unpack_from(record)
        _, _, kind, buffers, begin, end, begin_ns, end_ns, thread, process, error, result = head[
            :12
        ]
        before: dict[int, RecordedMemory] = {}
        after: dict[int, RecordedMemory] = {}
        at, stop = _HEAD.size, size - _MARK.size
        for _ in range(buffers):
            if at + _BUFFER.size > stop:
                break
            which, is_after, flags, count, wanted = _BUFFER.unpack_from(record, at)
            at += _BUFFER.size
            if count > stop - at:
                break
            content = record[at : at + count]
            if flags & UNCHANGED and which in before:
                content = before[which].content
            (after if is_after else before)[which] = RecordedMemory(flags, content, wanted)
            at += (count + 7) // 8 * 8
        return RecordedCall(
            _KINDS[kind],
            process,
            thread,
            begin,
            end,
            begin_ns,
            end_ns,
            result,
            error,
            head[12:],
            before,
            after,
        )


def _unreadable(error: OSError, path: Path) -> TraceError:
    return TraceError(str(error.strerror or error), file=str(path), hint=hint_for(error))


OF_PROCESSES: Final = frozenset({CallKind.BEGINS, CallKind.FORKED, CallKind.EXITS})
"""Records of processes, which are no calls."""
_KINDS: Final = {int(kind): kind for kind in CallKind}
