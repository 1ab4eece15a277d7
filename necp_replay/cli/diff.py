"""``necp-replay diff``: compare two files, or the outcomes of traces on two releases."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from necp_replay.cli.arguments import (
    ENGINE_LIMIT_S,
    Commands,
    add_engine,
    add_format,
    add_jobs,
    add_paths,
    add_rules,
    day_of,
    engine_of,
    gathered_of,
    new_command,
    positive,
    release_name,
    repeated_words,
)
from necp_replay.cli.checkpoints import checkpoints_of_large, is_large
from necp_replay.cli.cluster import ClusterReports, add_scheduler, check_scheduler
from necp_replay.cli.progress import record_progress
from necp_replay.cli.report_files import (
    add_report_options,
    adds_details_later,
    check_report_options,
    kept_for_page,
    print_report,
    write_reports,
)
from necp_replay.cli.say import say
from necp_replay.cli.suite_options import add_cache_options, cache_of
from necp_replay.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

    from necp_replay.outcomes.trace_report import TraceReport
    from necp_replay.replay.findings.run_report import RunReport
    from necp_replay.replay.progress import OnRecords
    from necp_replay.replay.two_releases import DiffOptions
    from necp_replay.trace.find import FoundTrace

_EPILOG = """\
examples:
  necp-replay diff before.necptrace after.necptrace
  necp-replay diff before.necptrace after.necptrace --html report.html --junit report.xml
  necp-replay diff golden/client/remove.golden traces/client/remove.necptrace --format json
  necp-replay diff traces --from xnu-4570.41.2 --to xnu-4570.51.1 --jobs 2
  necp-replay diff traces --from xnu-4570.41.2 --to xnu-4570.51.1 --html report.html
  necp-replay diff traces/differences -v --from xnu-4570.41.2 --to xnu-4570.51.1
  necp-replay diff traces --from xnu-4570.41.2 --to xnu-4570.51.1 --all --format json
  necp-replay diff traces --from xnu-4570.51.1 --to xnu-4570.51.1 --to-engine ./my-engine

Differences between two releases that necp-replay.toml expects are left out
(docs/goldens-and-rules.md).
Exit status: 0 no difference, 1 some, 2 could not run, 3 met what is not modelled.
"""


def add_parser(commands: Commands) -> None:
    """Add the command to the command line."""
    parser = new_command(
        commands,
        "diff",
        help="compare two files, or traces on two releases, and show what differs and why",
        description="Compare two files (traces or goldens) record by record. Each kind of"
        " difference is shown once, and the differences that follow from it are counted. Or,"
        " with --from and --to, replay traces on two releases. Each difference is shown once:"
        " the fact of the releases that explains it, and the records where it occurs.",
        epilog=_EPILOG,
    )
    add_paths(parser)
    parser.add_argument(
        "--from",
        dest="from_release",
        type=release_name,
        metavar="R1",
        help="the release whose outcomes are the expected ones",
    )
    parser.add_argument(
        "--to",
        dest="to_release",
        type=release_name,
        metavar="R2",
        help="the release to compare with it",
    )
    add_rules(parser)
    add_engine(parser, "--to-engine", "replay the release of --to")
    kept = parser.add_mutually_exclusive_group()
    kept.add_argument(
        "--limit",
        type=positive,
        metavar="N",
        help="for --format json, keep this many differing records of each group in each trace"
        " or pair of files (default: 3)",
    )
    kept.add_argument(
        "--all", action="store_true", help="for --format json, keep all differing records"
    )
    add_jobs(parser)
    add_format(parser)
    parser.add_argument(
        "-v",
        "--verbose",
        action="store_true",
        help="show every field of the examples (default for a single trace); for two files also"
        " show all kinds of difference",
    )
    add_report_options(parser)
    add_cache_options(parser)
    add_scheduler(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Compare, print, and return the exit status."""
    if options.from_release is not None and options.to_release is not None:
        return _compare_releases(options)
    if options.from_release is not None or options.to_release is not None:
        raise UsageError("one release is missing", hint="Give both: --from R1 and --to R2.")
    if len(options.paths) != 2:
        raise UsageError(
            "diff needs two files or two releases",
            hint="Compare two files with `necp-replay diff A B`, or two releases with"
            " `necp-replay diff PATH... --from R1 --to R2`.",
        )
    return _compare_files(options)


