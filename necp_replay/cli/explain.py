"""``necp-replay explain``: show how the result of a client was evaluated, step by step."""

from __future__ import annotations

import argparse
import sys

from necp_replay.cli.arguments import (
    Commands,
    add_record_limit,
    add_release,
    given_path,
    new_command,
    positive,
    record_limit_of,
)
from necp_replay.cli.say import say

_EPILOG = """\
examples:
  necp-replay explain traces/policies/vpn.necptrace --record 23
  necp-replay explain traces/policies/vpn.necptrace --record 32 --client '#2'
  necp-replay explain traces/policies/vpn.necptrace --client '#2'
  necp-replay explain traces/client/update_cache_refused.necptrace --record 23
  necp-replay explain trace.necptrace --record 7 --release xnu-4570.41.2 --format json

For ADD its client is explained, for timer_fire each client whose result changed, and for
necp_match_policy the match. A record without an evaluation, such as COPY_RESULT, explains the last
evaluation of its client. A record that failed is explained by the check that failed, with the
values that failed it. Every line comes from the engine, which repeats the evaluation.
"""


def add_parser(commands: Commands) -> None:
    """Add the command to the command line."""
    parser = new_command(
        commands,
        "explain",
        help="explain the result of a client, or why a call failed",
        description="Replay a trace up to a record, and explain the evaluations of this record:"
        " policies, interfaces, routes, agents, flags and flows; or the check that made it fail.",
        epilog=_EPILOG,
    )
    parser.add_argument("trace", type=given_path, metavar="TRACE", help="a .necptrace file")
    parser.add_argument(
        "--record",
        type=positive,
        metavar="N",
        help="the number of the record, counted from 1; with --client it may be left out, and the"
        " last evaluation of the client is explained",
    )
    parser.add_argument(
        "--client",
        metavar="#n|ID",
        help="explain this client only: its name in reports and goldens, or its id in hex",
    )
    add_release(parser, "replay on this release (default: the recorded one)")
    add_record_limit(parser)
    parser.add_argument(
        "--format", choices=("text", "json"), default="text", help="for people or for machines"
    )
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Print the explanation."""
    from necp_replay.errors import UsageError
    from necp_replay.explain.record import explain_record
    from necp_replay.report.explain_json import explanation_json
    from necp_replay.report.explain_text import explanation_text, lines_for
    from necp_replay.report.style import style_for

    if options.record is None and options.client is None:
        raise UsageError(
            "explain needs a record or a client",
            hint="Give --record N, or --client '#1' for the last evaluation of that client.",
        )
    explanation = explain_record(
        options.trace,
        options.record,
        client=options.client,
        release=options.release,
        record_limit_s=record_limit_of(options),
    )
    if options.format == "json":
        say(explanation_json(explanation))
    else:
        say(explanation_text(explanation, style_for(sys.stdout), lines_for(sys.stdout)))
    return 0
