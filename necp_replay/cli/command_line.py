"""The command line: every command, its options, and the text of ``--help``."""

from __future__ import annotations

import argparse
import sys
from difflib import get_close_matches
from typing import Any

from necp_replay import __version__
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
    review,
    schema,
    serve,
    show,
    split,
    state,
    why,
)
from necp_replay.cli.streams import say_on_stderr
from necp_replay.outcomes.safe_text import escape

COMMANDS = (
    demo,
    init,
    replay,
    accept,
    review,
    diff,
    minimize,
    bisect,
    matrix,
    explain,
    state,
    record,
    capture,
    import_,
    why,
    info,
    show,
    grep,
    convert,
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


class _CommandParser(argparse.ArgumentParser):
    """A parser that notices if help cannot be printed, and knows what was meant.

    Its base class drops the error of a stream, and lists all commands where one is mistyped.
    """

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> Any:
        """Parse, but say of a command that there is not which one is like it."""
        words = sys.argv[1:] if args is None else list(args)
        names = [name for action in self._actions for name in _commands_of(action)]
        if names and words and not words[0].startswith("-") and words[0] not in names:
            near = get_close_matches(words[0], names, 1)
            guess = f"; did you mean {near[0]}?" if near else ""
            self.error(f"there is no command {escape(words[0])}{guess} (--help lists all)")
        return super().parse_known_args(args, namespace)

    def _print_message(self, message: str, file: Any = None) -> None:
        if file is not None and file is sys.stdout:
            file.write(message)
        else:
            say_on_stderr(message.rstrip("\n"))


def _commands_of(action: argparse.Action) -> tuple[str, ...]:
    """The names of the commands, if an action chooses one."""
    return tuple(action.choices or ()) if action.dest == "command" else ()


def build_parser() -> argparse.ArgumentParser:
    """Build the parser of the whole command line."""
    parser = _CommandParser(
        prog="necp-replay",
        description="Record NECP traffic, replay it through a model of the XNU kernel, and diff"
        " what processes would see.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"necp-replay {__version__}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for command in COMMANDS:
        command.add_parser(commands)
    # For a command that runs others, and for one that describes them to a shell.
    parser.set_defaults(parse=parser.parse_args, parser=parser)
    return parser
