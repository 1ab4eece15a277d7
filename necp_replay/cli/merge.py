"""``necp-replay merge``: join traces that were recorded at the same time, in order of time."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from necp_replay.cli.arguments import Commands, add_json, new_command

_EPILOG = """\
examples:
  necp-replay merge browser.necptrace daemon.necptrace -o both.necptrace
  necp-replay merge parts/*.necptrace -o whole.necptrace --json

All traces have to be of the same release, and have records that set the clock, never backwards.
If several traces have the same change of the system at the same time (processes, interfaces,
routes, sysctls, the clock), it is written once. If a record has another outcome in the joined
trace, its recorded outcome is left out.

Exit status: 0 every outcome was kept; 2 could not join; 4 finished, but some outcomes were left
out.
"""


def add_parser(commands: Commands) -> None:
    """Add the command to the command line."""
    parser = new_command(
        commands,
        "merge",
        help="join traces by the time of their records",
        description="Join traces of one release into one, in the order of their records' time.",
        epilog=_EPILOG,
    )
    parser.add_argument("traces", nargs="+", type=Path, metavar="TRACE")
    parser.add_argument("-o", "--output", type=Path, required=True, metavar="OUT")
    add_json(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Join, print what came from where, and return the exit status."""
    from necp_replay.cli.progress import record_progress
    from necp_replay.report.cuts import join_json, join_text
    from necp_replay.report.style import style_for
    from necp_replay.tools.merge import merge

    with record_progress() as on_records:
        report = merge(options.traces, options.output, on_records=on_records)
    print(join_json(report) if options.json else join_text(report, style_for(sys.stdout)))
    return 4 if report.outcomes.dropped else 0
