"""``necp-replay init``: write the files of a project to begin with."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Final

from necp_replay.cli.arguments import Commands, add_json, given_path, new_command
from necp_replay.cli.say import say
from necp_replay.outcomes.safe_text import visible
from necp_replay.outcomes.shell_text import command_line

_EPILOG = """\
examples:
  necp-replay init
  necp-replay init my-traces
  necp-replay init my-traces --format json

Writes a scenario, necp-replay.toml, settings of pytest, a workflow for CI and a README into the
folder. If one of these files exists already, nothing is written. `necp-replay demo` does the same
in a new folder and shows a failing replay.
"""
_NEXT: Final = (
    "necp-replay record scenarios -o traces",
    "necp-replay accept traces",
    "necp-replay replay traces",
)


def add_parser(commands: Commands) -> None:
    """Add the command to the command line."""
    parser = new_command(
        commands,
        "init",
        help="write the files of a project to begin with",
        description="Set up a project: a scenario, the project's file, pytest and CI.",
        epilog=_EPILOG,
    )
    parser.add_argument(
        "folder",
        nargs="?",
        type=given_path,
        default=Path(),
        metavar="DIR",
        help="the folder of the project (default: this one)",
    )
    add_json(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Write the files, and say what to run next."""
    from necp_replay.starter.project import write_project

    files = write_project(options.folder)
    if options.json:
        from necp_replay.report.init_json import init_json

        say(init_json(options.folder, files, _NEXT))
        return 0
    for path in files:
        say(f"new {visible(str(path))}")
    say("Next:")
    if options.folder != Path():
        say(f"  {command_line('cd', options.folder)}")
    for command in _NEXT:
        say(f"  {command}")
    return 0
