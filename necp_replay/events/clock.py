"""The clock and the coalesced update timer, as events."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True)
class Now:
    """Set the clock to ``ns`` nanoseconds (it starts at 1,000,000,000)."""

    ns: int


@dataclass(slots=True)
class UpdateAllClients:
    """Some part of the kernel calls ``necp_update_all_clients``, which arms the update timer."""


@dataclass(slots=True)
class TimerFire:
    """The update timer's callout runs if armed, whatever its deadline, with no current process."""
