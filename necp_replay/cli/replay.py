"""``necp-replay replay``: replay traces, and compare with recorded outcomes and goldens."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Final

from necp_replay.cli.arguments import (
    Commands,
    add_engine,
    add_format,
    add_golden,
    add_jobs,
    add_paths,
    add_release,
    add_rules,
    day_of,
    engine_of,
    gathered_of,
    goldens_of,
    invocation_of,
    new_command,
    record_limit_of,
    repeated_words,
    say_not_searched,
)
from necp_replay.cli.checkpoints import checkpoints_of, checkpoints_of_large
from necp_replay.cli.cluster import (
    add_scheduler,
    check_scheduler,
    replayed_remotely,
    url_of,
    work_on_cluster,
)
from necp_replay.cli.progress import record_progress
from necp_replay.cli.report_files import (
    add_report_options,
    adds_details_later,
    check_report_options,
    kept_for_page,
)
from necp_replay.cli.run_output import add_rows, print_run
from necp_replay.cli.say import say
from necp_replay.cli.suite_options import (
    SuiteRun,
    add_suite_options,
    cache_of,
    known_traces,
)

if TYPE_CHECKING:
    from pathlib import Path

    from necp_replay.api.parts import RunPart
    from necp_replay.golden.store import GoldenStore
    from necp_replay.outcomes.report_table import ReportTable
    from necp_replay.outcomes.trace_report import TraceReport
    from necp_replay.project.gather import Gathered
    from necp_replay.replay.findings.run_report import ShardOfRun
    from necp_replay.replay.run import ReplayOptions
    from necp_replay.rules.book import RuleBook
    from necp_replay.trace.find import FoundTrace

_EPILOG = """\
examples:
  necp-replay replay traces --jobs 2
  necp-replay replay traces/client --release xnu-4570.41.2
  necp-replay replay bug.necptrace --format json
  necp-replay replay traces/client --no-golden
  necp-replay replay traces --html report.html --junit report.xml
  necp-replay replay traces --failed-first --until-different
  necp-replay replay traces --shard 1/4 --format json
  necp-replay replay traces --scheduler tcp://10.0.0.1:8786
  necp-replay replay traces --engine './my-engine --fast'

Recorded outcomes are compared if the release is the recorded one. A golden is compared if there is
one. A single trace that belongs to no project has none, and the report says what was not compared;
a folder without a project is refused unless --no-golden is given. Differences that necp-replay.toml
expects are left out (docs/goldens-and-rules.md). A run over all traces also fails for unused rules
and goldens. What runs remember is in docs/suites.md.
Exit status: 0 same, 1 different, 2 could not run, 3 met what is not modelled.
"""
_HOMELESS_HINT: Final = (
    "With --no-golden only recorded outcomes are compared. `necp-replay init` makes a project; its"
    " traces are in its folder `traces`."
)


def add_parser(commands: Commands) -> None:
    """Add the command to the command line."""
    parser = new_command(
        commands,
        "replay",
        help="replay traces and compare outcomes",
        description="Replay traces, and compare every outcome with the recorded one and with the"
        " golden.",
        epilog=_EPILOG,
    )
    add_paths(parser)
    add_release(parser, "replay on this release (default: the recorded one)")
    goldens = parser.add_mutually_exclusive_group()
    add_golden(goldens)
    goldens.add_argument(
        "--no-golden", action="store_true", help="compare with the recorded outcomes only"
    )
    add_rules(parser)
    add_engine(parser)
    add_jobs(
        parser, "replay this many traces at once, or one long trace in as many parts (default: 1)"
    )
    add_format(parser)
    add_rows(parser)
    add_report_options(parser)
    add_suite_options(parser)
    add_scheduler(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Replay, print, and return the exit status."""
    from necp_replay.api.judging import judge
    from necp_replay.outcomes.shell_text import path_word

    check_report_options(options)
    check_scheduler(options, options.paths, takes_urls=True)
    _check_release(options)
    url = url_of(options.paths[0]) if options.paths and options.scheduler else None
    part, shard = _replayed(options) if url is None else (replayed_remotely(options, url), None)
    run = judge(part, shard=shard)
    _warn_of_releases_under_way(run.traces)
    run.options = repeated_words(options)
    words = (*(path_word(str(path)) for path in options.paths), *run.options)
    return print_run(options, run, words, partial(invocation_of, options), part)


def _replayed(options: argparse.Namespace) -> tuple[RunPart, ShardOfRun | None]:
    """Replay the traces. Returns what was found, and which shard it is of."""
    from necp_replay.api.basis import basis_of
    from necp_replay.api.judging import GROUPS_TRIED
    from necp_replay.api.parts import NamedReports, RunPart
    from necp_replay.golden.unused import UnusedGoldens, unused_goldens
    from necp_replay.outcomes.safe_text import escape
    from necp_replay.rules.book import RuleBook
    from necp_replay.trace.find import names_of

    gathered = gathered_of(options)
    found, home = gathered.traces, gathered.home
    book = RuleBook(gathered.rules, day_of(options))
    goldens = None if home is None or options.no_golden else goldens_of(options, home)
    if gathered.homeless is not None:
        gathered.homeless.hint = _HOMELESS_HINT
    cache = cache_of(options)
    suite = SuiteRun(options, found, None if home is None else home.folder, cache)
    reports, stopped = _reports(options, gathered, book, goldens, suite, cache)
    names = names_of(found)
    unused = UnusedGoldens()
    if goldens is not None and gathered.complete:
        unused = unused_goldens(goldens, names, gathered.golden_names_in_doubt())
        say_not_searched(unused)
    basis = basis_of(
        names,
        release=options.release,
        complete=gathered.complete,
        unused_goldens=unused.paths,
        rules=book.rules,
        today=book.today,
    )
    part = RunPart(
        basis,
        NamedReports(reports, names),
        {each: escape(str(found[each].path)) for each in suite.selected if each not in reports},
        stopped=stopped,
    )
    if any(report.kinds for report in reports.notable()):
        from necp_replay.api.facts import MOST_GROUPS, find_facts

        most = GROUPS_TRIED if suite.shard is None else MOST_GROUPS
        limit_s = record_limit_of(options)
        with record_progress() as on_records:
            part.facts += find_facts(part, most=most, on_records=on_records, record_limit_s=limit_s)
    return part, suite.shard


