"""What a machine answered where two releases differ, in place of running it a second time."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from necp_replay.events.inputs import Step
from necp_replay.events.outcome import Outcome
from necp_replay.events.snapshot import Snapshot

KEPT_RECORDS: Final = 100
"""Where more records differ nothing is kept, and the machine runs again."""
_SAME: Final = Outcome()
"""What stands for every outcome in which both releases agree."""


@dataclass(slots=True)
class KeptAnswers:
    """Outcomes by record, each with the facts that were asked for it, and the final state."""

    outcomes: dict[int, tuple[Outcome, frozenset[str]]] = field(default_factory=dict)
    state: Snapshot | None = None


class KeptMachine:
    """Gives kept answers as a machine would that is given the same steps from the first on."""

    def __init__(self, answers: KeptAnswers) -> None:
        self.asked: set[str] = set()
        self._answers = answers
        self._records = 0

    def submit(self, step: Step) -> Outcome:
        """The outcome that was kept, or what stands for one that was not."""
        self._records += 1
        outcome, asked = self._answers.outcomes.get(self._records, (_SAME, frozenset()))
        self.asked |= asked
        return outcome

    def snapshot(self) -> Snapshot:
        """The final state."""
        assert self._answers.state is not None
        return self._answers.state
