"""Decides which recorded outcomes of records that are copied to another trace are kept.

A record among other records can have another outcome: a timer wakes fewer fds, an fd gets another
number. The recorded outcome is then not what happens in the new trace, so it is left out.
"""

from __future__ import annotations

from dataclasses import field
from typing import Final

from necp_replay.dataclass import dataclass
from necp_replay.events.outcome import Outcome

MAX_EXAMPLES: Final = 5


@dataclass(slots=True)
class CarriedOutcomes:
    """Decides record by record, and counts."""

    kept: int = 0
    dropped: int = 0
    first_dropped: list[int] = field(default_factory=list)
    """The numbers that the first records without their outcomes have in the new trace."""

    def carry(self, number: int, recorded: Outcome | None, *, holds: bool) -> Outcome | None:
        """What to write for record ``number``: the recorded outcome, or none.

        ``holds`` is whether the record does in the new trace what it did in the one it comes from.
        """
        if recorded is None:
            return None
        if holds:
            self.kept += 1
            return recorded
        self.dropped += 1
        if len(self.first_dropped) < MAX_EXAMPLES:
            self.first_dropped.append(number)
        return None
