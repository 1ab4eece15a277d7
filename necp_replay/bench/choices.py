"""A small seeded generator of choices whose sequence is the same on every Python, for ever."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

Item = TypeVar("Item")

_MASK = (1 << 64) - 1


class Choices:
    """SplitMix64 (Steele, Lea and Flood, 2014); the standard library's may change its methods."""

    __slots__ = ("_state",)

    def __init__(self, seed: int) -> None:
        self._state = seed & _MASK

    def number(self, below: int) -> int:
        """A number from 0 to ``below`` - 1."""
        self._state = (self._state + 0x9E3779B97F4A7C15) & _MASK
        z = self._state
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & _MASK
        return (z ^ (z >> 31)) % below

    def pick(self, items: Sequence[Item]) -> Item:
        """One of the items."""
        return items[self.number(len(items))]
