"""The command line: every command, its options, and the text of ``--help``."""

from __future__ import annotations

import argparse

from necp_replay.cli import (
    accept,
    actions,
    anonymize,
    attachments,
    bench,
    bisect,
    capture,
    cat,
    changelog,
    check_engine,
    completion,
    convert,
    coverage,
    cut,
    demo,
    diff,
    doctor,
    explain,
    export,
    generate,
    grep,
    import_,
    index,
    info,
    init,
    live,
    matrix,
    merge,
    minimize,
    record,
    recover,
    releases,
    replay,
    report,
    review,
    schema,
    serve,
    show,
    split,
    state,
    step,
    why,
)
from necp_replay.cli.command_parser import CommandParser, HelpText
from necp_replay.cli.version import VersionAction

COMMANDS = (
    demo,
    init,
    replay,
    report,
    accept,
    review,
    diff,
    minimize,
    bisect,
    matrix,
    explain,
    state,
    step,
    record,
    capture,
    import_,
    why,
    info,
    show,
    grep,
    convert,
    export,
    doctor,
    recover,
    cut,
    split,
    cat,
    merge,
    anonymize,
    attachments,
    actions,
    releases,
    changelog,
    bench,
    generate,
    coverage,
    index,
    serve,
    live,
    check_engine,
    schema,
    completion,
)
"""The command modules in the order of ``--help``. Importing them does not import the engine."""

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


def build_parser() -> argparse.ArgumentParser:
    """Build the parser of the whole command line."""
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
    for command in COMMANDS:
        command.add_parser(commands)
    # For a command that runs others, and for one that describes them to a shell.
    parser.set_defaults(parse=parser.parse_args, parser=parser)
    return parser
