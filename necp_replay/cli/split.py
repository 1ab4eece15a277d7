"""``necp-replay split``: cut a trace into one for each process or fd."""

from __future__ import annotations

import argparse

from necp_replay.cli.arguments import (
    Commands,
    add_json,
    add_output,
    add_record_limit,
    add_select,
    add_trace,
    engine_of,
    new_command,
)
from necp_replay.cli.say import say
from necp_replay.cli.state_hashes import say_left_out

_EPILOG = """\
examples:
  necp-replay split day.necptrace --by pid -o parts
  necp-replay split day.necptrace --by fd -o parts --format json
  necp-replay split day.necptrace --by fd --select 'pid 312 and time 10s-20s' -o parts

Each part is a cut (see `necp-replay cut --help`): the records of the process or fd, and what they
depend on, checked by replay. A pid or fd number that is used again later belongs to the same part.
Parts are named TRACE-pid-100.necptrace or TRACE-pid-100-fd-3.necptrace.
"""


def add_parser(commands: Commands) -> None:
    """Add the command to the command line."""
    parser = new_command(
        commands,
        "split",
        help="cut a trace into one for each process or fd",
        description="Cut a trace into one for each of its processes or fds.",
        epilog=_EPILOG,
    )
    add_trace(parser)
    parser.add_argument(
        "--by", choices=("pid", "fd"), required=True, help="write one trace for each of these"
    )
    add_select(parser)
    add_output(parser, "folder for the traces", "DIR")
    add_record_limit(parser)
    add_json(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Split, and print one row for each part."""
    from necp_replay.cli.progress import record_progress
    from necp_replay.cli.spool import seekable
    from necp_replay.report.cuts import cuts_json, splits_text
    from necp_replay.tools.select import parse_selection
    from necp_replay.tools.selected import EVERYTHING
    from necp_replay.tools.split import SplitBy, split

    selection = EVERYTHING if options.select is None else parse_selection(options.select)
    with seekable(options.trace, options.spool_limit) as trace, record_progress() as on_records:
        parts = split(
            trace,
            SplitBy(options.by),
            options.output,
            selection,
            open_engine=engine_of(options),
            on_records=on_records,
        )
        reports = list(parts)
        say_left_out(trace)
    say(cuts_json(reports) if options.json else splits_text(reports))
    return 4 if any(report.unproved for report in reports) else 0
