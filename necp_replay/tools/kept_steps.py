"""Gives steps that are kept of a trace the times and fds that they had in the whole trace."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from necp_replay.events import processes, syscalls
from necp_replay.events.clock import CLOCK_START_NS, Now
from necp_replay.events.inputs import Step
from necp_replay.events.outcome import Outcome
from necp_replay.events.references import OPENINGS
from necp_replay.tools.packed_keys import History

_LOWEST_FD: Final = 3
"""Where numbers of fds begin."""


class KeptSteps:
    """Gives kept steps the time and the fds that they had. One instance serves one replay."""

    def __init__(self, history: History) -> None:
        self._history = history
        self._part_ns = CLOCK_START_NS
        self._open_fds: dict[int, set[int]] = {}

    def fork(self) -> KeptSteps:
        """The same, for another replay that goes on from here."""
        other = KeptSteps(self._history)
        other._part_ns = self._part_ns
        other._open_fds = {pid: set(fds) for pid, fds in self._open_fds.items()}
        return other

    def adapt(self, number: int, step: Step) -> Step:
        """The step for the part: with the time and the fd that it had, where need be."""
        adapted = step
        whole_ns = self._history.clock_ns(number, CLOCK_START_NS)
        if type(step.input) is not Now and self._part_ns != whole_ns:
            adapted = replace(adapted, now_ns=whole_ns)
        self._part_ns = whole_ns
        event = step.input
        fd = self._history.opened.get(number)
        if isinstance(event, OPENINGS) and event.assigned_fd is None and fd is not None:
            open_fds = self._open_fds.get(event.pid, set())
            lowest_free = _LOWEST_FD
            while lowest_free in open_fds:
                lowest_free += 1
            if lowest_free != fd:
                adapted = replace(adapted, input=replace(event, assigned_fd=fd))
        return adapted

    def note(self, number: int, step: Step, outcome: Outcome) -> None:
        """Take in which fds are open in the part after a kept record."""
        event = step.input
        if isinstance(event, OPENINGS):
            if number in self._history.opened:
                self._open_fds.setdefault(event.pid, set()).add(self._history.opened[number])
        elif outcome.errno != 0:
            return
        elif isinstance(event, syscalls.Close):
            self._open_fds.get(event.pid, set()).discard(event.fd)
        elif isinstance(event, processes.ProcExit):
            self._open_fds.pop(event.pid, None)
