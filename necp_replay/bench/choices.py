"""Seeded random choices that are the same with every version of Python."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

Item = TypeVar("Item")

_MASK = (1 << 64) - 1


class Choices:
    """The SplitMix64 generator (Steele, Lea and Flood, 2014).

    Python's ``random`` promises the same sequence for ``random()`` only, not for its other methods.
    """

    __slots__ = ("_state",)

    def __init__(self, seed: int) -> None:
        self._state = seed & _MASK

    def number(self, below: int) -> int:
        """A number from 0 to ``below`` - 1.

        The remainder is very slightly uneven, by ``below`` in 2**64, which does not matter here.
        """
        self._state = (self._state + 0x9E3779B97F4A7C15) & _MASK
        z = self._state
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & _MASK
        return (z ^ (z >> 31)) % below

    def pick(self, items: Sequence[Item]) -> Item:
        """One of the items, all equally likely."""
        return items[self.number(len(items))]
