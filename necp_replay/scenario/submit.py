"""Interfaces: all that a handle needs of the system and of the process it acts for.

A :class:`~necp_replay.scenario.system.System` makes handles and therefore imports their modules.
The handles import these interfaces instead of the system, so that imports go one way.
"""

from __future__ import annotations

from typing import Protocol

from necp_replay.abi.aggregate_result import AggregateLayout
from necp_replay.events.inputs import Input
from necp_replay.scenario.answers import CallAnswer


class SubmitsInputs(Protocol):
    """A system, or anything that passes inputs on to one."""

    def submit(self, event: Input) -> CallAnswer:
        """Apply an input and return what the engine answered."""
        ...


class RunsRelease(SubmitsInputs, Protocol):
    """A system that knows what its release does."""

    @property
    def match_result(self) -> AggregateLayout:
        """The layout of what ``necp_match_policy`` writes."""
        ...


class CallingProcess(SubmitsInputs, Protocol):
    """A process that makes system calls."""

    @property
    def pid(self) -> int:
        """The process's id, which is part of every system call."""
        ...
