"""``necp-replay grep``: search many traces for records."""

from __future__ import annotations

import argparse
import sys

from necp_replay.cli.arguments import (
    Commands,
    add_format_json,
    add_paths,
    new_command,
    traces_below,
)
from necp_replay.cli.say import say

_EPILOG = """\
examples:
  necp-replay grep 'REMOVE and errno ENOENT' traces
  necp-replay grep 'pid 100 and COPY_*' bug.necptrace other.necptrace
  necp-replay grep -c 'effect panic' traces
  necp-replay grep -l 'necp_match_policy' traces
  necp-replay grep --format json 'errno any' traces | jq -r .title

EXPR is written as for --select, which docs/using.md explains. Each line has a trace, the number of
a record, its title and its status. `necp-replay show TRACE --select N` prints the whole record.
Exit status: 0 found something, 1 found nothing, 2 a trace could not be read.
"""


def add_parser(commands: Commands) -> None:
    """Add the command to the command line."""
    parser = new_command(
        commands,
        "grep",
        help="search many traces for records",
        description="Print the records of traces that an expression selects, one line each.",
        epilog=_EPILOG,
    )
    parser.add_argument("select", metavar="EXPR", help="which records, such as 'errno any'")
    add_paths(parser)
    what = parser.add_mutually_exclusive_group()
    what.add_argument(
        "-c",
        "--count",
        action="store_true",
        help="print the number of matching records of each trace",
    )
    what.add_argument(
        "-l",
        "--files-with-matches",
        dest="names_only",
        action="store_true",
        help="print only the traces that have a matching record",
    )
    add_format_json(what, "text")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Search every trace. What is wrong with one is reported, and the others go on."""
    from necp_replay.cli.trace_errors import TraceErrors
    from necp_replay.outcomes.safe_text import visible
    from necp_replay.report.grep_text import found_json, found_line
    from necp_replay.report.style import style_for
    from necp_replay.tools.search import records_found
    from necp_replay.tools.select import parse_selection

    selection = parse_selection(options.select, "EXPR")
    style = style_for(sys.stdout)
    errors = TraceErrors()
    is_found = False
    for trace in traces_below(options.paths):
        shown = visible(str(trace.path))
        count = 0
        with errors.of(trace.path):
            for found in records_found(trace.path, selection):
                count += 1
                if options.names_only:
                    say(shown, ends_unread=True)
                    break
                if options.json:
                    say(found_json(shown, found), ends_unread=True)
                elif not options.count:
                    say(found_line(shown, found, style), ends_unread=True)
        if options.count and count:
            say(f"{shown}: {count:,}", ends_unread=True)
        is_found = is_found or count > 0
    return errors.status(0 if is_found else 1)
