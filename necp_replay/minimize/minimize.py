"""Writes the smallest trace that still shows a difference.

Theory of operation. The trace is replayed up to the difference, and what comes after it is dropped.
Then, in the order of syzkaller's minimisation:

1. a backward slice keeps what the record depends on (``tools/slicing.py``, Weiser's slicing);
2. of a long slice, large windows of records are removed (``delta_debugging.py``);
3. groups of records that belong together are removed, such as all of one client (``groups.py``);
4. delta debugging removes windows of records, down to single ones;
5. inputs are made simpler (``simpler_inputs.py``), and single records are tried again;
6. times, fds and ids are made plain (``plain_forms.py``).

Every step is kept only if a replay of what is left shows a difference with the same fingerprint in
the same record. Replays are of the part alone, so most take a few records. ``trials.py`` asks about
the parts, in several processes if need be, and ``kept_work.py`` keeps the answers.

Invariant: the part that is kept so far shows the difference. So the search can end at any time.

What is recorded or accepted cannot be asked again. If a modelled release gives the expected
outcome, it stands for it (``models.py``). If none does, only the slice is made: an engine that
ignores a record by mistake would not miss it, and the result would show something else.

Cost: one replay of the trace up to the difference, one for the slice, and then replays of parts.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Final

from necp_replay.engines.engine import open_machine
from necp_replay.errors import EngineError, TraceError, UsageError, WriteError
from necp_replay.events.inputs import Step
from necp_replay.events.outcome import Outcome
from necp_replay.files.atomic import check_folder, refuse_existing
from necp_replay.kernel.machine import Machine
from necp_replay.minimize.effort import Effort
from necp_replay.minimize.kept_work import KeptWork, StaleWork, digest_of
from necp_replay.minimize.models import find_model
from necp_replay.minimize.options import MinimizeOptions, MinimizeReport
from necp_replay.minimize.part_comparison import Pair, PartComparison
from necp_replay.minimize.phases import Phases
from necp_replay.minimize.question import question_of
from necp_replay.minimize.target import DifferenceNotFound, Target, Wanted, find_target
from necp_replay.minimize.trials import OverBudget, Part, TrialLimits, Trials
from necp_replay.releases.lineage import RELEASES
from necp_replay.releases.profile import Profile
from necp_replay.tools.derived_header import derived_header
from necp_replay.tools.kept_records import KeptRecords
from necp_replay.tools.packed_keys import History
from necp_replay.tools.select import parse_selection
from necp_replay.tools.slicing import Reach, slice_backwards
from necp_replay.tools.touched_keys import touched_keys
from necp_replay.trace.header import OutcomeDetail
from necp_replay.trace.reader import TraceReader
from necp_replay.trace.writer import TraceWriter

_VERIFIED: Final = 5
"""How often the result is replayed at the end, to see whether it always differs."""
_MEASURED: Final = 20
"""How often, if it did not differ once."""
_SURE: Final = 0.95
"""How likely a suggested number of attempts finds the difference in a part that has it."""


def minimize(path: Path, output: Path, options: MinimizeOptions) -> MinimizeReport:
    """Write the smallest trace that shows the same difference into a new file.

    With ``options.work_file`` a search that is ended by an exception, such as KeyboardInterrupt,
    goes on with the next call. Out of budget it writes the smallest trace so far, which the next
    call replaces.

    Raises UsageError if there is no such difference, or if it does not come back when the trace is
    replayed again; WriteError if ``output`` is there already; TraceError for damage; EngineError
    for an engine that fails before the difference.
    """
    try:
        question = "" if options.work_file is None else question_of(path, options)
    except OSError as error:
        raise TraceError(f"cannot be read: {error.strerror}", file=str(path)) from error
    kept = KeptWork(options.work_file, question, options.say)
    replaces = _is_file_with(output, kept.output_digest)
    if not replaces:
        refuse_existing(output)
    if not output.parent.is_dir():
        # Found out at the end, it would cost the whole search.
        raise WriteError(
            "the folder does not exist", file=str(output), hint="Make it, or name another."
        )
    check_folder(output)
    with TraceReader(path) as reader:
        while True:
            search = _Minimization(path, reader, output, options, kept)
            try:
                search.run()
                if search.check():
                    break
                raise StaleWork
            except StaleWork:
                kept.forget(f"{options.work_file} does not lead to the difference")
            except BaseException:  # Such as a signal, or an engine that cannot be started.
                kept.save_at_end()
                raise
        search.write(replaces=replaces)
        return search.report


class _Minimization:
    """One search."""

    def __init__(
        self,
        path: Path,
        reader: TraceReader,
        output: Path,
        options: MinimizeOptions,
        kept: KeptWork,
    ) -> None:
        self._path = path
        self._reader = reader
        self._options = options
        self._pair = options.pair
        self._kept = kept
        target = self._target = self._find_target()
        self.report = MinimizeReport(
            output, target.difference, options.release, records=target.records
        )
        self._history = self._touched(target)
        self._final = target.difference.record if target.is_final_state else None
        self._comparison = PartComparison(
            self._pair, target.names, self._history, target.expected, self._final
        )
        self._work = Effort(1, target.records)
        self._trials = self._new_trials()
        self._phases = Phases(self._trials, self._history)

    def run(self) -> None:
        """Go through the phases until they are done or the search is stopped."""
        try:
            self._choose_model()
            with self._trials:
                self._slice()
                if not self.report.sliced_only:
                    self._trials.share_out()
                    self._phases.run(self._comparison)
        except OverBudget:
            most = self._options.most_replays or 0
            self.report.stopped = f"the budget of {most:,} replays is used up"
        if self.report.stopped:
            self._phases.note("until it was stopped")
            self.report.work_file = self._kept.path
        self.report.sizes, self.report.simpler = self._phases.sizes, self._phases.simpler
        self.report.replays, self.report.replayed_records = self._work.replays, self._work.records

    def check(self) -> bool:
        """Replay the result, and note how often it differs. False if kept work led to no result."""
        report = self.report
        self._verify(_VERIFIED)
        if report.shown < _VERIFIED:
            self._verify(_MEASURED - _VERIFIED)
        return bool(report.shown) or not self._kept.was_resumed

    def write(self, *, replaces: bool) -> None:
        """Write the part that is left, with the outcomes of the expected side where it is known."""
        report = self.report
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
        steps = self._steps()
        engine = None if self._pair.expected is None else self._pair.expected()
        with TraceWriter.create(report.output, header, replaces=replaces) as writer:
            for step in steps:
                outcome: Outcome | None = None if engine is None else engine.submit(step)
                writer.write(step, outcome)
        if not report.stopped:
            self._kept.remove()
        elif self._kept.path is not None:
            self._kept.output_digest = digest_of(report.output)
            self._kept.save()

    def _steps(self) -> list[Step]:
        if self._phases.plain is not None:
            return [step for _, step in self._phases.plain]
        return self._comparison.adapted(self._trials.best)

    def _verify(self, times: int) -> None:
        plain = self._phases.plain
        part = self._trials.best if plain is None else plain
        self.report.verified += times
        for _ in range(times):
            self.report.shown += self._trials.shows(part, is_plain=plain is not None)

    def _new_trials(self) -> Trials:
        limits = TrialLimits(
            self._pair.attempts,
            self._options.most_replays,
            self._options.jobs,
            self._options.elsewhere,
        )
        return Trials(
            self._comparison,
            self._target.difference.fingerprint,
            limits,
            self._kept,
            self._work,
            self._options.on_records,
        )

    def _find_target(self) -> Target:
        """The difference, which is that of the kept work if there is one."""
        options, kept = self._options, self._kept
        wanted = options.wanted
        if kept.record is not None:
            wanted = Wanted(kept.record, kept.fingerprint)
        sides = (options.pair, wanted, options.golden, options.on_records)
        target = None
        for _ in range(1, options.pair.attempts):
            # An engine that does not always give the same outcomes may show it the next time.
            with suppress(DifferenceNotFound, EngineError):
                target = find_target(self._path, self._reader, *sides)
                break
        if target is None:
            try:
                target = find_target(self._path, self._reader, *sides)
            except DifferenceNotFound:
                target = self._whole_difference(wanted)
                if target is None:
                    raise
        kept.record, kept.fingerprint = target.difference.record, target.difference.fingerprint
        return target

    def _whole_difference(self, wanted: Wanted) -> Target | None:
        """The difference of a record of which the wanted fingerprint is a part. None for none."""
        options = self._options
        if options.record_with is None or wanted.fingerprint is None:
            return None
        record = options.record_with(wanted.fingerprint)
        if record is None:
            return None
        sides = (options.pair, Wanted(record), options.golden, options.on_records)
        target = find_target(self._path, self._reader, *sides)
        options.say(
            f"{wanted.fingerprint} is what one fact changes in record {record:,}, and others change"
            f" it too; what is kept is the whole difference, {target.difference.fingerprint}"
        )
        return target

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
        found = self._known_model()
        if found is None:
            self.report.sliced_only = True
            return
        self.report.model = found.release
        self._pair = replace(self._pair, expected=partial(_machine, found))
        self._options = replace(self._options, expected_release=found.release)
        self._comparison = PartComparison(
            self._pair, self._target.names, self._history, final_state=self._final
        )
        self._trials = self._new_trials()
        self._phases = Phases(self._trials, self._history)

    def _known_model(self) -> Profile | None:
        """The release that gives the expected outcome. The kept work may name it already."""
        kept = self._kept
        if kept.model is None:
            found = find_model(
                self._reader,
                self._target,
                self._comparison,
                self._work,
                self._options.release,
                self._options.on_records,
            )
            kept.model = "" if found is None else found.release
        else:
            self._work.replays += len(RELEASES)
            self._work.records += len(RELEASES) * self._target.records
        return RELEASES.get(kept.model)

    def _slice(self) -> None:
        """Keep what the record depends on; more and more, until the difference shows."""
        whole: list[Part] = []
        if self._trials.first_that_shows(self._slices(whole)) is None:
            raise self._unsteady(whole[-1])
        self._phases.note("what it depends on")

    def _slices(self, noted: list[Part]) -> Iterator[Part]:
        """The slices from the smallest to everything. Notes each one."""
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
            noted[:] = [part]
            yield part

    def _unsteady(self, whole: Part) -> UsageError:
        """The error for a difference that does not come back in all of the records up to it."""
        record = self._target.difference.record
        found = [self._comparison.difference(whole) for _ in range(_MEASURED)]
        wanted = self._target.difference.fingerprint
        shown = sum(each is not None and each.fingerprint == wanted for each in found)
        others = sum(each is not None for each in found) - shown
        reason = f"record {record:,} differs in {shown} of {_MEASURED} more replays of the trace"
        if others:
            reason += f", and in another way in {others}"
        attempts = _MEASURED
        if shown:
            missed = 1 - min(shown, _MEASURED - 1) / _MEASURED
            attempts = max(2, math.ceil(math.log(1 - _SURE) / math.log(missed)))
        return UsageError(
            reason,
            file=str(self._path),
            hint="An engine does not always give the same outcomes. Give"
            f" --attempts {attempts}: each part is replayed up to so many times.",
        )


def pair_of_releases(old: Profile, new: Profile) -> Pair:
    """Our own engine on two releases."""
    return Pair(partial(_machine, old), partial(_machine, new))


def _machine(profile: Profile) -> Machine:
    machine = Machine(profile)
    machine.make_missing_ids()
    return machine


def _is_file_with(path: Path, digest: str | None) -> bool:
    """Whether a file has the content with a digest, and is no link."""
    try:
        return digest is not None and not path.is_symlink() and digest_of(path) == digest
    except OSError:
        return False
