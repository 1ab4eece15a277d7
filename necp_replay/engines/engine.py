"""What a replay needs of an engine, and how to get the one this package contains."""

from __future__ import annotations

from typing import Protocol, runtime_checkable

from necp_replay.events.inputs import Step
from necp_replay.events.outcome import Outcome
from necp_replay.events.snapshot import Snapshot
from necp_replay.kernel.machine import Machine
from necp_replay.releases.names import find_release


class Engine(Protocol):
    """One modelled or real system that inputs are applied to, one after the other."""

    def submit(self, step: Step) -> Outcome:
        """Apply one input and return what it gave back."""

    def snapshot(self) -> Snapshot:
        """The complete state."""


class EngineFactory(Protocol):
    """Makes engines."""

    def __call__(self, release: str, /) -> Engine:
        """A fresh engine for a release, by tag."""


@runtime_checkable
class Restartable(Protocol):
    """A factory whose engines may outlive one system, such as a program that is told to reset."""

    def afresh(self, release: str) -> Engine:
        """An engine that nothing was applied to before, in any system."""


def afresh(open_engine: EngineFactory) -> EngineFactory:
    """The same factory, but nothing that an engine remembers of earlier systems gets across."""
    return open_engine.afresh if isinstance(open_engine, Restartable) else open_engine


def open_machine(release: str) -> Engine:
    """A fresh engine of this package for a release. Raises UsageError for an unknown one."""
    return Machine(find_release(release))
