"""The memory of the calling process: copies in and out, and the faults that they meet."""

from __future__ import annotations

import dataclasses
import hashlib
from typing import Final

from necp_replay.events.outcome import Outcome
from necp_replay.events.unmeasured import with_unmeasured
from necp_replay.events.user_buffer import (
    OUT_BUFFER_DIGEST_BYTES,
    BufferDigest,
    OutBuffer,
    Unseen,
    UserBuffer,
)
from necp_replay.kernel.exceptions import KernelPanic, UnknownInput
from necp_replay.kernel.partly_known_bytes import PartlyKnownBytes

COPY_LIMIT_BYTES = 64 * 1024 * 1024
"""A copy of more than this panics before the address is looked at (``copyio``)."""

EXTENT_LIMIT_BYTES = 16 * 1024 * 1024
"""A buffer counts as this long at most, unless the trace has more bytes of it (as in conformance
vectors). A call may pass any length; this keeps the engine's memory bounded."""

_POINTER_BYTES = 8

SLACK_BYTES = 4096
"""Zero bytes that can be read and written after a buffer, unless the trace says how much of it is
mapped. Conformance vectors were measured so."""


class UserFault(Exception):
    """A copy met memory that is not mapped or not writable (EFAULT)."""


class _Rare:
    """State of a buffer that only few calls need. Other calls spend no memory and no time on it.

    ``written`` are the ranges of unknown bytes that the call has written over. ``forgotten`` are
    the ranges in which the call wrote bytes that are not known.
    """

    __slots__ = ("forgotten", "read_to", "written", "written_to")

    def __init__(self) -> None:
        self.written: tuple[tuple[int, int], ...] = ()
        self.forgotten: tuple[tuple[int, int], ...] = ()
        self.written_to = 0
        self.read_to = 0


_NOTHING_RARE: Final = _Rare()


