"""Removes items from a list as long as a property holds.

Theory of operation. This is delta debugging (Zeller and Hildebrandt, 2002) in the form that
fuzzers use: windows are removed from the end to the beginning, first of half of the list, then of
half that size, down to single items. Windows of single items are tried again until a whole pass
removes none. So no single item of the result can be removed: it is 1-minimal.

Cost: at most about 2 n checks where half of the items stay, a few log n where few do.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import TypeVar

Item = TypeVar("Item")


def without_windows(
    items: Sequence[Item], holds: Callable[[Sequence[Item]], bool], *, largest: int | None = None
) -> list[Item]:
    """The items that are left. ``holds`` is asked about lists in the same order.

    ``largest`` is the size of the first windows, half of the list by default.
    """
    left = list(items)
    size = max(1, len(left) // 2 if largest is None else largest)
    while left:
        removed = False
        end = len(left)
        while end > 0:
            begin = max(0, end - size)
            rest = left[:begin] + left[end:]
            if holds(rest):
                left = rest
                removed = True
            end = begin
        if size == 1 and not removed:
            break
        size = max(1, size // 2)
    return left


def without_groups(
    items: Sequence[Item],
    groups: Sequence[Collection[Item]],
    holds: Callable[[Sequence[Item]], bool],
) -> list[Item]:
    """The items that are left when each group was tried once, in their order.

    A group is removed whole or not at all. Groups may overlap.
    """
    left = list(items)
    for group in groups:
        gone = set(group)
        rest = [item for item in left if item not in gone]
        if len(rest) < len(left) and holds(rest):
            left = rest
    return left
