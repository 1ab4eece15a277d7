"""The order in which traces are worked on."""

from __future__ import annotations

from collections.abc import Collection, Sequence


def order_of_work(
    names: Sequence[str],
    costs: Sequence[float],
    failed: Collection[str] = (),
) -> list[int]:
    """The indices of traces: those that failed, then the others; each the most expensive first.

    With the expensive ones first, no process is left with a long trace at the end.
    """
    return sorted(
        range(len(names)), key=lambda each: (names[each] not in failed, -costs[each], each)
    )