class UserMemory:
    """One pointer argument of a call, and the buffer that it points to; ``is_null`` for NULL.

    ``declared_bytes`` is the length that the call passed for it. Copies may go past this length:
    :attr:`written_to` and :attr:`read_to` say how far, in bytes from the start, 0 if they did not.
    ``rare`` is None as long as no copy needs it. ``_plain`` is the buffer if copies within its
    length have nothing to check: all of it is known, mapped and writable, without pointers, and
    short enough to be shown. Otherwise it is None.
    """

    __slots__ = ("_bytes", "_plain", "buffer", "declared_bytes", "is_null", "rare")

    def __init__(self, buffer: UserBuffer | None, declared_bytes: int) -> None:
        self.buffer = buffer
        self.is_null = buffer is None
        self.declared_bytes = declared_bytes
        self.rare: _Rare | None = None
        self._bytes: bytearray | None = None
        if buffer is not None and (
            buffer.length > OUT_BUFFER_DIGEST_BYTES
            or buffer.mapped is not None
            or buffer.known is not None
            or buffer.readonly
            or buffer.unmapped
            or buffer.pointers
        ):
            buffer = None
        self._plain = buffer

    @classmethod
    def without_length(cls, buffer: UserBuffer | None) -> UserMemory:
        """A pointer that the call passes without a length. The length of the buffer is used."""
        return cls(buffer, 0 if buffer is None else buffer.length)

    @property
    def written_to(self) -> int:
        """Where the copies ended that wrote past the declared length."""
        return (self.rare or _NOTHING_RARE).written_to

    @property
    def read_to(self) -> int:
        """Where the copies ended that read past the declared length."""
        return (self.rare or _NOTHING_RARE).read_to

    def copyin(self, size_bytes: int, offset: int = 0) -> bytes:
        """Copy bytes from the process. Raises UserFault, or KernelPanic above 64 MiB.

        Copying zero bytes succeeds at any address, even NULL. Raises UnknownInput for bytes that
        are not known.
        """
        return self.copyin_given(size_bytes, offset).ljust(size_bytes, b"\0")

    def copyin_given(self, size_bytes: int, offset: int = 0) -> bytes:
        """As :meth:`copyin`, without the zero bytes at the end that the record does not hold.

        For copies whose size has no other bound than 64 MiB: memory follows the record's size.
        """
        if size_bytes == 0:
            return b""
        buffer, end = self._plain, offset + size_bytes
        if buffer is None or end > buffer.length:
            buffer = self._buffer_to_read(offset, end)
        if end > self.declared_bytes:
            rare = self._make_rare()
            rare.read_to = max(rare.read_to, end)
        if self._bytes is None:
            return buffer.content[offset:end]
        return bytes(self._bytes[offset:end])

    def _buffer_to_read(self, begin: int, end: int) -> UserBuffer:
        """The buffer, if it can be read from ``begin`` up to ``end``."""
        if end - begin > COPY_LIMIT_BYTES:
            raise KernelPanic("copyio", "copyin of more than 64 MiB")
        buffer = self.buffer
        if buffer is None or end > _accessible_bytes(buffer):
            raise UserFault
        if buffer.known is not None and self._is_unknown(buffer.known, begin, end):
            raise UnknownInput(f"bytes {begin} to {end} of a user buffer are not known")
        return buffer

    def copyout(
        self, content: bytes | bytearray, offset: int = 0, *, is_known: bool = True
    ) -> None:
        """Copy bytes to the process. Raises UserFault after the bytes before the fault are written.

        Unless ``is_known``, it is not known which bytes the kernel writes here. Raises KernelPanic
        above 64 MiB.
        """
        buffer, end = self._plain, offset + len(content)
        if buffer is not None and end <= buffer.length and end <= self.declared_bytes and is_known:
            self._write(buffer, content, offset)
        elif content:
            self._copyout_checked(content, offset, is_known=is_known)

    def _copyout_checked(self, content: bytes | bytearray, offset: int, *, is_known: bool) -> None:
        """As :meth:`copyout`, for buffers of all kinds and copies of any length."""
        size_bytes = len(content)
        if size_bytes > COPY_LIMIT_BYTES:
            raise KernelPanic("copyio", "copyout of more than 64 MiB")
        buffer = self.buffer
        if buffer is None or buffer.unmapped or buffer.readonly:
            raise UserFault
        end, accessible_bytes = offset + size_bytes, _accessible_bytes(buffer)
        is_cut = end > accessible_bytes
        if is_cut:
            if accessible_bytes <= offset:
                raise UserFault
            end = accessible_bytes
        self._write(buffer, content[: end - offset], offset)
        if not is_known:
            rare = self._make_rare()
            rare.forgotten = (*rare.forgotten, (offset, end))
        if buffer.known is not None:
            rare = self._make_rare()
            rare.written = (*rare.written, (offset, end))
        if end > self.declared_bytes:
            rare = self._make_rare()
            rare.written_to = max(rare.written_to, end)
        if is_cut:
            raise UserFault

    def _write(self, buffer: UserBuffer, content: bytes | bytearray, offset: int) -> None:
        stored = self._bytes
        if stored is None:
            stored = self._bytes = bytearray(buffer.content)
        if len(stored) < offset:
            stored.extend(bytes(offset - len(stored)))
        stored[offset : offset + len(content)] = content

    def _make_rare(self) -> _Rare:
        if self.rare is None:
            self.rare = _Rare()
        return self.rare

    @property
    def is_partly_unknown(self) -> bool:
        """Whether the call wrote bytes that are not known."""
        return self.rare is not None and bool(self.rare.forgotten)

    def pointer_at(self, offset: int) -> UserBuffer | None:
        """The buffer that the 8-byte pointer at ``offset`` points to. None for NULL."""
        if self.buffer is not None:
            known = self.buffer.known
            if known is not None and offset + _POINTER_BYTES > known:
                raise UnknownInput("a pointer in a user buffer is not known")
            for pointer in self.buffer.pointers:
                if pointer.offset == offset:
                    return pointer.to
        return None

    def after(self) -> OutBuffer:
        """The buffer as the process finds it after the call."""
        buffer = self._plain
        if buffer is None or self.rare is not None:
            return self._after_in_full()
        content = self._bytes
        if content is None:
            return buffer.content[: buffer.length].rstrip(b"\0")
        return bytes(content[: buffer.length].rstrip(b"\0"))

    def _after_in_full(self) -> OutBuffer:
        """As :meth:`after`, for buffers of all kinds."""
        buffer = self.buffer
        if buffer is None or buffer.unmapped:
            return Unseen.NO_BUFFER
        if buffer.pointers:
            return Unseen.NOT_SHOWN
        shown_bytes = buffer.length
        if shown_bytes > EXTENT_LIMIT_BYTES:
            shown_bytes = _extent_bytes(buffer)
        if buffer.mapped is not None and buffer.mapped < shown_bytes:
            shown_bytes = buffer.mapped
        content = buffer.content if self._bytes is None else self._bytes
        is_known = buffer.known is None or buffer.known >= shown_bytes
        if not is_known or self.is_partly_unknown:
            return self._partly_known(bytes(content[:shown_bytes]), buffer.known, shown_bytes)
        if shown_bytes > OUT_BUFFER_DIGEST_BYTES:
            whole = bytes(content[:shown_bytes])
            digest = hashlib.sha256(whole)
            for _ in range((shown_bytes - len(whole)) // 65536):
                digest.update(bytes(65536))
            digest.update(bytes((shown_bytes - len(whole)) % 65536))
            return BufferDigest(digest.digest(), shown_bytes)
        return bytes(content[:shown_bytes].rstrip(b"\0"))

    def _is_unknown(self, known: int, begin: int, end: int) -> bool:
        return any(low < end and high > begin for low, high in self._unknown_ranges(known, end))

    def _unknown_ranges(self, known: int, end: int) -> list[tuple[int, int]]:
        """The bytes up to ``end`` that are not known and that the call did not write."""
        ranges = []
        written = (self.rare or _NOTHING_RARE).written
        for begin, after in (*sorted(written), (end, end)):
            if known < min(begin, end):
                ranges.append((known, min(begin, end)))
            known = max(known, after)
        return ranges

    def _partly_known(self, content: bytes, known: int | None, shown_bytes: int) -> OutBuffer:
        ranges = [] if known is None else self._unknown_ranges(known, shown_bytes)
        forgotten = (self.rare or _NOTHING_RARE).forgotten
        ranges += [(begin, min(end, shown_bytes)) for begin, end in forgotten]
        if not ranges:
            return content.rstrip(b"\0")
        if shown_bytes > OUT_BUFFER_DIGEST_BYTES:
            # A digest would depend on bytes that are not known.
            content, ranges = b"", [(0, shown_bytes)]
        shown = PartlyKnownBytes(content.rstrip(b"\0"))
        shown.unknown = tuple((begin, None if end == shown_bytes else end) for begin, end in ranges)
        return shown


def name_unknown_bytes(outcome: Outcome) -> Outcome:
    """The outcome with the bytes of buffers that are not known among its unmeasured parts."""
    answer = outcome.answer
    if answer is None:
        return outcome
    parts = list(outcome.unmeasured)
    for field in dataclasses.fields(answer):
        shown = getattr(answer, field.name)
        if isinstance(shown, PartlyKnownBytes):
            for begin, end in shown.unknown:
                is_whole = begin == 0 and end is None
                bounds = "" if is_whole else f"[{begin}:{'' if end is None else end}]"
                parts.append(f"{field.name}{bounds}")
            setattr(answer, field.name, bytes(shown))
    return with_unmeasured(outcome, parts) if parts else outcome


def _accessible_bytes(buffer: UserBuffer) -> int:
    if buffer.unmapped:
        return 0
    if buffer.mapped is not None:
        return buffer.mapped
    length = buffer.length
    return (length if length <= EXTENT_LIMIT_BYTES else _extent_bytes(buffer)) + SLACK_BYTES


def _extent_bytes(buffer: UserBuffer) -> int:
    if buffer.length <= EXTENT_LIMIT_BYTES:
        return buffer.length
    return max(len(buffer.content), EXTENT_LIMIT_BYTES)
