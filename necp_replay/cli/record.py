"""``necp-replay record``: run scenarios and write their traces."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from necp_replay.cli.arguments import (
    Commands,
    add_json,
    add_record_limit,
    add_release,
    add_state_hashes,
    given_path,
    new_command,
    path_text,
    record_limit_of,
)
from necp_replay.cli.progress import with_progress
from necp_replay.cli.say import say
from necp_replay.outcomes.safe_text import visible
from necp_replay.report.words import counted

if TYPE_CHECKING:
    from necp_replay.scenario.record import RecordedScenario
    from necp_replay.scenario.run_all import Recording, ToRun
    from necp_replay.trace.header import Attachment

_EPILOG = """\
examples:
  necp-replay record scenarios/remove.py -o traces/client
  necp-replay record scenarios/remove.py::remove_twice -o traces/client --release xnu-4570.41.2
  necp-replay record scenarios/remove.py -o mail --attach-source --attach README.md
  necp-replay record traces -o traces
  necp-replay record traces -o traces --check
  necp-replay record traces -o traces --check --format json

Writes DIR/NAME.necptrace for each scenario of a file, and DIR/FOLDER/NAME.necptrace for each one of
a folder, with the outcomes of the release. The same scenario always gives the same bytes.

For each trace, a line says whether it is new, changed or unchanged, and which calls of its scenario
were refused, such as those of a process that lacks a privilege.

--watch runs until it is ended, and shows what changed in each trace, as diff does.

A scenario that fails is reported, and the others go on.
Exit status: 0 all were recorded, 2 some failed; with --check 1 some traces are out of date.
"""


def add_parser(commands: Commands) -> None:
    """Add the command to the command line."""
    parser = new_command(
        commands,
        "record",
        help="run scenarios, write traces",
        description="Run the scenarios of a Python file, or of all files below a folder, and write"
        " the trace of each. The files are executed: record only scenarios that you trust.",
        epilog=_EPILOG,
    )
    parser.add_argument(
        "scenario",
        type=path_text,
        metavar="PATH[::NAME]",
        help="a Python file with scenarios, or a folder of them",
    )
    parser.add_argument(
        "-o",
        "--output",
        type=given_path,
        required=True,
        metavar="DIR",
        help="folder for the traces",
    )
    add_record_limit(parser)
    add_release(parser, "record on this release (default: its trace's, else the newest)")
    parser.add_argument(
        "--attach",
        type=given_path,
        action="append",
        default=[],
        metavar="FILE",
        help="attach this file to the traces; can be given several times",
    )
    parser.add_argument(
        "--attach-source",
        action="store_true",
        help="attach the source of each scenario to its trace",
    )
    add_state_hashes(parser)
    parser.add_argument(
        "--check",
        action="store_true",
        help="write nothing, but list the traces that their scenarios would record differently",
    )
    parser.add_argument(
        "--watch",
        action="store_true",
        help="record again whenever a scenario or the engine changes, and show what changed",
    )
    parser.add_argument(
        "-v", "--verbose", action="store_true", help="list the calls that were refused"
    )
    add_json(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Record and print what was written, or check and print what is out of date."""
    from necp_replay.cli.trace_errors import TraceErrors
    from necp_replay.errors import UsageError
    from necp_replay.releases.names import find_release
    from necp_replay.releases.under_way import UNDER_WAY
    from necp_replay.report.record_json import RecordedObject, record_json, recorded_object
    from necp_replay.report.releases import under_way_warning
    from necp_replay.scenario.run_all import ToRun, record_all
    from necp_replay.tools.attachments import read_attachment

    path, _, name = options.scenario.partition("::")
    if options.watch and options.json:
        raise UsageError(
            "--watch never ends, so it has no result to print as JSON",
            hint="Leave one of them out.",
        )
    if options.watch:
        from necp_replay.cli.watch import watch

        watch(Path(path), options.output, _words_of(options))
    if options.release is not None:
        find_release(options.release, under_way=True)
    attached = [read_attachment(file) for file in options.attach]

    def attachments_of(file: Path) -> tuple[Attachment, ...]:
        source = [read_attachment(file)] if options.attach_source else []
        return tuple(attached + source)

    to_run = ToRun(
        Path(path),
        options.output,
        name or None,
        options.release,
        attachments_of,
        record_limit_of(options),
        options.state_hashes,
    )
    if options.check:
        # Only the scenarios of a whole folder can show that a trace has none.
        return _check(to_run, is_whole=Path(path).is_dir() and not name, as_json=options.json)
    errors = TraceErrors()
    written: list[RecordedObject] = []
    under_way: set[str] = set()
    for each in with_progress(record_all(to_run, errors.errors.append), "scenario"):
        target = options.output / each.trace
        before = _content_of(target)
        if errors.attempt(target, partial(_write, target, each)):
            written.append(recorded_object(target, before, each.recorded))
            under_way |= {each.recorded.release} & UNDER_WAY.keys()
            if not options.json:
                for line in _lines_about(target, before, each.recorded, is_verbose=options.verbose):
                    say(line)
    if options.json:
        say(record_json(written, errors.errors))
    for tag in sorted(under_way):
        say(f"warning: {under_way_warning(tag)}", stream=sys.stderr)
    if errors.errors and not options.json:
        say(f"{counted(len(written), 'trace')} written, {len(errors.errors):,} failed")
    return errors.status(0)


