"""``necp-replay replay``: replay traces and compare with what was recorded and with goldens."""

from __future__ import annotations

import argparse
import sys

from necp_replay.cli.arguments import (
    add_engine,
    add_format,
    add_golden,
    add_jobs,
    add_paths,
    engine_of,
)

_EPILOG = """\
examples:
  necp-replay replay traces --jobs 2
  necp-replay replay traces/client --release xnu-4570.41.2
  necp-replay replay bug.necptrace --format json
  necp-replay replay traces --engine './my-engine --fast'

Recorded outcomes are compared when the release replayed is the one recorded; goldens whenever there
is one. Exit status: 0 same, 1 different, 2 could not run, 3 met what is not modelled.
"""


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command to the command line."""
    parser = commands.add_parser(
        "replay",
        help="replay traces, compare outcomes",
        description="Replay traces and compare every outcome with what was recorded and with the"
        " golden.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add_paths(parser)
    parser.add_argument(
        "--release", metavar="R", help="replay on this release (default: the trace's own)"
    )
    add_golden(parser)
    add_engine(parser)
    add_jobs(parser)
    add_format(parser)
    rows = parser.add_mutually_exclusive_group()
    rows.add_argument(
        "-v", "--verbose", action="store_true", help="list every trace, however many there are"
    )
    rows.add_argument("-q", "--quiet", action="store_true", help="list only those that do not pass")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Replay, print, and return the exit status."""
    from necp_replay.golden.find import find_traces
    from necp_replay.golden.parallel import replay_all
    from necp_replay.golden.run import ReplayOptions
    from necp_replay.golden.store import GoldenStore
    from necp_replay.replay.report_model import exit_status
    from necp_replay.report.replay_json import replay_json
    from necp_replay.report.replay_text import Rows, replay_text
    from necp_replay.report.style import style_for

    traces = find_traces(options.paths)
    replay_options = ReplayOptions(options.release, GoldenStore(options.golden), engine_of(options))
    reports = replay_all(traces, replay_options, jobs=options.jobs, progress=sys.stderr.isatty())
    if options.format == "json":
        print(replay_json(reports))
    else:
        rows = Rows.AUTOMATIC
        if options.verbose or options.quiet:
            rows = Rows.EVERY if options.verbose else Rows.FINDINGS
        print(replay_text(reports, style_for(sys.stdout), rows))
    return exit_status(reports)
