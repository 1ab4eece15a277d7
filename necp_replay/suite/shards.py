"""Divides traces among shards of about equal cost: every trace is in exactly one.

The most expensive trace goes first, each to the shard that has least to do (longest processing time
first). The same costs give the same shards on every machine.
"""

from __future__ import annotations

import hashlib
import heapq
from collections.abc import Sequence
from typing import Final

from necp_replay.dataclass import dataclass
from necp_replay.errors import UsageError

MOST_SHARDS: Final = 10_000


@dataclass(frozen=True, slots=True)
class Shard:
    """Shard ``index`` of ``count``; the first is 1."""

    index: int
    count: int

    def __str__(self) -> str:
        return f"{self.index}/{self.count}"


def shard_from(text: str) -> Shard:
    """Read ``i/n``. Raises ValueError."""
    index, slash, count = text.partition("/")
    if not slash or not all(each.isascii() and each.isdigit() for each in (index, count)):
        raise ValueError("a shard is written I/N, such as 2/4")
    if len(index) > 6 or len(count) > 6 or not 1 <= int(index) <= int(count) <= MOST_SHARDS:
        raise ValueError(f"a shard is 1/N to N/N, with at most {MOST_SHARDS:,}")
    return Shard(int(index), int(count))


def divide(costs: Sequence[float], names: Sequence[str], count: int) -> list[int]:
    """The shard of each trace, from 1 to ``count``. Raises UsageError for more shards than traces.

    A run of a shard without traces would fail.
    """
    if count > len(names):
        raise UsageError(
            f"{count:,} shards for {len(names):,} traces: some would have nothing to run",
            hint=f"Use at most {len(names):,} shards.",
        )
    order = sorted(range(len(names)), key=lambda each: (-costs[each], names[each], each))
    least = [(0.0, 0, shard) for shard in range(1, count + 1)]
    found = [0] * len(names)
    for each in order:
        load, traces, shard = least[0]
        found[each] = shard
        # If costs are equal or zero, the number of traces decides.
        heapq.heapreplace(least, (load + costs[each], traces + 1, shard))
    return found


def plan_digest(names: Sequence[str], shards: Sequence[int]) -> str:
    """Sixteen digits that are the same for all shards of one division."""
    text = "\n".join(f"{shard} {name!r}" for name, shard in zip(names, shards, strict=True))
    return hashlib.sha256(text.encode("utf-8", "backslashreplace")).hexdigest()[:16]
