"""Compares one value with every row of a table at once: a bit-sliced index.

The rows of a table are the bits of a bitmap: bit i of a Python integer stands for row i. Bitmaps
are combined with ``&`` and ``|``, which look at all rows in one operation.

The distinct values of a column are numbered. Slice b is a bitmap that has bit b of each row's
number, so a column with v distinct values takes log2(v) bitmaps. Comparing all rows with one value
takes two or three operations for each slice, whatever the rows hold. A list of rows for each value
would be as fast for equality, but not for values that most rows share, nor for ranges.

Method: O'Neil and Quass, "Improved Query Performance with Variant Indexes", 1997.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Hashable, Iterable, Sequence
from typing import Any


def bitmap_of(rows: Iterable[object]) -> int:
    """A bitmap of the rows that are true."""
    digits = ["1" if row else "0" for row in rows]
    digits.reverse()
    return int("".join(digits) or "0", 2)


class EqualColumn:
    """A column that is asked which rows are equal to a value. Values need not have an order."""

    __slots__ = ("_numbers", "_rows")

    def __init__(self, values: Sequence[Hashable]) -> None:
        self._numbers = {value: number for number, value in enumerate(dict.fromkeys(values))}
        self._rows = _NumberedRows([self._numbers[value] for value in values], len(self._numbers))

    def equal_to(self, value: Hashable) -> int:
        """A bitmap of the rows with this value."""
        number = self._numbers.get(value)
        return 0 if number is None else self._rows.with_number(number)


class OrderedColumn:
    """A column that is asked which rows are at most, or at least, as large as a value."""

    __slots__ = ("_distinct", "_rows")

    def __init__(self, values: Sequence[Any]) -> None:
        self._distinct = sorted(set(values))
        numbers = {value: number for number, value in enumerate(self._distinct)}
        self._rows = _NumberedRows([numbers[value] for value in values], len(self._distinct))

    def at_most(self, value: Any) -> int:
        """A bitmap of the rows whose value is ``value`` or less."""
        return self._rows.below(bisect_right(self._distinct, value))

    def at_least(self, value: Any) -> int:
        """A bitmap of the rows whose value is ``value`` or more."""
        return self._rows.all & ~self._rows.below(bisect_left(self._distinct, value))


class _NumberedRows:
    """Rows that hold numbers from 0 to ``count`` - 1, sliced by bit."""

    __slots__ = ("_count", "_slices", "all")

    def __init__(self, numbers: list[int], count: int) -> None:
        self.all = (1 << len(numbers)) - 1
        self._count = count
        self._slices = [
            bitmap_of(number >> bit & 1 for number in numbers)
            for bit in range((count - 1).bit_length() if count else 0)
        ]

    def with_number(self, number: int) -> int:
        found = self.all
        for bit, bitmap in enumerate(self._slices):
            found &= bitmap if number >> bit & 1 else ~bitmap
        return found

    def below(self, number: int) -> int:
        """The rows with a smaller number; ``number`` is at most the count of distinct values."""
        if number >= self._count:
            return self.all
        below, equal_so_far = 0, self.all
        for bit in range(len(self._slices) - 1, -1, -1):
            bitmap = self._slices[bit]
            if number >> bit & 1:
                below |= equal_so_far & ~bitmap
                equal_so_far &= bitmap
            else:
                equal_so_far &= ~bitmap
        return below
