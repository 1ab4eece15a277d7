"""``necp-replay cut``: selected records of a trace with all they depend on, as a smaller trace."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

_EPILOG = """\
examples:
  necp-replay cut day.necptrace --select "pid 312" -o one-process.necptrace
  necp-replay cut day.necptrace --select "#7 and COPY_RESULT" -o client.necptrace
  necp-replay cut bug.necptrace --select 40211 -o minimal.necptrace --json

Kept are the selected records, the world before them (interfaces, routes, agents, policies, the
clock), and the earlier records of the fds, clients, sockets and processes they use. Both traces are
then replayed side by side; more is kept until every selected record has the same outcome in both.

Selected records keep the outcomes that were recorded. Another record loses its own where it no
longer holds, such as the wake-up of an fd that is gone; the header says so.
docs/cli.md explains the selection language.
"""


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command to the command line."""
    parser = commands.add_parser(
        "cut",
        help="keep selected records and what they depend on",
        description="Write selected records of a trace, with everything they depend on, into a"
        " smaller trace in which they have the same outcomes, proved by replay.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("trace", metavar="TRACE", help="a trace; - for standard input")
    parser.add_argument(
        "--select", required=True, metavar="EXPR", help="the records to keep, such as 'pid 100'"
    )
    parser.add_argument("-o", "--output", type=Path, required=True, metavar="OUT")
    parser.add_argument(
        "--release", metavar="R", help="prove it on this release (default: the trace's own)"
    )
    parser.add_argument("--json", action="store_true", help="print JSON, for machines")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Cut, and print what was kept and why."""
    from necp_replay.cli.progress import record_progress
    from necp_replay.cli.spool import seekable
    from necp_replay.report.cut_text import cut_text, cuts_json
    from necp_replay.report.style import style_for
    from necp_replay.tools.cut import cut
    from necp_replay.tools.select import parse_selection

    selection = parse_selection(options.select)
    with seekable(options.trace) as trace, record_progress() as on_records:
        report = cut(
            trace,
            selection,
            options.output,
            release=options.release,
            on_records=on_records,
        )
    print(cuts_json([report]) if options.json else cut_text(report, style_for(sys.stdout)))
    return 0
