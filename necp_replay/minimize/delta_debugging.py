"""Removes items from a list as long as a property holds.

Theory of operation. This is delta debugging (Zeller and Hildebrandt, 2002) in the form that
fuzzers use: windows are removed from the end to the beginning, first of half of the list, then of
half that size, down to single items. Windows of single items are tried again until a whole pass
removes none. So no single item of the result can be removed: it is 1-minimal.

Lists are proposed in rows. Each row begins with the items that are left, and goes on as if none of
its lists had the property. The caller says which list is the first that has it, and the next row
begins there. So a caller can try several lists of a row at once, and the result is the same.

Cost: at most about 2 n checks where half of the items stay, a few log n where few do.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from typing import TypeAlias, TypeVar

Item = TypeVar("Item")
First: TypeAlias = "Callable[[Iterator[list[Item]]], int | None]"
"""The place in a row of the first list that has the property, None if none has."""


def without_windows(items: Sequence[Item], first: First[Item], *, smallest: int = 1) -> list[Item]:
    """The items that are left. Proposed lists are in the same order.

    The first windows have half of the list, the last ones ``smallest`` items.
    """
    left = list(items)
    size = max(smallest, len(left) // 2)
    while left:
        removed = False
        end = len(left)
        while end > 0:
            ends = range(end, 0, -size)
            found = first(_without(left, max(0, each - size), each) for each in ends)
            if found is None:
                break
            end = max(0, ends[found] - size)
            left = _without(left, end, ends[found])
            removed = True
        if size == smallest and (not removed or smallest > 1):
            break
        size = max(smallest, size // 2)
    return left


def without_groups(
    items: Sequence[Item], groups: Sequence[Collection[Item]], first: First[Item]
) -> list[Item]:
    """The items that are left when groups were removed: half of them at once, down to single ones.

    A group is removed whole or not at all. Groups may overlap.
    """
    left = list(items)
    kept = [frozenset(group) for group in groups]
    size = len(kept) + 1
    while kept and size > 1:
        size = (size + 1) // 2
        end = len(kept)
        while end > 0:
            touching = _touching(kept[:end], left)
            kept[:end] = touching
            end = len(touching)
            ends = range(end, 0, -size)
            rests = (_rest(left, kept[max(0, each - size) : each]) for each in ends)
            found = first(rests)
            if found is None:
                break
            begin = max(0, ends[found] - size)
            left = _rest(left, kept[begin : ends[found]])
            del kept[begin : ends[found]]
            end = begin
    return left


def _touching(groups: Sequence[frozenset[Item]], left: Sequence[Item]) -> list[frozenset[Item]]:
    """The groups of which something is left."""
    here = set(left)
    return [group for group in groups if not group.isdisjoint(here)]


def _rest(items: Sequence[Item], groups: Sequence[frozenset[Item]]) -> list[Item]:
    gone = frozenset[Item]().union(*groups)
    return [item for item in items if item not in gone]


def _without(items: Sequence[Item], begin: int, end: int) -> list[Item]:
    return [*items[:begin], *items[end:]]
