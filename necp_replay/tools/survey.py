"""Reads a trace once for cutting it: which records are selected, and what only an engine knows.

What is kept of each record is one byte; of fds, the numbers that were opened.
"""

from __future__ import annotations

import enum
from bisect import bisect_right
from dataclasses import dataclass, field

from necp_replay.abi.client import OpenFlag
from necp_replay.engines.engine import Engine
from necp_replay.events import processes, syscalls
from necp_replay.events.clock import CLOCK_START_NS
from necp_replay.events.inputs import Input, Step
from necp_replay.events.outcome import Outcome
from necp_replay.events.references import OPENINGS, fd_of, opened_fd
from necp_replay.tools.dependencies import Key
from necp_replay.tools.derived import PROGRESS_RECORDS, OnRecords
from necp_replay.tools.matching import Matcher
from necp_replay.tools.select import Selection
from necp_replay.trace.reader import TraceReader


class Mark(enum.IntFlag):
    """What was found about one record."""

    SELECTED = 1
    POLICY = 2
    """It acts on a policy session."""
    OBSERVER = 4
    """It opens or closes an fd that is told of everybody's clients, or acts on it."""


@dataclass(slots=True)
class Survey:
    """What is known of every record of a trace, counted from 1."""

    marks: bytearray = field(default_factory=lambda: bytearray(1))
    opened: dict[int, int] = field(default_factory=dict)
    """The fd that each successful open gave, by its record."""
    opens: dict[tuple[int, int], list[int]] = field(default_factory=dict)
    """The records that opened a number of a process, in order."""
    selected: int = 0
    last_selected: int = 0

    @property
    def records(self) -> int:
        """How many records the trace has."""
        return len(self.marks) - 1

    def has(self, number: int, mark: Mark) -> bool:
        """Whether a record bears a mark."""
        return bool(self.marks[number] & mark)

    def fd_key(self, number: int, pid: int, fd: int) -> Key:
        """What is open as an fd during a record, told apart from what was so before and after."""
        opens = self.opens.get((pid, fd), [])
        position = bisect_right(opens, number)
        return "fd", (pid, fd, opens[position - 1] if position else 0)


def survey_trace(
    reader: TraceReader, selection: Selection, engine: Engine, on_records: OnRecords | None = None
) -> Survey:
    """Replay a trace and take notes.

    A selection that asks for outcomes sees what was recorded, and where nothing was, what the
    engine does.
    """
    matcher = Matcher(selection, CLOCK_START_NS)
    survey = Survey()
    fds = _SpecialFds()
    for number, step, recorded in reader:
        outcome = engine.submit(step)
        mark = fds.mark(step, outcome)
        opened = opened_fd(step.input, outcome)
        if opened is not None:
            survey.opened[number] = opened[1]
            survey.opens.setdefault(opened, []).append(number)
        if matcher.selects(number, step, outcome if recorded is None else recorded):
            mark |= Mark.SELECTED
            survey.selected += 1
            survey.last_selected = number
        survey.marks.append(int(mark))
        if on_records is not None and number % PROGRESS_RECORDS == 0:
            on_records(PROGRESS_RECORDS)
    return survey


class _SpecialFds:
    """The policy sessions and push observers that are open."""

    def __init__(self) -> None:
        self._marks: dict[int, dict[int, Mark]] = {}

    def mark(self, step: Step, outcome: Outcome) -> Mark:
        """What a record that was just replayed has to do with them."""
        event = step.input
        if isinstance(event, OPENINGS):
            return self._mark_opening(event, outcome)
        if isinstance(event, processes.ProcExit):
            mark = Mark(0)
            for each in self._marks.get(event.pid, {}).values():
                mark |= each
            if outcome.errno == 0:
                self._marks.pop(event.pid, None)
            return mark
        used = fd_of(event, outcome)
        if used is None:
            return Mark(0)
        pid, fd = used
        fds = self._marks.get(pid, {})
        mark = fds.get(fd, Mark(0))
        if isinstance(event, syscalls.Close) and outcome.errno == 0:
            fds.pop(fd, None)
        return mark

    def _mark_opening(self, event: Input, outcome: Outcome) -> Mark:
        if isinstance(event, syscalls.NecpSessionOpen):
            mark = Mark.POLICY
        elif isinstance(event, syscalls.NecpOpen) and event.flags & OpenFlag.PUSH_OBSERVER:
            mark = Mark.OBSERVER
        else:
            return Mark(0)
        opened = opened_fd(event, outcome)
        if opened is not None:
            pid, fd = opened
            self._marks.setdefault(pid, {})[fd] = mark
        return mark
