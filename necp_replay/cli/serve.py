"""``necp-replay serve``: our own engine behind the engine protocol, for tests and as reference."""

from __future__ import annotations

import argparse
import sys

_EPILOG = """\
examples:
  necp-replay replay traces --engine 'necp-replay serve'
  necp-replay serve --release xnu-4570.41.2

Speaks schemas/engine_protocol.proto: the reference for engines of your own (docs/engines.md).
"""


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command to the command line."""
    parser = commands.add_parser(
        "serve",
        help="run our engine behind the engine protocol",
        description="Answer requests of the engine protocol on standard input with our own engine,"
        " until they end.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "--release", metavar="R", help="serve this release only (default: whichever is asked for)"
    )
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Serve until the requests end."""
    from necp_replay.engines.serve import serve
    from necp_replay.releases.facts import find_release

    if options.release is not None:
        find_release(options.release)
    serve(sys.stdin.buffer, sys.stdout.buffer, only_release=options.release)
    return 0
