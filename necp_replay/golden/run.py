"""One trace replayed on one release, compared with what it recorded and with its golden."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from necp_replay.diff.collect import EXAMPLES, Collector
from necp_replay.errors import NecpReplayError, TraceError
from necp_replay.events.inputs import Step
from necp_replay.events.outcome import Absent, Outcome, Panicked, TypeConfused
from necp_replay.golden.compare import golden_differences
from necp_replay.golden.document import GoldenDocument, Stanza
from necp_replay.golden.store import GoldenStore, parse
from necp_replay.replay.compare import outcome_differences, same_as_measured, same_whole
from necp_replay.replay.context import WINDOW_RECORDS, context_of
from necp_replay.replay.engine import Engine, EngineFactory, open_machine
from necp_replay.replay.names import StableNames
from necp_replay.replay.node import Node, escape, visible
from necp_replay.replay.render_input import title
from necp_replay.replay.render_outcome import render_outcome
from necp_replay.replay.render_snapshot import snapshot_nodes
from necp_replay.replay.report_model import RecordDifference, TraceReport, Truth
from necp_replay.replay.second_look import look_again
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
            release = options.release or reader.header.release
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


def document_of(path: Path, release: str, open_engine: EngineFactory) -> GoldenDocument:
    """What an engine does on a trace, as the golden document that would be accepted."""
    builder = GoldenBuilder(open_engine(release))
    with TraceReader(path) as reader:
        for number, step, _ in reader:
            builder.add(number, step, builder.engine.submit(step))
    return builder.finish()


@dataclass(slots=True)
class GoldenBuilder:
    """Collects outcomes of an engine into a golden document."""

    engine: Engine
    document: GoldenDocument = field(default_factory=GoldenDocument)
    names: StableNames = field(default_factory=StableNames)
    ended: bool = False

    def add(self, number: int, step: Step, outcome: Outcome) -> None:
        """Append one record's stanza."""
        self.names.learn(step)
        self.ended = self.ended or isinstance(outcome.answer, (Panicked, TypeConfused))
        rendered = render_outcome(step.input, outcome, self.names)
        stanza = Stanza(number, title(step.input, self.names), rendered.status, rendered.nodes)
        self.document.stanzas.append(stanza)

    def finish(self) -> GoldenDocument:
        """Append the final state and return the document."""
        if self.ended:
            self.document.final = [Node("undefined", "the system went down")]
        else:
            state = self.engine.snapshot()
            self.document.final = snapshot_nodes(state, self.names, beyond_vectors=True)
        return self.document


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
        self.compare_recorded = release == header.release
        self.needs_golden = header.source_kind is SourceKind.SCENARIO
        if self.needs_golden:
            report.scenario = escape(header.source)
        self.differing: set[int] = set()
        rules = options.rules.for_replay(name, release)
        self.collector = Collector(report, options.keep, rules, options.besides)
        self.builder: GoldenBuilder | None = None
        self.golden_path: Path | None = None
        if options.goldens is not None:
            self.golden_path = options.goldens.find(name, release)
            if self.golden_path is not None:
                self.builder = GoldenBuilder(self.engine, names=self.names)

    def run(self) -> None:
        golden_text = None
        if self.golden_path is not None and self.options.goldens is not None:
            golden_text = self.options.goldens.read(self.golden_path)
            self.report.golden = str(self.golden_path)
        self._play()
        if golden_text is not None:
            self._compare_golden(golden_text)
        elif self.needs_golden and self.options.goldens is not None:
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

    def _play(self) -> None:
        """The hot loop: submit, compare, count; anything but equality is left to helpers."""
        report = self.report
        submit = self.engine.submit
        same = same_as_measured if self.measured else same_whole
        compare_recorded = self.compare_recorded
        builder = self.builder
        learn = self.names.learn
        before: deque[tuple[int, Step]] = deque(maxlen=WINDOW_RECORDS)
        records = identical = 0
        progress = self.options.on_records
        for number, step, recorded in self.reader:
            outcome = submit(step)
            records += 1
            if step.uuids:
                learn(step)
            if builder is not None:
                builder.add(number, step, outcome)
            if compare_recorded and recorded is not None and same(recorded, outcome):
                identical += 1
            elif type(outcome.answer) is Absent:
                self._not_modelled(number, step, outcome.answer)
            elif compare_recorded and recorded is not None:
                identical += not self._different(number, step, recorded, outcome, before)
            elif builder is not None:
                identical += 1
            before.append((number, step))
            if progress is not None and records % 1024 == 0:
                progress(1024)
        report.records = records
        report.identical = identical

    def _not_modelled(self, number: int, step: Step, absent: Absent) -> None:
        report = self.report
        report.not_modelled += 1
        if report.first_not_modelled is None:
            shown = title(step.input, self.names)
            report.first_not_modelled = f"record {number} {shown}: {escape(absent.why)}"

    def _different(
        self,
        number: int,
        step: Step,
        recorded: Outcome,
        outcome: Outcome,
        before: deque[tuple[int, Step]],
    ) -> bool:
        """Report a record that differs; False where rules expect it to."""
        differences = outcome_differences(
            step.input, recorded, outcome, self.names, beyond_vectors=not self.measured
        )
        shown = title(step.input, self.names)
        difference = RecordDifference(number, shown, Truth.RECORDED, differences)
        different = self.collector.add(difference)
        examples = self.report.examples
        if examples and examples[-1] is difference:
            difference.context = context_of(before, step, self.names)
        if different:
            self.report.different += 1
            self.differing.add(number)
        return different

    def _compare_golden(self, text: str) -> None:
        if self.builder is None or self.golden_path is None:
            return
        actual = self.builder.finish()
        if actual.text() == text:
            return
        found = golden_differences(
            parse(text, self.golden_path), actual, with_sides=self.options.besides > 0
        )
        for difference in found:
            if difference.record in self.differing or not self.collector.add(difference):
                continue
            self.report.different += 1
            if difference.record is not None:
                self.report.identical -= 1
