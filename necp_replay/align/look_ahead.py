"""One sequence as an aligner reads it: pulled when it is looked at, let go when it is placed."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Generic, TypeVar

Entry = TypeVar("Entry")

_TRIM = 1024
"""So many entries that were let go are forgotten at once."""


class Held(Generic[Entry]):
    """The entries of a sequence that were pulled and not placed yet, counted from the first."""

    __slots__ = ("_entries", "_has_ended", "_next", "_start")

    def __init__(self, source: Iterable[Entry]) -> None:
        self._next = iter(source).__next__
        self._entries: list[Entry] = []
        self._start = 0
        self._has_ended = False

    def at(self, offset: int) -> Entry | None:
        """The entry so far behind the first that is held; None behind the end."""
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
        """Let the first entries go."""
        self._start += count
        if self._start >= _TRIM:
            del self._entries[: self._start]
            self._start = 0

    def first(self, count: int) -> list[Entry]:
        """The first entries, fewer where the sequence ends."""
        if count > 0:
            self.at(count - 1)
        return self._entries[self._start : self._start + count]

    def window(
        self, count: int, most_bytes: int, size_bytes: Callable[[Entry], int]
    ) -> tuple[list[Entry], bool]:
        """The same, but no more than fit into so many bytes; and whether all that is left is there.

        What is held already is given in any case.
        """
        total_bytes = 0
        entries: list[Entry] = []
        while len(entries) < count:
            held = self._start + len(entries) < len(self._entries)
            if not held and total_bytes > most_bytes:
                return entries, False
            entry = self.at(len(entries))
            if entry is None:
                return entries, True
            total_bytes += size_bytes(entry)
            entries.append(entry)
        return entries, False
