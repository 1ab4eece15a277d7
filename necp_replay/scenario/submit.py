"""Two interfaces: all that a handle needs of the system and of the process it acts for.

A :class:`~necp_replay.scenario.system.System` makes handles and therefore imports their modules.
The handles import these interfaces instead of the system, so that imports go one way.
"""

from __future__ import annotations

from typing import Protocol

from necp_replay.events.inputs import Input
from necp_replay.scenario.answers import CallAnswer


class SubmitsInputs(Protocol):
    """A system, or anything that passes inputs on to one."""

    def submit(self, event: Input) -> CallAnswer:
        """Apply an input and return what the engine answered."""
        ...


class CallingProcess(SubmitsInputs, Protocol):
    """A process that makes system calls."""

    @property
    def pid(self) -> int:
        """The process's id, which is part of every system call."""
        ...
