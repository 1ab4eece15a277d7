"""Explains what tests run: every evaluation of a trace, or those of a scenario's last input."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from necp_replay.engines.recorder import Recorder
from necp_replay.events.inputs import Step
from necp_replay.events.outcome import Outcome
from necp_replay.explain.client import explain_client
from necp_replay.explain.explanation import ClientExplanation, InterfaceExplanation
from necp_replay.explain.observed_machine import ObservedMachine
from necp_replay.outcomes.names import StableNames
from necp_replay.releases.lineage import RELEASES
from necp_replay.releases.names import find_release
from necp_replay.scenario.system import System
from necp_replay.trace.reader import TraceReader

NEWER = "xnu-4570.51.1"


class ExplainedSystem:
    """A scenario's system that explains the evaluations of the last input that made any."""

    def __init__(self, release: str = NEWER) -> None:
        self.machine = ObservedMachine(find_release(release, under_way=True))
        self.names = StableNames()
        self._last: tuple[ClientExplanation, ...] = ()
        self.system = System(Recorder(self.machine, self._note), "explained")

    def explain(self) -> ClientExplanation:
        """The explanation of the only client that was evaluated last."""
        (explanation,) = self._last
        return explanation

    def explain_interfaces(self) -> InterfaceExplanation:
        """Why the only client that was evaluated last has its interface."""
        interfaces = self.explain().interfaces
        assert interfaces is not None
        return interfaces

    def explain_all(self) -> tuple[ClientExplanation, ...]:
        """The explanations of all clients that were evaluated last."""
        return self._last

    def _note(self, step: Step, outcome: Outcome) -> None:
        self.names.learn(step)
        if self.machine.evaluated:
            self._last = tuple(
                explain_client(self.machine.kernel, entry, self.names)
                for entry in self.machine.evaluated
            )


def explain_trace(path: Path) -> Iterator[tuple[int, ClientExplanation]]:
    """Explain every evaluation of a trace; gives the record with each."""
    names = StableNames()
    with TraceReader(path) as reader:
        machine = ObservedMachine(RELEASES[reader.header.release])
        for number, step, _ in reader:
            names.learn(step)
            machine.submit(step)
            for evaluated in machine.evaluated:
                yield number, explain_client(machine.kernel, evaluated, names)
