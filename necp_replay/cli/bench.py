"""``necp-replay bench``: what reading and replaying cost, as rates and as ratios in one run."""

from __future__ import annotations

import argparse

from necp_replay.cli.arguments import add_format, positive

_MIXES = ("realistic", "copy_result", "copy_updated_result", "add")
_EPILOG = """\
examples:
  necp-replay bench
  necp-replay bench --records 1000000 --mix realistic
  necp-replay bench --format json

Ratios are to bare decoding: decompress, verify, parse, and read into Python every field that a
replay reads. Each phase runs in a process of its own, three times in turn; the fastest counts.
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
    parser.add_argument("--mix", choices=_MIXES, action="append", help="default: all of them")
    add_format(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Measure and print."""
    from necp_replay.bench.measure import run_benchmark
    from necp_replay.report.bench_text import bench_json, bench_text

    rows = [
        row
        for mix in options.mix or _MIXES
        for row in run_benchmark(mix, options.records, options.seed)
    ]
    print(bench_json(rows) if options.format == "json" else bench_text(rows))
    return 0
