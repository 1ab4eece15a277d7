"""``necp-replay cut``: extract selected records with everything that they depend on."""

from __future__ import annotations

import argparse
import sys

from necp_replay.cli.arguments import (
    Commands,
    add_json,
    add_output,
    add_record_limit,
    add_release,
    add_trace,
    engine_of,
    new_command,
)
from necp_replay.cli.say import say, say_prose
from necp_replay.cli.state_hashes import say_left_out

_EPILOG = """\
examples:
  necp-replay cut day.necptrace --select "pid 312" -o one-process.necptrace
  necp-replay cut day.necptrace --select "#7 and COPY_RESULT" -o client.necptrace
  necp-replay cut bug.necptrace --select 23 -o minimal.necptrace --format json

The cut keeps the selected records and the earlier records that they depend on: those that made or
changed the clients, fds, processes and sockets that they use, the last evaluation of each client,
and those that set up the system. Then the cut is replayed. More records are kept until every
selected record has the same outcome as in the whole trace.

Selected records keep their recorded outcomes. Another record loses its recorded outcome if that is
not true in the cut, such as the wake-up of an fd that the cut does not open. The header says so.
docs/using.md explains the selection language.
"""


def add_parser(commands: Commands) -> None:
    """Add the command to the command line."""
    parser = new_command(
        commands,
        "cut",
        help="extract selected records and what they depend on",
        description="Write selected records of a trace, with everything that they depend on, into a"
        " smaller trace, and check by replay that they have the same outcomes there.",
        epilog=_EPILOG,
    )
    add_trace(parser)
    parser.add_argument(
        "--select", required=True, metavar="EXPR", help="the records to keep, such as 'pid 100'"
    )
    add_output(parser, "the trace to write")
    add_release(parser, "check on this release (default: the recorded one)")
    add_record_limit(parser)
    add_json(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Cut, and print what was kept and for which reasons."""
    from necp_replay.cli.progress import record_progress
    from necp_replay.cli.spool import seekable
    from necp_replay.report.cuts import cut_text, cuts_json
    from necp_replay.report.style import style_for
    from necp_replay.tools.cut import cut
    from necp_replay.tools.select import parse_selection

    selection = parse_selection(options.select)
    with seekable(options.trace, options.spool_limit) as trace, record_progress() as on_records:
        report = cut(
            trace,
            selection,
            options.output,
            release=options.release,
            open_engine=engine_of(options),
            on_records=on_records,
        )
        say_left_out(trace)
    if options.json:
        say(cuts_json([report]))
    else:
        say_prose(cut_text(report, style_for(sys.stdout)))
    return 4 if report.unproved else 0
