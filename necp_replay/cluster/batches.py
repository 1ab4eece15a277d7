"""Divides traces into batches, by what each is expected to cost."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

TARGET_S: Final = 2.0
"""How long a batch should take. A task costs its scheduler about a millisecond, and a worker that
dies loses one batch."""
MOST_TRACES: Final = 256
_SECONDS_PER_BYTE: Final = 2e-6
"""What a trace costs of which only the size is known."""


def batches_of(
    order: Sequence[int],
    costs: Sequence[float],
    workers: int,
    *,
    costs_are_seconds: bool,
    most: int = MOST_TRACES,
) -> Iterator[list[int]]:
    """Batches of the indices ``order``, in that order, of about equal cost.

    No batch is so large that fewer than eight are left for each worker.
    """
    unit = 1.0 if costs_are_seconds else _SECONDS_PER_BYTE
    total = sum(costs[index] * unit for index in order)
    target = min(TARGET_S, total / (8 * max(1, workers)))
    batch: list[int] = []
    cost = 0.0
    for index in order:
        seconds = costs[index] * unit
        if batch and (cost + seconds > target or len(batch) >= most):
            yield batch
            batch, cost = [], 0.0
        batch.append(index)
        cost += seconds
    if batch:
        yield batch
