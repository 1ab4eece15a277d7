"""``necp-replay actions``: list what the engine models, how completely, and in which file."""

from __future__ import annotations

import argparse
import sys

from necp_replay.cli.arguments import Commands, add_format, new_command
from necp_replay.cli.say import say

_EPILOG = """\
examples:
  necp-replay actions
  necp-replay actions COPY_RESULT
  necp-replay actions --format json
"""


def add_parser(commands: Commands) -> None:
    """Add the command to the command line."""
    parser = new_command(
        commands,
        "actions",
        help="list what is modelled: actions, system calls, notifications",
        description="List every action, system call and notification with its number, how far it is"
        " modelled, its file and its upstream function. Or describe one of them in full.",
        epilog=_EPILOG,
    )
    parser.add_argument("name", metavar="NAME", nargs="?", help="describe this one in full")
    add_format(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Print the list, or one entry in full."""
    from necp_replay.errors import UsageError
    from necp_replay.kernel.catalog import CATALOG, find_descriptions
    from necp_replay.report.actions import actions_json, actions_table, entry_text
    from necp_replay.report.style import style_for

    entries = CATALOG if options.name is None else find_descriptions(options.name)
    if not entries:
        raise UsageError(
            f"there is no action, system call or notification {options.name!r}",
            hint="`necp-replay actions` lists the names.",
        )
    if options.format == "json":
        say(actions_json(entries))
    elif options.name is None:
        say(actions_table(entries))
    else:
        say("\n\n".join(entry_text(entry, style_for(sys.stdout)) for entry in entries))
    return 0