def _words_of(options: argparse.Namespace) -> list[str]:
    """The arguments of one run of a command that watches."""
    words = [options.scenario, "-o", str(options.output)]
    for name, value in (
        ("--release", options.release),
        ("--record-limit", options.record_limit),
        ("--state-hashes", options.state_hashes),
    ):
        words += [] if value is None else [name, str(value)]
    for file in options.attach:
        words += ["--attach", str(file)]
    for name in ("attach_source", "check", "verbose"):
        words += [f"--{name.replace('_', '-')}"] if getattr(options, name) else []
    return words


def _content_of(path: Path) -> bytes | None:
    """The trace that is there now; None if there is none that can be read."""
    try:
        return path.read_bytes()
    except OSError:
        return None


def _lines_about(
    target: Path, before: bytes | None, recorded: RecordedScenario, *, is_verbose: bool
) -> Iterator[str]:
    """What was recorded, whether the trace changed, and which calls of the scenario failed."""
    from necp_replay.report.record_json import change_of

    line = (
        f"{visible(str(target))}: {counted(recorded.records, 'record')} on {recorded.release},"
        f" {change_of(before, recorded.content)}"
    )
    refused = recorded.refused
    if refused.total:
        line += f"; {counted(refused.total, 'call')} refused: {refused.kinds}"
    yield line
    if is_verbose:
        yield from (f"  {each}" for each in refused.lines)
        if len(refused.lines) < refused.total:
            yield f"  and {refused.total - len(refused.lines):,} more"


def _write(target: Path, recording: Recording) -> None:
    from necp_replay.files.atomic import write_bytes
    from necp_replay.files.folders import make_folder

    make_folder(target.parent)
    write_bytes(target, recording.recorded.content)


def _check(to_run: ToRun, *, is_whole: bool, as_json: bool) -> int:
    from necp_replay.cli.trace_errors import TraceErrors
    from necp_replay.report.record_json import record_check_json
    from necp_replay.scenario.record import Staleness, left_over
    from necp_replay.scenario.run_all import check_all

    stale: list[tuple[Path, Staleness]] = []
    traces = []
    errors = TraceErrors()
    for each in with_progress(check_all(to_run, errors.errors.append), "scenario"):
        traces.append(each.trace)
        if each.stale is not None:
            stale.append((to_run.output / each.trace, each.stale))
            if not as_json:
                say(f"{visible(str(stale[-1][0]))}: {each.stale.value}")
    # A trace without a scenario may belong to one that failed.
    if is_whole and not errors.errors:
        for path in left_over(traces, to_run.output, errors.errors.append):
            stale.append((path, Staleness.LEFT_OVER))
            if not as_json:
                say(f"{visible(str(path))}: {Staleness.LEFT_OVER.value}")
    if as_json:
        say(record_check_json(len(traces), stale, errors.errors))
        return errors.status(1 if stale else 0)
    failed = f", {len(errors.errors):,} failed" if errors.errors else ""
    if stale:
        say(f"{counted(len(stale), 'trace')} out of date{failed}")
        return errors.status(1)
    say(f"{counted(len(traces), 'trace')} up to date{failed}")
    return errors.status(0)
