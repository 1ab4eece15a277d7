"""Recording: whatever passes through an engine goes into a trace as well."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from necp_replay.events.inputs import Step
from necp_replay.events.outcome import Outcome
from necp_replay.kernel.machine import Machine

Sink = Callable[[Step, Outcome], None]
"""Takes each step with its outcome, such as a trace writer's ``write``."""


class Recorder:
    """Wraps an engine; every input that is submitted is recorded with its outcome."""

    def __init__(self, machine: Machine, sink: Sink) -> None:
        self._machine = machine
        self._sink = sink

    def submit(self, step: Step) -> Outcome:
        """Apply one input, record it with its outcome, and return the outcome."""
        outcome = self._machine.submit(step)
        self._sink(step, outcome)
        return outcome

    def submit_with_pool(self, step: Step) -> tuple[Outcome, int]:
        """The same when ``step.uuids`` are more than needed: only those taken are recorded.

        Returns the outcome and how many ids the kernel took.
        """
        outcome = self._machine.submit(step)
        used = len(step.uuids) - self._machine.unused_uuids
        self._sink(replace(step, uuids=step.uuids[:used]), outcome)
        return outcome, used
