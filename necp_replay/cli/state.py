"""``necp-replay state``: show the state at a record, or when a part of it changed."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

from necp_replay.cli.arguments import (
    Commands,
    add_json,
    add_record_limit,
    add_release,
    given_path,
    new_command,
    positive,
    record_limit_of,
)
from necp_replay.cli.checkpoints import add_checkpoint_options, checkpoints_for
from necp_replay.cli.pager import paged_output
from necp_replay.cli.progress import record_progress
from necp_replay.cli.say import say

if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import IO

    from necp_replay.errors import UsageError
    from necp_replay.history.history import StateHistory
    from necp_replay.history.paths import Pattern, StatePlace
    from necp_replay.outcomes.node import Node

_EPILOG = """\
examples:
  necp-replay state traces/policies/vpn.necptrace --record 23
  necp-replay state traces/policies/vpn.necptrace --record 24 --before --path client
  necp-replay state traces/policies/vpn.necptrace --path 'client/*/result'
  necp-replay state traces/policies/vpn.necptrace --watch 'client/#2/result'
  necp-replay state traces/policies/vpn.necptrace --watch 'counters/*' --format json

A path has the names of a state's lines from the outside inwards, and can begin anywhere: the client
#2 on fd 3 of process 100 is fd/pid=100,fd=3/client/#2, or client/#2. * and ? stand for a part of a
name, ** for any number of names. The state is that of the built-in engine, which replays the trace.
"""


def add_parser(commands: Commands) -> None:
    """Add the command to the command line."""
    parser = new_command(
        commands,
        "state",
        help="show the state at a record, or when a part of it changed",
        description="Replay a trace up to a record, and show the state: fds, clients, results,"
        " flows, policies, agents. Or watch a part of it, and show each record that changed it.",
        epilog=_EPILOG,
    )
    parser.add_argument("trace", type=given_path, metavar="TRACE", help="a .necptrace file")
    parser.add_argument(
        "--record",
        type=positive,
        metavar="N",
        help="the state after this record, counted from 1 (default: the last one); with --watch,"
        " look at no later record",
    )
    parser.add_argument(
        "--before", action="store_true", help="the state before that record, not after it"
    )
    part = parser.add_mutually_exclusive_group()
    part.add_argument(
        "--path",
        action="append",
        metavar="PATH",
        help="show only this part, such as 'client/#3/result'; several times for several",
    )
    part.add_argument(
        "--watch", metavar="PATH", help="show each record that changed this part, before and after"
    )
    add_release(parser, "replay on this release (default: the recorded one)")
    add_record_limit(parser)
    parser.add_argument("--engine", help=argparse.SUPPRESS)
    add_json(parser)
    add_checkpoint_options(parser)
    parser.add_argument(
        "--pager",
        action=argparse.BooleanOptionalAction,
        default=True,
        help="use $PAGER or less on a terminal (default: yes)",
    )
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Show the state, or its changes."""
    from necp_replay.history.checkpoints import going_on
    from necp_replay.history.history import StateHistory

    _refuse(options)
    stored = checkpoints_for(options, options.trace)
    with (
        going_on(stored),
        record_progress() as count,
        StateHistory(
            options.trace,
            checkpoints=stored,
            release=options.release,
            record_limit_s=record_limit_of(options),
            on_record=(lambda: count(1)) if sys.stderr.isatty() else None,
        ) as history,
        paged_output(wanted=options.pager and not options.json) as output,
    ):
        if options.watch is not None:
            _watch(history, options, output)
        else:
            _show(history, options, output)
    return 0


def _refuse(options: argparse.Namespace) -> None:
    from necp_replay.errors import UsageError

    if options.engine is not None:
        raise UsageError(
            "an external engine shows its state, but cannot save it",
            hint="Leave --engine out: the built-in engine replays the trace. `necp-replay replay"
            " --engine CMD` compares the snapshots of a program.",
        )
    if options.trace.is_dir():
        raise UsageError(
            "this is a folder, but state takes one trace",
            file=str(options.trace),
            hint="Name a .necptrace file.",
        )
    if options.before and (options.record is None or options.watch is not None):
        raise UsageError(
            "--before is about one record", hint="Name the record with --record N, without --watch."
        )


def _show(history: StateHistory, options: argparse.Namespace, output: IO[str]) -> None:
    from necp_replay.history.paths import Pattern, chosen_places
    from necp_replay.outcomes.render_snapshot import snapshot_nodes
    from necp_replay.report.state_json import state_json
    from necp_replay.report.state_text import place_lines, state_heading, state_lines
    from necp_replay.report.style import style_for

    if options.record is not None:
        history.go_to(options.record - options.before)
    else:
        history.go_to_end()
    nodes = snapshot_nodes(history.snapshot(), history.names, beyond_vectors=True)
    places: list[StatePlace] | None = None
    if options.path is not None:
        places = []
        for pattern in map(Pattern, options.path):
            found = chosen_places(nodes, pattern)
            if not found:
                raise _not_there(pattern, _paths_of(nodes), f"after record {history.number:,}")
            places += [place for place in found if place not in places]
    if options.json:
        whole = nodes if places is None else None
        say(state_json(history, before=options.before, nodes=whole, places=places), stream=output)
        return
    style = style_for(sys.stdout)
    for line in state_heading(history, before=options.before, style=style):
        say(line, stream=output)
    say("", stream=output)
    for line in state_lines(nodes) if places is None else place_lines(places, style):
        say(line, stream=output)


def _watch(history: StateHistory, options: argparse.Namespace, output: IO[str]) -> None:
    from necp_replay.errors import UsageError
    from necp_replay.history.paths import Pattern
    from necp_replay.history.watch import Watch
    from necp_replay.report.state_json import change_json
    from necp_replay.report.state_text import change_lines, state_notes, watched_line
    from necp_replay.report.style import style_for

    style = style_for(sys.stdout)
    watch = Watch(Pattern(options.watch))
    changed = 0
    for record in watch.changes(history, options.record):
        changed += 1
        if options.json:
            say(change_json(history, record), stream=output)
            continue
        for line in change_lines(record, style):
            say(line, stream=output)
    if options.record is not None and history.number < options.record:
        raise UsageError(
            f"there is no record {options.record}: the trace has {history.number}",
            file=str(options.trace),
            hint="Records are counted from 1, as reports and goldens show them.",
        )
    if not watch.chose_any:
        raise _not_there(watch.pattern, watch.paths, _watched_records(options.record))
    if not options.json:
        say(watched_line(options.watch, changed, history.number), stream=output)
        for note in state_notes(history):
            say(style.paint(note, "yellow"), stream=output)


def _watched_records(last: int | None) -> str:
    return "of any record" if last is None else f"of any record up to {last:,}"


def _paths_of(nodes: list[Node]) -> list[str]:
    from itertools import islice

    from necp_replay.history.paths import all_places
    from necp_replay.history.watch import MOST_PATHS

    return [place.text for place in islice(all_places(nodes), MOST_PATHS)]


def _not_there(pattern: Pattern, known: Iterable[str], where: str) -> UsageError:
    """The error for a path that no state has. It names similar paths."""
    from necp_replay.errors import UsageError
    from necp_replay.history.paths import near_paths
    from necp_replay.outcomes.safe_text import escape

    near = ", ".join(near_paths(pattern, known))
    return UsageError(
        f"the state {where} has nothing at {escape(pattern.text) or 'an empty path'}",
        hint=f"Similar: {near}." if near else "`necp-replay state TRACE` shows what there is.",
    )
