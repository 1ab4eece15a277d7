"""``necp-replay index``: write the index page of a folder of traces."""

from __future__ import annotations

import argparse

from necp_replay.cli.arguments import (
    Commands,
    add_record_limit,
    given_path,
    new_command,
    record_limit_of,
    traces_below,
)
from necp_replay.cli.progress import with_progress
from necp_replay.cli.say import say
from necp_replay.outcomes.safe_text import visible

_EPILOG = """\
examples:
  necp-replay index traces
  necp-replay index traces --check

Writes FOLDER/README.md. Exit status of --check: 0 the page is up to date, 1 it is not.
"""


def add_parser(commands: Commands) -> None:
    """Add the command to the command line."""
    parser = new_command(
        commands,
        "index",
        help="write the index page of a folder of traces",
        description="Write a page that lists what each trace below a folder shows, its size, and"
        " how many of its records differ between releases.",
        epilog=_EPILOG,
    )
    parser.add_argument("folder", type=given_path, metavar="FOLDER", help="a folder of traces")
    parser.add_argument(
        "--check", action="store_true", help="write nothing, but compare with the existing page"
    )
    add_record_limit(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Write the page, or check whether it is up to date."""
    from necp_replay.cli.trace_errors import TraceErrors
    from necp_replay.files.atomic import write_text
    from necp_replay.replay.corpus import index_trace
    from necp_replay.report.corpus_index import corpus_index
    from necp_replay.report.words import counted

    traces = traces_below([options.folder])
    errors = TraceErrors()
    indexed = []
    for trace in with_progress(traces, "trace"):
        with errors.of(trace.path):
            indexed.append(index_trace(trace, record_limit_of(options)))
    if errors.errors:
        # A page that leaves traces out would look complete.
        say("nothing is written, because some traces cannot be read")
        return errors.status(0)
    page = options.folder / "README.md"
    shown = visible(str(page))
    text = corpus_index(indexed)
    if not options.check:
        write_text(page, text)
        say(f"{shown}: {counted(len(indexed), 'trace')}")
        return 0
    is_same_size = page.is_file() and page.stat().st_size == len(text.encode())
    if is_same_size and page.read_bytes() == text.encode():
        say(f"{shown} is up to date")
        return 0
    say(f"{shown} is out of date: run `necp-replay index {visible(str(options.folder))}`")
    return 1
