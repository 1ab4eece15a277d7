"""A suite of traces, and the replay of any of them."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date
from pathlib import Path

from necp_replay.api.basis import Basis, basis_of
from necp_replay.api.facts import find_facts
from necp_replay.api.parts import NamedReport, RunPart
from necp_replay.dataclass import dataclass
from necp_replay.engines.engine import EngineFactory, open_machine
from necp_replay.engines.external import ExternalEngines
from necp_replay.engines.limited import LimitedEngines, check_limit_works
from necp_replay.golden.store import GoldenStore
from necp_replay.golden.unused import UnusedGoldens, unused_goldens
from necp_replay.outcomes.trace_report import TraceReport
from necp_replay.project.gather import gather
from necp_replay.project.home import HomeOptions
from necp_replay.releases.names import canonical_tag, find_release
from necp_replay.replay.one_trace import report_of
from necp_replay.replay.progress import OnRecords
from necp_replay.replay.run import ReplayOptions, replay_trace
from necp_replay.rules.book import RuleBook
from necp_replay.trace.find import FoundTrace


@dataclass(frozen=True, slots=True)
class Options:
    """The options of `necp-replay replay`, with its defaults.

    ``release`` None is the recorded one of each trace. ``golden`` and ``rules`` replace the folder
    of goldens and the file of rules of the project. ``engine`` is the command of an external
    engine. ``today`` is the date for the expiry of rules; None is the current one.
    ``extra_examples`` is how many more differences of a trace are kept for a page.
    """

    release: str | None = None
    golden: Path | None = None
    rules: Path | None = None
    use_goldens: bool = True
    use_rules: bool = True
    engine: str | None = None
    engine_limit_s: float = 10.0
    record_limit_s: float | None = None
    today: date | None = None
    extra_examples: int = 0


@dataclass(frozen=True, slots=True)
class Suite:
    """Traces in the order of their paths, the basis of a run over them, and how each is replayed.

    Paths are relative to the current folder, or absolute if the given paths were.
    """

    traces: tuple[FoundTrace, ...]
    basis: Basis
    how: ReplayOptions
    record_limit_s: float | None = None


def find(paths: Iterable[Path | str], options: Options = Options()) -> Suite:
    """Find the traces below paths, and the project that they belong to.

    Raises UsageError if there are none or they belong to several projects, RulesError for an
    invalid file of rules.
    """
    release = None if options.release is None else canonical_tag(options.release)
    if release is not None and options.engine is None:
        find_release(release, under_way=True)
    replaced = HomeOptions(options.golden, options.rules, options.use_rules)
    gathered = gather([Path(path) for path in paths], replaced)
    home = gathered.home
    goldens = None
    if home is not None and options.use_goldens:
        goldens = GoldenStore(options.golden or Path(os.path.relpath(home.goldens)))
    names = [trace.name for trace in gathered.traces]
    unused = UnusedGoldens()
    if goldens is not None and gathered.complete:
        unused = unused_goldens(goldens, names, gathered.golden_names_in_doubt())
    today = date.today() if options.today is None else options.today
    basis = basis_of(
        names,
        release=release,
        complete=gathered.complete,
        unused_goldens=unused.paths,
        rules=gathered.rules,
        today=today,
    )
    how = ReplayOptions(
        release,
        goldens,
        _engine_of(options),
        rules=RuleBook(gathered.rules, today),
        extra_examples=options.extra_examples,
        homeless=gathered.homeless,
        recorded_only=not options.use_goldens,
    )
    return Suite(tuple(gathered.traces), basis, how, options.record_limit_s)


def replay(
    trace: FoundTrace, how: ReplayOptions, on_records: OnRecords | None = None
) -> TraceReport:
    """Replay one trace of a suite. Raises nothing: an error is the verdict on the trace.

    ``on_records`` is told how many more records were replayed.
    """

    def work(told: OnRecords | None, found: FoundTrace) -> TraceReport:
        return replay_trace(found.path, found.name, replace(how, on_records=told))

    return report_of(work, on_records, trace)


def replay_part(
    suite: Suite,
    numbers: Iterable[int],
    *,
    with_facts: bool = True,
    until: Callable[[TraceReport], bool] | None = None,
) -> RunPart:
    """Replay the traces of a suite with these numbers, from 0, one after the other.

    ``with_facts`` also looks for the facts that explain differences. The replay stops after the
    first report for which ``until`` is true. Raises IndexError for a number that no trace has.
    """
    reports: dict[int, NamedReport] = {}
    part = RunPart(suite.basis, reports)
    for number in numbers:
        trace = suite.traces[number]
        report = replay(trace, suite.how)
        reports[number] = NamedReport(trace.name, report)
        if until is not None and until(report):
            break
    if with_facts:
        part.facts += find_facts(part, record_limit_s=suite.record_limit_s)
    return part


def _engine_of(options: Options) -> EngineFactory:
    limit_s = options.record_limit_s
    if options.engine is not None:
        answer_limit_s = min(options.engine_limit_s, limit_s or options.engine_limit_s)
        return ExternalEngines(options.engine, answer_limit_s)
    if limit_s is None:
        return open_machine
    check_limit_works()
    return LimitedEngines(open_machine, limit_s)
