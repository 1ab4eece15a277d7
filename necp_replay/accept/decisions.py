"""Where a review stands: what was decided of each change, and which one comes next."""

from __future__ import annotations

import enum
from collections.abc import Sequence

from necp_replay.accept.pending import Decide, PendingChange


class Decision(enum.Enum):
    """What a person said of a change."""

    ACCEPT = "accepted"
    REJECT = "rejected"
    SKIP = "skipped"


class Review:
    """A walk through changes. ``position`` is that of the current one, counted from 0."""

    def __init__(self, changes: Sequence[PendingChange]) -> None:
        self.changes = changes
        self.position = 0
        self._decisions: dict[int, Decision] = {}

    @property
    def current(self) -> PendingChange | None:
        """The change to decide; None at the end."""
        return self.changes[self.position] if self.position < len(self.changes) else None

    @property
    def alike(self) -> int:
        """How many changes that are not decided yet have the current one's fingerprint."""
        return len(self._undecided_alike())

    def decision(self, position: int) -> Decision | None:
        """What was decided of a change; None where nothing was."""
        return self._decisions.get(position)

    def decide(self, decision: Decision) -> None:
        """Decide the current change and go on to the next that is not decided."""
        self._decisions[self.position] = decision
        self._go_on()

    def decide_alike(self, decision: Decision) -> int:
        """Decide the current change and all undecided ones of its fingerprint; how many."""
        positions = dict.fromkeys((self.position, *self._undecided_alike()))
        self._decisions.update(dict.fromkeys(positions, decision))
        self._go_on()
        return len(positions)

    def back(self) -> bool:
        """Go back to the change before, to decide it anew; False where there is none."""
        if self.position == 0:
            return False
        self.position -= 1
        return True

    def accepted(self) -> Decide:
        """Says of each change whether it was accepted up to now."""
        accepted = {
            id(self.changes[position])
            for position, made in self._decisions.items()
            if made is Decision.ACCEPT
        }
        return lambda change: id(change) in accepted

    def count(self, decision: Decision) -> int:
        """How many changes were decided in this way."""
        return sum(made is decision for made in self._decisions.values())

    def _go_on(self) -> None:
        self.position += 1
        while self.position < len(self.changes) and self.position in self._decisions:
            self.position += 1

    def _undecided_alike(self) -> list[int]:
        current = self.current
        if current is None:
            return []
        return [
            position
            for position, change in enumerate(self.changes)
            if position not in self._decisions and change.fingerprint == current.fingerprint
        ]
