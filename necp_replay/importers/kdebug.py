"""Raw kernel traces (kdebug, ktrace): the system calls in files of version 2 and version 3.

Version 2 is a header, a map of threads, and events. Version 3 is a row of chunks, each with a tag
and a length. Every event has 64 bytes. Layouts: ``kd_buf``, ``kd_threadmap``, ``kd_header_v3``
(bsd/sys/kdebug_private.h, xnu-8792.61.2). A call is two events of one thread: it begins with four
arguments, and ends with the errno and the return value.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import IO, Final

from necp_replay.errors import ImportedFileError
from necp_replay.importers.describe_call import call_text
from necp_replay.importers.seen_call import ARGUMENTS, LineNote, Notes, SeenCall

VERSION_2: Final = b"\x00\x02\xaa\x55"
VERSION_3: Final = b"\x00\x03\xaa\x55"
_EVENT: Final = struct.Struct("<Q4QQIIQ")
_THREAD: Final = struct.Struct("<QI20s")
_HEADER_2: Final = struct.Struct("<4xI8x4xIQ256x")
_HEADER_3: Final = struct.Struct("<IIQIIQQIIII")
_CHUNK: Final = struct.Struct("<IIQ")
_TICKS: Final = 0x00FF_FFFF_FFFF_FFFF
_MOST_THREADS: Final = 1_000_000
_MOST_PENDING: Final = 65_536
_THREAD_MAP_TAG: Final = 0x1D00
_EVENTS_TAG: Final = 0x1E00
_SKIP_BYTES: Final = 1 << 20
_I32_BITS: Final = 1 << 31

_BEGIN, _END = 1, 2
_SYSTEM_CALL: Final = 0x040C_0000
_NEW_THREAD: Final = 0x0700_0004
_EXEC: Final = 0x0700_0008
_EXEC_NAME: Final = 0x0701_0008
_LOST: Final = 0x0702_0008
_CALLS: Final = {
    501: "necp_open",
    502: "necp_client_action",
    522: "necp_session_open",
    523: "necp_session_action",
    460: "necp_match_policy",
    490: "netagent_trigger",
    6: "close",
    399: "close",
    442: "close",
    1: "exit",
}
"""The system calls that are taken, by their numbers."""


def begins_as_kdebug(head: bytes) -> bool:
    """Whether a file begins as one of either version."""
    return head[:4] in (VERSION_2, VERSION_3)


def read_kdebug(stream: IO[bytes], note: Notes) -> Iterator[SeenCall]:
    """The calls of a raw trace. One that is cut short gives what is before the cut."""
    trace = _RawTrace(stream, note)
    if stream.read(4) == VERSION_3:
        yield from trace.version_3()
    else:
        yield from trace.version_2()


class _RawTrace:
    """One file: who the threads are, and the calls that have begun."""

    def __init__(self, stream: IO[bytes], note: Notes) -> None:
        self._stream = stream
        self._note = note
        self._pids: dict[int, int] = {}
        self._names: dict[int, str] = {}
        self._begun: dict[int, tuple[int, SeenCall]] = {}
        self._executing: dict[int, int] = {}
        self._events = 0
        self._ns_per_tick: tuple[int, int] | None = None

    def version_2(self) -> Iterator[SeenCall]:
        """The calls of version 2."""
        self._stream.seek(0)
        head = self._stream.read(_HEADER_2.size)
        if len(head) < _HEADER_2.size:
            raise ImportedFileError("the kernel trace is cut short within its header")
        threads, is_64_bit, ticks_per_s = _HEADER_2.unpack(head)
        if not is_64_bit:
            raise ImportedFileError("it is a kernel trace of a 32-bit system, which is not read")
        if ticks_per_s:
            self._ns_per_tick = (1_000_000_000, ticks_per_s)
        if threads > _MOST_THREADS:
            raise ImportedFileError(f"a kernel trace with a map of {threads:,} threads")
        for _ in range(threads):
            self._add_thread(self._stream.read(_THREAD.size))
        # Zeros fill the page that the map ends in. The time that begins an event is not zero.
        word = bytes(8)
        while word == bytes(8):
            word = self._stream.read(8)
        yield from self._calls(word, None)
        yield from self._unfinished()

    def version_3(self) -> Iterator[SeenCall]:
        """The calls of version 3."""
        self._stream.seek(0)
        head = self._stream.read(_HEADER_3.size)
        if len(head) < _HEADER_3.size:
            raise ImportedFileError("the kernel trace is cut short within its header")
        _, _, length, numerator, denominator, *_ = _HEADER_3.unpack(head)
        if numerator and denominator:
            self._ns_per_tick = (numerator, denominator)
        usual = _HEADER_3.size - _CHUNK.size
        if usual < length <= _SKIP_BYTES:
            self._skip(_aligned(length) - usual)
        has_events = False
        while len(chunk := self._stream.read(_CHUNK.size)) == _CHUNK.size:
            tag, _, length = _CHUNK.unpack(chunk)
            if tag == _THREAD_MAP_TAG and length % _THREAD.size == 0:
                if length > _MOST_THREADS * _THREAD.size:
                    raise ImportedFileError(f"a kernel trace with a map of {length:,} bytes")
                for _ in range(length // _THREAD.size):
                    self._add_thread(self._stream.read(_THREAD.size))
            elif tag == _EVENTS_TAG and length >= 8:
                has_events = True
                self._stream.read(8)
                events = (length - 8) // _EVENT.size
                yield from self._calls(b"", events)
                self._skip(_aligned(length) - 8 - events * _EVENT.size)
            elif self._skip(_aligned(length)):
                self._lose("the kernel trace is cut short, or a part of it is damaged")
        if not has_events:
            raise ImportedFileError("the kernel trace has no events")
        yield from self._unfinished()

    def _skip(self, count: int) -> int:
        """Pass over bytes. Returns how many were not there."""
        while count > 0:
            passed = len(self._stream.read(min(count, _SKIP_BYTES)))
            if not passed:
                return count
            count -= passed
        return 0

    def _lose(self, why: str) -> None:
        self._note(LineNote(self._events, False, why, is_loss=True))

    def _add_thread(self, entry: bytes) -> None:
        if len(entry) == _THREAD.size:
            thread, pid, name = _THREAD.unpack(entry)
            self._pids[thread] = pid
            self._name(pid, name)

    def _name(self, pid: int, name: bytes) -> None:
        if pid not in self._names and len(self._names) >= _MOST_THREADS:
            return
        self._names[pid] = name.partition(b"\0")[0].decode("utf-8", "replace")

    def _calls(self, beginning: bytes, count: int | None) -> Iterator[SeenCall]:
        """The calls in the next events: as many as given, else all that there are."""
        read = 0
        while count is None or read < count:
            event = beginning + self._stream.read(_EVENT.size - len(beginning))
            beginning = b""
            if len(event) < _EVENT.size:
                if event or count is not None:
                    self._events += 1
                    self._lose("the kernel trace is cut short here")
                return
            read += 1
            self._events += 1
            call = self._take(*_EVENT.unpack(event)[:7])
            if call is not None:
                yield call

    def _take(
        self, ticks: int, first: int, second: int, third: int, fourth: int, thread: int, id_: int
    ) -> SeenCall | None:
        kind, part = id_ & ~3, id_ & 3
        if kind == _NEW_THREAD and len(self._pids) < _MOST_THREADS:
            self._pids[first] = second & (_I32_BITS - 1)
        elif kind == _EXEC and len(self._executing) < _MOST_PENDING:
            self._executing[thread] = first & (_I32_BITS - 1)
        elif kind == _EXEC_NAME and thread in self._executing:
            name = struct.pack("<4Q", first, second, third, fourth)
            self._name(self._executing.pop(thread), name)
        elif kind == _LOST:
            self._lose("the kernel lost events here")
            return None
        number = (kind & 0xFFFF) >> 2
        name_of_call = _CALLS.get(number) if kind & 0xFFFF_0000 == _SYSTEM_CALL else None
        if name_of_call is None or part not in (_BEGIN, _END):
            self._note(LineNote(self._events, False, "it is not about NECP"))
            return None
        if part == _BEGIN:
            return self._begin(name_of_call, ticks, (first, second, third, fourth), thread)
        return self._end(name_of_call, first, second, fourth, thread)

    def _begin(
        self, name: str, ticks: int, arguments: tuple[int, ...], thread: int
    ) -> SeenCall | None:
        if len(self._begun) >= _MOST_PENDING:
            del self._begun[next(iter(self._begun))]
        pid = self._pids.get(thread)
        call = SeenCall(name, arguments[: len(ARGUMENTS[name])], self._events, pid, thread)
        call.process = "" if pid is None else self._names.get(pid, "")
        if self._ns_per_tick is not None:
            numerator, denominator = self._ns_per_tick
            call.time_ns = (ticks & _TICKS) * numerator // denominator
        if name == "exit":
            # The call never returns.
            return call
        self._begun[thread] = (self._events, call)
        return None

    def _end(self, name: str, errno: int, retval: int, pid: int, thread: int) -> SeenCall | None:
        _, call = self._begun.pop(thread, (0, None))
        if call is None or call.call != name:
            if name != "close":
                self._lose(f"the end of {name}, whose beginning is not in the trace")
            return None
        call.errno = errno & 0xFFFF_FFFF
        call.failed = bool(call.errno)
        if not call.failed:
            call.retval = retval - 2 * _I32_BITS if retval >= _I32_BITS else retval
            call.retval = call.retval if abs(call.retval) < _I32_BITS else None
        if call.pid is None and 0 < pid < _I32_BITS:
            call.pid = pid
        if name != "close":
            self._note(LineNote(call.line, True, call_text(call)))
        return call

    def _unfinished(self) -> Iterator[SeenCall]:
        """The calls that never ended: what they gave back is not known."""
        for _, call in sorted(self._begun.values(), key=lambda each: each[0]):
            if call.call != "close":
                self._note(LineNote(call.line, True, f"{call_text(call)}; its end is missing"))
                yield call


def _aligned(length: int) -> int:
    return (length + 7) & ~7
