"""Recording: whatever passes through an engine goes into a trace as well."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Generic, TypeVar

from necp_replay.engines.engine import Engine
from necp_replay.events.inputs import Step
from necp_replay.events.outcome import Outcome
from necp_replay.events.snapshot import Snapshot
from necp_replay.kernel.machine import Machine

Sink = Callable[[Step, Outcome], None]
"""Takes each step with its outcome, such as a trace writer's ``write``."""

EngineT = TypeVar("EngineT", bound=Engine)


class Recorder(Generic[EngineT]):
    """Wraps any engine, and is one: every input submitted is recorded with its outcome."""

    def __init__(self, engine: EngineT, sink: Sink) -> None:
        self._engine = engine
        self._sink = sink

    def submit(self, step: Step) -> Outcome:
        """Apply one input, record it with its outcome, and return the outcome."""
        outcome = self._engine.submit(step)
        self._sink(step, outcome)
        return outcome

    def snapshot(self) -> Snapshot:
        """The engine's complete state; looking at it is not recorded."""
        return self._engine.snapshot()

    def submit_with_pool(self: Recorder[Machine], step: Step) -> tuple[Outcome, int]:
        """As :meth:`submit`, with more ids than needed: only those taken are recorded.

        Returns the outcome and how many ids the kernel took.
        """
        outcome = self._engine.submit(step)
        used = len(step.uuids) - self._engine.unused_uuids
        self._sink(replace(step, uuids=step.uuids[:used]), outcome)
        return outcome, used
