"""``necp-replay import``: turn vectors that were measured elsewhere into traces."""

from __future__ import annotations

import argparse
import sys

from necp_replay.cli.arguments import Commands, add_output, given_path, new_command
from necp_replay.cli.say import say
from necp_replay.outcomes.safe_text import visible

_EPILOG = """\
examples:
  necp-replay import vectors measured.tar.xz -o traces/measured
  necp-replay import vectors vectors/named vectors/random/seed000001.jsonl -o /tmp/imported

Each vector becomes one trace with the measured outcome of every operation. It is written below
DIR/RELEASE/, with the folder structure of its source. What is wrong with one is reported, and the
others are imported.

Exit status: 0 all were imported, 2 some failed.
"""


def add_parser(commands: Commands) -> None:
    """Add the command to the command line."""
    parser = commands.add_parser(
        "import",
        help="turn conformance vectors into traces",
        description="Turn outcomes that were measured elsewhere into traces.",
    )
    kinds = parser.add_subparsers(dest="kind", metavar="KIND", required=True)
    vectors = new_command(
        kinds,
        "vectors",
        help="conformance vectors measured on the real code",
        description="Turn conformance vectors (.jsonl files, folders of them, .tar.xz archives)"
        " into traces with the measured outcome of every operation.",
        epilog=_EPILOG,
    )
    vectors.add_argument(
        "sources",
        nargs="+",
        type=given_path,
        metavar="SRC",
        help="a .jsonl, a folder, or a .tar.xz",
    )
    add_output(vectors, "folder for the traces", "DIR")
    vectors.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Import, and print what was written."""
    from necp_replay.cli.trace_errors import TraceErrors
    from necp_replay.importers.vectors import import_vectors
    from necp_replay.report.words import counted

    errors = TraceErrors()
    counts = import_vectors(
        options.sources,
        options.output,
        on_error=errors.errors.append,
        progress=sys.stderr.isatty(),
    )
    traces, records = counted(counts.traces, "trace"), counted(counts.records, "record")
    failed = f", {counts.failed:,} failed" if counts.failed else ""
    say(f"{traces}, {records} written to {visible(str(options.output))}{failed}")
    return errors.status(0)