def _compare_files(options: argparse.Namespace) -> int:
    """Compare two files as they are, without a replay."""
    from necp_replay.replay.findings.kept_examples import EXAMPLES
    from necp_replay.replay.findings.run_report import RunReport
    from necp_replay.replay.two_files.comparison import FileOptions
    from necp_replay.replay.two_files.diff import diff_files
    from necp_replay.report.files_json import files_json
    from necp_replay.report.files_text import files_text
    from necp_replay.report.style import style_for

    _refuse_what_replays(options)
    check_report_options(options)
    keep = None if options.all else options.limit or EXAMPLES
    left, right = options.paths
    with record_progress() as on_records:
        file_options = FileOptions(keep, kept_for_page(options, 1), on_records)
        diff = diff_files(left, right, file_options)
    names = (diff.left, diff.right)
    labels = (f"A {diff.left}", f"B {diff.right}")
    report = RunReport("diff", *labels, [diff.report], files=names)
    write_reports(options, report, keep)
    if options.format == "json":
        say(files_json(diff, report))
    else:
        text = files_text(diff, report, style_for(sys.stdout), verbose=options.verbose)
        print_report(text, options)
    return 1 if diff.is_different else 0


def _refuse_what_replays(options: argparse.Namespace) -> None:
    """Raise UsageError for options that have no meaning without a replay."""
    refused = {
        "--rules": options.rules is not None,
        "--no-rules": options.no_rules,
        "--date": options.date is not None,
        "--to-engine": options.engine is not None,
        "--engine-limit": options.engine_limit != ENGINE_LIMIT_S,
        "--record-limit": options.record_limit is not None,
        "--jobs": options.jobs != 1,
        "--cache": options.cache is not None,
        "--no-cache": options.no_cache,
        "--scheduler": options.scheduler is not None,
    }
    for option, is_given in refused.items():
        if is_given:
            raise UsageError(
                f"{option} is for replays, but two files are compared without a replay",
                hint="Leave it out, or compare two releases with"
                " `necp-replay diff PATH... --from R1 --to R2`.",
            )


def _compare_releases(options: argparse.Namespace) -> int:
    """Replay on both releases, and show the differences with the facts that explain them."""
    from necp_replay.cli.trace_errors import check_foreseen, say_errors
    from necp_replay.outcomes.safe_text import escape
    from necp_replay.releases.lineage import RELEASES
    from necp_replay.releases.names import find_release
    from necp_replay.replay.findings.kept_examples import EXAMPLES
    from necp_replay.replay.findings.run_report import RunReport
    from necp_replay.replay.two_releases import DiffOptions
    from necp_replay.report.diff_json import diff_json
    from necp_replay.rules.book import RuleBook
    from necp_replay.rules.status import RunScope, rule_results

    old = find_release(options.from_release)
    opened = engine_of(options)
    open_to = None if options.engine is None else opened
    # An external engine may support a release that is not modelled here.
    new = RELEASES.get(options.to_release) if open_to else find_release(options.to_release)
    check_report_options(options)
    check_scheduler(options, options.paths)
    keep = None if options.all else options.limit or EXAMPLES
    gathered = gathered_of(options)
    traces = gathered.traces
    book = RuleBook(gathered.rules, day_of(options))
    diff_options = DiffOptions(
        old,
        new,
        options.to_release,
        open_to,
        keep,
        book,
        record_limit_s=options.record_limit,
        extra_examples=kept_for_page(options, len(traces)),
        details=not adds_details_later(options),
    )
    cache = _cache_for(options, traces)
    found, stopped = diff_traces(traces, diff_options, options.jobs, options.scheduler, cache)
    indices = sorted(found)
    reports = [found[index] for index in indices]
    if diff_options.extra_examples and not diff_options.details:
        _add_details([traces[index] for index in indices], reports, diff_options)
    pair = (options.from_release, options.to_release)
    complete = gathered.complete and not stopped
    names = [traces[index].name for index in indices]
    scope = RunScope(names, pair, complete=complete)
    report = RunReport(
        "diff",
        *pair,
        reports,
        complete,
        rules=rule_results(book, reports, scope),
        not_run=[escape(str(each.path)) for index, each in enumerate(traces) if index not in found],
        stopped=stopped,
    )
    words = report.options = repeated_words(options, "--to-engine")
    write_reports(options, report, keep, ("--from", pair[0], "--to", pair[1], *words))
    if options.format == "json":
        say(diff_json(report))
        say_errors(report.traces)
    else:
        verbose = options.verbose or len(traces) == 1
        print_report(_text_of(report, words, verbose=verbose), options)
    check_foreseen(report.traces)
    return report.exit_status


