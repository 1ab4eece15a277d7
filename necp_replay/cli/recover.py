"""``necp-replay recover``: write the intact records of a damaged trace as a new trace."""

from __future__ import annotations

import argparse
import sys

from necp_replay.cli.arguments import (
    Commands,
    add_json,
    add_output,
    add_release,
    add_spool_limit,
    new_command,
)
from necp_replay.cli.say import say, say_prose

_EPILOG = """\
examples:
  necp-replay recover trace.necptrace.partial -o trace.necptrace
  necp-replay recover damaged.necptrace -o rescued.necptrace --format json

A recorder that is killed leaves TRACE.partial. Records after a gap get new numbers, and the header
of the new trace says which records are missing.
The damaged file is not changed. The output appears when it is complete, and replaces no file.

Exit status: 0 nothing was lost; 2 could not recover; 4 finished, but something was lost.
"""


def add_parser(commands: Commands) -> None:
    """Add the command to the command line."""
    parser = new_command(
        commands,
        "recover",
        help="write the intact records of a damaged trace as a new trace",
        description="Write all intact records of a damaged or incomplete trace as a new trace, and"
        " print exactly what was lost.",
        epilog=_EPILOG,
    )
    parser.add_argument("damaged", metavar="DAMAGED", help="a damaged trace; - for standard input")
    add_spool_limit(parser)
    add_output(parser, "the trace to write")
    add_release(parser, "the release, if the header is lost")
    add_json(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Recover, print what was kept and lost, and return the exit status."""
    from necp_replay.cli.progress import byte_progress
    from necp_replay.cli.spool import seekable, shown_name
    from necp_replay.report.recovery import recovery_json, recovery_text
    from necp_replay.report.style import style_for
    from necp_replay.trace.recovery import recover

    with (
        seekable(options.damaged, options.spool_limit, is_damaged=True) as damaged,
        byte_progress() as on_bytes,
    ):
        recovery = recover(
            damaged, options.output, release=options.release or "", on_bytes=on_bytes
        )
    names = (shown_name(options.damaged), str(options.output))
    if options.json:
        say(recovery_json(recovery, *names))
    else:
        say_prose(recovery_text(recovery, *names, style_for(sys.stdout)))
    return 0 if recovery.is_lossless else 4
