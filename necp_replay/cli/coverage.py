"""``necp-replay coverage``: show which modelled behaviour traces exercise."""

from __future__ import annotations

import argparse

from necp_replay.cli.arguments import (
    Commands,
    add_json,
    add_paths,
    add_record_limit,
    given_path,
    new_command,
    record_limit_of,
    traces_below,
)
from necp_replay.cli.progress import with_progress
from necp_replay.cli.say import say
from necp_replay.cli.streams import say_on_stderr

_EPILOG = """\
examples:
  necp-replay coverage traces
  necp-replay coverage traces --format json > traces/coverage.json
  necp-replay coverage traces --check traces/coverage.json
  necp-replay coverage traces --distill | xargs necp-replay replay

Traces are counted by the outcomes that they hold, and by those of the engine where they lack some;
scenarios by their outcomes on every release. A release fact is exercised if changing this fact
alone changes an outcome.
--distill prints the paths of the traces that keep all coverage at the least cost, one a line, and
says on standard error how many they are; with --format json it says what each of them brings.
Exit status: 0; with --check 1 if something in the baseline is no longer exercised.
"""


def add_parser(commands: Commands) -> None:
    """Add the command to the command line."""
    parser = new_command(
        commands,
        "coverage",
        help="show what traces exercise",
        description="Show which actions, errors, TLVs, policy conditions and results, notifications"
        " and release facts traces exercise, and which they do not.",
        epilog=_EPILOG,
    )
    add_paths(parser)
    add_record_limit(parser)
    add_json(parser)
    what = parser.add_mutually_exclusive_group()
    what.add_argument(
        "--distill",
        action="store_true",
        help="name the cheapest set of traces that exercises the same",
    )
    what.add_argument(
        "--check",
        type=given_path,
        metavar="BASELINE",
        help="fail if something in this file is no longer exercised",
    )
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Read the traces, print, and return the exit status."""
    from necp_replay.cli.trace_errors import TraceErrors
    from necp_replay.coverage.baseline import coverage_json, lost_points, read_baseline
    from necp_replay.coverage.traces import Coverage, add_trace
    from necp_replay.report.coverage_text import coverage_text, lost_text
    from necp_replay.report.json_text import without_lone_surrogates
    from necp_replay.report.words import counted

    if options.distill:
        return _distill(options)
    baseline = read_baseline(options.check) if options.check is not None else {}
    coverage = Coverage()
    errors = TraceErrors()
    for trace in with_progress(traces_below(options.paths), "trace"):
        with errors.of(trace.path):
            add_trace(coverage, trace, record_limit_of(options))
    if not coverage.traces:
        return errors.status(0)
    lost = lost_points(baseline, coverage)
    if options.json:
        say(without_lone_surrogates(coverage_json(coverage)))
    elif lost:
        say(lost_text(lost))
    else:
        counts = counted(coverage.traces, "trace"), counted(coverage.records, "record")
        say(f"{', '.join(counts)}\n")
        say(coverage_text(coverage.counts))
    return errors.status(1 if lost else 0)


def _distill(options: argparse.Namespace) -> int:
    """Print the traces that keep the coverage of all."""
    from necp_replay.cli.trace_errors import TraceErrors
    from necp_replay.coverage.distill import Distiller
    from necp_replay.outcomes.safe_text import visible
    from necp_replay.report.distill import distilled_json, distilled_text

    distiller = Distiller(record_limit_of(options))
    errors = TraceErrors()
    for trace in with_progress(traces_below(options.paths), "trace"):
        with errors.of(trace.path):
            distiller.add(trace)
    found = distiller.distilled(lambda chosen: with_progress(chosen, "trace"))
    if options.json:
        say(distilled_json(found))
        return errors.status(0)
    for kept in found.kept:
        say(visible(str(kept.trace.path)))
    say_on_stderr(distilled_text(found))
    return errors.status(0)
