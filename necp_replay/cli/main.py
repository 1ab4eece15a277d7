"""``necp-replay``: runs a command, and turns errors into one line and exit status 2."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence

from necp_replay import __version__
from necp_replay.cli import (
    accept,
    actions,
    anonymize,
    attachments,
    bench,
    cat,
    check_engine,
    convert,
    coverage,
    cut,
    diff,
    doctor,
    explain,
    generate,
    import_,
    index,
    info,
    merge,
    record,
    recover,
    releases,
    replay,
    review,
    serve,
    show,
    split,
)
from necp_replay.cli.termination import tidy_termination
from necp_replay.errors import NecpReplayError

COMMANDS = (
    replay,
    accept,
    review,
    diff,
    explain,
    record,
    import_,
    info,
    show,
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
    bench,
    generate,
    coverage,
    index,
    serve,
    check_engine,
)
"""The command modules in the order of ``--help``. Importing them does not import the engine."""

_EPILOG = """\
examples:
  necp-replay replay traces                      replay a folder, compare outcomes
  necp-replay record scenario.py -o traces       run a scenario, write its trace
  necp-replay review                             decide about each difference from goldens
  necp-replay accept traces/client/add.necptrace write or update its golden
  necp-replay diff traces --from xnu-4570.41.2 --to xnu-4570.51.1

exit status: 0 same, 1 different, 2 could not run, 3 met what is not modelled,
4 finished, but something was lost
"""


def build_parser() -> argparse.ArgumentParser:
    """Build the parser of the whole command line."""
    parser = argparse.ArgumentParser(
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
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command line and return its exit status."""
    options = build_parser().parse_args(argv)
    try:
        with tidy_termination():
            status: int = options.run(options)
            sys.stdout.flush()
    except NecpReplayError as error:
        return _fail(str(error), error.hint)
    except BrokenPipeError:
        # The reader of a pipe, such as `head`, has closed it. Python would print an error when it
        # flushes standard output at exit, so let that go to the null device.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 2
    except OSError as error:
        return _fail(f"{error.filename or 'input or output'}: {error.strerror or error}", "")
    except KeyboardInterrupt:
        print("necp-replay: interrupted", file=sys.stderr)
        return 130
    return status


def _fail(reason: str, hint: str) -> int:
    """Print reason and hint, with control characters escaped, and return exit status 2."""
    from necp_replay.outcomes.node import escape

    print(f"necp-replay: {escape(reason)}", file=sys.stderr)
    if hint:
        print(*map(escape, hint.split("\n")), sep="\n", file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main())
