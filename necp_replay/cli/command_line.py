"""The command line: every command, its options, and the text of ``--help``."""

from __future__ import annotations

import argparse
import keyword
import sys
from collections.abc import Iterable, Sequence
from importlib import import_module
from typing import Any, Final

from necp_replay.cli.command_parser import CommandParser, HelpText
from necp_replay.cli.version import VersionAction

COMMANDS: Final = (
    "demo",
    "init",
    "replay",
    "report",
    "accept",
    "review",
    "diff",
    "minimize",
    "bisect",
    "matrix",
    "explain",
    "state",
    "step",
    "record",
    "capture",
    "import",
    "why",
    "info",
    "show",
    "grep",
    "convert",
    "export",
    "doctor",
    "recover",
    "cut",
    "split",
    "cat",
    "merge",
    "anonymize",
    "attachments",
    "actions",
    "releases",
    "changelog",
    "bench",
    "generate",
    "coverage",
    "index",
    "serve",
    "live",
    "check-engine",
    "schema",
    "completion",
)
"""The commands in the order of ``--help``. The module of each has its name."""

_EPILOG = """\
examples:
  necp-replay demo
  necp-replay record scenario.py -o traces
  necp-replay replay traces
  necp-replay review
  necp-replay accept traces/client/add.necptrace
  necp-replay diff traces --from xnu-4570.41.2 --to xnu-4570.51.1

`necp-replay COMMAND --help` explains a command. `necp-replay demo` is the shortest way in.

exit status: 0 same, 1 different, 2 could not run, 3 met what is not modelled,
4 finished, but something was lost, 70 a fault of necp-replay
"""


def parse(words: Sequence[str] | None = None) -> argparse.Namespace:
    """Parse a command line, by default that of this process.

    Importing all commands takes a tenth of a second, so only the one that is named is imported.
    """
    words = sys.argv[1:] if words is None else words
    first = words[0] if words else ""
    if first == "--version":
        names: Sequence[str] = ()
    else:
        names = (first,) if first in COMMANDS else COMMANDS
    options: argparse.Namespace = build_parser(names).parse_args(words)
    return options


def build_parser(names: Iterable[str] = COMMANDS) -> argparse.ArgumentParser:
    """Build the parser of the command line with these commands."""
    parser = CommandParser(
        prog="necp-replay",
        description="Record NECP traffic, replay it through a model of the XNU kernel, and diff"
        " what processes would see.",
        epilog=_EPILOG,
        formatter_class=HelpText,
    )
    parser.add_argument(
        "--version", action=VersionAction, help="show program's version number and exit"
    )
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for name in names:
        _module_of(name).add_parser(commands)
    # For a command that runs others, and for one that describes them to a shell.
    parser.set_defaults(parse=parse, build_parser=build_parser)
    return parser


def _module_of(name: str) -> Any:
    """Import the module of a command."""
    module = name.replace("-", "_")
    return import_module(f"necp_replay.cli.{module}{'_' if keyword.iskeyword(module) else ''}")
