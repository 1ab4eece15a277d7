"""The steps that engines get, for tests of how much is replayed."""

from __future__ import annotations

import pytest

from necp_replay.events.inputs import Step
from necp_replay.events.outcome import Outcome
from necp_replay.kernel.machine import Machine


def submitted_steps(monkeypatch: pytest.MonkeyPatch) -> list[Step]:
    """A list that every engine adds its steps to until the test ends. The test can clear it."""
    steps: list[Step] = []
    plain = Machine.submit

    def submit(machine: Machine, step: Step) -> Outcome:
        steps.append(step)
        return plain(machine, step)

    monkeypatch.setattr(Machine, "submit", submit)
    return steps
