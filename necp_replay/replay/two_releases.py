"""Replays one trace on two releases, and reports where they differ and which fact explains it.

The trace is replayed twice. The first time both releases run side by side; a trace in which they
never differ is done then. The second time one more machine runs for each fact that may explain a
difference (:mod:`necp_replay.replay.facts.counterfactuals`).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import field, replace
from functools import partial
from pathlib import Path
from typing import Final

from necp_replay.dataclass import dataclass
from necp_replay.engines.engine import Engine, EngineFactory
from necp_replay.engines.limited import limited
from necp_replay.errors import TraceError, error_of_trace
from necp_replay.events.equality import same_whole
from necp_replay.events.inputs import Step
from necp_replay.events.outcome import Absent, NotDetermined, Outcome, Panicked, TypeConfused
from necp_replay.history.checkpoints import Checkpoints
from necp_replay.kernel.machine import Machine
from necp_replay.outcomes.names import StableNames
from necp_replay.outcomes.render_input import title
from necp_replay.outcomes.safe_text import escape
from necp_replay.outcomes.trace_report import TraceReport
from necp_replay.releases.observed_profile import ObservedProfile
from necp_replay.releases.profile import Profile, differing_facts
from necp_replay.replay.compared_before import (
    ComparedBefore,
    UncachedMachine,
    begin_comparison,
    states_of,
)
from necp_replay.replay.facts.attribution import Attribution, ToExplain
from necp_replay.replay.facts.counterfactuals import same_state
from necp_replay.replay.facts.known_answers import MOST_ANSWERS, KnownAnswers
from necp_replay.replay.findings.collector import DifferenceCollector
from necp_replay.replay.findings.kept_examples import EXAMPLES
from necp_replay.replay.progress import PROGRESS_RECORDS, OnRecords
from necp_replay.replay.resumed import noting_checkpoints
from necp_replay.replay.second_pass import add_details
from necp_replay.rules.book import RuleBook
from necp_replay.trace.reader import TraceReader
from necp_replay.trace.record_codec import NumberedRecord

KEPT_STEPS: Final = 20_000
KEPT_FILE_BYTES: Final = 256 * 1024
"""The steps of a trace that is within both limits are kept for the second replay. Larger traces are
read again, so that memory stays bounded."""


@dataclass(frozen=True, slots=True)
class DiffOptions:
    """Two releases to compare.

    ``open_to`` opens the engine of the newer release if it is not ours. ``new`` is None then for a
    release that is not modelled here, and no fact explains anything. ``on_records`` is called with
    the number of records that were replayed since the last call.
    """

    old: Profile
    new: Profile | None
    to_release: str
    open_to: EngineFactory | None = None
    keep: int | None = EXAMPLES
    """How many differences of each group a report keeps whole; None keeps all."""
    rules: RuleBook = field(default_factory=RuleBook)
    """Rules for expected differences."""
    explains: bool = True
    """Whether to look for facts. Without, differences are only counted."""
    on_records: OnRecords | None = None
    record_limit_s: float | None = None
    """How long one record may take on each release, in seconds of processor time."""
    extra_examples: int = 0
    """How many further differences of a trace are kept, of any group. If not 0, kept differences
    have both sides, and each trace that differs has a timeline."""
    details: bool = True
    """Whether sides and timelines are added to each trace (:func:`add_diff_details`)."""
    record: int | None = None
    """Compare this record alone: later ones are not replayed, others count as identical."""
    checkpoints: Checkpoints | None = None
    """States of the trace on both releases on disk, at which the first replay begins. New ones are
    written."""


def diff_trace(path: Path, name: str, options: DiffOptions) -> TraceReport:
    """Replay a trace on both releases and report where they differ.

    ``name`` is the path of the trace below the root of traces, without suffix; rules refer to it.
    After a panic or a type confusion on one release the other runs on, and every later record
    counts as not modelled. Raises nothing for a trace that cannot be replayed: the report has an
    error then.
    """
    started = time.perf_counter()
    report = TraceReport(escape(str(path)), escape(options.to_release))
    try:
        with TraceReader(path) as reader:
            comparison = _Comparison(options, report, path.stat().st_size)
            wanted = comparison.run(reader)
            if report.records == 0:
                raise TraceError("the trace holds no records", file=report.path)
            if wanted is not None and options.explains:
                rules = options.rules.for_diff(name, options.old.release, options.to_release)
                collector = partial(
                    DifferenceCollector, report, options.keep, rules, options.extra_examples
                )
                wanted = replace(wanted, answers=comparison.answers)
                _attribute(comparison.steps or reader, wanted, options, report, collector)
        if options.extra_examples and options.details and report.differs:
            add_diff_details(path, report, options)
    except Exception as error:  # An error in one trace is its verdict.
        report.fail(error_of_trace(error, str(path)))
    report.seconds = time.perf_counter() - started
    return report


def add_diff_details(path: Path, report: TraceReport, options: DiffOptions) -> None:
    """Replay a trace that differs on both releases once more, for sides and a timeline."""
    before = limited(_machine(options.old), options.record_limit_s)
    add_details(path, report, _open_newer(options), before)


def _attribute(
    records: Iterable[NumberedRecord],
    wanted: ToExplain,
    options: DiffOptions,
    report: TraceReport,
    open_collector: Callable[[], DifferenceCollector],
) -> None:
    """Find the facts that explain the differences.

    If a machine in between asks for a fact that is not distinguished yet, start again with it.
    """
    deciding = _deciding_facts(options)
    facts = wanted.facts
    while True:
        report.examples.clear()
        report.kinds.clear()
        report.hidden.clear()
        attribution = Attribution(
            options.old,
            options.new or options.old,
            replace(wanted, facts=facts),
            open_collector(),
            None if options.open_to is None else options.open_to(options.to_release),
            options.record_limit_s,
        )
        expected, expected_states = attribution.run(records)
        more = (attribution.counterfactuals.asked & deciding) - facts
        if not more:
            break
        facts |= more
    report.expected = expected
    report.different -= expected
    report.identical += expected
    report.expected_apart = expected_states
    report.differing_states -= expected_states


def _open_newer(options: DiffOptions) -> Engine:
    if options.open_to is not None:
        return options.open_to(options.to_release)
    return limited(_machine(options.new or options.old), options.record_limit_s)


def _machine(profile: Profile) -> Machine:
    """A machine for traces of any release."""
    machine = Machine(profile)
    machine.make_missing_ids()
    return machine


def _uncached(profile: ObservedProfile) -> Machine:
    """The same, without caches."""
    machine = UncachedMachine(profile)
    machine.make_missing_ids()
    return machine


def _deciding_facts(options: DiffOptions) -> frozenset[str]:
    if options.new is None:
        return frozenset()
    return frozenset(fact.name for fact in differing_facts(options.old, options.new))


class _Comparison:
    """The first replay: counts what differs, and notes which facts the machines asked for."""

    def __init__(self, options: DiffOptions, report: TraceReport, file_bytes: int) -> None:
        self.steps: list[NumberedRecord] | None = [] if file_bytes <= KEPT_FILE_BYTES else None
        self.report = report
        self.options = options
        self.deciding = _deciding_facts(options)
        self.names = StableNames()
        releases = None if options.new is None else (options.old, options.new)
        self.profiles = [ObservedProfile.of(options.old, releases)]
        limit_s = options.record_limit_s
        self.before = limited(_uncached(self.profiles[0]), limit_s)
        self.ours: Engine | None = None
        if options.new is not None:
            self.profiles.append(ObservedProfile.of(options.new, releases))
            self.ours = limited(_uncached(self.profiles[1]), limit_s)
        self.program: Engine | None = None
        if options.open_to is not None:
            self.program = options.open_to(options.to_release)
        self.asked_before: set[str] = set()
        self.wanted: ToExplain | None = None
        self.answers: tuple[KnownAnswers, KnownAnswers] | None = None
        if self.program is None:
            self.answers = (KnownAnswers(), KnownAnswers())

    def run(self, reader: TraceReader) -> ToExplain | None:
        """Replay the whole trace. Returns None if there is no difference to explain."""
        report, on_records = self.report, self.options.on_records
        only = self.options.record
        wanted = self._begin()
        is_down = False
        for record in self._noting(reader.records(report.records + 1)):
            number, step, _ = record
            self._keep(record)
            old, new = self._submit(step)
            self.names.learn(step)
            report.records += 1
            if type(old.answer) is Absent or type(new.answer) is Absent:
                self._not_modelled(number, step, old, new)
            elif type(old.answer) is NotDetermined or type(new.answer) is NotDetermined:
                report.not_determined += 1
            elif only not in (None, number) or same_whole(old, new):
                report.identical += 1
                report.in_part += bool(old.unmeasured)
            else:
                report.different += 1
                self._keep_answers(number, (old, new))
                wanted = self.wanted = ToExplain(self._asked(), number)
            is_down = is_down or _brings_down(old) or _brings_down(new)
            if on_records is not None and report.records % PROGRESS_RECORDS == 0:
                on_records(PROGRESS_RECORDS)
            if number == only:
                break
        after = self.program or self.ours
        if after is None or is_down or report.records == 0 or only is not None:
            return wanted
        if self.program is not None and report.not_modelled:
            # What the program does not model may have changed the state: it is not known.
            return wanted
        states = (self.before.snapshot(), after.snapshot())
        if not same_state(*states):
            report.differing_states = 1
            wanted = ToExplain(self._asked(), report.records, final_state=True)
            for kept, state in zip(self.answers or (), states, strict=False):
                kept.state = state
        return wanted

    def _begin(self) -> ToExplain | None:
        """Go on from the last checkpoint. Returns what is to be explained of the records before."""
        stored = self.options.checkpoints
        begun = None if stored is None else begin_comparison(stored, *self.profiles)
        if stored is None or begun is None:
            return None
        found, self.before, self.ours = begun
        found.add_to(self.report)
        self.names.learn_ids(stored.ids_up_to(found.records))
        self.asked_before |= set(found.asked)
        self.steps = None
        self.wanted = found.wanted
        if self.wanted is not None:
            # The outcomes in which both releases differ are not kept.
            self.answers = None
        return self.wanted

    def _noting(self, records: Iterable[NumberedRecord]) -> Iterable[NumberedRecord]:
        """The records; on the way new checkpoints are noted."""
        stored, before, after = self.options.checkpoints, self.before, self.ours
        if stored is None or not isinstance(before, Machine) or not isinstance(after, Machine):
            return records

        def save() -> bytes | None:
            states = None if before.is_down or after.is_down else states_of(before, after)
            # What is asked for while a state is saved decides nothing.
            self._forget_asked()
            return states

        return noting_checkpoints(records, stored, save, self._note)

    def _note(self) -> bytes:
        self.asked_before |= self._forget_asked()
        return ComparedBefore.of(self.report, self._asked(), self.wanted).as_note()

    def _forget_asked(self) -> set[str]:
        """Begin again with no fact asked for. Returns those that were."""
        asked = {name for profile in self.profiles for name in profile.asked}
        for profile in self.profiles:
            profile.forget_asked()
        return asked

    def _keep(self, record: NumberedRecord) -> None:
        if self.steps is not None:
            self.steps.append(record)
            if len(self.steps) > KEPT_STEPS:
                self.steps = None

    def _keep_answers(self, number: int, outcomes: tuple[Outcome, Outcome]) -> None:
        if self.answers is None:
            return
        for kept, outcome, profile in zip(self.answers, outcomes, self.profiles, strict=True):
            kept.outcomes[number] = (outcome, frozenset(profile.asked))
            if len(kept.outcomes) > MOST_ANSWERS:
                self.answers = None

    def _submit(self, step: Step) -> tuple[Outcome, Outcome]:
        for profile in self.profiles:
            if profile.asked:
                self.asked_before |= profile.asked
                profile.forget_asked()
        old = self.before.submit(step)
        new = None if self.ours is None else self.ours.submit(step)
        if self.program is not None:
            new = self.program.submit(step)
        assert new is not None
        return old, new

    def _asked(self) -> frozenset[str]:
        asked_now = (profile.asked for profile in self.profiles)
        return self.deciding.intersection(self.asked_before.union(*asked_now))

    def _not_modelled(self, number: int, step: Step, old: Outcome, new: Outcome) -> None:
        report = self.report
        report.not_modelled += 1
        if report.first_not_modelled is None:
            why = next(o.answer.why for o in (old, new) if isinstance(o.answer, Absent))
            shown = title(step.input, self.names)
            report.first_not_modelled = f"record {number} {shown}: {escape(why)}"


def _brings_down(outcome: Outcome) -> bool:
    return isinstance(outcome.answer, (Panicked, TypeConfused))
