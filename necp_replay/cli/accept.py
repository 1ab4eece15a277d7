"""``necp-replay accept``: write the current outcomes as goldens."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from necp_replay.cli.arguments import (
    Commands,
    add_engine,
    add_golden,
    add_jobs,
    add_json,
    add_paths,
    add_rules,
    day_of,
    engine_of,
    gathered_of,
    goldens_of,
    invocation_of,
    new_command,
    say_not_searched,
)
from necp_replay.cli.cluster import ClusterPlanner, add_scheduler, check_scheduler
from necp_replay.cli.say import say, say_prose

if TYPE_CHECKING:
    from pathlib import Path

    from necp_replay.accept.acceptance import Acceptance
    from necp_replay.accept.plan import FileChange
    from necp_replay.cli.trace_errors import TraceErrors
    from necp_replay.errors import NecpReplayError
    from necp_replay.replay.progress import TraceProgress
    from necp_replay.trace.find import FoundTrace

_EPILOG = """\
examples:
  necp-replay accept traces/client/add.necptrace
  necp-replay accept traces --dry-run
  necp-replay accept traces --dry-run --format json
  necp-replay accept traces --dry-run --scheduler tcp://10.0.0.1:8786
  necp-replay accept traces --fingerprint 3c5e1f0a9b
  necp-replay accept traces --only 'client/*' --only 'agents/*'
  necp-replay accept traces --remove-unused
  necp-replay accept traces --jobs 2
  necp-replay accept traces --reformat
  necp-replay accept traces --golden my-goldens --engine ./my-engine

Writes golden/NAME.golden, and golden/NAME@RELEASE.golden for each release with other outcomes.
Traces that hold every outcome themselves need no golden and are skipped, except those of
scenarios. --fingerprint accepts only differences with that fingerprint, which reports and
`necp-replay review` show; all other records keep their text. Nothing is written before every trace
has run. With --engine only the recorded release of each trace is accepted. Refused while CI is set.
A golden of an older version keeps its version; --reformat rewrites it in the present one. No engine
runs then, and what the golden says stays the same.
Exit status: 0 accepted, 2 could not run.
"""
# Enough to see what kind of change it is. `git diff` shows all of it.
_SHOWN_LINES = 40


def add_parser(commands: Commands) -> None:
    """Add the command to the command line."""
    parser = new_command(
        commands,
        "accept",
        help="write or update goldens",
        description="Write the current outcomes of each trace as its golden.",
        epilog=_EPILOG,
    )
    add_paths(parser)
    parser.add_argument(
        "--fingerprint",
        action="append",
        default=[],
        metavar="F",
        help="accept only differences with this fingerprint; can be given several times",
    )
    parser.add_argument(
        "--only",
        action="append",
        default=[],
        metavar="GLOB",
        help="accept only traces with this path below the root; can be given several times",
    )
    parser.add_argument(
        "--remove-unused",
        action="store_true",
        help="also remove goldens that belong to no trace; PATH has to cover all traces",
    )
    parser.add_argument(
        "--reformat",
        action="store_true",
        help="rewrite goldens of older versions, without changing what they say",
    )
    parser.add_argument(
        "--dry-run", action="store_true", help="show what would be written, but write nothing"
    )
    add_golden(parser)
    add_rules(parser)
    add_engine(parser, what="accept the outcomes of traces replayed")
    add_jobs(
        parser, "work on this many traces at once, or one long trace in as many parts (default: 1)"
    )
    add_scheduler(parser, "; only with --dry-run")
    add_json(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Write goldens, and print what changed."""
    from necp_replay.accept.acceptance import Acceptance, Selection, removals
    from necp_replay.accept.plan import apply_changes
    from necp_replay.cli.trace_errors import TraceErrors
    from necp_replay.outcomes.shell_text import path_word
    from necp_replay.replay.progress import TraceProgress
    from necp_replay.report.accept_text import changes_text
    from necp_replay.report.rules_text import unused_lines
    from necp_replay.report.scope_text import stopped_lines
    from necp_replay.report.style import style_for
    from necp_replay.rules.book import RuleBook

    _check(options)
    if options.reformat:
        return _reformat(options)
    gathered = gathered_of(options, makes_goldens=True)
    home, traces = gathered.home_or_refuse(), gathered.traces
    acceptance = Acceptance(
        goldens_of(options, home),
        Selection(options.fingerprint, options.only),
        RuleBook(gathered.rules, day_of(options)),
        engine_of(options),
        # An external engine need not support every release, so only the recorded one is accepted.
        releases=None if options.engine is None else (),
        removes_unused=options.remove_unused,
    )
    if options.remove_unused:
        acceptance.check_removable(gathered)
    style = style_for(sys.stdout)
    with TraceProgress(len(traces), is_shown=sys.stderr.isatty()) as progress:
        planned, not_run, stopped = _planned(acceptance, traces, options, progress)
        if not acceptance.failed and stopped is None:
            acceptance.selection.check_used()
        unused = acceptance.unused(gathered)
        left = unused.paths
        if options.remove_unused and stopped is None:
            acceptance.check_searched(unused)
            acceptance.check_all_run()
            planned += removals(left)
            left = []
        shown = [
            "" if options.json else changes_text(each, style, _SHOWN_LINES, progress.on_records)
            for each in planned
        ]
    if options.dry_run and planned and not options.json:
        say("dry run, nothing is written; these goldens would change:")
    errors = TraceErrors([*acceptance.failed, *([] if stopped is None else [stopped])])
    made: list[FileChange] = []
    for changes, text in zip(planned, shown, strict=True):
        if options.dry_run or errors.attempt(changes[0].path, partial(apply_changes, changes)):
            made += changes
            if not options.json:
                say(text)
    say_not_searched(unused, with_links=options.remove_unused)
    if options.json:
        _say_json(options, acceptance, made, left, not_run, stopped, errors)
        return errors.status(0)
    if left:
        again = invocation_of(options)
        say("\n".join(unused_lines(left, style, (*map(path_word, again.paths), *again.options))))
    _say_counts(options, acceptance, made)
    if stopped is not None:
        say("\n".join(stopped_lines(str(stopped), not_run, style)))
    return errors.status(0)


