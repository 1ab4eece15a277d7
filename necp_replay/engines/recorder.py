"""Records the steps that are submitted to an engine, with their outcomes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Generic, TypeVar

from necp_replay.engines.engine import Engine
from necp_replay.events.inputs import Step
from necp_replay.events.outcome import Outcome
from necp_replay.events.snapshot import Snapshot
from necp_replay.kernel.machine import Machine
from necp_replay.releases.profile import Profile

Sink = Callable[[Step, Outcome], None]
"""Takes each step with its outcome, such as a trace writer's ``write``."""

Shown = Callable[[Step, Outcome], tuple[Step, Outcome]]
"""Returns the step and the outcome to record: all of them, or with parts left out."""

EngineT = TypeVar("EngineT", bound=Engine)


class Recorder(Generic[EngineT]):
    """An engine around another engine. Records every step that is submitted, with its outcome."""

    def __init__(self, engine: EngineT, sink: Sink) -> None:
        self._engine = engine
        self._sink = sink

    def submit(self, step: Step) -> Outcome:
        """Apply one step, record it with its outcome, and return the outcome."""
        outcome = self._engine.submit(step)
        self._sink(step, outcome)
        return outcome

    def snapshot(self) -> Snapshot:
        """The complete state of the engine. This is not recorded."""
        return self._engine.snapshot()

    @property
    def profile(self: Recorder[Machine]) -> Profile:
        """What the release of the engine does."""
        return self._engine.profile

    def submit_with_pool(
        self: Recorder[Machine], step: Step, shown: Shown | None = None
    ) -> tuple[Outcome, int]:
        """Apply a step that has more ids than the kernel needs, and record it with those it took.

        ``shown`` says what of it is recorded. Returns the outcome, and how many ids the kernel
        took.
        """
        outcome = self._engine.submit(step)
        used = len(step.uuids) - self._engine.unused_uuids
        taken = replace(step, uuids=step.uuids[:used])
        self._sink(*((taken, outcome) if shown is None else shown(taken, outcome)))
        return outcome, used
