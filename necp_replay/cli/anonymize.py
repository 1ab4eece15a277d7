"""``necp-replay anonymize``: a trace that tells nothing of anybody, and still replays the same."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

_EPILOG = """\
examples:
  head -c 32 /dev/urandom > key
  necp-replay anonymize day.necptrace -o share.necptrace --key key
  necp-replay anonymize day.necptrace -o share.necptrace --key key --interfaces --map names.json
  necp-replay anonymize bug.necptrace -o trial.necptrace --seed 1 --json

Pseudonyms for names of processes, agents, sockets, routes and sessions, entitlements, ids, domains,
accounts, addresses, network signatures, keys and cookies, wherever they stand. Under one key the
same name has the same pseudonym, except ids that the kernel generated: those keep their order.
Addresses keep common prefixes, and what is special about them. Free text of the header and
attachments are left out. Pids, uids, ports, times, sizes and policies' numbers stay.

Both traces are replayed side by side. An outcome that would have another verdict is left out.
docs/anonymize.md says what a pseudonym still tells.

Exit status: 0 every verdict is the same, 4 some are not, 2 could not anonymize.
"""


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command to the command line."""
    parser = commands.add_parser(
        "anonymize",
        help="give everything that identifies somebody a pseudonym",
        description="Write a trace with consistent pseudonyms, and prove by replay that it still"
        " behaves the same.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("trace", metavar="TRACE", help="a trace; - for standard input")
    parser.add_argument("-o", "--output", type=Path, required=True, metavar="OUT")
    keys = parser.add_mutually_exclusive_group(required=True)
    keys.add_argument(
        "--key", type=Path, metavar="FILE", help="a file of at least 16 bytes that nobody guesses"
    )
    keys.add_argument(
        "--seed", type=int, metavar="N", help="a number instead, for trials: anybody can guess it"
    )
    parser.add_argument(
        "--interfaces", action="store_true", help="rename interfaces as well (all but lo0)"
    )
    parser.add_argument(
        "--map",
        dest="pairs",
        type=Path,
        metavar="FILE",
        help="write names and their pseudonyms as JSON: as secret as the key",
    )
    parser.add_argument("--json", action="store_true", help="print JSON, for machines")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Anonymize, print what was proved, and return the exit status."""
    from necp_replay.cli.progress import record_progress
    from necp_replay.cli.spool import seekable
    from necp_replay.report.anonymize_text import anonymize_json, anonymize_text
    from necp_replay.report.style import style_for
    from necp_replay.tools.anonymize import AnonymizeOptions, anonymize, read_key
    from necp_replay.tools.pseudonyms.keyed import Keyed

    keyed = Keyed.from_seed(options.seed) if options.key is None else read_key(options.key)
    with seekable(options.trace) as trace, record_progress() as on_records:
        report = anonymize(
            trace,
            options.output,
            AnonymizeOptions(keyed, options.interfaces, options.pairs, on_records=on_records),
        )
    style = style_for(sys.stdout)
    print(anonymize_json(report) if options.json else anonymize_text(report, style))
    return 0 if report.is_proved else 4
