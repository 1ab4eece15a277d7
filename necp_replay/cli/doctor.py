"""``necp-replay doctor``: check traces for damage and contradictions."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from necp_replay.cli.arguments import (
    Commands,
    add_json,
    add_spool_limit,
    new_command,
    path_text,
    traces_below,
)
from necp_replay.cli.say import say, say_prose

_EPILOG = """\
examples:
  necp-replay doctor trace.necptrace
  necp-replay doctor old mail/*.necptrace
  zcat trace.necptrace.gz | necp-replay doctor -
  necp-replay doctor trace.necptrace --format json | jq '.per_trace[].findings[]'

An error is damage, or a record that is impossible. A warning is something that is probably not
intended. A note is harmless but good to know, such as an fd that was opened before the trace began.
For a folder, files that interrupted commands left behind are listed too.

Exit status: 0 no errors, 1 some errors, 2 unreadable or not a trace.
"""


def add_parser(commands: Commands) -> None:
    """Add the command to the command line."""
    parser = new_command(
        commands,
        "doctor",
        help="check a trace for damage and contradictions",
        description="Check structure, checksums, order, index and header of a trace. Also find"
        " impossible outcomes, and ids and fds that are used before they exist.",
        epilog=_EPILOG,
    )
    parser.add_argument(
        "traces",
        nargs="+",
        type=path_text,
        metavar="TRACE",
        help="a trace, a folder of them, or - for standard input",
    )
    add_spool_limit(parser)
    add_json(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Examine each trace, print what was found, and return the exit status."""
    from necp_replay.cli.progress import byte_progress
    from necp_replay.cli.spool import seekable, shown_name
    from necp_replay.cli.streams import print_error
    from necp_replay.errors import NecpReplayError, UnforeseenError, error_of_trace
    from necp_replay.files.leftovers import leftovers_below
    from necp_replay.report.doctor import (
        doctor_error_text,
        doctor_json,
        doctor_text,
        leftovers_text,
    )
    from necp_replay.report.style import style_for
    from necp_replay.tools.doctor import Examination, examine

    style = style_for(sys.stdout)
    results: list[tuple[str, Examination | NecpReplayError]] = []
    for source in _find(options.traces):
        name = shown_name(source)
        found: Examination | NecpReplayError
        with byte_progress() as on_bytes:
            try:
                with seekable(source, options.spool_limit) as path:
                    found = examine(path, on_bytes=on_bytes)
                    found.path = name
            except Exception as error:  # An error in one trace must not stop the others.
                found = error_of_trace(error, name)
        results.append((name, found))
        if not options.json:
            if isinstance(found, NecpReplayError):
                say_prose(doctor_error_text(name, found, style))
            else:
                say_prose(doctor_text(found, style))
    leftovers = [path for folder in _folders(options.traces) for path in leftovers_below(folder)]
    if options.json:
        say(doctor_json(results, leftovers))
        for _, found in results:
            if isinstance(found, NecpReplayError) and not isinstance(found, UnforeseenError):
                print_error(str(found), found.hint)
    elif leftovers:
        say(leftovers_text(leftovers, style))
    for _, found in results:
        if isinstance(found, UnforeseenError):
            raise found
    if any(isinstance(found, NecpReplayError) for _, found in results):
        return 2
    healthy = all(isinstance(found, Examination) and found.is_healthy for _, found in results)
    return 0 if healthy else 1


def _find(arguments: list[str]) -> list[str]:
    """The arguments, with each folder replaced by the traces in it."""
    from necp_replay.errors import UsageError
    from necp_replay.files.leftovers import leftovers_below

    found: list[str] = []
    for argument in arguments:
        path = Path(argument)
        if not path.is_dir():
            found.append(argument)
            continue
        try:
            found += [str(each.path) for each in traces_below([path])]
        except UsageError:
            # A folder of goldens can have what an interrupted command left.
            if not leftovers_below(path):
                raise
    return found


def _folders(arguments: list[str]) -> list[Path]:
    return [path for path in map(Path, arguments) if path.is_dir()]
