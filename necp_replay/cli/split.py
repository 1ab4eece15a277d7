"""``necp-replay split``: one trace for each process or fd of a trace."""

from __future__ import annotations

import argparse
from pathlib import Path

from necp_replay.cli.arguments import add_select

_EPILOG = """\
examples:
  necp-replay split day.necptrace --by pid -o parts
  necp-replay split day.necptrace --by fd -o parts --json
  necp-replay split day.necptrace --by fd --select 'pid 312 and time 10s-20s' -o parts

Each part is a cut (see `necp-replay cut --help`): the records of the process or fd, and what they
depend on, proved by replay. A process's number and its fds' numbers may be used again in a trace;
one part then holds all of that number. Parts are named TRACE-pid-100.necptrace or
TRACE-pid-100-fd-3.necptrace.
"""


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command to the command line."""
    parser = commands.add_parser(
        "split",
        help="one trace for each process or fd",
        description="Cut a trace into one for each of its processes or fds.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("trace", metavar="TRACE", help="a trace; - for standard input")
    parser.add_argument("--by", choices=("pid", "fd"), required=True, help="what makes a part")
    add_select(parser)
    parser.add_argument("-o", "--output", type=Path, required=True, metavar="DIR")
    parser.add_argument("--json", action="store_true", help="print JSON, for machines")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Split, and print a row for each part."""
    from necp_replay.cli.progress import record_progress
    from necp_replay.cli.spool import seekable
    from necp_replay.report.cut_text import cuts_json, splits_text
    from necp_replay.tools.select import parse_selection
    from necp_replay.tools.selected import EVERYTHING
    from necp_replay.tools.split import SplitBy, split

    selection = EVERYTHING if options.select is None else parse_selection(options.select)
    with seekable(options.trace) as trace, record_progress() as on_records:
        parts = split(trace, SplitBy(options.by), options.output, selection, on_records=on_records)
        reports = list(parts)
    print(cuts_json(reports) if options.json else splits_text(reports))
    return 0
