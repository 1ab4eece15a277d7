"""``necp-replay generate``: random but meaningful traces, the same for a seed for ever."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from necp_replay.cli.arguments import positive
from necp_replay.cli.progress import DELAY_S

_MIXES = ("everything", "clients", "flows", "policies")
_EPILOG = """\
examples:
  necp-replay generate --seed 7 --records 10000 -o generated.necptrace
  necp-replay generate --seed 7 --records 10000 --mix policies -o policies.necptrace

Valid and hostile calls, steered so that every action and error comes up. The inputs depend on
seed, records, mix and the generator's version alone; the outcomes are those of the release.
"""


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command to the command line."""
    parser = commands.add_parser(
        "generate",
        help="write a random but meaningful trace",
        description="Write a trace of random but meaningful calls with the outcomes of a release,"
        " and say what it covers.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--seed", type=int, required=True, metavar="N")
    parser.add_argument("--records", type=positive, required=True, metavar="M")
    parser.add_argument("--mix", choices=_MIXES, default=_MIXES[0], help="default: everything")
    parser.add_argument("-o", "--output", type=Path, required=True, metavar="FILE")
    parser.add_argument(
        "--release", metavar="R", help="record this release (default: the newest modelled)"
    )
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Generate, and print what was covered."""
    from tqdm import tqdm

    from necp_replay.generate import VERSION
    from necp_replay.generate.trace import write_generated
    from necp_replay.releases.chain import RELEASES
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
            on_record=bar.update,
        )
    print(
        f"{options.output}: {options.records} records on {release},"
        f" seed {options.seed}, generator {VERSION}\n"
    )
    print(coverage_text(gathered.seen, is_whole=False))
    return 0
