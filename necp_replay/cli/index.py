"""``necp-replay index``: write the index page of traces, or checkpoints beside long ones."""

from __future__ import annotations

import argparse
from functools import partial
from typing import TYPE_CHECKING

from necp_replay.cli.arguments import (
    Commands,
    add_json,
    add_record_limit,
    given_path,
    new_command,
    record_limit_of,
    traces_below,
)
from necp_replay.cli.checkpoints import checkpoints_of, path_beside
from necp_replay.cli.progress import record_progress, with_progress
from necp_replay.cli.say import say
from necp_replay.cli.suite_options import add_cache_options, cache_of
from necp_replay.outcomes.safe_text import visible
from necp_replay.outcomes.shell_text import command_line

if TYPE_CHECKING:
    from pathlib import Path

    from necp_replay.report.index_json import CheckpointsObject, PageState

_EPILOG = """\
examples:
  necp-replay index traces
  necp-replay index traces --check
  necp-replay index traces --check --format json
  necp-replay index traces --checkpoints

Writes PATH/README.md. With --checkpoints it writes TRACE.checkpoints instead, beside each trace of
more than 50,000 records: the states at which later commands can begin (docs/suites.md).
Exit status of --check: 0 the page is up to date, 1 it is not.
"""


def add_parser(commands: Commands) -> None:
    """Add the command to the command line."""
    parser = new_command(
        commands,
        "index",
        help="write the index page of a folder of traces, or checkpoints of long ones",
        description="Write a page that lists what each trace below a folder shows, its size, and"
        " how many of its records differ between releases. Or write checkpoints beside traces.",
        epilog=_EPILOG,
    )
    parser.add_argument(
        "folder",
        type=given_path,
        metavar="PATH",
        help="a folder of traces; with --checkpoints also a trace",
    )
    what = parser.add_mutually_exclusive_group()
    what.add_argument(
        "--checkpoints",
        action="store_true",
        help="write TRACE.checkpoints beside each long trace, and no page",
    )
    what.add_argument(
        "--check", action="store_true", help="write nothing, but compare with the existing page"
    )
    add_record_limit(parser)
    add_cache_options(parser)
    add_json(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Write the page, or check whether it is up to date."""
    from necp_replay.cli.trace_errors import TraceErrors
    from necp_replay.files.atomic import write_text
    from necp_replay.replay.corpus import index_trace
    from necp_replay.report.corpus_index import corpus_index

    if options.checkpoints:
        return _write_checkpoints(options)
    traces = traces_below([options.folder])
    errors = TraceErrors()
    indexed = []
    state: PageState
    for trace in with_progress(traces, "trace"):
        with errors.of(trace.path):
            indexed.append(index_trace(trace, record_limit_of(options)))
    page = options.folder / "README.md"
    state = "not written"
    # A page that leaves traces out would look complete.
    if not errors.errors:
        text = corpus_index(indexed)
        state = _state_of(page, text) if options.check else "written"
        if not options.check:
            write_text(page, text)
    if options.json:
        from necp_replay.report.index_json import index_json

        say(index_json(page, state, len(indexed), errors.errors))
    else:
        say(_line_about(options.folder, page, state, len(indexed)))
    return errors.status(1 if state == "out of date" else 0)


def _state_of(page: Path, text: str) -> PageState:
    """Whether the page that is there has this text."""
    content = text.encode()
    is_same_size = page.is_file() and page.stat().st_size == len(content)
    return "up to date" if is_same_size and page.read_bytes() == content else "out of date"


def _line_about(folder: Path, page: Path, state: PageState, traces: int) -> str:
    """What became of the page."""
    from necp_replay.report.words import counted

    shown = visible(str(page))
    if state == "not written":
        return "nothing is written, because some traces cannot be read"
    if state == "written":
        return f"{shown}: {counted(traces, 'trace')}"
    if state == "up to date":
        return f"{shown} is up to date"
    return f"{shown} is out of date: run `{command_line('necp-replay', 'index', folder)}`"


def _write_checkpoints(options: argparse.Namespace) -> int:
    """Write a file beside each long trace. What is wrong with one does not stop the others."""
    from necp_replay.cli.trace_errors import TraceErrors

    errors = TraceErrors()
    written = []
    for trace in traces_below([options.folder]):
        with errors.of(trace.path):
            found = _write_beside(trace.path, options)
            written.append(found)
            if not options.json:
                say(_line_about_checkpoints(found))
    if options.json:
        from necp_replay.report.index_json import checkpoints_json

        say(checkpoints_json(written, errors.errors))
    return errors.status(0)


def _line_about_checkpoints(found: CheckpointsObject) -> str:
    """What was written beside one trace."""
    from necp_replay.report.words import counted

    if found["file"] is None:
        return f"{visible(found['trace'])}: no checkpoints, {found['why_none']}"
    made = counted(found["checkpoints"], "checkpoint")
    return f"{visible(found['file'])}: {made}, {found['bytes'] / 1024:,.0f} KiB"


def _write_beside(trace: Path, options: argparse.Namespace) -> CheckpointsObject:
    from necp_replay.files.atomic import check_target, write_bytes
    from necp_replay.history.checkpoints import CHECKPOINT_RECORDS
    from necp_replay.history.history import StateHistory
    from necp_replay.report.words import counted
    from necp_replay.trace.reader import TraceReader

    with TraceReader(trace) as reader:
        records = reader.read_index().records
    found: CheckpointsObject = {
        "trace": str(trace),
        "records": records,
        "file": None,
        "checkpoints": 0,
        "bytes": 0,
        "why_none": None,
    }
    if records <= CHECKPOINT_RECORDS:
        found["why_none"] = f"for {counted(records, 'record')}"
        return found
    file = path_beside(trace)
    check_target(file)
    stored = checkpoints_of(trace, None, partial(cache_of, options), always=True)
    with (
        record_progress() as count,
        StateHistory(
            trace,
            checkpoints=stored,
            record_limit_s=record_limit_of(options),
            on_record=lambda: count(1),
        ) as history,
    ):
        history.go_to_end()
    if stored is None or not stored.known:
        found["why_none"] = f"because {_why_none(history.down_at)}"
        return found
    content = stored.as_file()
    write_bytes(file, content)
    return {**found, "file": str(file), "checkpoints": len(stored.known), "bytes": len(content)}


def _why_none(down_at: int | None) -> str:
    if down_at is None:
        return "the sources of necp-replay are changing"
    return f"record {down_at:,} takes the modelled system down"
