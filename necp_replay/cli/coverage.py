"""``necp-replay coverage``: what traces exercise of all that is modelled."""

from __future__ import annotations

import argparse
from pathlib import Path

from necp_replay.cli.arguments import add_paths
from necp_replay.cli.progress import with_progress

_EPILOG = """\
examples:
  necp-replay coverage traces
  necp-replay coverage traces --json > traces/coverage.json
  necp-replay coverage traces --check traces/coverage.json

Read from recorded outcomes, and for scenarios from what every release answers, as their goldens
are. A release fact counts where changing it alone changes an outcome.
Exit status: 0 covered (with --check: all that the baseline has), 1 something of it is lost.
"""


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command to the command line."""
    parser = commands.add_parser(
        "coverage",
        help="say what traces exercise",
        description="Say which actions, errors, TLVs, policy conditions and results, notifications"
        " and release facts traces exercise, and which not.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add_paths(parser)
    parser.add_argument("--json", action="store_true", help="for machines; also the baseline")
    parser.add_argument(
        "--check",
        type=Path,
        metavar="BASELINE",
        help="fail where something that this file has is no longer exercised",
    )
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Read the traces, print, and return the exit status."""
    from necp_replay.coverage.baseline import coverage_json, lost_points, read_baseline
    from necp_replay.coverage.traces import Coverage, add_trace
    from necp_replay.report.coverage_text import coverage_text, lost_text
    from necp_replay.report.words import counted
    from necp_replay.trace.find import find_traces

    baseline = read_baseline(options.check) if options.check is not None else {}
    coverage = Coverage()
    for trace in with_progress(find_traces(options.paths), "trace"):
        add_trace(coverage, trace)
    lost = lost_points(baseline, coverage)
    if options.json:
        print(coverage_json(coverage))
    elif lost:
        print(lost_text(lost))
    else:
        counts = counted(coverage.traces, "trace"), counted(coverage.records, "record")
        print(f"{', '.join(counts)}\n")
        print(coverage_text(coverage.counts))
    return 1 if lost else 0
