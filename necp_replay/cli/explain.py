"""``necp-replay explain``: show how the result of a client was evaluated, step by step."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

from necp_replay.cli.arguments import (
    Commands,
    add_json,
    add_record_limit,
    add_release,
    add_select,
    given_path,
    new_command,
    positive,
    record_limit_of,
    traces_below,
)
from necp_replay.cli.checkpoints import add_checkpoint_options, checkpoints_for
from necp_replay.cli.say import say

if TYPE_CHECKING:
    from necp_replay.explain.explanation import RecordExplanation

_EPILOG = """\
examples:
  necp-replay explain traces/policies/vpn.necptrace --record 23
  necp-replay explain traces/policies/vpn.necptrace --record 32 --client '#2'
  necp-replay explain traces/policies/vpn.necptrace --client '#2'
  necp-replay explain traces/client --select 'UPDATE_CACHE and errno any'
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
    parser.add_argument(
        "traces",
        nargs="+",
        type=given_path,
        metavar="TRACE",
        help="a .necptrace file; with --select several, or folders of them",
    )
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
    add_select(parser)
    add_release(parser, "replay on this release (default: the recorded one)")
    add_record_limit(parser)
    add_json(parser)
    add_checkpoint_options(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Print the explanation."""
    from necp_replay.errors import UsageError
    from necp_replay.explain.record import explain_record
    from necp_replay.history.checkpoints import going_on

    if options.select is not None:
        return _explain_selected(options)
    if options.record is None and options.client is None:
        raise UsageError(
            "explain needs a record or a client",
            hint="Give --record N, or --client '#1' for the last evaluation of that client, or"
            " --select EXPR for many records.",
        )
    if len(options.traces) > 1 or options.traces[0].is_dir():
        raise UsageError(
            "a record or a client is of one trace",
            hint="Name one .necptrace file, or choose records of many with --select EXPR.",
        )
    stored = checkpoints_for(options, options.traces[0])
    with going_on(stored):
        explanation = explain_record(
            options.traces[0],
            options.record,
            client=options.client,
            release=options.release,
            record_limit_s=record_limit_of(options),
            checkpoints=stored,
        )
    _print(explanation, options)
    if not options.json:
        from necp_replay.report.step_text import step_command

        suggested = step_command(options.traces[0], explanation.record, options.release)
        say(f"\nStep on from here: {suggested}")
    return 0


def _print(explanation: RecordExplanation, options: argparse.Namespace) -> None:
    from necp_replay.report.explain_json import explanation_json
    from necp_replay.report.explain_text import explanation_text, lines_for
    from necp_replay.report.style import style_for
    from necp_replay.report.terminal import terminal_width

    if options.json:
        say(explanation_json(explanation, in_one_line=options.select is not None), ends_unread=True)
    else:
        say(
            explanation_text(
                explanation, style_for(sys.stdout), lines_for(sys.stdout), terminal_width()
            ),
            ends_unread=True,
        )


def _explain_selected(options: argparse.Namespace) -> int:
    """Explain every selected record that has an explanation; the others are counted."""
    from necp_replay.cli.trace_errors import TraceErrors
    from necp_replay.errors import UsageError
    from necp_replay.explain.record import explain_record
    from necp_replay.history.checkpoints import going_on
    from necp_replay.report.words import counted
    from necp_replay.tools.search import records_found
    from necp_replay.tools.select import parse_selection, selection_text

    if options.record is not None:
        raise UsageError("--record and --select both choose records", hint="Give one of them.")
    selection = parse_selection(options.select)
    errors = TraceErrors()
    explained = without = 0
    first: UsageError | None = None
    for trace in traces_below(options.traces):
        stored = checkpoints_for(options, trace.path)
        with errors.of(trace.path), going_on(stored):
            for found in records_found(trace.path, selection):
                try:
                    explanation = explain_record(
                        trace.path,
                        found.record.number,
                        client=options.client,
                        release=options.release,
                        record_limit_s=record_limit_of(options),
                        checkpoints=stored,
                    )
                except UsageError as error:
                    first = first or error
                    without += 1
                    continue
                if explained and not options.json:
                    say("")
                _print(explanation, options)
                explained += 1
    if not (explained or errors.errors):
        selected = selection_text(selection)
        if first is None:
            raise UsageError(f"no record is selected by {selected}")
        raise UsageError(
            f"no record that is selected by {selected} has an explanation; of the first: "
            f"{first.reason}",
            hint=first.hint,
        )
    if without and not options.json:
        say(f"{counted(without, 'selected record')} without an explanation", stream=sys.stderr)
    return errors.status(0)
