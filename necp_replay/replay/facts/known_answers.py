"""The answers of a machine in the first replay, which save running it in the second."""

from __future__ import annotations

from dataclasses import field
from typing import Final

from necp_replay.dataclass import dataclass
from necp_replay.events.inputs import Step
from necp_replay.events.outcome import Outcome
from necp_replay.events.snapshot import Snapshot

MOST_ANSWERS: Final = 100
"""If more records differ, no answers are kept and the machine runs again. Bounds memory."""
_SAME: Final = Outcome()
"""Stands for every outcome in which both releases agree, since its content does not matter."""


@dataclass(slots=True)
class KnownAnswers:
    """Outcomes by record with the facts that each asked for, and the final state."""

    outcomes: dict[int, tuple[Outcome, frozenset[str]]] = field(default_factory=dict)
    state: Snapshot | None = None


class KnownAnswersMachine:
    """An engine that repeats known answers. It must get the same steps, from the first one on."""

    def __init__(self, answers: KnownAnswers) -> None:
        self.asked: set[str] = set()
        self._answers = answers
        self._records = 0

    def submit(self, step: Step) -> Outcome:
        """The known outcome of the next record."""
        self._records += 1
        outcome, asked = self._answers.outcomes.get(self._records, (_SAME, frozenset()))
        self.asked |= asked
        return outcome

    def forget_asked(self) -> None:
        """Begin again, with no fact asked for."""
        self.asked.clear()

    def snapshot(self) -> Snapshot:
        """The final state."""
        assert self._answers.state is not None
        return self._answers.state
