"""``necp-replay merge``: traces recorded side by side, as one trace in the order of time."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

_EPILOG = """\
examples:
  necp-replay merge browser.necptrace daemon.necptrace -o both.necptrace
  necp-replay merge parts/*.necptrace -o whole.necptrace --json

Traces have to be of the same release, and to carry time: records that set the clock, forwards only.
Changes of the world (processes, interfaces, routes, sysctls, the clock) that stand in several
traces at the same time are taken once. Records that have another outcome now go on without the one
that was recorded.

Exit status: 0 every outcome still holds, 4 some were left out, 2 could not join.
"""


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command to the command line."""
    parser = commands.add_parser(
        "merge",
        help="join traces by the time of their records",
        description="Join traces of one release into one, in the order of their records' time.",
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
    from necp_replay.tools.merge import merge

    with record_progress() as on_records:
        report = merge(options.traces, options.output, on_records=on_records)
    print(join_json(report) if options.json else join_text(report, style_for(sys.stdout)))
    return 4 if report.outcomes.dropped else 0
