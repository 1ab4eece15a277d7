"""``necp-replay actions``: list what the engine models, how completely, and in which file."""

from __future__ import annotations

import argparse
import sys

from necp_replay.cli.arguments import Commands, add_format, add_release, new_command
from necp_replay.cli.say import say

_EPILOG = """\
examples:
  necp-replay actions
  necp-replay actions COPY_RESULT
  necp-replay actions COPY_RESULT --release macos-10.15
  necp-replay actions --format json
"""


def add_parser(commands: Commands) -> None:
    """Add the command to the command line."""
    parser = new_command(
        commands,
        "actions",
        help="list what is modelled: actions, system calls, notifications",
        description="List every action, system call and notification with its number, how far it is"
        " modelled, which releases have it, its file and its upstream function. Or describe one in"
        " full.",
        epilog=_EPILOG,
    )
    parser.add_argument(
        "name",
        metavar="NAME",
        nargs="?",
        help="an action, a system call or a notification to describe in full",
    )
    add_release(parser, "list and describe what this release has (default: all modelled releases)")
    add_format(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Print the list, or one entry in full."""
    from necp_replay.errors import UsageError
    from necp_replay.kernel.catalog import CATALOG, find_descriptions
    from necp_replay.kernel.missing_inputs import has_entry
    from necp_replay.releases.lineage import RELEASES
    from necp_replay.releases.names import find_release
    from necp_replay.report.actions import actions_json, actions_table, entry_text, releases_with
    from necp_replay.report.style import style_for

    entries = CATALOG if options.name is None else find_descriptions(options.name)
    if not entries:
        raise UsageError(
            f"there is no action, system call or notification {options.name!r}",
            hint="`necp-replay actions` lists the names.",
        )
    profiles = list(RELEASES.values())
    if options.release is not None:
        profiles = [find_release(options.release)]
        there = tuple(entry for entry in entries if has_entry(profiles[0], entry))
        if not there:
            raise UsageError(
                f"{profiles[0].release} has no {entries[0].name}",
                hint=f"Releases that have it: {releases_with(entries[0])}.",
            )
        entries = there
    if options.format == "json":
        say(actions_json(entries, profiles))
    elif options.name is None:
        say(actions_table(entries))
    else:
        style = style_for(sys.stdout)
        say("\n\n".join(entry_text(entry, style, profiles) for entry in entries))
    return 0
