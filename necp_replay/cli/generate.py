"""``necp-replay generate``: write a random but valid trace from a seed."""

from __future__ import annotations

import argparse
import sys

from necp_replay.cli.arguments import (
    Commands,
    add_json,
    add_output,
    add_release,
    new_command,
    percent,
    positive,
    seed,
)
from necp_replay.cli.progress import DELAY_S
from necp_replay.cli.say import say
from necp_replay.outcomes.safe_text import visible

_MIXES = ("everything", "clients", "flows", "policies")
_EPILOG = """\
examples:
  necp-replay generate --seed 7 --records 10000 -o generated.necptrace
  necp-replay generate --seed 7 --records 10000 --mix policies -o policies.necptrace
  necp-replay generate --seed 7 --records 10000 --unmeasured 5 -o in-part.necptrace
  necp-replay generate --seed 7 --records 10000 -o generated.necptrace --format json

The trace has valid and invalid calls, chosen so that every action and every error occurs. Its
inputs depend only on the seed, the number of records, the mix and the version of the generator.
Its outcomes are those of the release. With --unmeasured, parts of some records are marked as
unmeasured.
"""


def add_parser(commands: Commands) -> None:
    """Add the command to the command line."""
    parser = new_command(
        commands,
        "generate",
        help="write a random but valid trace",
        description="Write a trace of random but valid calls with their outcomes on a release, and"
        " print what it exercises.",
        epilog=_EPILOG,
    )
    parser.add_argument(
        "--seed", type=seed, required=True, metavar="N", help="the same seed gives the same inputs"
    )
    parser.add_argument(
        "--records", type=positive, required=True, metavar="M", help="the number of records"
    )
    parser.add_argument(
        "--mix", choices=_MIXES, default=_MIXES[0], help="kind of workload (default: everything)"
    )
    parser.add_argument(
        "--unmeasured",
        type=percent,
        default=0,
        metavar="PERCENT",
        help="the percentage of records that have an unmeasured part (default: 0)",
    )
    add_output(parser, "the trace to write", "FILE")
    add_release(parser, "record on this release (default: the newest modelled)")
    add_json(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Generate a trace, and print what it exercises."""
    from tqdm import tqdm

    from necp_replay.generate import VERSION
    from necp_replay.generate.trace import write_generated
    from necp_replay.releases.lineage import RELEASES
    from necp_replay.report.coverage_text import coverage_text

    release = options.release or list(RELEASES)[-1]
    hidden = not sys.stderr.isatty()
    with tqdm(
        total=options.records, unit="record", disable=hidden, leave=False, delay=DELAY_S
    ) as bar:
        gathered = write_generated(
            options.output,
            release,
            seed=options.seed,
            records=options.records,
            mix=options.mix,
            unmeasured_percent=options.unmeasured,
            on_record=bar.update,
        )
    if options.json:
        from necp_replay.report.generate_json import generate_json

        document = generate_json(
            options.output,
            release,
            records=options.records,
            seed=options.seed,
            mix=options.mix,
            unmeasured_percent=options.unmeasured,
            generator=VERSION,
            exercised=gathered.seen,
        )
        say(document)
        return 0
    say(
        f"{visible(str(options.output))}: {options.records} records on {release},"
        f" seed {options.seed}, generator {VERSION}\n"
    )
    say(coverage_text(gathered.seen, is_whole=False))
    return 0
