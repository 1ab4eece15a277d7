"""What every record of a trace touches, packed: a few bytes for each record and each key."""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections.abc import Sequence

from necp_replay.tools.dependencies import Mark, Touches
from necp_replay.tools.objects import Objects


class KeyLists:
    """A list of keys for each record, counted from 1."""

    def __init__(self) -> None:
        self._keys = array("L")
        self._ends = array("Q", [0])

    def append(self, keys: Sequence[int]) -> None:
        """Add the list of the next record."""
        self._keys.extend(keys)
        self._ends.append(len(self._keys))

    def at(self, number: int) -> Sequence[int]:
        """The list of a record."""
        return self._keys[self._ends[number - 1] : self._ends[number]]


class History:
    """The records of a trace, as far as a cut asks about them."""

    def __init__(self) -> None:
        self.objects = Objects()
        self.marks = array("H", [0])
        self.serves = KeyLists()
        self.kills = KeyLists()
        self.needs = KeyLists()
        self.asks = KeyLists()
        self.evaluates = KeyLists()
        self.opened: dict[int, int] = {}
        """The fd that each successful open returned, by its record."""
        self.records = 0
        """How many records the trace has. The last ones need not be here."""
        self.selected = 0
        self.last_selected = 0
        self._clock_records = array("Q")
        self._clock_ns = array("Q")

    def append(self, touches: Touches, *, is_selected: bool) -> None:
        """Add the next record. What its own outcome asks for is kept only if it is selected."""
        mark = touches.mark
        self.records += 1
        if is_selected:
            mark |= Mark.SELECTED
            self.selected += 1
            self.last_selected = len(self.marks)
        self.marks.append(mark)
        self.serves.append(touches.serves)
        self.kills.append(touches.kills)
        self.needs.append(touches.needs)
        self.asks.append(touches.asks if is_selected else ())
        self.evaluates.append(touches.evaluates)

    def set_clock(self, ns: int) -> None:
        """The next record is the first at this time."""
        self._clock_records.append(len(self.marks))
        self._clock_ns.append(ns)

    def clock_ns(self, number: int, start_ns: int) -> int:
        """The time of a record."""
        position = bisect_right(self._clock_records, number)
        return self._clock_ns[position - 1] if position else start_ns

    def has(self, number: int, mark: int) -> bool:
        """Whether a record has a mark."""
        return bool(self.marks[number] & mark)
