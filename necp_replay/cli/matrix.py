"""``necp-replay matrix``: which releases behave alike in which traces."""

from __future__ import annotations

import argparse
import sys

from necp_replay.cli.arguments import (
    Commands,
    add_json,
    add_paths,
    add_record_limit,
    given_path,
    new_command,
    record_limit_of,
    traces_below,
)
from necp_replay.cli.lineage_range import add_range, profiles_of
from necp_replay.cli.progress import with_progress
from necp_replay.cli.report_files import check_report_file
from necp_replay.cli.say import say

_EPILOG = """\
examples:
  necp-replay matrix traces
  necp-replay matrix traces/client traces/policies --from macos-10.15 --to macos-11.3
  necp-replay matrix traces --html matrix.html
  necp-replay matrix traces --format json

Each trace is replayed on every release. In its row, releases with the same letter behave alike in
all records and in the final state. `-` marks a release that does not model all of the trace.
`necp-replay bisect TRACE` shows what changed from one letter to the next.
Exit status: 0 all releases behave alike in each trace, 1 some differ, 2 could not run, 3 no release
models all of a trace.
"""


def add_parser(commands: Commands) -> None:
    """Add the command to the command line."""
    parser = new_command(
        commands,
        "matrix",
        help="show which releases behave alike in which traces",
        description="Replay traces on all modelled releases, and show which releases behave alike"
        " in each trace.",
        epilog=_EPILOG,
    )
    add_paths(parser)
    add_range(parser)
    parser.add_argument(
        "--html", type=given_path, metavar="FILE", help="also write the table as an HTML page"
    )
    parser.add_argument(
        "-v",
        "--verbose",
        action="store_true",
        help="a row for each trace (default: traces of one folder with the same letters share one)",
    )
    add_record_limit(parser)
    add_json(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Replay, print, and return the exit status."""
    from necp_replay.cli.trace_errors import TraceErrors
    from necp_replay.files.atomic import write_text
    from necp_replay.files.named_twice import refuse_named_twice
    from necp_replay.replay.equal_steps import step_keys
    from necp_replay.replay.many_releases import Behaviours, behaviours
    from necp_replay.report.matrix_html import matrix_html
    from necp_replay.report.matrix_text import MatrixRow, matrix_json, matrix_text
    from necp_replay.report.style import style_for

    if options.html is not None:
        check_report_file(options.html)
        inputs = [(str(path), path) for path in options.paths]
        refuse_named_twice((("--html", options.html),), inputs)
    profiles = profiles_of(options)
    limit_s = record_limit_of(options)
    traces = traces_below(options.paths)
    errors = TraceErrors()
    rows = []
    known: dict[bytes, Behaviours] = {}
    keys = step_keys([trace.path for trace in traces])
    for trace, key in with_progress(zip(traces, keys, strict=True), "trace", len(traces)):
        with errors.of(trace.path):
            # Traces with the same steps behave alike.
            found = None if key is None else known.get(key)
            if found is None:
                found = behaviours(trace.path, profiles, record_limit_s=limit_s)
            if key is not None:
                known[key] = found
            rows.append(MatrixRow(trace.path, found))
    if not rows:
        return errors.status(0)
    releases = [profile.release for profile in profiles]
    if options.html is not None:
        write_text(options.html, matrix_html(releases, rows))
    say(
        matrix_json(releases, rows)
        if options.json
        else matrix_text(releases, rows, style_for(sys.stdout), verbose=options.verbose)
    )
    if any(row.behaviours.changes for row in rows):
        return errors.status(1)
    return errors.status(0 if all(any(row.behaviours.letters) for row in rows) else 3)
