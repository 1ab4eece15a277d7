"""``necp-replay info``: what a trace is, at a glance."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from necp_replay.cli.arguments import add_select
from necp_replay.cli.progress import with_progress
from necp_replay.errors import NecpReplayError

if TYPE_CHECKING:
    from necp_replay.report.info_text import InfoRow
    from necp_replay.tools.select import Selection

_EPILOG = """\
examples:
  necp-replay info bug.necptrace
  necp-replay info --scan bug.necptrace
  necp-replay info bug.necptrace --select 'pid 100 and time 2s-3s'
  necp-replay info traces --json | jq '.traces[] | select(.kinds.necp_match_policy) | .path'
  ssh host cat bug.necptrace | necp-replay info -

Header and index say it at once, however large the trace is. With --scan, and where there is no
index (a pipe, a file that was cut short), every record is read and verified, and actions, clients
and errors are counted too. With --select the same is counted of the records it selects.
"""


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command to the command line."""
    parser = commands.add_parser(
        "info",
        help="say what a trace is: header, counts, time, size",
        description="Say what traces are: where they come from, what they count, how large they"
        " are. One trace is described in full, several have a row each.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "traces",
        nargs="+",
        metavar="TRACE",
        help="a trace, a folder of them, or - for standard input",
    )
    add_select(parser)
    parser.add_argument("--scan", action="store_true", help="read and count every record")
    parser.add_argument("--json", action="store_true", help="print JSON, for machines")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Describe every trace; 2 where one of them cannot be read."""
    from necp_replay.report.info_json import info_json
    from necp_replay.report.info_text import info_table, info_text
    from necp_replay.report.style import style_for
    from necp_replay.tools.select import parse_selection

    selection = None if options.select is None else parse_selection(options.select)
    found = _find(options.traces)
    if len(found) == 1:
        rows = [_describe(found[0], selection, scan=options.scan, is_only=True)]
    else:
        rows = [
            _describe(source, selection, scan=options.scan, is_only=False)
            for source in with_progress(found, "trace")
        ]
    style = style_for(sys.stdout)
    if options.json:
        print(info_json(rows))
    elif len(rows) == 1 and rows[0].info is not None:
        print(info_text(rows[0], rows[0].info, style))
    elif len(rows) == 1 and rows[0].error is not None:
        raise rows[0].error
    else:
        print(info_table(rows, style))
    return 2 if any(row.error is not None for row in rows) else 0


def _find(arguments: list[str]) -> list[str]:
    """The paths of all traces, standard input as it stands."""
    from necp_replay.trace.find import find_traces

    found: list[str] = []
    for argument in arguments:
        if argument == "-":
            found.append(argument)
        else:
            found += [str(trace.path) for trace in find_traces([Path(argument)])]
    return found


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
    except NecpReplayError as error:
        return InfoRow(name, None, error)
    return InfoRow(name, info)
