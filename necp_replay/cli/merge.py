"""``necp-replay merge``: join traces that were recorded at the same time, in order of time."""

from __future__ import annotations

import argparse

from necp_replay.cli.arguments import Commands, new_command
from necp_replay.cli.joining import add_join_arguments, run_join

_EPILOG = """\
examples:
  necp-replay merge browser.necptrace daemon.necptrace -o both.necptrace
  necp-replay merge parts/*.necptrace -o whole.necptrace --format json

All traces have to be of the same release, and have records that set the clock, never backwards.
If several traces have the same change of the system at the same time (processes, interfaces,
routes, sysctls, the clock), it is written once. If a record has another outcome in the joined
trace, its recorded outcome is left out.

Exit status: 0 every outcome was kept; 2 could not join; 4 finished, but some outcomes were left
out.
"""


def add_parser(commands: Commands) -> None:
    """Add the command to the command line."""
    parser = new_command(
        commands,
        "merge",
        help="join traces by the time of their records",
        description="Join traces of one release into one, in the order of their records' time.",
        epilog=_EPILOG,
    )
    add_join_arguments(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Join the traces, and return the exit status."""
    from necp_replay.tools.merge import merge

    return run_join(options, merge)
