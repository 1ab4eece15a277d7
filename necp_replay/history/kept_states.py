"""Saved states of a trace at some of its places, within a limit of memory."""

from __future__ import annotations

import zlib
from bisect import bisect_right, insort
from collections import OrderedDict
from typing import Final

EVERY_RECORDS: Final = 1_000
"""A state is kept at least so many records after the one before."""
BYTES_PER_RECORD: Final = 128
"""A larger state is kept less often: the distance in records is its size divided by this. So saving
a state costs about a tenth of replaying the records up to the next one."""
MOST_BYTES: Final = 64 * 1024 * 1024
"""How much memory kept states take, compressed."""
_LEVEL: Final = 1


class KeptStates:
    """States by the number of the record after which they were saved.

    Milestones are kept when the place moves forward, with larger distances in longer traces. Near
    states are kept for steps back, and are the first that are forgotten.
    """

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self._most_bytes = most_bytes
        self._bytes = 0
        self._states: dict[int, bytes] = {}
        self._numbers: list[int] = []
        self._near: OrderedDict[int, None] = OrderedDict()
        self._every = EVERY_RECORDS
        self._next_milestone = EVERY_RECORDS

    def before(self, number: int) -> int | None:
        """The last record up to a number whose state is kept."""
        place = bisect_right(self._numbers, number)
        return self._numbers[place - 1] if place else None

    def state(self, number: int) -> bytes:
        """The state after a record. Raises KeyError if it is not kept."""
        if number in self._near:
            self._near.move_to_end(number)
        return zlib.decompress(self._states[number])

    def wants(self, number: int) -> bool:
        """Whether a milestone is due at a record that is reached for the first time."""
        return number >= self._next_milestone

    def keep(self, number: int, state: bytes, *, near: bool = False) -> None:
        """Keep the state after a record: a milestone, or one that is ``near`` where one is."""
        self._next_milestone = max(
            self._next_milestone,
            number + max(self._every, len(state) // BYTES_PER_RECORD),
        )
        if number in self._states:
            return
        compressed = zlib.compress(state, _LEVEL)
        self._states[number] = compressed
        insort(self._numbers, number)
        self._bytes += len(compressed)
        if near:
            self._near[number] = None
        while self._bytes > self._most_bytes and len(self._numbers) > 1:
            self._forget_some(number)

    def _forget_some(self, latest: int) -> None:
        """Forget the oldest near state, or else every second milestone."""
        if self._near:
            oldest, _ = self._near.popitem(last=False)
            self._forget(oldest)
            return
        self._every *= 2
        for number in self._numbers[::2] if len(self._numbers) > 2 else self._numbers[:1]:
            if number != latest:
                self._forget(number)

    def _forget(self, number: int) -> None:
        self._bytes -= len(self._states.pop(number))
        del self._numbers[bisect_right(self._numbers, number) - 1]
