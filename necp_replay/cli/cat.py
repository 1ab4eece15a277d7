"""``necp-replay cat``: join traces one after the other."""

from __future__ import annotations

import argparse

from necp_replay.cli.arguments import Commands, new_command
from necp_replay.cli.joining import add_join_arguments, run_join

_EPILOG = """\
examples:
  necp-replay cat monday.necptrace tuesday.necptrace -o both.necptrace
  necp-replay cat part1.necptrace part2.necptrace part3.necptrace -o whole.necptrace --format json

All traces have to be of the same release. Each one starts in the state that the one before it left:
fds stay open, the clock continues, and processes exist already. This suits traces that were
recorded one after the other. Records of other traces may get another outcome in the joined trace;
their recorded outcome is left out then.

Exit status: 0 every outcome was kept; 2 could not join; 4 finished, but some outcomes were left
out.
"""


def add_parser(commands: Commands) -> None:
    """Add the command to the command line."""
    parser = new_command(
        commands,
        "cat",
        help="join traces one after the other",
        description="Join traces of one release, one after the other, into one.",
        epilog=_EPILOG,
    )
    add_join_arguments(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Join the traces, and return the exit status."""
    from necp_replay.tools.cat import concatenate

    return run_join(options, concatenate)
