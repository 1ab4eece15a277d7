"""Writes the smallest trace that still shows a difference.

Theory of operation. The trace is replayed up to the difference, and what comes after it is dropped.
Then, in the order of syzkaller's minimisation:

1. a backward slice keeps what the record depends on (``tools/slicing.py``, Weiser's slicing);
2. groups of records that belong together are removed, such as all of one client (``groups.py``);
3. delta debugging removes windows of records, down to single ones (``delta_debugging.py``);
4. inputs are made simpler (``simpler_inputs.py``), and single records are tried again.

Every step is kept only if a replay of what is left shows a difference with the same fingerprint in
the same record. Replays are of the part alone, so most take a few records.

Invariant: the part that is kept so far shows the difference. So the search can be stopped at any
time, and minimizing its result goes on from there.

What is recorded or accepted cannot be asked again. If a modelled release gives the expected
outcome, it stands for it (``models.py``). If none does, only the slice is made: an engine that
ignores a record by mistake would not miss it, and the result would show something else.

Cost: one replay of the trace up to the difference, one for the slice, and then replays of parts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Final

from necp_replay.engines.engine import open_machine
from necp_replay.errors import UsageError
from necp_replay.events.outcome import Outcome
from necp_replay.files.atomic import refuse_existing
from necp_replay.kernel.machine import Machine
from necp_replay.minimize.delta_debugging import without_groups, without_windows
from necp_replay.minimize.groups import groups_of
from necp_replay.minimize.judge import Judge, NumberedStep, Pair, ShownDifference
from necp_replay.minimize.models import find_model
from necp_replay.minimize.simpler_inputs import simpler_steps
from necp_replay.minimize.target import OnRecords, Target, Wanted, find_target
from necp_replay.releases.profile import Profile
from necp_replay.tools.derived_header import derived_header
from necp_replay.tools.history import History
from necp_replay.tools.kept_records import KeptRecords
from necp_replay.tools.select import parse_selection
from necp_replay.tools.slicing import Reach, slice_backwards
from necp_replay.tools.touched_keys import touched_keys
from necp_replay.trace.header import OutcomeDetail
from necp_replay.trace.reader import TraceReader
from necp_replay.trace.writer import TraceWriter

_VERIFIED: Final = 5
"""How often the result is replayed at the end, to see whether it always differs."""


@dataclass(frozen=True, slots=True)
class MinimizeOptions:
    """What to minimize.

    ``release`` is the one of the actual side, ``expected_release`` of the expected one where that
    is an engine; ``golden`` is the file whose outcomes are expected. ``most_replays`` ends the
    search after so many replays of parts.
    """

    pair: Pair
    release: str
    expected_release: str | None = None
    golden: Path | None = None
    wanted: Wanted = field(default_factory=Wanted)
    most_replays: int | None = None
    on_records: OnRecords | None = None


@dataclass(slots=True)
class MinimizeReport:
    """What the search found, and what it took.

    ``records`` is how many the trace has up to the difference. ``sizes`` are the records that were
    left after each phase. ``replayed_records`` are those of all replays together. ``stopped`` says
    why the search ended early. ``shown`` of ``verified`` replays of the result show the difference.
    ``sliced_only`` says that nothing could be asked about the expected side.
    """

    output: Path
    difference: ShownDifference
    records: int = 0
    sizes: dict[str, int] = field(default_factory=dict)
    replays: int = 0
    replayed_records: int = 0
    stopped: str = ""
    shown: int = 0
    verified: int = 0
    sliced_only: bool = False
    model: str | None = None
    simpler: int = 0

    @property
    def left(self) -> int:
        """How many records are left."""
        return list(self.sizes.values())[-1]

    @property
    def equivalents(self) -> float:
        """The cost in replays of the trace up to the difference."""
        return self.replayed_records / max(1, self.records)


class _Stopped(Exception):
    """The search is over its budget."""


def minimize(path: Path, output: Path, options: MinimizeOptions) -> MinimizeReport:
    """Write the smallest trace that shows the same difference into a new file.

    Raises UsageError if there is no such difference, or if it does not come back when the trace is
    replayed again; WriteError if ``output`` is there already; TraceError for damage; EngineError
    for an engine that fails before the difference.
    """
    refuse_existing(output)
    with TraceReader(path) as reader:
        search = _Minimization(path, reader, output, options)
        search.run()
        search.write()
        return search.report


class _Minimization:
    """One search."""

    def __init__(
        self, path: Path, reader: TraceReader, output: Path, options: MinimizeOptions
    ) -> None:
        self._path = path
        self._reader = reader
        self._options = options
        self._pair = options.pair
        wanted = (options.wanted, options.golden, options.on_records)
        self._target = find_target(path, reader, options.pair, *wanted)
        target = self._target
        self.report = MinimizeReport(output, target.difference, records=target.records)
        self._history = self._touched(target)
        self._judge = Judge(self._pair, target.names, self._history, target.expected)
        self._judge.work.replays += 1
        self._judge.work.records += target.records
        self._best: list[NumberedStep] = []

    def run(self) -> None:
        """Go through the phases until they are done or the search is stopped."""
        self._choose_model()
        try:
            self._slice()
            if not self.report.sliced_only:
                self._remove_groups()
                self._remove_records("single records")
                self._simplify()
        except _Stopped:
            self.report.stopped = f"the budget of {self._options.most_replays:,} replays is used up"
        except KeyboardInterrupt:
            if not self._best:
                raise
            self.report.stopped = "interrupted"
        if self.report.stopped:
            self.report.sizes["until it was stopped"] = len(self._best)
        work = self._judge.work
        self.report.replays, self.report.replayed_records = work.replays, work.records

    def write(self) -> None:
        """Write the part that is left, with the outcomes of the expected side where it is known."""
        report = self.report
        report.verified = _VERIFIED
        report.shown = sum(self._shows_once(self._best) for _ in range(_VERIFIED))
        header = derived_header(
            replace(
                self._reader.header,
                release=self._options.expected_release or self._options.release,
                outcome_detail=OutcomeDetail.NONE
                if self._pair.expected is None
                else OutcomeDetail.FULL,
            ),
            [
                ("minimized from", f"{report.records} records"),
                ("minimized to show", report.difference.fingerprint),
            ],
        )
        steps = self._judge.adapted(self._best)
        engine = None if self._pair.expected is None else self._pair.expected()
        with TraceWriter.create(report.output, header, replaces=False) as writer:
            for step in steps:
                outcome: Outcome | None = None if engine is None else engine.submit(step)
                writer.write(step, outcome)

    def _touched(self, target: Target) -> History:
        """What each record touches, from what is recorded or from a replay on the built-in engine.

        The selection is the target. A snapshot after the last record is no record of the trace.
        """
        record = min(target.difference.record, target.records)
        release = self._reader.header.release
        selection = parse_selection(str(record))
        return touched_keys(
            self._reader, selection, open_machine, release, self._options.on_records
        ).history

    def _choose_model(self) -> None:
        """Let a release stand for outcomes that are recorded or accepted."""
        if self._pair.expected is not None:
            return
        found = find_model(
            self._reader,
            self._target,
            self._judge,
            self._options.release,
            self._options.on_records,
        )
        if found is None:
            self.report.sliced_only = True
            return
        self.report.model = found.release
        self._pair = replace(self._pair, expected=partial(_machine, found))
        self._options = replace(self._options, expected_release=found.release)
        work = self._judge.work
        self._judge = Judge(self._pair, self._target.names, self._history)
        self._judge.work = work

    def _slice(self) -> None:
        """Keep what the record depends on; more and more, until the difference shows."""
        smaller = 0
        target = (self._target.difference.record, self._target.step)
        reaches = (Reach.EVERYTHING,) if self._target.is_final_state else tuple(Reach)
        for reach in reaches:
            numbers = slice_backwards(self._history, reach).numbers
            if len(numbers) == smaller:
                continue
            smaller = len(numbers)
            part = [(number, step) for number, step, _ in KeptRecords(self._reader, numbers)]
            if self._target.is_final_state:
                part.append(target)
            if self._shows(part, counts=False):
                self._keep(part, "what it depends on")
                return
        raise UsageError(
            f"record {target[0]:,} does not differ when the trace is replayed again",
            file=str(self._path),
            hint="One of the engines does not do the same twice. Give --attempts N to replay each"
            " part up to N times.",
        )

    def _remove_groups(self) -> None:
        numbers = [number for number, _ in self._best[:-1]]
        by_number = dict(self._best)
        last = self._best[-1]
        left = without_groups(
            numbers,
            groups_of(self._history, numbers),
            lambda rest: self._try([*((each, by_number[each]) for each in rest), last]),
        )
        self._keep([*((each, by_number[each]) for each in left), last], "groups of records")

    def _remove_records(self, phase: str) -> None:
        last = self._best[-1]
        left = without_windows(self._best[:-1], lambda rest: self._try([*rest, last]))
        self._keep([*left, last], phase)

    def _simplify(self) -> None:
        """Make inputs simpler until nothing more can be left out, then try records again."""
        while self._simplify_each():
            self._remove_records("simpler inputs")

    def _simplify_each(self) -> bool:
        """Make every input as simple as it can be. Returns whether one of them changed."""
        before = self.report.simpler
        for place in range(len(self._best)):
            while self._simplify_at(place):
                self.report.simpler += 1
        return self.report.simpler != before

    def _simplify_at(self, place: int) -> bool:
        number, step = self._best[place]
        for simpler in simpler_steps(step):
            part = [*self._best[:place], (number, simpler), *self._best[place + 1 :]]
            if self._try(part):
                return True
        return False

    def _try(self, part: Sequence[NumberedStep]) -> bool:
        """Whether a part shows the difference. If so it is the best one so far."""
        if self._shows(part):
            self._best = list(part)
            return True
        return False

    def _keep(self, part: Sequence[NumberedStep], phase: str) -> None:
        self._best = list(part)
        self.report.sizes[phase] = len(part)

    def _shows(self, part: Sequence[NumberedStep], *, counts: bool = True) -> bool:
        most = self._options.most_replays
        for _ in range(self._pair.attempts):
            if counts and most is not None and self._judge.work.replays >= most:
                raise _Stopped
            if self._shows_once(part):
                return True
        return False

    def _shows_once(self, part: Sequence[NumberedStep]) -> bool:
        shown = self._judge.difference(part)
        return shown is not None and shown.fingerprint == self._target.difference.fingerprint


def pair_of_releases(old: Profile, new: Profile) -> Pair:
    """Our own engine on two releases."""
    return Pair(partial(_machine, old), partial(_machine, new))


def _machine(profile: Profile) -> Machine:
    machine = Machine(profile)
    machine.make_missing_ids()
    return machine