def _is_of_stray_files(options: argparse.Namespace, gathered: Gathered) -> bool:
    """Whether only files of no project were named. These are compared with what they recorded.

    A folder without a project is more likely to have lost its project's file.
    """
    is_named = bool(options.paths) and not any(path.is_dir() for path in options.paths)
    return gathered.home is None and options.golden is None and is_named


def _reports(
    options: argparse.Namespace,
    gathered: Gathered,
    book: RuleBook,
    goldens: GoldenStore | None,
    suite: SuiteRun,
    cache: Path | None,
) -> tuple[ReportTable, str]:
    """The reports of the traces by index: those that are known already, and those of replays.

    The text is why the replays stopped before all were done, empty if they did not.
    """
    from necp_replay.outcomes.report_table import ReportTable
    from necp_replay.trace.find import names_of

    found = gathered.traces
    recorded_only = options.no_golden or _is_of_stray_files(options, gathered)
    known = known_traces(options, gathered, book, cache, recorded_only=recorded_only)
    reports = ReportTable(len(found))
    if known is not None:
        for each in suite.selected:
            report = known.report_of(found[each])
            if report is not None:
                reports[each] = report
    if len(reports) == len(suite.selected):
        return reports, ""
    from necp_replay.replay.run import ReplayOptions

    replay_options = ReplayOptions(
        options.release,
        goldens,
        engine_of(options),
        rules=book,
        extra_examples=kept_for_page(options, len(found)),
        details=not adds_details_later(options),
        homeless=gathered.homeless,
        recorded_only=recorded_only,
    )
    order = suite.order(each for each in suite.selected if each not in reports)
    is_own = options.engine is None and options.record_limit is None and options.scheduler is None
    if len(order) == 1 and is_own:
        trace = found[order[0]].path
        stored = checkpoints_of(trace, options.release, cache, beside=options.jobs > 1)
        replay_options = replace(replay_options, checkpoints=stored, jobs=options.jobs)
    elif is_own:
        find = partial(checkpoints_of_large, options.release, None, cache)
        replay_options = replace(replay_options, find_checkpoints=find)
    stopped = _replays(options, found, replay_options, suite, order, reports)
    if replay_options.extra_examples and not replay_options.details:
        _add_details(found, reports, replay_options)
    complete = gathered.complete and len(reports) == len(found)
    replayed = [each for each in order if each in reports]
    suite.remember(((each, reports[each]) for each in replayed), complete=complete)
    if known is not None:
        from necp_replay.releases.under_way import UNDER_WAY

        for each in replayed:
            report = reports[each]
            if report.release not in UNDER_WAY:
                known.note(found[each], report)
        known.save(names_of(found) if complete else None)
    return reports, stopped


def _add_details(found: Sequence[FoundTrace], reports: ReportTable, how: ReplayOptions) -> None:
    """Replay some of the traces again, for sides and timelines."""
    from necp_replay.replay.run import add_replay_details
    from necp_replay.replay.worth_details import add_details_of

    # A plain report has no difference.
    indices = list(reports.notable_numbers())
    with record_progress() as on_records:

        def add(index: int, report: TraceReport) -> None:
            add_replay_details(found[indices[index]].path, report, how)
            on_records(report.records)

        add_details_of([reports[index] for index in indices], add)


def _replays(
    options: argparse.Namespace,
    found: Sequence[FoundTrace],
    how: ReplayOptions,
    suite: SuiteRun,
    order: Sequence[int],
    table: ReportTable,
) -> str:
    """Replay traces in this order, here or on a cluster, and put their reports into a table.

    Returns why the replays stopped before all were done, empty if they did not.
    """
    from necp_replay.replay.parallel import replay_one, replay_some

    if options.scheduler is None:
        progress = sys.stderr.isatty()
        jobs = options.jobs
        until = suite.until
        replay_some(found, how, order, until=until, jobs=jobs, progress=progress, table=table)
        return ""
    from necp_replay.cluster.same_path import SharedWork, current_folder, with_absolute_goldens

    folder = current_folder()
    how = replace(how, goldens=with_absolute_goldens(how.goldens, folder))
    costs, are_seconds = suite.costs
    return work_on_cluster(
        options.scheduler,
        found,
        SharedWork(partial(replay_one, how), folder),
        order,
        costs,
        table,
        costs_are_seconds=are_seconds,
        until=suite.until,
    )


def _check_release(options: argparse.Namespace) -> None:
    """Refuse a release that the built-in engine does not have, before any trace is replayed."""
    if options.release is not None and options.engine is None:
        from necp_replay.releases.names import find_release

        find_release(options.release, under_way=True)


def _warn_of_releases_under_way(reports: Sequence[TraceReport]) -> None:
    if all(report.from_cache for report in reports):
        # Verdicts on releases under way are not remembered.
        return
    from necp_replay.releases.under_way import UNDER_WAY

    for tag in sorted({each.release for each in reports} & UNDER_WAY.keys()):
        from necp_replay.report.releases import under_way_warning

        say(f"warning: {under_way_warning(tag)}", stream=sys.stderr)
