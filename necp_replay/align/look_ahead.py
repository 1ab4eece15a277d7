"""A look-ahead buffer over one sequence."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Generic, TypeVar

Entry = TypeVar("Entry")

_TRIM = 1024
"""Dropped entries are deleted in batches of this size: each deletion moves the rest of the list."""


class LookAhead(Generic[Entry]):
    """A lazy look-ahead buffer: entries are read from the source when they are asked for.

    Offsets count from the first entry that was not dropped. Memory is bounded by the furthest
    offset that anybody looked at.
    """

    __slots__ = ("_entries", "_has_ended", "_next", "_start")

    def __init__(self, source: Iterable[Entry]) -> None:
        self._next = iter(source).__next__
        self._entries: list[Entry] = []
        self._start = 0
        self._has_ended = False

    def at(self, offset: int) -> Entry | None:
        """The entry at an offset; None if the source ends before it."""
        position = self._start + offset
        entries = self._entries
        if position < len(entries):
            return entries[position]
        while not self._has_ended:
            try:
                entries.append(self._next())
            except StopIteration:
                self._has_ended = True
                break
            if position < len(entries):
                return entries[position]
        return None

    def drop(self, count: int) -> None:
        """Drop the first entries."""
        self._start += count
        if self._start >= _TRIM:
            del self._entries[: self._start]
            self._start = 0

    def first(self, count: int) -> list[Entry]:
        """The first ``count`` entries, or as many as there are."""
        if count > 0:
            self.at(count - 1)
        return self._entries[self._start : self._start + count]

    def window(
        self, count: int, most_bytes: int, size_bytes: Callable[[Entry], int]
    ) -> tuple[list[Entry], bool]:
        """The first entries, at most ``count``, and whether these are all that are left.

        Stops reading once the entries exceed ``most_bytes``. Entries that are already in the buffer
        are returned in any case.
        """
        total_bytes = 0
        entries: list[Entry] = []
        while len(entries) < count:
            is_buffered = self._start + len(entries) < len(self._entries)
            if not is_buffered and total_bytes > most_bytes:
                return entries, False
            entry = self.at(len(entries))
            if entry is None:
                return entries, True
            total_bytes += size_bytes(entry)
            entries.append(entry)
        return entries, False
