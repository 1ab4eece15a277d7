"""``necp-replay info``: summarize traces: header, counts, time and size."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

from necp_replay.cli.arguments import (
    Commands,
    add_json,
    add_select,
    new_command,
    path_text,
)
from necp_replay.cli.progress import with_progress
from necp_replay.cli.say import say, say_prose
from necp_replay.cli.sources import sources_of
from necp_replay.errors import UnforeseenError, error_of_trace

if TYPE_CHECKING:
    from necp_replay.report.info_text import InfoRow
    from necp_replay.tools.select import Selection

_EPILOG = """\
examples:
  necp-replay info bug.necptrace
  necp-replay info --scan bug.necptrace
  necp-replay info bug.necptrace --select 'pid 100 and time 2s-3s'
  necp-replay info traces --format json | jq '.traces[] | select(.kinds.necp_match_policy) | .path'
  ssh host cat bug.necptrace | necp-replay info -

Header and index are enough for this, so it is fast for traces of any size. With --scan, or without
an index (a pipe, an incomplete file), every record is read and verified, and actions, clients and
errors are counted too. With --select only the selected records are counted.
"""


def add_parser(commands: Commands) -> None:
    """Add the command to the command line."""
    parser = new_command(
        commands,
        "info",
        help="summarize traces: header, counts, time, size",
        description="Show where traces come from, how many records they have, and how large they"
        " are. One trace is described in full; several have one row each.",
        epilog=_EPILOG,
    )
    parser.add_argument(
        "traces",
        nargs="+",
        type=path_text,
        metavar="TRACE",
        help="a trace, a folder of them, or - for standard input",
    )
    add_select(parser)
    parser.add_argument("--scan", action="store_true", help="read and count every record")
    add_json(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Describe every trace. The status is 2 if one of them cannot be read."""
    from necp_replay.report.info_json import info_json
    from necp_replay.report.info_text import info_table, info_text
    from necp_replay.report.style import style_for
    from necp_replay.tools.select import parse_selection

    selection = None if options.select is None else parse_selection(options.select)
    found = sources_of(options.traces)
    if len(found) == 1:
        rows = [_describe(found[0], selection, scan=options.scan, is_only=True)]
    else:
        rows = [
            _describe(source, selection, scan=options.scan, is_only=False)
            for source in with_progress(found, "trace")
        ]
    style = style_for(sys.stdout)
    if options.json:
        from necp_replay.cli.trace_errors import TraceErrors

        say(info_json(rows))
        return TraceErrors(row.error for row in rows if row.error is not None).status(0)
    if len(rows) == 1 and rows[0].info is not None:
        say_prose(info_text(rows[0], rows[0].info, style))
    elif len(rows) == 1 and rows[0].error is not None:
        raise rows[0].error
    else:
        say(info_table(rows, style))
    for row in rows:
        if isinstance(row.error, UnforeseenError):
            raise row.error
    return 2 if any(row.error is not None for row in rows) else 0


def _describe(source: str, selection: Selection | None, *, scan: bool, is_only: bool) -> InfoRow:
    from necp_replay.cli.arguments import trace_source
    from necp_replay.report.info_text import InfoRow
    from necp_replay.tools.info import read_info

    name = "<stdin>" if source == "-" else source
    try:
        info = read_info(
            trace_source(source),
            scan=scan,
            selection=selection,
            watch=with_progress if is_only else lambda items, _: items,
        )
    except Exception as error:  # An error in one trace must not stop the others.
        return InfoRow(name, None, error_of_trace(error, name))
    return InfoRow(name, info)
