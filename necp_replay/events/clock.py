"""Inputs about time: the clock, and the timer that coalesces updates of all clients."""

from __future__ import annotations

from typing import Final

from necp_replay.dataclass import dataclass

CLOCK_START_NS: Final = 1_000_000_000
"""The time at the start of a trace. Conformance vectors start at it, too."""


@dataclass(slots=True)
class Now:
    """Set the clock to ``ns`` nanoseconds (it starts at :data:`CLOCK_START_NS`)."""

    ns: int


@dataclass(slots=True)
class UpdateAllClients:
    """Another part of the kernel calls ``necp_update_all_clients``, which arms the update timer."""


@dataclass(slots=True)
class TimerFire:
    """If a timer is armed, its callout runs, even before its deadline.

    There is no current process meanwhile. ``timer`` is empty for the update timer. Others are
    ``collect_stats`` and ``close_empty_arenas``.
    """

    timer: str = ""
