"""``necp-replay bench``: what reading and replaying cost, as rates and as ratios in one run."""

from __future__ import annotations

import argparse

from necp_replay.cli.arguments import add_format, positive

_MIXES = ("realistic", "copy_result", "copy_updated_result", "add")
_STORMS = "policies"
_EPILOG = """\
examples:
  necp-replay bench
  necp-replay bench --records 1000000 --mix realistic
  necp-replay bench --mix policies
  necp-replay bench --format json

The mix "policies" is update storms: 10,000 clients of 200 shapes under 500 policies, and 100 times
one interface changes and every client is updated. Its growth is the cost of a storm over that in
the first row that varies the same: clients, policies, or whether evaluations are kept.

Other ratios are to bare decoding: decompress, verify, parse, and read into Python every field that
a replay reads. Each phase runs in a process of its own, three times in turn; the fastest counts.
"""


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command to the command line."""
    parser = commands.add_parser(
        "bench",
        help="measure speed and memory",
        description="Generate seeded workloads and measure writing, reading and replaying them.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--records", type=positive, default=100_000, metavar="N")
    parser.add_argument("--seed", type=int, default=1, metavar="N")
    parser.add_argument(
        "--mix", choices=(*_MIXES, _STORMS), action="append", help="default: all of them"
    )
    for counted, default in (("clients", 10_000), ("policies", 500), ("storms", 100)):
        parser.add_argument(
            f"--{counted}",
            type=positive,
            default=default,
            metavar="N",
            help=f"of the mix policies (default: {default})",
        )
    add_format(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Measure and print."""
    from necp_replay.bench.measure import run_benchmark
    from necp_replay.bench.measure_storms import run_storms
    from necp_replay.report.bench_text import bench_json, bench_text

    mixes = options.mix or (*_MIXES, _STORMS)
    rows = [
        row
        for mix in mixes
        if mix != _STORMS
        for row in run_benchmark(mix, options.records, options.seed)
    ]
    storms = []
    if _STORMS in mixes:
        storms = run_storms(options.clients, options.policies, options.storms, options.seed)
    print(bench_json(rows, storms) if options.format == "json" else bench_text(rows, storms))
    return 0