def _say_json(
    options: argparse.Namespace,
    acceptance: Acceptance,
    made: Sequence[FileChange],
    left: Sequence[Path],
    not_run: Sequence[str],
    stopped: NecpReplayError | None,
    errors: TraceErrors,
) -> None:
    """Print the result as JSON."""
    from necp_replay.report.accept_json import accept_json

    document = accept_json(
        made,
        dry_run=options.dry_run,
        unchanged=acceptance.unchanged,
        need_none=acceptance.skipped,
        unused=left,
        not_run=not_run,
        stopped=None if stopped is None else str(stopped),
        errors=errors.errors,
    )
    say(document)


def _say_counts(
    options: argparse.Namespace, acceptance: Acceptance, made: Sequence[FileChange]
) -> None:
    """Print how many goldens are written and removed, and how many traces need no change."""
    from necp_replay.accept.plan import NeedsNoGolden
    from necp_replay.report.words import counted

    removed = sum(change.after is None for change in made)
    written = len(made) - removed
    would = "would be " if options.dry_run else ""
    without = f" {removed:,} {would}removed," if removed else ""
    measured, recorded = (acceptance.skipped[why] for why in NeedsNoGolden)
    also = f", {recorded:,} with all outcomes in the trace need none"
    say_prose(
        f"{counted(written, 'golden')} {would}written,{without}"
        f" {counted(acceptance.unchanged, 'trace')} unchanged,"
        f" {measured:,} measured on the real code need none{also if recorded else ''}"
    )


def _planned(
    acceptance: Acceptance,
    traces: Sequence[FoundTrace],
    options: argparse.Namespace,
    progress: TraceProgress,
) -> tuple[list[list[FileChange]], list[str], NecpReplayError | None]:
    """The changes of each trace, the paths of traces without a plan, and why the work stopped."""
    from necp_replay.outcomes.safe_text import escape

    if options.scheduler is None and options.jobs > 1 and len(traces) > 1:
        from necp_replay.accept.in_processes import plan_in_processes

        planned, _ = acceptance.plan_elsewhere(
            traces, partial(plan_in_processes, options.jobs, progress)
        )
        return planned, [], None
    if options.scheduler is None:
        acceptance.jobs = options.jobs
        acceptance.on_records = progress.on_records
        return list(acceptance.plan(progress.each(traces))), [], None
    planner = ClusterPlanner(options.scheduler, progress)
    planned, not_run = acceptance.plan_elsewhere(traces, planner.plans)
    return planned, [escape(str(trace.path)) for trace in not_run], planner.lost


def _check(options: argparse.Namespace) -> None:
    """Raise UsageError where nothing may be written, or options cannot be combined."""
    from necp_replay.accept.plan import refuse_in_ci
    from necp_replay.errors import UsageError

    if not options.dry_run:
        refuse_in_ci()
    if options.scheduler is None:
        return
    check_scheduler(options, options.paths)
    if options.reformat:
        raise UsageError(
            "--reformat runs no engine, so there is nothing for a scheduler to do",
            hint="Leave --scheduler out.",
        )
    if not options.dry_run:
        raise UsageError(
            "--scheduler is for --dry-run: goldens are written by one process",
            hint="Add --dry-run, or leave --scheduler out.",
        )


def _reformat(options: argparse.Namespace) -> int:
    """Rewrite goldens of older versions, and print which."""
    from necp_replay.accept.acceptance import Selection
    from necp_replay.accept.plan import apply_changes
    from necp_replay.accept.reformat import Reformat
    from necp_replay.cli.trace_errors import TraceErrors
    from necp_replay.errors import UsageError
    from necp_replay.golden.versions import VERSION
    from necp_replay.outcomes.safe_text import visible
    from necp_replay.replay.progress import TraceProgress
    from necp_replay.report.words import counted

    if options.fingerprint or options.remove_unused or options.engine is not None:
        raise UsageError(
            "--reformat changes nothing of what goldens say",
            hint="Leave out --fingerprint, --remove-unused and --engine, or run it without them"
            " first.",
        )
    gathered = gathered_of(options)
    selection = Selection((), options.only)
    reformat = Reformat(goldens_of(options, gathered.home_or_refuse()))
    errors = TraceErrors()
    made: list[FileChange] = []
    traces = [trace for trace in gathered.traces if selection.takes_trace(trace)]
    selection.check_used()
    with TraceProgress(len(traces), is_shown=sys.stderr.isatty()) as progress:
        reformat.on_records = progress.on_records
        for trace in progress.each(traces):
            with errors.of(trace.path):
                changes = reformat.plan(trace)
                if not options.dry_run:
                    apply_changes(changes)
                made += changes
                for change in [] if options.json else changes:
                    say(f"{visible(str(change.path))} -> version {VERSION}")
    if options.json:
        from necp_replay.report.accept_json import accept_json

        say(
            accept_json(
                made,
                dry_run=options.dry_run,
                reformat=True,
                unchanged=reformat.current,
                need_none={},
                errors=errors.errors,
            )
        )
        return errors.status(0)
    would = "would be " if options.dry_run else ""
    say_prose(
        f"{counted(len(made), 'golden')} {would}rewritten in version {VERSION},"
        f" {reformat.current:,} had it already"
    )
    return errors.status(0)
