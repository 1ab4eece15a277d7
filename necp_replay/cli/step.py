"""``necp-replay step``: go through a trace record by record, and ask "what if"."""

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
from necp_replay.cli.say import say
from necp_replay.cli.streams import print_failure

if TYPE_CHECKING:
    from collections.abc import Iterator

    from necp_replay.cli.step_input import StopOnInterrupt
    from necp_replay.stepping.session import Answer, Session

_EPILOG = """\
examples:
  necp-replay step traces/policies/vpn.necptrace
  necp-replay step traces/policies/vpn.necptrace --record 24 -c record -c 'explain #2'
  necp-replay step traces/policies/vpn.necptrace -c 'find change #2' -c 'rfind error'
  necp-replay step traces/policies/vpn.necptrace -c 'to 14' -c 'what-if policy 2 off'
  necp-replay step traces/client/remove.necptrace -c 'to end' -c 'what-if drop' --format json
  printf 'to 12\\nwhat-if arg pid=7\\nundo\\n' | necp-replay step traces/policies/vpn.necptrace -

Type help for the commands. An empty line repeats the last move, Ctrl-C ends a long command, Ctrl-D
the tool. What-if compares the model with itself, with and without the edits in force. The engine
is the built-in one, which can go back. The exit status says nothing about differences: it is 0 if
all commands could be carried out, 2 at the first that could not, and 4 for a damaged trace.
"""


