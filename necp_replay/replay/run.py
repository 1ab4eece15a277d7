"""One trace replayed on one release, compared with what it recorded and with its golden."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from necp_replay.align.edit_script import Move
from necp_replay.align.sequences import Alignment, align
from necp_replay.align.up_to_renaming import Renamed
from necp_replay.engines.engine import EngineFactory, open_machine
from necp_replay.errors import NecpReplayError, TraceError
from necp_replay.events.equality import same_as_measured, same_whole
from necp_replay.events.inputs import Step
from necp_replay.events.outcome import Absent, Outcome
from necp_replay.golden.compare import (
    final_difference,
    record_difference,
    sides_of_step,
    text_entries,
)
from necp_replay.golden.document import Stanza
from necp_replay.golden.reader import BodyText, GoldenReader, StanzaText
from necp_replay.golden.store import GoldenStore
from necp_replay.golden.text_entries import TextEntry, TextLikeness, TextSide, with_ids
from necp_replay.outcomes.compare import outcome_differences
from necp_replay.outcomes.names import StableNames
from necp_replay.outcomes.node import escape, visible
from necp_replay.outcomes.record_difference import RecordDifference, Truth
from necp_replay.outcomes.render_input import kind_of_input, title
from necp_replay.outcomes.render_outcome import render_outcome
from necp_replay.outcomes.trace_report import TraceReport, Verdict
from necp_replay.releases.names import canonical_tag
from necp_replay.replay.context import WINDOW_RECORDS, context_of
from necp_replay.replay.findings.collector import EXAMPLES, Collector
from necp_replay.replay.golden_document import final_nodes, has_ended
from necp_replay.replay.second_pass import look_again
from necp_replay.rules.book import RuleBook
from necp_replay.trace.header import OutcomeDetail, SourceKind
from necp_replay.trace.reader import TraceReader


@dataclass(frozen=True, slots=True)
class ReplayOptions:
    """How to replay: on which release (None: the trace's own) and with which goldens."""

    release: str | None = None
    goldens: GoldenStore | None = None
    open_engine: EngineFactory = open_machine
    on_records: Callable[[int], None] | None = None
    keep: int | None = EXAMPLES
    """Differences of each group that a report keeps whole; None: all."""
    rules: RuleBook = field(default_factory=RuleBook)
    """Which differences are expected."""
    besides: int = 0
    """So many more differences of a trace are kept, of any kind. Where there are any, both sides of
    all that is kept are wanted, and a timeline of each trace that differs."""


def replay_trace(path: Path, name: str, options: ReplayOptions) -> TraceReport:
    """Replay a trace and compare; whatever prevents it becomes the report's error.

    ``name`` is the trace's path below its root without suffix, under which its golden is kept.
    """
    started = time.perf_counter()
    report = TraceReport(escape(str(path)), escape(options.release or ""))
    try:
        with TraceReader(path) as reader:
            release = canonical_tag(options.release or reader.header.release)
            report.release = escape(release)
            _Run(reader, name, release, report, options).run()
        if options.besides and report.different:
            look_again(path, report, options.open_engine(release))
    except NecpReplayError as error:
        # It names files, whose names need not be fit for a terminal.
        report.error = visible(str(error))
        report.hint = visible(error.hint)
    report.seconds = time.perf_counter() - started
    return report


@dataclass(slots=True)
class _Played:
    """One record that was replayed, and how it compares with what was recorded.

    ``state`` is None where nothing was recorded to compare with. ``difference`` waits to be told
    until every record before it was.
    """

    number: int
    step: Step
    outcome: Outcome
    state: Verdict | None
    difference: RecordDifference | None = None


class _PlayedEntry(TextEntry):
    """A replayed record beside its golden's stanza."""

    __slots__ = ("played",)

    def __init__(self, played: _Played, names: StableNames, side: TextSide) -> None:
        event = played.step.input
        rendered = render_outcome(event, played.outcome, names)
        stanza = StanzaText.of(
            Stanza(played.number, title(event, names), rendered.status, rendered.nodes)
        )
        super().__init__(stanza, side)
        self.played = played


class _GoldenLikeness(TextLikeness):
    """Settles each replayed record when its place beside the golden is known, so in order."""

    def __init__(self, settle: Callable[[_Played], None]) -> None:
        super().__init__()
        self._settle = settle

    def place(self, left: Renamed[str] | None, right: Renamed[str] | None) -> bool:
        if isinstance(right, _PlayedEntry):
            self._settle(right.played)
        return super().place(left, right)


class _Run:
    """The replay of one trace: what it compares with, and what it found so far."""

    def __init__(
        self,
        reader: TraceReader,
        name: str,
        release: str,
        report: TraceReport,
        options: ReplayOptions,
    ) -> None:
        header = reader.header
        self.reader = reader
        self.report = report
        self.options = options
        self.engine = options.open_engine(release)
        self.names = StableNames()
        self.measured = header.outcome_detail is OutcomeDetail.VECTORS
        self.compare_recorded = release == canonical_tag(header.release)
        self.needs_golden = header.source_kind is SourceKind.SCENARIO
        if self.needs_golden:
            report.scenario = escape(header.source)
        self.ended = False
        self.before: deque[tuple[int, Step]] = deque(maxlen=WINDOW_RECORDS)
        rules = options.rules.for_replay(name, release)
        self.collector = Collector(report, options.keep, rules, options.besides)
        self.golden_path: Path | None = None
        if options.goldens is not None:
            self.golden_path = options.goldens.find(name, release)

    def run(self) -> None:
        if self.golden_path is not None:
            self.report.golden = str(self.golden_path)
            with GoldenReader(self.golden_path) as golden:
                self._play_beside(golden)
        else:
            for played in self._play():
                self._settle(played)
            if self.needs_golden and self.options.goldens is not None:
                self.report.missing_golden = True
        if self.report.records == 0:
            raise TraceError("the trace holds no records", file=self.report.path)
        if self.report.compared == 0 and not self.report.missing_golden:
            raise TraceError(
                f"nothing to compare with on {self.report.release}: no outcome was recorded on"
                " that release and there is no golden",
                file=self.report.path,
                hint="Replay it on the release it was recorded on, or accept a golden first.",
            )

    def _play(self) -> Iterator[_Played]:
        """The hot loop: submit, compare; anything but equality is left to helpers."""
        submit = self.engine.submit
        same = same_as_measured if self.measured else same_whole
        compare_recorded = self.compare_recorded
        learn = self.names.learn
        progress = self.options.on_records
        for number, step, recorded in self.reader:
            outcome = submit(step)
            if step.uuids:
                learn(step)
            if compare_recorded and recorded is not None and same(recorded, outcome):
                yield _Played(number, step, outcome, Verdict.IDENTICAL)
            elif type(outcome.answer) is Absent:
                yield _Played(number, step, outcome, Verdict.NOT_MODELLED)
            elif compare_recorded and recorded is not None:
                difference = self._difference(number, step, recorded, outcome)
                yield _Played(number, step, outcome, Verdict.DIFFERENT, difference)
            else:
                yield _Played(number, step, outcome, None)
            if progress is not None and number % 1024 == 0:
                progress(1024)

    def _settle(self, played: _Played) -> None:
        """Count a record, all records before it being counted."""
        report = self.report
        report.records += 1
        match played.state:
            case Verdict.IDENTICAL:
                report.identical += 1
            case Verdict.DIFFERENT:
                if played.difference is not None and self._collect(played.difference, played.step):
                    report.different += 1
                else:
                    report.identical += 1
                    played.state = Verdict.IDENTICAL
            case Verdict.NOT_MODELLED:
                self._not_modelled(played)
            case _:
                if self.golden_path is not None:
                    report.identical += 1
                    played.state = Verdict.IDENTICAL
        self.before.append((played.number, played.step))

    def _collect(self, difference: RecordDifference, step: Step) -> bool:
        """Report a record that differs; False where rules expect it to."""
        is_reported = self.collector.add(difference)
        if self._is_kept(difference):
            difference.shown.context = context_of(self.before, step, self.names)
            if self.golden_path is not None:
                # Until the golden turns out to say something else.
                difference.shown.from_golden = []
        return is_reported

    def _not_modelled(self, played: _Played) -> None:
        report = self.report
        report.not_modelled += 1
        answer = played.outcome.answer
        if report.first_not_modelled is None and isinstance(answer, Absent):
            shown = title(played.step.input, self.names)
            report.first_not_modelled = f"record {played.number} {shown}: {escape(answer.why)}"

    def _difference(
        self,
        number: int,
        step: Step,
        recorded: Outcome,
        outcome: Outcome,
    ) -> RecordDifference:
        """How a record differs from what was recorded."""
        differences = outcome_differences(
            step.input, recorded, outcome, self.names, beyond_vectors=not self.measured
        )
        event = step.input
        shown, kind = title(event, self.names), kind_of_input(event)
        return RecordDifference(number, shown, kind, Truth.RECORDED, differences)

    def _play_beside(self, golden: GoldenReader) -> None:
        """Replay, and compare each record's text with the golden's as it comes."""
        likeness = _GoldenLikeness(self._settle)
        for found in align(text_entries(golden), self._entries(), likeness):
            if found.move is Move.MATCH:
                continue
            played = found.right.played if isinstance(found.right, _PlayedEntry) else None
            if played is None or played.state is Verdict.IDENTICAL:
                self._differs_from_golden(found, likeness, played)
            elif played.difference is not None and played.difference.shown.from_golden is not None:
                # It was told already and is no second difference.
                played.difference.shown.from_golden = record_difference(found, likeness).fields
        nodes = final_nodes(self.engine, self.names, ended=self.ended)
        final = final_difference(
            golden.final,
            BodyText.of(nodes),
            likeness,
            Truth.GOLDEN,
            with_sides=self.options.besides > 0,
        )
        if final is not None and self.collector.add(final):
            self.report.different += 1

    def _differs_from_golden(
        self, found: Alignment[TextEntry], likeness: TextLikeness, played: _Played | None
    ) -> None:
        """Report what only the golden tells: of a record, or that one is missing."""
        difference = record_difference(found, likeness)
        if self.collector.add(difference):
            self.report.different += 1
            if played is not None:
                self.report.identical -= 1
        if not self._is_kept(difference):
            return
        # Every record up to this one was settled, and none after it.
        before = [entry for entry in self.before if played is None or entry[0] < played.number]
        context = context_of(before, None if played is None else played.step, self.names)
        ids = likeness.bindings.replacements
        difference.shown.context = [with_ids(line, ids) for line in context]
        if self.options.besides:
            difference.shown.sides = sides_of_step(found, likeness)

    def _is_kept(self, difference: RecordDifference) -> bool:
        examples = self.report.examples
        return bool(examples) and examples[-1] is difference

    def _entries(self) -> Iterator[TextEntry]:
        side = TextSide()
        for played in self._play():
            self.ended = self.ended or has_ended(played.outcome)
            yield _PlayedEntry(played, self.names, side)
