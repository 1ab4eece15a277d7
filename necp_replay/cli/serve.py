"""``necp-replay serve``: run the built-in engine as an external one, over the protocol."""

from __future__ import annotations

import argparse
import sys

from necp_replay.cli.arguments import (
    Commands,
    add_record_limit,
    add_release,
    engine_of,
    new_command,
)

_EPILOG = """\
examples:
  necp-replay replay traces --engine 'necp-replay serve'
  necp-replay serve --release xnu-4570.41.2

It is the reference implementation of schemas/engine_protocol.proto (docs/engines.md).
"""


def add_parser(commands: Commands) -> None:
    """Add the command to the command line."""
    parser = new_command(
        commands,
        "serve",
        help="run the built-in engine over the engine protocol",
        description="Answer requests of the engine protocol on standard input with the built-in"
        " engine, until standard input ends.",
        epilog=_EPILOG,
    )
    add_release(parser, "serve this release only (default: every modelled release)")
    add_record_limit(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Serve until standard input ends."""
    from necp_replay.engines.serve import serve
    from necp_replay.releases.names import find_release

    if options.release is not None:
        find_release(options.release)
    serve(
        sys.stdin.buffer,
        sys.stdout.buffer,
        only_release=options.release,
        open_engine=engine_of(options),
    )
    return 0
