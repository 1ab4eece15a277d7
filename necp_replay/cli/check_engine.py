"""``necp-replay check-engine``: test whether a program follows the engine protocol."""

from __future__ import annotations

import argparse

from necp_replay.cli.arguments import (
    ENGINE_LIMIT_S,
    Commands,
    add_format,
    add_release,
    engine_command,
    new_command,
    positive,
    positive_seconds,
)
from necp_replay.cli.say import say, say_prose

_EPILOG = """\
examples:
  necp-replay check-engine 'necp-replay serve'
  necp-replay check-engine ./my-engine --release xnu-4570.41.2 --records 20000

Exit status: 0 follows the protocol and answers like the built-in engine, 1 some answers differ,
2 does not follow the protocol, 3 some inputs are not modelled.
"""


def add_parser(commands: Commands) -> None:
    """Add the command to the command line."""
    parser = new_command(
        commands,
        "check-engine",
        help="test a program that speaks the engine protocol",
        description="Check every rule of the engine protocol with a program. Then compare its"
        " answers to generated steps with those of the built-in engine.",
        epilog=_EPILOG,
    )
    parser.add_argument(
        "command_line", type=engine_command, metavar="CMD", help="the program with its arguments"
    )
    add_release(parser, "the release to ask for (default: the newest modelled)")
    parser.add_argument(
        "--records",
        type=positive,
        default=2000,
        metavar="N",
        help="generated steps (default: 2000)",
    )
    parser.add_argument(
        "--engine-limit",
        type=positive_seconds,
        default=ENGINE_LIMIT_S,
        metavar="SECONDS",
        help="time limit for one answer (default: 10)",
    )
    add_format(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Check, print, and return the exit status."""
    from necp_replay.engines.conformance import check_engine
    from necp_replay.generate.trace import recorded_steps
    from necp_replay.releases.lineage import RELEASES
    from necp_replay.releases.names import find_release
    from necp_replay.report.conformance import conformance_json, conformance_text

    release = options.release or list(RELEASES)[-1]
    find_release(release)
    found = check_engine(
        options.command_line,
        release,
        records=options.records,
        record_steps=recorded_steps,
        limit_s=options.engine_limit,
    )
    is_json = options.format == "json"
    if is_json:
        say(conformance_json(found))
    else:
        say_prose(conformance_text(found))
    if not found.follows_protocol:
        return 2
    total = found.total()
    if total.different:
        return 1
    return 3 if total.not_modelled else 0
