"""The final state of a trace, as the outcome of a snapshot after its last record.

The engines are asked for the state itself, as `diff` asks them. A record that takes a snapshot has
no outcome after an input that is not determined, and a program need not model it.
"""

from __future__ import annotations

from typing import Final

from necp_replay.engines.engine import Engine, MakesMissingIds
from necp_replay.events.inputs import Step
from necp_replay.events.notifications import TakeSnapshot
from necp_replay.events.outcome import Absent, Outcome, Panicked, TypeConfused

FINAL_STEP: Final = Step(TakeSnapshot(full=True))
"""What stands for the final state, with the number after that of the last record."""


def state_of(engine: Engine) -> Outcome:
    """The state of an engine as the outcome of :data:`FINAL_STEP`."""
    return Outcome(answer=engine.snapshot())


def loses_state(engine: Engine, outcome: Outcome) -> bool:
    """Whether the state is not known after this outcome.

    The system has stopped, or a program does not model an input, which may have changed the state.
    """
    answer = type(outcome.answer)
    return answer in _ENDS or (answer is Absent and not isinstance(engine, MakesMissingIds))


_ENDS: Final = (Panicked, TypeConfused)
