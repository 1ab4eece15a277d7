"""The order in which traces are worked on."""

from __future__ import annotations

from array import array
from collections.abc import Collection, Iterable, Sequence


def order_of_work(
    indices: Iterable[int],
    costs: Sequence[float],
    failed: Collection[int] = (),
) -> Sequence[int]:
    """The indices of traces: those that failed, then the others; each the most expensive first.

    With the expensive ones first, no process is left with a long trace at the end.
    """
    by_number = array("q", sorted(indices))
    # Sorting keeps the order of what costs the same.
    by_cost = array("q", sorted(by_number, key=lambda each: -costs[each]))
    if not failed:
        return by_cost
    first = [each for each in by_cost if each in failed]
    return array("q", [*first, *(each for each in by_cost if each not in failed)])
