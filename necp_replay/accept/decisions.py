"""A review in progress: the decision on each change, and the change that comes next."""

from __future__ import annotations

import enum
from collections.abc import Sequence

from necp_replay.accept.pending import Decide, PendingChange


class Decision(enum.Enum):
    """The decision on a change."""

    ACCEPT = "accepted"
    REJECT = "rejected"
    SKIP = "skipped"


class Review:
    """A review of changes, one after the other. ``position`` is that of the current one, from 0."""

    def __init__(self, changes: Sequence[PendingChange]) -> None:
        self.changes = changes
        self.position = 0
        self._decisions: dict[int, Decision] = {}

    @property
    def current(self) -> PendingChange | None:
        """The change to decide, None at the end."""
        return self.changes[self.position] if self.position < len(self.changes) else None

    @property
    def alike(self) -> int:
        """How many undecided changes have the fingerprint of the current one."""
        return len(self._undecided_alike())

    def decision(self, position: int) -> Decision | None:
        """The decision on a change, None if there is none yet."""
        return self._decisions.get(position)

    def decide(self, decision: Decision) -> None:
        """Decide the current change, and go on to the next undecided one."""
        self._decisions[self.position] = decision
        self._go_on()

    def decide_alike(self, decision: Decision) -> int:
        """Decide all undecided changes with the current fingerprint. Returns how many."""
        positions = dict.fromkeys((self.position, *self._undecided_alike()))
        self._decisions.update(dict.fromkeys(positions, decision))
        self._go_on()
        return len(positions)

    def back(self) -> bool:
        """Go back to the previous change, to decide it again. Returns False at the first one."""
        if self.position == 0:
            return False
        self.position -= 1
        return True

    def accepted(self) -> Decide:
        """A function that tells which changes are accepted so far."""
        accepted = {
            id(self.changes[position])
            for position, made in self._decisions.items()
            if made is Decision.ACCEPT
        }
        return lambda change: id(change) in accepted

    def count(self, decision: Decision) -> int:
        """How many changes have this decision."""
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
