"""``necp-replay split``: one trace for each process or fd of a trace."""

from __future__ import annotations

import argparse
from pathlib import Path

_EPILOG = """\
examples:
  necp-replay split day.necptrace --by pid -o parts
  necp-replay split day.necptrace --by fd -o parts --json

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
    parser.add_argument("-o", "--output", type=Path, required=True, metavar="DIR")
    parser.add_argument("--json", action="store_true", help="print JSON, for machines")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Split, and print a row for each part."""
    from necp_replay.cli.progress import record_progress
    from necp_replay.cli.spool import seekable
    from necp_replay.report.cut_text import cuts_json, splits_text
    from necp_replay.tools.split import SplitBy, split

    with seekable(options.trace) as trace, record_progress() as on_records:
        by = SplitBy(options.by)
        reports = list(split(trace, by, options.output, on_records=on_records))
    print(cuts_json(reports) if options.json else splits_text(reports))
    return 0
