"""``necp-replay anonymize``: replace everything that identifies people by pseudonyms."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from necp_replay.cli.arguments import (
    Commands,
    add_json,
    add_output,
    add_record_limit,
    add_trace,
    engine_of,
    given_path,
    new_command,
    seed,
)
from necp_replay.cli.say import say, say_prose
from necp_replay.cli.state_hashes import say_left_out

_EPILOG = """\
examples:
  head -c 32 /dev/urandom > key
  necp-replay anonymize day.necptrace -o share.necptrace --key key
  necp-replay anonymize day.necptrace -o share.necptrace --key key --interfaces --map names.json
  necp-replay anonymize bug.necptrace -o trial.necptrace --seed 1 --format json

Pseudonyms replace the names of processes, agents, sockets, routes and sessions, entitlements, ids,
domains, accounts, addresses, network signatures, keys and cookies, wherever they occur. With the
same key the same name gets the same pseudonym. Ids that the kernel generated keep their order.
Addresses keep common prefixes and their kind, such as loopback or multicast. Pids, uids, ports,
times, sizes and numbers of policies stay. Free text of the header and attachments are left out.

Both traces are replayed side by side. An outcome whose verdict would change is left out.
docs/traces.md says what a reader can still learn from pseudonyms.

Exit status: 0 every verdict is the same; 2 could not anonymize; 4 finished, but some verdicts
changed.
"""


def add_parser(commands: Commands) -> None:
    """Add the command to the command line."""
    parser = new_command(
        commands,
        "anonymize",
        help="replace everything that identifies people by pseudonyms",
        description="Write a trace with consistent pseudonyms, and check by replay that every"
        " record still has the same verdict.",
        epilog=_EPILOG,
    )
    add_trace(parser)
    add_output(parser, "the trace to write")
    keys = parser.add_mutually_exclusive_group(required=True)
    keys.add_argument(
        "--key", type=given_path, metavar="FILE", help="a secret file of at least 16 random bytes"
    )
    keys.add_argument(
        "--seed",
        type=seed,
        metavar="N",
        help="a number instead of a key, for trials only: it can be guessed",
    )
    parser.add_argument(
        "--interfaces", action="store_true", help="rename interfaces too (all except lo0)"
    )
    parser.add_argument(
        "--map",
        dest="pairs",
        type=given_path,
        metavar="FILE",
        help="write names and their pseudonyms to a JSON file; keep it secret, like the key",
    )
    add_record_limit(parser)
    add_json(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Anonymize, print what the replay showed, and return the exit status."""
    from necp_replay.cli.progress import record_progress
    from necp_replay.cli.spool import STANDARD_INPUT, seekable
    from necp_replay.files.named_twice import refuse_named_twice
    from necp_replay.report.anonymize import anonymize_json, anonymize_text
    from necp_replay.report.style import style_for
    from necp_replay.tools.anonymize import AnonymizeOptions, anonymize, read_key
    from necp_replay.tools.pseudonyms.keyed import Keyed

    source = None if options.trace == STANDARD_INPUT else Path(options.trace)
    refuse_named_twice(
        [("-o", options.output), ("--map", options.pairs)],
        [("TRACE", source), ("--key", options.key)],
    )
    keyed = Keyed.from_seed(options.seed) if options.key is None else read_key(options.key)
    with seekable(options.trace, options.spool_limit) as trace, record_progress() as on_records:
        report = anonymize(
            trace,
            options.output,
            AnonymizeOptions(
                keyed,
                options.interfaces,
                options.pairs,
                open_engine=engine_of(options),
                on_records=on_records,
            ),
        )
        say_left_out(trace)
    style = style_for(sys.stdout)
    if options.json:
        say(anonymize_json(report))
    else:
        say_prose(anonymize_text(report, style))
    return 0 if report.is_proved else 4
