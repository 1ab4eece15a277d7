"""``necp-replay show``: print the decoded records of a trace as text or JSON lines."""

from __future__ import annotations

import argparse
import sys
from typing import IO, TYPE_CHECKING

from necp_replay.cli.arguments import (
    Commands,
    add_format_json,
    add_select,
    new_command,
    path_text,
    trace_source,
)
from necp_replay.cli.pager import paged_output
from necp_replay.cli.progress import with_progress
from necp_replay.cli.say import say
from necp_replay.cli.sources import sources_of
from necp_replay.outcomes.safe_text import visible

if TYPE_CHECKING:
    from necp_replay.tools.select import Selection

_EPILOG = """\
examples:
  necp-replay show bug.necptrace
  necp-replay show bug.necptrace --select 'pid 100 and COPY_*'
  necp-replay show bug.necptrace --select '#2 and errno any' --hex
  necp-replay show traces --select 'REMOVE and errno ENOENT'
  necp-replay show bug.necptrace --select 'time 1.5s-3s or effect panic' --no-pager
  necp-replay show bug.necptrace --format json | jq -r 'select(.status == "EINVAL") | .title'
  git config diff.necptrace.textconv 'necp-replay show --textconv'

docs/using.md explains the selection language, and docs/json.md the members of the JSON.
"""


def add_parser(commands: Commands) -> None:
    """Add the command to the command line."""
    parser = new_command(
        commands,
        "show",
        help="print the records of a trace, decoded",
        description="Print the records of a trace with parameters, TLVs, flags and addresses"
        " decoded. Generated ids are written as #1, #2, ...",
        epilog=_EPILOG,
    )
    parser.add_argument(
        "traces",
        nargs="+",
        type=path_text,
        metavar="TRACE",
        help="a trace, a folder of them, or - for standard input",
    )
    add_select(parser)
    form = parser.add_mutually_exclusive_group()
    add_format_json(form, "text")
    form.add_argument("--hex", action="store_true", help="also print hexdumps of all buffers")
    form.add_argument(
        "--textconv",
        action="store_true",
        help="print for git diff: with the header, records without numbers, no pager",
    )
    parser.add_argument(
        "--pager",
        action=argparse.BooleanOptionalAction,
        default=True,
        help="use $PAGER or less on a terminal (default: yes)",
    )
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Print the records of every trace; what is wrong with one of several is told at the end."""
    from necp_replay.cli.trace_errors import TraceErrors
    from necp_replay.tools.select import parse_selection
    from necp_replay.tools.selected import EVERYTHING

    selection = EVERYTHING if options.select is None else parse_selection(options.select)
    sources = sources_of(options.traces)
    with paged_output(wanted=options.pager and not (options.json or options.textconv)) as output:
        if len(sources) == 1:
            _print(sources[0], selection, options, output, None)
            return 0
        errors = TraceErrors()
        for source in sources:
            with errors.of(source):
                _print(source, selection, options, output, visible(source))
        output.flush()
        return errors.status(0)


def _print(
    source: str,
    selection: Selection,
    options: argparse.Namespace,
    output: IO[str],
    trace: str | None,
) -> None:
    """Print the selected records of a trace; with ``trace``, the name to tell it from others."""
    from necp_replay.outcomes.names import StableNames
    from necp_replay.releases.names import match_result_layout, session_priorities
    from necp_replay.report.show_json import record_json
    from necp_replay.report.show_text import ShowOptions, header_lines, record_lines
    from necp_replay.report.style import style_for
    from necp_replay.tools.selected import records_to_read, selected_records
    from necp_replay.trace.reader import TraceReader

    style = style_for(sys.stdout)
    show = ShowOptions(hex=options.hex, numbered=not options.textconv)
    with TraceReader(trace_source(source)) as reader:
        names = StableNames(
            session_priorities(reader.header.release), match_result_layout(reader.header.release)
        )
        total = None if sys.stdout.isatty() else records_to_read(reader, selection)
        if options.textconv:
            for line in header_lines(reader.header):
                say(line, stream=output, ends_unread=True)
        is_first = True
        for record in selected_records(
            reader,
            selection,
            names,
            # Records printed on a terminal show the progress themselves.
            iter if total is None else lambda each: with_progress(each, "record", total),
        ):
            if options.json:
                say(record_json(record, names, trace), stream=output, ends_unread=True)
                continue
            if is_first and trace is not None:
                say(style.paint(trace, "bold"), stream=output, ends_unread=True)
            is_first = False
            for line in record_lines(record, names, style, show):
                say(line, stream=output, ends_unread=True)