def add_parser(commands: Commands) -> None:
    """Add the command to the command line."""
    parser = new_command(
        commands,
        "step",
        help='go through a trace record by record, and ask "what if"',
        description="Go forward and back through a trace, to a record, or to the next wake-up,"
        " error, change or difference. See what a record changed in the state, and why. Change a"
        " fact, a policy or an argument, or drop a record, and see what differs from there on.",
        epilog=_EPILOG,
    )
    parser.add_argument("trace", type=given_path, metavar="TRACE", help="a .necptrace file")
    parser.add_argument(
        "commands_from",
        nargs="?",
        choices=("-",),
        metavar="-",
        help="read commands from standard input, also from a terminal without a prompt",
    )
    parser.add_argument("--record", type=positive, metavar="N", help="begin at this record")
    parser.add_argument(
        "-c",
        "--command",
        action="append",
        metavar="COMMAND",
        help="carry out this command, and end; several times for several",
    )
    add_release(parser, "replay on this release (default: the recorded one)")
    add_record_limit(parser)
    parser.add_argument("--engine", help=argparse.SUPPRESS)
    add_json(parser)
    add_checkpoint_options(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Carry out commands until there are no more."""
    from necp_replay.cli.step_input import StopOnInterrupt
    from necp_replay.explain.observed_machine import ObservedMachine
    from necp_replay.history.checkpoints import going_on
    from necp_replay.history.history import StateHistory
    from necp_replay.stepping.session import Session

    _refuse(options)
    interrupt = StopOnInterrupt()
    stored = checkpoints_for(options, options.trace)
    with (
        going_on(stored),
        StateHistory(
            options.trace,
            release=options.release,
            machine=ObservedMachine,
            record_limit_s=record_limit_of(options),
            checkpoints=stored,
        ) as history,
    ):
        session = Session(history, record_limit_s=record_limit_of(options))
        if options.record is not None:
            history.go_to(options.record)
        if options.command is not None:
            return _carry_out(session, iter(options.command), options)
        if options.commands_from is not None or not sys.stdin.isatty():
            from necp_replay.cli.step_input import lines_of_stream

            return _carry_out(session, lines_of_stream(sys.stdin), options)
        return _talk(session, options, interrupt)


def _refuse(options: argparse.Namespace) -> None:
    from necp_replay.errors import UsageError

    if options.engine is not None:
        raise UsageError(
            "an external engine cannot go back to a state",
            hint="Leave --engine out: the built-in engine replays the trace.",
        )
    if options.trace.is_dir():
        raise UsageError(
            "this is a folder, but step takes one trace",
            file=str(options.trace),
            hint="Name a .necptrace file.",
        )
    if options.command is not None and options.commands_from is not None:
        raise UsageError("commands come from --command or from -", hint="Give one of them.")


def _carry_out(session: Session, lines: Iterator[str], options: argparse.Namespace) -> int:
    """Carry out the commands of a script. It ends with status 2 at the first that cannot be."""
    from necp_replay.errors import TraceError
    from necp_replay.report.step_text import prompt_text
    from necp_replay.report.style import style_for
    from necp_replay.stepping.session import Compared, Quit

    status = 0
    style = style_for(sys.stdout)
    for line in lines:
        before = prompt_text(session)
        try:
            answer = _run_watched(session, line, None)
        except TraceError as error:
            # The place is the last record before the damage.
            print_failure(error)
            status = 4
            continue
        if isinstance(answer, Quit):
            return status
        if answer is None:
            continue
        if not options.json:
            from necp_replay.outcomes.safe_text import visible

            say(style.paint(f"{before}{visible(line)}", "dim"))
        _show(answer, line, session, options)
        if isinstance(answer, Compared) and answer.result.damage is not None:
            status = 4
    return status


def _talk(session: Session, options: argparse.Namespace, interrupt: StopOnInterrupt) -> int:
    """Carry out what a person types. An error is printed, and does not end the session."""
    from necp_replay.cli.step_input import Stopped, typed_lines
    from necp_replay.errors import NecpReplayError
    from necp_replay.report.step_text import prompt_text
    from necp_replay.stepping.session import Quit

    repeated = "next"
    _show(session.look(), "", session, options)
    say("help lists the commands")
    for line in typed_lines(lambda: prompt_text(session), _completions):
        line = line.strip() or repeated
        try:
            answer = _run_watched(session, line, interrupt)
        except Stopped:
            say(f"stopped at record {session.history.number:,}")
            continue
        except NecpReplayError as error:
            print_failure(error)
            continue
        if isinstance(answer, Quit):
            break
        if answer is not None:
            _show(answer, line, session, options)
        if line.split(" ")[0] in _MOVES:
            repeated = line
    return 0


_MOVES = frozenset({"next", "n", "back", "b", "find", "f", "rfind", "r"})
"""Commands that an empty line repeats."""


def _run_watched(session: Session, line: str, interrupt: StopOnInterrupt | None) -> Answer | None:
    """Carry out one command, with progress. With ``interrupt`` it ends on Ctrl-C."""
    from contextlib import nullcontext

    from necp_replay.cli.progress import record_progress

    with record_progress() as count:

        def on_record() -> None:
            count(1)
            if interrupt is not None:
                interrupt.check()

        session.on_record = on_record
        with nullcontext() if interrupt is None else interrupt.during_command():
            return session.run(line)


def _show(answer: Answer, line: str, session: Session, options: argparse.Namespace) -> None:
    if options.json:
        from necp_replay.report.step_json import step_json

        say(step_json(line, answer, session))
        return
    from necp_replay.report.explain_text import lines_for
    from necp_replay.report.step_text import answer_lines
    from necp_replay.report.style import style_for

    for each in answer_lines(answer, session, style_for(sys.stdout), lines_for(sys.stdout)):
        say(each)


def _completions(before: str) -> list[str]:
    """What may follow a command that is typed."""
    from necp_replay.releases.profile import FACT_NAMES
    from necp_replay.stepping.goals import GOALS

    match before.split():
        case ["find" | "f" | "rfind" | "r"]:
            return list(GOALS)
        case ["to" | "t"]:
            return ["start", "end"]
        case ["what-if" | "w"]:
            return ["drop", "arg ", "fact ", "policy "]
        case ["what-if" | "w", "fact"]:
            return list(FACT_NAMES)
        case ["undo" | "u"]:
            return ["all"]
        case _:
            return []
