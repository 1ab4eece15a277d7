"""What a search has cost."""

from __future__ import annotations

from necp_replay.dataclass import dataclass


@dataclass(slots=True)
class Effort:
    """Replays of the trace and of its parts, and the records of all of them."""

    replays: int = 0
    records: int = 0
