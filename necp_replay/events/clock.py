"""The clock and the coalesced update timer, as events."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

CLOCK_START_NS: Final = 1_000_000_000
"""The time at the beginning of a trace, as in conformance vectors."""


@dataclass(slots=True)
class Now:
    """Set the clock to ``ns`` nanoseconds (it starts at :data:`CLOCK_START_NS`)."""

    ns: int


@dataclass(slots=True)
class UpdateAllClients:
    """Some part of the kernel calls ``necp_update_all_clients``, which arms the update timer."""


@dataclass(slots=True)
class TimerFire:
    """The update timer's callout runs if armed, whatever its deadline, with no current process."""