def _text_of(report: RunReport, words: Sequence[str], *, verbose: bool) -> str:
    from necp_replay.report.diff_text import diff_text
    from necp_replay.report.rules_text import rules_text
    from necp_replay.report.scope_text import scope_text
    from necp_replay.report.style import style_for

    style = style_for(sys.stdout)
    parts = [
        diff_text(report, style, words, verbose=verbose),
        rules_text(report, style),
        scope_text(report, style),
    ]
    return "\n\n".join(part for part in parts if part)


def _add_details(
    traces: Sequence[FoundTrace], reports: Sequence[TraceReport], options: DiffOptions
) -> None:
    """Replay some of the traces again, for sides and timelines."""
    from necp_replay.replay.two_releases import add_diff_details
    from necp_replay.replay.worth_details import add_details_of

    with record_progress() as on_records:

        def add(index: int, report: TraceReport) -> None:
            add_diff_details(traces[index].path, report, options)
            on_records(report.records)

        add_details_of(reports, add)


def _cache_for(options: argparse.Namespace, traces: Sequence[FoundTrace]) -> Path | None:
    """The cache with checkpoints, if a trace is large and can have any."""
    is_own = options.engine is None and options.record_limit is None and options.scheduler is None
    if not is_own or not any(is_large(trace.path) for trace in traces):
        return None
    return cache_of(options)


def diff_traces(
    traces: Sequence[FoundTrace],
    options: DiffOptions,
    jobs: int,
    scheduler: str | None = None,
    cache: Path | None = None,
) -> tuple[dict[int, TraceReport], str]:
    """Replay every trace on both releases, ``jobs`` at a time, and show progress.

    Returns the reports by index, and why the work stopped before all were done; empty if it did
    not. With the address of a ``scheduler`` its workers do it. Traces with the same steps are
    replayed once, unless an external engine may tell them apart. ``cache`` is the folder with the
    checkpoints of long traces.
    """
    from necp_replay.replay.equal_steps import step_keys
    from necp_replay.replay.parallel import report_each

    work = partial(_diff_one, options, cache)
    keys = None
    if options.open_to is None:
        pair = (options.old.release, options.to_release)
        keys = [
            None if steps is None else (steps, options.rules.for_diff(trace.name, *pair))
            for trace, steps in zip(traces, step_keys([each.path for each in traces]), strict=True)
        ]
    progress = sys.stderr.isatty()
    if scheduler is None:
        return report_each(traces, work, jobs=jobs, progress=progress, keys=keys), ""
    from necp_replay.cluster.same_path import SharedWork, current_folder

    elsewhere = ClusterReports(scheduler, traces, SharedWork(work, current_folder()))
    found = report_each(traces, work, progress=progress, keys=keys, elsewhere=elsewhere.of)
    return found, elsewhere.stopped


def _diff_one(
    options: DiffOptions, cache: Path | None, on_records: OnRecords | None, trace: FoundTrace
) -> TraceReport:
    """Compare one trace; worker processes call this."""
    from necp_replay.replay.two_releases import diff_trace

    stored = checkpoints_of_large(options.old.release, options.to_release, cache, trace.path)
    options = replace(options, on_records=on_records, checkpoints=stored)
    return diff_trace(trace.path, trace.name, options)
