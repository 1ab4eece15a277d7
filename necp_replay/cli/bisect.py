"""``necp-replay bisect``: since which releases a trace behaves as it does, and why."""

from __future__ import annotations

import argparse
import sys

from necp_replay.cli.arguments import (
    Commands,
    add_json,
    add_record_limit,
    given_path,
    new_command,
    positive,
    record_limit_of,
)
from necp_replay.cli.lineage_range import add_range, profiles_of
from necp_replay.cli.progress import record_progress
from necp_replay.cli.say import say, say_prose

_EPILOG = """\
examples:
  necp-replay bisect traces/client/remove.necptrace
  necp-replay bisect traces/client/remove.necptrace --record 9
  necp-replay bisect traces/client/remove.necptrace --from macos-10.13.6 --to macos-11.3
  necp-replay bisect traces/client/remove.necptrace --format json

Every release of the lineage replays the trace. Each release that answers differently from the one
before it is named, with the systems that shipped it and the facts that explain the change. A
change that was taken back later is named twice.
Exit status: 0 no change, 1 some, 2 could not run, 3 no release models all of it.
"""


def add_parser(commands: Commands) -> None:
    """Add the command to the command line."""
    parser = new_command(
        commands,
        "bisect",
        help="show since which releases a trace behaves as it does, and why",
        description="Replay a trace on all modelled releases. Show each release in which outcomes"
        " changed, the systems that shipped it, and the facts that explain the change.",
        epilog=_EPILOG,
    )
    parser.add_argument("trace", type=given_path, metavar="TRACE", help="a .necptrace file")
    parser.add_argument(
        "--record",
        type=positive,
        metavar="N",
        help="compare this record alone (default: all records, and the final state)",
    )
    add_range(parser)
    add_record_limit(parser)
    add_json(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Replay, print, and return the exit status."""
    from necp_replay.errors import UsageError
    from necp_replay.replay.since_when import since_when
    from necp_replay.report.since_when import since_when_json, since_when_text
    from necp_replay.report.style import style_for

    if options.trace.is_dir():
        raise UsageError(
            "this is a folder, but bisect takes one trace",
            file=str(options.trace),
            hint="Name a .necptrace file, or compare all of a folder with `necp-replay matrix`.",
        )
    with record_progress() as on_records:
        found = since_when(
            options.trace,
            profiles_of(options),
            record=options.record,
            record_limit_s=record_limit_of(options),
            on_records=on_records,
        )
    if options.json:
        say(since_when_json(found))
    else:
        say_prose(since_when_text(found, style_for(sys.stdout)))
    if found.changes:
        return 1
    return 0 if any(found.behaviours.letters) else 3
