"""Replays one trace on one release, and compares it with what it recorded and with its golden.

Theory of operation. Each step is submitted, and its outcome compared with the recorded one as data
(``events/equality.py``). Only an outcome that differs is rendered and compared field by field. If
there is a golden, every outcome is rendered too, and aligned with the stanzas of the golden as both
are read (``align/sequences.py``). So a record that was added or removed is one difference.

Invariants: each record has one verdict, and is reported once. A record that differs from its
recorded outcome and from its golden is reported with the recorded outcome, and the fields in which
it differs from the golden are added. The alignment looks ahead, so records are counted when they
are placed, which is in order.

Cost: linear in the records. Memory does not grow with the trace: the alignment keeps a bounded
window, and a few records are kept as context.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import field
from pathlib import Path
from typing import Final

from necp_replay.align.edit_script import Move
from necp_replay.align.sequences import Edit, align
from necp_replay.dataclass import dataclass
from necp_replay.engines.engine import EngineFactory, open_for_trace, open_machine
from necp_replay.errors import NecpReplayError, TraceError, UsageError, error_of_trace
from necp_replay.events.equality import Likeness, compare_for
from necp_replay.events.inputs import Step
from necp_replay.events.outcome import Absent, NotDetermined, Outcome
from necp_replay.events.state_hash import StateHash, hash_of
from necp_replay.events.unmeasured import comparable
from necp_replay.golden.compare import (
    final_difference,
    record_difference,
    sides_of_edit,
)
from necp_replay.golden.reader import GoldenReader
from necp_replay.golden.stanza import BodyText
from necp_replay.golden.stanza_entries import (
    StanzaComparator,
    StanzaEntry,
    with_ids,
)
from necp_replay.golden.store import GoldenStore
from necp_replay.history.checkpoints import Checkpoints
from necp_replay.kernel.machine import Machine
from necp_replay.outcomes.compare import outcome_differences
from necp_replay.outcomes.names import StableNames
from necp_replay.outcomes.record_difference import RecordDifference, Truth
from necp_replay.outcomes.render_input import kind_of_input, title
from necp_replay.outcomes.safe_text import escape
from necp_replay.outcomes.shell_text import command_line, shown_path
from necp_replay.outcomes.trace_report import TraceReport, Verdict
from necp_replay.releases.names import canonical_tag
from necp_replay.releases.span import span_of
from necp_replay.replay.context import WINDOW_RECORDS, context_of
from necp_replay.replay.equal_beginning import EqualBeginning, Passing
from necp_replay.replay.findings.collector import DifferenceCollector
from necp_replay.replay.findings.diverged_states import diverged_state
from necp_replay.replay.findings.kept_examples import EXAMPLES
from necp_replay.replay.golden_document import ENDS, final_nodes
from necp_replay.replay.progress import PROGRESS_RECORDS, OnRecords
from necp_replay.replay.replayed import CountingComparator, ReplayedEntry, ReplayedRecord
from necp_replay.replay.resumed import begin_replay, noting_checkpoints
from necp_replay.replay.second_pass import add_details
from necp_replay.replay.segments import ProvedCounts
from necp_replay.replay.stanza_renderer import StanzaRenderer
from necp_replay.rules.book import RuleBook
from necp_replay.trace.header import SourceKind
from necp_replay.trace.knowledge import compares_beyond_vectors, is_full, is_measured
from necp_replay.trace.reader import TraceReader
from necp_replay.trace.record_codec import NumberedRecord

NO_GOLDEN_WANTED: Final = "--no-golden was given"
"""Why a trace of a project was compared with no golden."""


@dataclass(frozen=True, slots=True)
class ReplayOptions:
    """How to replay a trace.

    ``release`` None is the release that the trace was recorded on. ``on_records`` is called with
    the number of records that were replayed since the last call.
    """

    release: str | None = None
    goldens: GoldenStore | None = None
    open_engine: EngineFactory = open_machine
    on_records: OnRecords | None = None
    keep: int | None = EXAMPLES
    """How many differences of each group a report keeps whole; None keeps all."""
    rules: RuleBook = field(default_factory=RuleBook)
    """Rules for expected differences."""
    extra_examples: int = 0
    """How many further differences of a trace are kept, of any group. If not 0, kept differences
    have both sides, and each trace that differs has a timeline."""
    details: bool = True
    """Whether sides and timelines are added to each trace (:func:`add_replay_details`)."""
    homeless: NecpReplayError | None = None
    """Why there can be no golden: the trace belongs to no project. A trace that needs one is
    refused then, unless ``recorded_only``."""
    checkpoints: Checkpoints | None = None
    """States of the trace on disk, at which the replay begins. New ones are written."""
    find_checkpoints: Callable[[Path], Checkpoints | None] | None = None
    """Finds those of each trace, where many are replayed."""
    jobs: int = 1
    """In how many processes a trace is replayed from checkpoint to checkpoint."""
    recorded_only: bool = False
    """Compare with recorded outcomes only. A trace that needs a golden says so in its report."""


def replay_trace(path: Path, name: str, options: ReplayOptions) -> TraceReport:
    """Replay a trace, and compare it with what it recorded and with its golden.

    ``name`` is the path of the trace below the root of traces, without suffix. Raises nothing for a
    trace that cannot be replayed: the report has an error then.
    """
    started = time.perf_counter()
    report = TraceReport(escape(str(path)), escape(options.release or ""))
    try:
        with TraceReader(path) as reader:
            release = canonical_tag(options.release or reader.header.release)
            report.release = escape(release)
            _TraceRun(path, reader, name, release, report, options).run()
        if options.extra_examples and options.details and report.differs:
            add_replay_details(path, report, options)
    except Exception as error:  # An error in one trace is its verdict.
        report.fail(error_of_trace(error, str(path)))
    report.seconds = time.perf_counter() - started
    return report


def add_replay_details(path: Path, report: TraceReport, options: ReplayOptions) -> None:
    """Replay a trace that differs once more, for sides and a timeline. Raises TraceError."""
    with TraceReader(path) as reader:
        recorded_on = canonical_tag(reader.header.release)
    release = canonical_tag(options.release or recorded_on)
    add_details(path, report, open_for_trace(options.open_engine, release, recorded_on))


class _TraceRun:
    """The replay of one trace: what it compares with, and what it has found so far."""

    def __init__(
        self,
        path: Path,
        reader: TraceReader,
        name: str,
        release: str,
        report: TraceReport,
        options: ReplayOptions,
    ) -> None:
        header = reader.header
        self.path = path
        self.reader = reader
        self.report = report
        self.options = options
        recorded_on = canonical_tag(header.release)
        self.engine = open_for_trace(options.open_engine, release, recorded_on)
        self.names = StableNames()
        self.beyond_vectors = compares_beyond_vectors(header)
        self.shown_only = not is_full(header)
        self.compare_recorded = release == recorded_on
        # A scenario may make inputs that other releases do not have. Those have no golden.
        runs_here = span_of(header.properties).includes(release)
        is_scenario = header.source_kind is SourceKind.SCENARIO
        self.needs_golden = is_scenario and runs_here and not options.recorded_only
        if is_scenario and runs_here and options.recorded_only:
            why = options.homeless
            report.without_golden = NO_GOLDEN_WANTED if why is None else why.reason
        if is_scenario:
            report.scenario = escape(header.source)
        report.is_measured = is_measured(header)
        self.ended = False
        self.first = 1
        """The record that the replay in sequence begins with."""
        self.same_until = 0
        self.diverged: RecordDifference | None = None
        self.beginning: EqualBeginning | None = None
        """How far the replay and its golden begin alike."""
        self.before: deque[tuple[int, Step]] = deque(maxlen=WINDOW_RECORDS)
        rules = options.rules.for_replay(name, release)
        self.collector = DifferenceCollector(report, options.keep, rules, options.extra_examples)
        self.golden_path: Path | None = None
        if options.goldens is not None and runs_here:
            self.golden_path = options.goldens.find(name, release)
            options.goldens.check_others(name, self.golden_path)

    def run(self) -> None:
        if self.golden_path is not None:
            self.report.golden = str(self.golden_path)
            with GoldenReader(self.golden_path) as golden:
                self._compare_with_golden(golden)
        else:
            if not self._is_decided():
                for replayed in self._replay():
                    self._count(replayed)
            if self.needs_golden and self.options.goldens is not None:
                self.report.missing_golden = True
        if self.diverged is not None and self.collector.add(self.diverged):
            self.report.diverged_states = 1
        if self.report.records == 0:
            raise TraceError("the trace holds no records", file=self.report.path)
        homeless = self.options.homeless
        if homeless is not None and self.needs_golden:
            raise UsageError(homeless.reason, file=self.report.path, hint=homeless.hint)
        if self.report.compared == 0 and not self.report.missing_golden:
            raise self._nothing_compared()

    def _is_decided(self) -> bool:
        """Whether checkpoints decide the trace; else the replay goes on after those that do."""
        stored, engine = self.options.checkpoints, self.engine
        if stored is None or not self.compare_recorded or not isinstance(engine, Machine):
            return False
        begun = begin_replay(
            *(self.path, stored, engine.profile),
            jobs=self.options.jobs,
            on_records=self.options.on_records,
        )
        if begun is None:
            return False
        report, counts = self.report, begun.counts
        report.records, report.identical = counts.records, counts.identical
        report.in_part, report.not_compared = counts.in_part, counts.not_compared
        self.same_until = counts.same_until
        if begun.machine is None:
            return True
        self.engine, self.first = begun.machine, begun.number + 1
        self.names.learn_ids(stored.ids_up_to(begun.number))
        for number, step, _ in self.reader.records(max(1, self.first - WINDOW_RECORDS)):
            if number == self.first:
                break
            self.before.append((number, step))
        return False

    def _records(self) -> Iterator[NumberedRecord]:
        """The records that are left; on the way new checkpoints are noted."""
        records = self.reader.records(self.first, shared=True)
        stored, engine = self.options.checkpoints, self.engine
        if stored is None or not isinstance(engine, Machine):
            return records
        return noting_checkpoints(
            records, stored, lambda: None if engine.is_down else engine.save(), self._note
        )

    def _note(self) -> bytes:
        """The counts up to the last record, if nothing is to be reported; empty if something is."""
        report = self.report
        compared = report.identical + report.not_compared
        is_known = self.compare_recorded and self.golden_path is None and self.diverged is None
        if not is_known or report.records != compared or report.kinds or report.expected:
            return b""
        return ProvedCounts(
            *(report.records, report.identical, report.in_part, report.not_compared),
            same_until=self.same_until,
        ).as_note()

    def _nothing_compared(self) -> TraceError:
        report = self.report
        if report.first_not_determined is not None:
            return TraceError(
                f"nothing was compared on {report.release}: {report.first_not_determined}",
                file=report.path,
                hint="Not enough is known of its inputs to determine any outcome.",
            )
        return TraceError(
            f"nothing to compare with on {report.release}: no outcome was recorded on"
            " that release and there is no golden",
            file=report.path,
            hint=self._hint_for_nothing(),
        )

    def _hint_for_nothing(self) -> str:
        """What to do where no outcome is known: look elsewhere, or make a golden."""
        homeless, recorded_on = self.options.homeless, canonical_tag(self.reader.header.release)
        if recorded_on != self.report.release:
            words = ("--from", recorded_on, "--to", self.report.release)
            command = command_line("necp-replay", "diff", shown_path(self.report.path), *words)
            return f"Leave out --release, or see what differs: {command}"
        if homeless is None:
            return "Accept a golden first: `necp-replay accept`."
        return "Copy it into a folder called `traces`, and run `necp-replay accept` on it there."

    def _replay(self) -> Iterator[ReplayedRecord]:
        """Submit every step and compare its outcome with the recorded one: the hot loop.

        Records that are the same, and that the golden has next, are counted and not yielded.
        """
        submit = self.engine.submit
        compare = compare_for(beyond_vectors=self.beyond_vectors, shown_only=self.shown_only)
        compare_recorded = self.compare_recorded
        learn_ids = self.names.learn_ids
        on_records = self.options.on_records
        passes = None if self.beginning is None else self.beginning.passes
        is_whole = self.beyond_vectors and not self.shown_only
        report, before = self.report, self.before
        reader, check_state = self.reader, self._check_state
        for number, step, recorded in self._records():
            outcome = submit(step)
            if reader.state_hashes and number in reader.state_hashes:
                check_state(number, reader.state_hashes[number])
            if step.uuids:
                learn_ids(step.uuids)
            if compare_recorded and recorded is not None:
                likeness = compare(recorded, outcome)
            else:
                likeness = Likeness.UNKNOWN
            if likeness is Likeness.SAME:
                if is_whole and recorded is not None:
                    # Equal records share it, so it may be rendered already.
                    outcome = recorded
                passed = Passing.NOW if passes is None else passes(number, step, outcome)
                if passed is Passing.NOW:
                    report.records += 1
                    report.identical += 1
                    before.append((number, step))
                    if type(outcome.answer) in ENDS:
                        self.ended = True
                elif passed is Passing.NO:
                    yield ReplayedRecord(number, step, outcome, Verdict.IDENTICAL)
            elif type(outcome.answer) is Absent:
                yield ReplayedRecord(number, step, outcome, Verdict.NOT_MODELLED)
            elif likeness is Likeness.UNKNOWN or type(outcome.answer) is NotDetermined:
                yield ReplayedRecord(number, step, outcome, None)
            elif likeness is Likeness.IN_PART:
                yield ReplayedRecord(number, step, outcome, Verdict.IDENTICAL, in_part=True)
            else:
                assert recorded is not None
                yield self._differing(number, step, recorded, outcome)
            if on_records is not None and number % PROGRESS_RECORDS == 0:
                on_records(PROGRESS_RECORDS)

    def _check_state(self, number: int, recorded: StateHash) -> None:
        """Compare the hash of the state after a record; the first that is another one counts."""
        if not self.compare_recorded or not recorded.is_known or self.diverged is not None:
            return
        actual = hash_of(self.engine.snapshot())
        if actual == recorded:
            self.same_until = number
        else:
            self.diverged = diverged_state(number, recorded, actual, self.same_until)

    def _count_same(self, number: int, step: Step, outcome: Outcome) -> None:
        """The same as :meth:`_count` for a record that is identical to what was recorded."""
        self.report.records += 1
        self.report.identical += 1
        self.before.append((number, step))
        self.ended = self.ended or type(outcome.answer) in ENDS

    def _count(self, replayed: ReplayedRecord) -> None:
        """Add a record to the report. All records before it were added."""
        report = self.report
        report.records += 1
        self.ended = self.ended or type(replayed.outcome.answer) in ENDS
        if replayed.in_part and self.golden_path is None:
            report.in_part += 1
        match replayed.verdict:
            case Verdict.IDENTICAL:
                report.identical += 1
            case Verdict.DIFFERENT:
                difference = replayed.difference
                if difference is not None and self._collect(difference, replayed.step):
                    report.different += 1
                else:
                    report.identical += 1
                    replayed.verdict = Verdict.IDENTICAL
            case Verdict.NOT_MODELLED:
                self._not_modelled(replayed)
            case _ if type(replayed.outcome.answer) is NotDetermined:
                self._not_determined(replayed)
            case _:
                if self.golden_path is not None:
                    report.identical += 1
                    replayed.verdict = Verdict.IDENTICAL
                else:
                    report.not_compared += 1
        self.before.append((replayed.number, replayed.step))

    def _collect(self, difference: RecordDifference, step: Step) -> bool:
        """Report a record that differs. Returns False if rules expect the difference."""
        is_reported = self.collector.add(difference)
        if self._is_kept(difference):
            difference.shown.context = context_of(self.before, step, self.names)
            if self.golden_path is not None:
                # It equals the golden, unless the comparison with the golden says otherwise.
                difference.shown.from_golden = []
        return is_reported

    def _not_modelled(self, replayed: ReplayedRecord) -> None:
        report = self.report
        report.not_modelled += 1
        answer = replayed.outcome.answer
        if report.first_not_modelled is None and isinstance(answer, Absent):
            shown = title(replayed.step.input, self.names)
            report.first_not_modelled = f"record {replayed.number} {shown}: {escape(answer.why)}"

    def _not_determined(self, replayed: ReplayedRecord) -> None:
        report = self.report
        report.not_determined += 1
        answer = replayed.outcome.answer
        if report.first_not_determined is None and isinstance(answer, NotDetermined):
            shown = title(replayed.step.input, self.names)
            report.first_not_determined = f"record {replayed.number} {shown}: {escape(answer.why)}"

    def _differing(
        self,
        number: int,
        step: Step,
        recorded: Outcome,
        outcome: Outcome,
    ) -> ReplayedRecord:
        """A record that differs from what was recorded."""
        event = step.input
        known, answered = comparable(recorded, outcome, shown_only=self.shown_only)
        fields = outcome_differences(
            event, known, answered, self.names, beyond_vectors=self.beyond_vectors
        )
        shown, kind = title(event, self.names), kind_of_input(event)
        difference = RecordDifference(number, shown, kind, Truth.RECORDED, fields)
        in_part = bool(known.unmeasured)
        return ReplayedRecord(number, step, outcome, Verdict.DIFFERENT, difference, in_part)

    def _compare_with_golden(self, golden: GoldenReader) -> None:
        """Replay, and align the records with the stanzas of the golden, both as they come."""
        comparator = CountingComparator(self._count)
        renderer = StanzaRenderer(self.names, golden.version)
        self.beginning = beginning = EqualBeginning(golden, renderer, self._count, self._count_same)
        replay = self._replay()
        beginning.pass_over(replay)
        for edit in align(*beginning.sides(replay, comparator), comparator):
            if edit.move is Move.MATCH:
                continue
            replayed = edit.right.replayed if isinstance(edit.right, ReplayedEntry) else None
            if replayed is None or replayed.verdict in (Verdict.IDENTICAL, None):
                self._differs_from_golden(edit, comparator, replayed)
            elif (
                replayed.difference is not None
                and replayed.difference.shown.from_golden is not None
            ):
                # The record is reported already, since it differs from what was recorded.
                replayed.difference.shown.from_golden = record_difference(edit, comparator).fields
        if self.report.not_modelled and not self.ended:
            # An input that is not modelled may have changed the state, so the final state is not
            # known.
            return
        nodes = final_nodes(self.engine, self.names, ended=self.ended)
        final = final_difference(
            golden.final,
            BodyText.of(nodes),
            comparator,
            Truth.GOLDEN,
            with_sides=self.options.extra_examples > 0,
        )
        if final is not None and self.collector.add(final):
            self.report.differing_states = 1

    def _differs_from_golden(
        self,
        edit: Edit[StanzaEntry],
        comparator: StanzaComparator,
        replayed: ReplayedRecord | None,
    ) -> None:
        """Report a record that differs from its golden only, or one that is missing (None)."""
        difference = record_difference(edit, comparator)
        if replayed is not None and edit.right is not None:
            ids = comparator.renaming.replacements
            if difference.title == with_ids(edit.right.stanza.title, ids):
                # A golden of an older version has a title that is hard to read.
                difference.title = with_ids(title(replayed.step.input, self.names), ids)
        if self.collector.add(difference):
            self._count_against_golden(replayed)
        if not self._is_kept(difference):
            return
        # Every record up to this one was counted, and none after it.
        before = [entry for entry in self.before if replayed is None or entry[0] < replayed.number]
        context = context_of(before, None if replayed is None else replayed.step, self.names)
        ids = comparator.renaming.replacements
        difference.shown.context = [with_ids(line, ids) for line in context]
        if self.options.extra_examples:
            difference.shown.sides = sides_of_edit(edit, comparator)

    def _count_against_golden(self, replayed: ReplayedRecord | None) -> None:
        """Count a record that was counted as the same, or one that only the golden has (None)."""
        report = self.report
        if replayed is None:
            report.missing_records += 1
            return
        report.different += 1
        if replayed.verdict is None:
            report.not_determined -= 1
        else:
            report.identical -= 1

    def _is_kept(self, difference: RecordDifference) -> bool:
        examples = self.report.examples
        return bool(examples) and examples[-1] is difference
