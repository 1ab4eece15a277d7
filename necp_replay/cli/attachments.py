"""``necp-replay attachments``: files that travel with a trace."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

_EPILOG = """\
examples:
  necp-replay attachments bug.necptrace
  necp-replay attachments bug.necptrace --extract files
  necp-replay attachments bug.necptrace --add README.md --add scenario.py -o explained.necptrace

`necp-replay record --attach FILE` attaches while it records. Names of attachments come from whoever
made the trace: only plain names become files, and none replaces a file that is there.
"""


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command to the command line."""
    parser = commands.add_parser(
        "attachments",
        help="list, add or take out files that travel with a trace",
        description="List the files that travel with a trace, such as a scenario's source; write"
        " them into a folder; or write a trace with more of them.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("trace", metavar="TRACE", help="a trace; - for standard input")
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--extract", type=Path, metavar="DIR", help="write them into this folder")
    what.add_argument(
        "--add",
        type=Path,
        action="append",
        metavar="FILE",
        help="write a trace that has this file too, to OUT; can be given several times",
    )
    parser.add_argument("-o", "--output", type=Path, metavar="OUT", help="the trace to write")
    parser.add_argument("--json", action="store_true", help="print JSON, for machines")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """List, extract or add."""
    from necp_replay.cli.spool import seekable
    from necp_replay.errors import UsageError
    from necp_replay.report.attachments_text import attachments_json, attachments_text
    from necp_replay.tools.attachments import attach, extract, read_attachment
    from necp_replay.trace.reader import TraceReader

    if bool(options.add) != (options.output is not None):
        raise UsageError("--add and -o go together", hint="Name the trace to write with -o OUT.")
    with seekable(options.trace) as trace:
        if options.add:
            attach(trace, [read_attachment(file) for file in options.add], options.output)
            trace = options.output
        files = None if options.extract is None else extract(trace, options.extract)
        with TraceReader(trace) as reader:
            attachments = reader.header.attachments
    if options.json:
        print(json.dumps(attachments_json(attachments, files), indent=2))
    else:
        print(attachments_text(attachments, files))
    return 0
