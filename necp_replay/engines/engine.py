"""The engine interface, and our own engine behind it."""

from __future__ import annotations

from typing import Protocol, runtime_checkable

from necp_replay.events.inputs import Step
from necp_replay.events.outcome import Outcome
from necp_replay.events.snapshot import Snapshot
from necp_replay.kernel.machine import Machine
from necp_replay.releases.names import find_release


class Engine(Protocol):
    """One system, modelled or real, to which steps are submitted one after the other."""

    def submit(self, step: Step) -> Outcome:
        """Apply one step and return its outcome."""

    def snapshot(self) -> Snapshot:
        """The complete state."""


class EngineFactory(Protocol):
    """Opens engines."""

    def __call__(self, release: str, /) -> Engine:
        """Open an engine with a new system of a release, which is named by its tag."""


@runtime_checkable
class Restartable(Protocol):
    """A factory that reuses engines, such as a program that is told to reset."""

    def afresh(self, release: str) -> Engine:
        """Open an engine that was not used before."""


def afresh(open_engine: EngineFactory) -> EngineFactory:
    """A factory that reuses no engine, so that nothing can be left over from an earlier system."""
    return open_engine.afresh if isinstance(open_engine, Restartable) else open_engine


def open_machine(release: str) -> Engine:
    """Open our own engine. Raises UsageError for a release neither modelled nor under way."""
    return Machine(find_release(release, under_way=True))
