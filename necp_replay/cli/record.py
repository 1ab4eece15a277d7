"""``necp-replay record``: run scenarios and write what happened as traces."""

from __future__ import annotations

import argparse
from pathlib import Path

_EPILOG = """\
examples:
  necp-replay record scenarios/remove.py -o traces/client
  necp-replay record scenarios/remove.py::remove_twice -o traces/client --release xnu-4570.41.2

Writes DIR/NAME.necptrace for each scenario, with the outcomes of that release. The same scenario
gives the same bytes.
"""


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command to the command line."""
    parser = commands.add_parser(
        "record",
        help="run scenarios, write traces",
        description="Run the scenarios of a Python file and write a trace of each. The file is"
        " executed: record only what you trust.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("scenario", metavar="FILE[::NAME]", help="a Python file with scenarios")
    parser.add_argument(
        "-o", "--output", type=Path, required=True, metavar="DIR", help="folder for the traces"
    )
    parser.add_argument(
        "--release", metavar="R", help="record this release (default: the newest modelled)"
    )
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Record, and print what was written."""
    from necp_replay.releases.chain import RELEASES
    from necp_replay.scenario.load import load_scenarios
    from necp_replay.scenario.record import record_scenario

    file, _, name = options.scenario.partition("::")
    release = options.release or list(RELEASES)[-1]
    for scenario in load_scenarios(Path(file), name or None):
        recorded = record_scenario(scenario, Path(file), options.output, release)
        print(f"{recorded.path}: {recorded.records} records on {release}")
    return 0
