"""``necp-replay explain``: why the evaluations of a record came out as they did."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from necp_replay.cli.arguments import positive

_EPILOG = """\
examples:
  necp-replay explain traces/policies/vpn.necptrace --record 23
  necp-replay explain traces/policies/vpn.necptrace --record 32 --client '#2'
  necp-replay explain trace.necptrace --record 7 --release xnu-4570.41.2 --format json

An ADD explains its client, timer_fire each client whose result changed, necp_match_policy its
match. A record that evaluates nobody, such as COPY_RESULT, explains its client as it was evaluated
last. Every line is what the engine itself finds when it evaluates once more.
"""


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command to the command line."""
    parser = commands.add_parser(
        "explain",
        help="tell why a client's result came out as it did",
        description="Replay a trace up to a record and tell why the evaluations it made came out"
        " as they did: policies, interfaces, routes, agents, flags and flows.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("trace", type=Path, metavar="TRACE", help="a .necptrace file")
    parser.add_argument(
        "--record", type=positive, required=True, metavar="N", help="its number, counted from 1"
    )
    parser.add_argument(
        "--client",
        metavar="#n|ID",
        help="this client only: its name in reports and goldens, or its id in hex",
    )
    parser.add_argument(
        "--release", metavar="R", help="replay on this release (default: the trace's own)"
    )
    parser.add_argument(
        "--format", choices=("text", "json"), default="text", help="for people or for machines"
    )
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Explain, and print."""
    from necp_replay.explain.record import explain_record
    from necp_replay.report.explain_json import explanation_json
    from necp_replay.report.explain_text import explanation_text, lines_for
    from necp_replay.report.style import style_for

    explanation = explain_record(
        options.trace, options.record, client=options.client, release=options.release
    )
    if options.format == "json":
        print(explanation_json(explanation))
    else:
        print(explanation_text(explanation, style_for(sys.stdout), lines_for(sys.stdout)))
    return 0
