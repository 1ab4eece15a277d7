"""Cuts a trace down to selected records and what they depend on, and proves that it still holds.

Rules choose what to keep; then both traces are replayed side by side, and every selected record has
to have the same outcome in both. Where one has not, more is kept: first what the differing outcome
names, then all that the processes did, then all that changes anything, at last everything before.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Final

from necp_replay.engines.engine import EngineFactory, open_machine
from necp_replay.errors import UsageError
from necp_replay.events import processes, syscalls
from necp_replay.events.clock import CLOCK_START_NS, Now
from necp_replay.events.equality import same_whole
from necp_replay.events.inputs import Step
from necp_replay.events.outcome import Outcome
from necp_replay.events.references import OPENINGS, References, Thing
from necp_replay.files.atomic import refuse_existing
from necp_replay.tools.carry import CarriedOutcomes
from necp_replay.tools.dependencies import Key, key_of
from necp_replay.tools.derived import PROGRESS_RECORDS, OnRecords, derived_header
from necp_replay.tools.keeping import Keeping, Reach, choose
from necp_replay.tools.select import Selection, selection_text
from necp_replay.tools.survey import Mark, Survey, survey_trace
from necp_replay.trace.reader import TraceReader
from necp_replay.trace.writer import TraceWriter

ATTEMPTS_PER_REACH: Final = 6
"""How often what a differing outcome names is added before looking further around."""
_LOWEST_FD: Final = 3
"""Where numbers of fds begin."""
_TOLD: Final = References(Thing.FD, Thing.CLIENT, Thing.SOCKET, Thing.MULTIPATH)
"""What an effect that is missing may be missing for."""


@dataclass(slots=True)
class CutReport:
    """What a cut kept, and what it took to keep the outcomes."""

    output: Path
    selection: str
    release: str
    records: int = 0
    selected: int = 0
    kept: int = 0
    reasons: dict[str, int] = field(default_factory=dict)
    """How many records were kept for which reason."""
    reach: Reach = Reach.DEPENDENCIES
    attempts: int = 0
    assigned_fds: int = 0
    """Opens that now say which number they get, since fewer fds are open before them."""
    outcomes: CarriedOutcomes = field(default_factory=CarriedOutcomes)


def cut(
    path: Path,
    selection: Selection,
    output: Path,
    *,
    release: str | None = None,
    open_engine: EngineFactory = open_machine,
    on_records: OnRecords | None = None,
) -> CutReport:
    """Write the selected records of a trace, with all they depend on, into a new trace.

    ``release`` is the one to replay on for the proof, the trace's own by default. Raises UsageError
    where nothing is selected, WriteError where ``output`` is there already or cannot be written,
    TraceError for damage.
    """
    refuse_existing(output)
    with TraceReader(path) as reader:
        replayed = release or reader.header.release
        survey = survey_trace(reader, selection, open_engine(replayed), on_records)
        report = CutReport(output, selection_text(selection), replayed)
        cutter = Cutter(reader, survey, report, open_engine, on_records)
        cutter.cut()
    return report


class Cutter:
    """One cut of a trace that was surveyed already; a survey serves many cuts."""

    def __init__(
        self,
        reader: TraceReader,
        survey: Survey,
        report: CutReport,
        open_engine: EngineFactory,
        on_records: OnRecords | None = None,
    ) -> None:
        self._reader = reader
        self._survey = survey
        self._report = report
        self._open_engine = open_engine
        self._on_records = on_records
        self._lacking: set[Key] = set()

    def cut(self) -> None:
        """Keep more and more until the replay proves the cut, and write it."""
        if not self._survey.selected:
            raise UsageError(
                f"no record of the trace is selected by {self._report.selection}",
                hint="Look at the records with `necp-replay show`.",
            )
        for reach in Reach:
            for _ in range(ATTEMPTS_PER_REACH):
                self._report.attempts += 1
                keeping = choose(self._reader, self._survey, reach, self._lacking)
                lacking = self._prove(keeping)
                if lacking is None:
                    self._write(keeping, reach)
                    return
                if lacking <= self._lacking:
                    break
                self._lacking |= lacking
        raise UsageError(
            "the engine does not replay the trace the same way twice",
            hint="Without that nothing can be proved of a part of it.",
        )

    def _prove(self, keeping: Keeping) -> set[Key] | None:
        """Replay the cut beside the whole trace.

        None when every selected record has the same outcome in both, else what the differing
        outcomes name.
        """
        differs = False
        lacking: set[Key] = set()
        for pair in self._replay(keeping):
            is_selected = self._survey.has(pair.number, Mark.SELECTED)
            if is_selected and not same_whole(pair.before, pair.after):
                differs = True
                named = self._named_by(pair.number, pair.before)
                lacking |= named - self._named_by(pair.number, pair.after)
        return lacking if differs else None

    def _named_by(self, number: int, outcome: Outcome) -> set[Key]:
        """What the effects of an outcome have to do with."""
        fd_key = partial(self._survey.fd_key, number)
        return {key_of(each, fd_key) for each in _TOLD.caused(outcome)}

    def _write(self, keeping: Keeping, reach: Reach) -> None:
        report = self._report
        report.records = self._survey.records
        report.selected = self._survey.selected
        report.kept = keeping.records
        report.reasons = dict(sorted(keeping.reasons.items(), key=lambda each: -each[1]))
        report.reach = reach
        header = derived_header(
            self._reader.header,
            [
                ("cut", report.selection),
                ("cut selected", f"{report.selected} of {report.records} records"),
                ("cut kept", f"{report.kept} records"),
                ("cut proved on", report.release),
                ("cut outcomes", "left out where they no longer hold among fewer records"),
            ],
        )
        with TraceWriter.create(report.output, header, replaces=False) as writer:
            for pair in self._replay(keeping):
                outcome = report.outcomes.carry(
                    writer.records + 1, pair.recorded, pair.before, pair.after
                )
                report.assigned_fds += pair.is_assigned
                writer.write(pair.step, outcome)

    def _replay(self, keeping: Keeping) -> Iterator[_Pair]:
        """The kept records, each with its outcome in the whole trace and in the cut one."""
        whole = self._open_engine(self._report.release)
        part = self._open_engine(self._report.release)
        kept = _KeptSteps(self._survey)
        for number, step, recorded in self._reader:
            if self._on_records is not None and number % PROGRESS_RECORDS == 0:
                self._on_records(PROGRESS_RECORDS)
            if number > self._survey.last_selected:
                return
            before = whole.submit(step)
            kept.pass_by(step)
            if keeping.kept[number]:
                adapted = kept.adapt(number, step)
                after = part.submit(adapted)
                kept.note(number, step, before)
                is_assigned = adapted.input is not step.input
                yield _Pair(number, adapted, recorded, before, after, is_assigned)


@dataclass(frozen=True, slots=True)
class _Pair:
    """A kept record: as the cut trace has it, and its outcomes before and after the cut."""

    number: int
    step: Step
    recorded: Outcome | None
    before: Outcome
    after: Outcome
    is_assigned: bool


class _KeptSteps:
    """Makes kept steps happen at the same time and with the same fds as before."""

    def __init__(self, survey: Survey) -> None:
        self._survey = survey
        self._whole_ns = self._part_ns = CLOCK_START_NS
        self._open_fds: dict[int, set[int]] = {}

    def pass_by(self, step: Step) -> None:
        """Take in the time of a record of the whole trace."""
        if step.sets_clock_ns is not None:
            self._whole_ns = step.sets_clock_ns

    def adapt(self, number: int, step: Step) -> Step:
        """The step for the cut trace: with the time and the fd that it had, where need be."""
        adapted = step
        if type(step.input) is not Now and self._part_ns != self._whole_ns:
            adapted = replace(adapted, now_ns=self._whole_ns)
        self._part_ns = self._whole_ns
        event = step.input
        fd = self._survey.opened.get(number)
        if isinstance(event, OPENINGS) and event.assigned_fd is None and fd is not None:
            open_fds = self._open_fds.get(event.pid, set())
            lowest_free = _LOWEST_FD
            while lowest_free in open_fds:
                lowest_free += 1
            if lowest_free != fd:
                adapted = replace(adapted, input=replace(event, assigned_fd=fd))
        return adapted

    def note(self, number: int, step: Step, outcome: Outcome) -> None:
        """Take in which fds are open in the cut trace after a kept record."""
        event = step.input
        if isinstance(event, OPENINGS):
            if number in self._survey.opened:
                fds = self._open_fds.setdefault(event.pid, set())
                fds.add(self._survey.opened[number])
        elif outcome.errno != 0:
            return
        elif isinstance(event, syscalls.Close):
            self._open_fds.get(event.pid, set()).discard(event.fd)
        elif isinstance(event, processes.ProcExit):
            self._open_fds.pop(event.pid, None)
