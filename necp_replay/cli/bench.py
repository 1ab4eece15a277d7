"""``necp-replay bench``: measure the speed and memory of reading, writing and replaying."""

from __future__ import annotations

import argparse
from typing import Final

from necp_replay.cli.arguments import (
    Commands,
    add_format,
    new_command,
    positive,
    release_name,
    seed,
)
from necp_replay.cli.say import say

_MIXES = ("realistic", "copy_result", "copy_updated_result", "add")
_STORMS = "policies"
_ALL_RELEASES: Final = "all"
_EPILOG = """\
examples:
  necp-replay bench
  necp-replay bench --records 1000000 --mix realistic
  necp-replay bench --mix policies
  necp-replay bench --records 8000 --release xnu-4570.51.1 --release macos-11.3
  necp-replay bench --format json

The mix "policies" measures update storms: one interface changes 100 times, and each time all of
10,000 clients (200 different ones) are updated under 500 policies. "growth" is the cost of a storm
divided by that in the first row where the same thing varies: the number of clients, the number of
policies, whether clients are alike, or whether evaluations are cached. "x before" is the time to
install the policies divided by that in the row before.

For all other mixes "x bare" is the time divided by that of bare decoding: decompress, verify,
parse, and read every field that a replay reads into Python. Each phase runs three times, each time
in a new process, and the fastest run counts. With several releases "x first" is the time divided by
that on the first release that is named; --release all measures every modelled release, the oldest
first.
"""


def add_parser(commands: Commands) -> None:
    """Add the command to the command line."""
    parser = new_command(
        commands,
        "bench",
        help="measure speed and memory",
        description="Generate seeded workloads and measure writing, reading and replaying them.",
        epilog=_EPILOG,
    )
    parser.add_argument(
        "--records",
        type=positive,
        default=100_000,
        metavar="N",
        help="records of each mix except policies (default: 100,000)",
    )
    parser.add_argument(
        "--seed", type=seed, default=1, metavar="N", help="seed of the workloads (default: 1)"
    )
    parser.add_argument(
        "--mix", choices=(*_MIXES, _STORMS), action="append", help="default: all of them"
    )
    parser.add_argument(
        "--release",
        type=release_name,
        action="append",
        metavar="R",
        help="measure on this release; may be given several times (default: xnu-4570.51.1)",
    )
    for counted, default in (("clients", 10_000), ("policies", 500), ("storms", 100)):
        parser.add_argument(
            f"--{counted}",
            type=positive,
            default=default,
            metavar="N",
            help=f"for the mix policies (default: {default})",
        )
    add_format(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Measure and print."""
    from necp_replay.bench.measure_phases import run_benchmark
    from necp_replay.bench.measure_storms import run_storms
    from necp_replay.report.bench import bench_json, bench_text

    mixes = options.mix or (*_MIXES, _STORMS)
    releases = _releases(options.release)
    rows = [
        row
        for mix in mixes
        if mix != _STORMS
        for row in run_benchmark(mix, options.records, options.seed, releases)
    ]
    storms = []
    if _STORMS in mixes:
        storms = run_storms(
            options.clients, options.policies, options.storms, options.seed, releases
        )
    say(bench_json(rows, storms) if options.format == "json" else bench_text(rows, storms))
    return 0


def _releases(named: list[str] | None) -> tuple[str, ...]:
    """The tags of ``--release``, each once. Raises UsageError for one that is not modelled."""
    from necp_replay.bench.workload import RELEASE
    from necp_replay.releases.lineage import RELEASES
    from necp_replay.releases.names import find_release

    tags: dict[str, None] = {}
    for name in named or (RELEASE,):
        if name == _ALL_RELEASES:
            tags |= dict.fromkeys(RELEASES)
        else:
            find_release(name)
            tags[name] = None
    return tuple(tags)
