"""``necp-replay attachments``: list, add or extract files that are attached to a trace."""

from __future__ import annotations

import argparse

from necp_replay.cli.arguments import Commands, add_json, add_trace, given_path, new_command
from necp_replay.cli.say import say

_EPILOG = """\
examples:
  necp-replay attachments bug.necptrace
  necp-replay attachments bug.necptrace --extract files
  necp-replay attachments bug.necptrace --add README.md --add scenario.py -o explained.necptrace

`necp-replay record --attach FILE` attaches files while recording. The names of attachments come
from the maker of the trace and are not trusted: only plain names are extracted, and no existing
file is replaced.
"""


def add_parser(commands: Commands) -> None:
    """Add the command to the command line."""
    parser = new_command(
        commands,
        "attachments",
        help="list, add or extract files that are attached to a trace",
        description="List the files that are attached to a trace, such as the source of a scenario."
        " Or write them into a folder, or write a trace with more of them.",
        epilog=_EPILOG,
    )
    add_trace(parser)
    what = parser.add_mutually_exclusive_group()
    what.add_argument(
        "--extract", type=given_path, metavar="DIR", help="write them into this folder"
    )
    what.add_argument(
        "--add",
        type=given_path,
        action="append",
        metavar="FILE",
        help="write a trace with this file attached to OUT; can be given several times",
    )
    parser.add_argument("-o", "--output", type=given_path, metavar="OUT", help="the trace to write")
    add_json(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """List, extract or add."""
    from necp_replay.cli.spool import seekable
    from necp_replay.errors import UsageError
    from necp_replay.report.attachments import attachments_json, attachments_text
    from necp_replay.report.json_text import json_text
    from necp_replay.tools.attachments import attach, extract, read_attachment
    from necp_replay.trace.reader import TraceReader

    if bool(options.add) != (options.output is not None):
        raise UsageError(
            "--add and -o have to be used together", hint="Name the trace to write with -o OUT."
        )
    with seekable(options.trace, options.spool_limit) as trace:
        if options.add:
            attach(trace, [read_attachment(file) for file in options.add], options.output)
            trace = options.output
        files = None if options.extract is None else extract(trace, options.extract)
        with TraceReader(trace) as reader:
            attachments = reader.header.attachments
    if options.json:
        say(json_text(attachments_json(attachments, files)))
    else:
        say(attachments_text(attachments, files))
    return 0
