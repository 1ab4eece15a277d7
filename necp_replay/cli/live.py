"""``necp-replay live``: the running system as an engine, over the engine protocol."""

from __future__ import annotations

import argparse
import sys

from necp_replay.cli.arguments import Commands, add_release, given_path, new_command

_EPILOG = """\
examples:
  necp-replay replay app.necptrace --engine 'necp-replay live'
  necp-replay replay policies.necptrace --engine 'necp-replay live --really'
  necp-replay replay app.necptrace --engine 'necp-replay live --library ./libstandin.so'

It makes the calls of one process of each trace: the first one that makes any. What a process cannot
do (interfaces, other processes, the clock) gets the verdict "not modelled", with the reason. It
runs on macOS only, unless --library names a library to call. With --really it also makes calls that
other processes notice: policy sessions, agents, what TCP learned. When a trace ends or a signal
ends it, it closes what it opened. The system then removes its clients, policies and agents.
"""


def add_parser(commands: Commands) -> None:
    """Add the command to the command line."""
    parser = new_command(
        commands,
        "live",
        help="make the calls of traces for real, over the engine protocol",
        description="Answer requests of the engine protocol on standard input by making each call"
        " for real on this machine, until standard input ends.",
        epilog=_EPILOG,
    )
    add_release(parser, "answer for this release (default: that of the running kernel)")
    parser.add_argument(
        "--library", type=given_path, metavar="LIB", help="call this library, not the system"
    )
    parser.add_argument(
        "--really",
        action="store_true",
        help="also make calls that change the state of the whole system",
    )
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Serve until standard input ends, then undo what was done."""
    from necp_replay.capture.system_release import IS_DARWIN, running_release
    from necp_replay.engines.live.calls import SystemCalls
    from necp_replay.engines.live.engine import LiveEngines
    from necp_replay.engines.serve import serve
    from necp_replay.errors import UsageError

    if options.library is None and not IS_DARWIN:
        raise UsageError(
            "only macOS has the calls of NECP",
            hint="Name a library to call instead with --library.",
        )
    release = options.release
    if release is None and options.library is None:
        release = running_release()
    with LiveEngines(SystemCalls(options.library), really=options.really) as engines:
        serve(sys.stdin.buffer, sys.stdout.buffer, only_release=release, open_engine=engines)
    return 0
