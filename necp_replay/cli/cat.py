"""``necp-replay cat``: traces one after the other, as one trace."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

_EPILOG = """\
examples:
  necp-replay cat monday.necptrace tuesday.necptrace -o both.necptrace
  necp-replay cat part1.necptrace part2.necptrace part3.necptrace -o whole.necptrace --json

Traces have to be of the same release. Each runs in the world that the one before it left: fds stay
open, the clock stands where it stood, and a process that is added again is there already. So it
suits traces that follow each other; records of others may have other outcomes now, and go on
without the outcome that was recorded.

Exit status: 0 every outcome still holds, 4 some were left out, 2 could not join.
"""


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command to the command line."""
    parser = commands.add_parser(
        "cat",
        help="join traces one after the other",
        description="Join traces of one release, one after the other, into one.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("traces", nargs="+", type=Path, metavar="TRACE")
    parser.add_argument("-o", "--output", type=Path, required=True, metavar="OUT")
    parser.add_argument("--json", action="store_true", help="print JSON, for machines")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Join, print what came from where, and return the exit status."""
    from necp_replay.cli.progress import record_progress
    from necp_replay.report.cut_text import join_json, join_text
    from necp_replay.report.style import style_for
    from necp_replay.tools.cat import concatenate

    with record_progress() as on_records:
        report = concatenate(options.traces, options.output, on_records=on_records)
    print(join_json(report) if options.json else join_text(report, style_for(sys.stdout)))
    return 4 if report.outcomes.dropped else 0
