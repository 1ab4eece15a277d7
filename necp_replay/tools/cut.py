"""Cuts a trace down to selected records and what they depend on, and checks the result by replay.

Theory of operation. First the trace is read once, and what each record touches is noted
(``touched_keys.py``, ``dependencies.py``). A backward slice over these notes chooses what to keep
(``slicing.py``). Then the part, and only the part, is replayed: every selected record has to have
the outcome that it had in the whole trace. Where one has not, the next :class:`~.slicing.Reach`
keeps more.

What a selected record did in the whole trace is what was recorded. If the engine does something
else, or if nothing was recorded, the whole trace is replayed once, and its outcomes are compared
from then on. So a record that is cut because it differs keeps its difference.

Cost: the trace is read once for the notes and once for each part that is replayed; the work of a
slice is a few numbers for each record. At most one replay of the whole, and
:data:`MOST_ATTEMPTS` of parts.

If a record has another outcome even after everything before it, the engine is not deterministic.
The part is written, the outcomes that could not be proved are left out, and the report says so.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import field
from pathlib import Path
from typing import Final

from necp_replay.dataclass import dataclass
from necp_replay.engines.engine import EngineFactory, open_machine
from necp_replay.errors import UsageError
from necp_replay.events.equality import same_as_measured, same_whole
from necp_replay.events.inputs import Step
from necp_replay.events.outcome import Outcome
from necp_replay.files.atomic import refuse_existing
from necp_replay.releases.names import canonical_tag
from necp_replay.tools.carried_outcomes import CarriedOutcomes
from necp_replay.tools.dependencies import Mark
from necp_replay.tools.derived_header import PROGRESS_RECORDS, OnRecords, derived_header
from necp_replay.tools.kept_records import MOST_HELD, KeptRecords
from necp_replay.tools.kept_steps import KeptSteps
from necp_replay.tools.select import Selection, selection_text
from necp_replay.tools.slicing import Keeping, Reach, slice_backwards
from necp_replay.tools.touched_keys import fingerprint_of, touched_in_replay, touched_keys
from necp_replay.trace.header import OutcomeDetail
from necp_replay.trace.reader import TraceReader
from necp_replay.trace.writer import TraceWriter

_LARGE_PART: Final = 4
"""A part of more than one fourth of the records takes about as long as the whole trace."""


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
    reach: Reach = Reach.TOUCHED
    attempts: int = 0
    unproved: int = 0
    """Selected records that do not have their outcome in the part, even if all is kept."""
    assigned_fds: int = 0
    """Opens for which the new trace assigns the fd, since fewer fds are open before them."""
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
        report = CutReport(
            output, selection_text(selection), canonical_tag(release or reader.header.release)
        )
        cutter = Cutter(reader, selection, report, open_engine, on_records)
        cutter.cut()
    return report


class Cutter:
    """One cut of a trace."""

    def __init__(
        self,
        reader: TraceReader,
        selection: Selection,
        report: CutReport,
        open_engine: EngineFactory,
        on_records: OnRecords | None = None,
    ) -> None:
        self._reader = reader
        self._selection = selection
        self._report = report
        self._open_engine = open_engine
        self._on_records = on_records
        header = reader.header
        is_full = header.outcome_detail is OutcomeDetail.FULL
        self._same = same_whole if is_full else same_as_measured
        self._touched = touched_keys(reader, selection, open_engine, report.release, on_records)

    def cut(self) -> None:
        """Keep more and more until the replay proves the cut, and write it."""
        if not self._touched.history.selected:
            raise UsageError(
                f"no record of the trace is selected by {self._report.selection}",
                hint="Look at the records with `necp-replay show`.",
            )
        part = self._proved_part()
        if part is None and self._touched.fingerprints is None:
            # The engine may do something else in the whole trace, too.
            self._touched = touched_in_replay(
                self._reader,
                self._selection,
                self._open_engine,
                self._report.release,
                self._on_records,
            )
            part = self._proved_part()
        self._write(self._part(Reach.EVERYTHING) if part is None else part)

    def _proved_part(self) -> _Part | None:
        """The smallest part that a replay proves, by the outcomes known so far, else None."""
        smaller = 0
        for reach in Reach:
            part = self._part(reach)
            if len(part.keeping.numbers) == smaller:
                continue
            smaller = len(part.keeping.numbers)
            if self._touched.fingerprints is None and self._is_large(part.keeping):
                # Replaying the whole trace takes no longer, and gives the outcomes of all records.
                return None
            self._report.attempts += 1
            if self._is_proved(part):
                return part
        return None

    def _part(self, reach: Reach) -> _Part:
        keeping = slice_backwards(self._touched.history, reach)
        return _Part(reach, keeping, KeptRecords(self._reader, keeping.numbers))

    def _is_large(self, keeping: Keeping) -> bool:
        kept = len(keeping.numbers)
        return kept > MOST_HELD and kept * _LARGE_PART > self._touched.history.last_selected

    def _is_proved(self, part: _Part) -> bool:
        return all(
            self._is_as_before(each)
            for each in self._replay(part)
            if self._touched.history.has(each.number, Mark.SELECTED)
        )

    def _is_as_before(self, replayed: _ReplayedPart) -> bool:
        """Whether a record has the outcome in the part that it had in the whole trace."""
        fingerprints = self._touched.fingerprints
        if fingerprints is not None:
            return fingerprint_of(replayed.outcome) == fingerprints[replayed.number]
        recorded = replayed.recorded
        return recorded is not None and self._same(recorded, replayed.outcome)

    def _write(self, part: _Part) -> None:
        report, history = self._report, self._touched.history
        report.records = history.records
        report.selected = history.selected
        report.kept = len(part.keeping.numbers)
        report.reasons = dict(sorted(part.keeping.reasons.items(), key=lambda each: -each[1]))
        report.reach = part.reach
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
            for each in self._replay(part):
                holds = self._is_as_before(each)
                report.unproved += not holds and history.has(each.number, Mark.SELECTED)
                outcome = report.outcomes.carry(writer.records + 1, each.recorded, holds=holds)
                report.assigned_fds += each.is_assigned
                writer.write(each.step, outcome)

    def _replay(self, part: _Part) -> Iterator[_ReplayedPart]:
        """The records of a part, with what the engine does with them there."""
        engine = self._open_engine(self._report.release)
        kept = KeptSteps(self._touched.history)
        for count, (number, step, recorded) in enumerate(part.records, 1):
            adapted = kept.adapt(number, step)
            outcome = engine.submit(adapted)
            kept.note(number, step, outcome)
            yield _ReplayedPart(number, adapted, recorded, outcome, adapted.input is not step.input)
            if self._on_records is not None and count % PROGRESS_RECORDS == 0:
                self._on_records(PROGRESS_RECORDS)


@dataclass(frozen=True, slots=True)
class _Part:
    """Some records of the trace, and why these."""

    reach: Reach
    keeping: Keeping
    records: KeptRecords


@dataclass(frozen=True, slots=True)
class _ReplayedPart:
    """A kept record: as the part has it, what was recorded, and what the engine did there."""

    number: int
    step: Step
    recorded: Outcome | None
    outcome: Outcome
    is_assigned: bool
