"""An arena: memory that the kernel shares with a process, for statistics of its flows."""

from __future__ import annotations

import heapq
from typing import Final

MAX_STATISTICS_OBJECTS: Final = 512
"""``NECP_MAX_PER_PROCESS_CLIENT_STATISTICS_STRUCTS``: the most flows of one arena."""


class StatsArena:
    """``struct necp_arena_info``. ``address`` is where it is mapped in the process.

    ``use_count`` counts the fd while the arena is active, the fd's list, and each registration that
    got statistics from it, until that is freed.
    """

    __slots__ = ("_free", "address", "object_bytes", "use_count")

    def __init__(self, address: int, object_bytes: int) -> None:
        self.address = address
        self.object_bytes = object_bytes
        self.use_count = 2
        self._free = list(range(MAX_STATISTICS_OBJECTS))

    def allocate(self) -> int | None:
        """The address of the lowest free object, None without any."""
        if not self._free:
            return None
        return self.address + heapq.heappop(self._free) * self.object_bytes

    def free(self, address: int) -> None:
        """Free an object."""
        heapq.heappush(self._free, (address - self.address) // self.object_bytes)
