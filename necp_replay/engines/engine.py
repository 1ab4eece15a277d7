"""The engine interface, and our own engine."""

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


@runtime_checkable
class MakesMissingIds(Protocol):
    """An engine that can make the ids which a trace does not name."""

    def make_missing_ids(self) -> None:
        """From now on, make an id wherever the record names no more of them."""


def afresh(open_engine: EngineFactory) -> EngineFactory:
    """A factory that reuses no engine, so no state of an earlier system can remain."""
    return open_engine.afresh if isinstance(open_engine, Restartable) else open_engine


def open_machine(release: str) -> Engine:
    """Open our own engine. Raises UsageError for a release neither modelled nor under way."""
    return Machine(find_release(release, under_way=True))


def open_for_trace(open_engine: EngineFactory, release: str, recorded_on: str) -> Engine:
    """Open an engine for a trace that was recorded on a release, perhaps another one.

    On another release, our own engine makes the ids that the trace does not name.
    """
    engine = open_engine(release)
    if release != recorded_on and isinstance(engine, MakesMissingIds):
        engine.make_missing_ids()
    return engine
