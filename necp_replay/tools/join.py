"""What `cat` and `merge` have in common: they write the records of several traces into one.

Each trace is replayed alone, and the joined trace is replayed too. A recorded outcome is kept where
both replays give the same outcome.
"""

from __future__ import annotations

from dataclasses import field
from pathlib import Path
from typing import Final

from necp_replay.dataclass import dataclass
from necp_replay.engines.engine import EngineFactory
from necp_replay.errors import UsageError
from necp_replay.events.equality import same_whole
from necp_replay.events.inputs import Step
from necp_replay.events.outcome import Outcome, Panicked, TypeConfused
from necp_replay.tools.carried_outcomes import CarriedOutcomes
from necp_replay.tools.derived_header import PROGRESS_RECORDS, OnRecords
from necp_replay.trace.writer import TraceWriter

MIN_TRACES: Final = 2
_ENDS: Final = (Panicked, TypeConfused)
"""Answers after which the system is down."""


@dataclass(slots=True)
class JoinReport:
    """What joining traces wrote."""

    output: Path
    release: str
    records: dict[str, int] = field(default_factory=dict)
    """How many records came from each trace, by its path."""
    shared: int = 0
    """Changes of the system that several traces have, and that were written once."""
    outcomes: CarriedOutcomes = field(default_factory=CarriedOutcomes)

    @property
    def total_records(self) -> int:
        """How many records the joined trace has."""
        return sum(self.records.values())


class Joiner:
    """Writes records of several traces into one, next to an engine for each and one for all."""

    def __init__(
        self,
        writer: TraceWriter,
        report: JoinReport,
        open_engine: EngineFactory,
        on_records: OnRecords | None,
    ) -> None:
        self._writer = writer
        self._report = report
        self._joined = open_engine(report.release)
        self._alone = {path: open_engine(report.release) for path in report.records}
        self._on_records = on_records
        self._read = dict.fromkeys(report.records, 0)
        self._end: UsageError | None = None

    def add(self, path: str, step: Step, recorded: Outcome | None, *, now_ns: int | None) -> None:
        """Append a record of one trace; ``now_ns`` is the time it gets in the joined one.

        Raises UsageError after a record with which the system went down.
        """
        if self._end is not None:
            raise self._end
        self._read[path] += 1
        report = self._report
        before = self._alone[path].submit(step)
        joined_step = Step(step.input, step.uuids, now_ns)
        after = self._joined.submit(joined_step)
        if isinstance(after.answer, _ENDS):
            self._end = _end(path, self._read[path], alone=isinstance(before.answer, _ENDS))
        number = self._writer.records + 1
        outcome = report.outcomes.carry(number, recorded, holds=same_whole(before, after))
        self._writer.write(joined_step, outcome)
        report.records[path] += 1
        if self._on_records is not None and number % PROGRESS_RECORDS == 0:
            self._on_records(PROGRESS_RECORDS)

    def skip(self, path: str, step: Step) -> None:
        """Leave out a record that another trace has given already."""
        self._read[path] += 1
        self._alone[path].submit(step)
        self._report.shared += 1


def _end(path: str, number: int, *, alone: bool) -> UsageError:
    """Why nothing can be joined after a record with which the system goes down."""
    if alone:
        return UsageError(
            f"{path}: record {number}: the system goes down, and nothing can follow",
            hint=f"Put that trace last, or cut it with `--select -{number - 1}`.",
        )
    return UsageError(
        f"{path}: record {number}: the system goes down joined with the others, but not alone",
        hint="The record depends on what earlier traces left open. Join these traces without it.",
    )


def check_inputs(paths: list[Path]) -> None:
    """Refuse, with a UsageError, too few traces, or one given twice."""
    if len(paths) < MIN_TRACES:
        raise UsageError("one trace alone cannot be joined", hint="Name at least two traces.")
    if len(set(paths)) != len(paths):
        raise UsageError("a trace is named twice", hint="Name each trace once.")
