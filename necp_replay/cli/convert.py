"""``necp-replay convert``: turn a trace into JSON lines, and JSON lines into a trace."""

from __future__ import annotations

import argparse
import sys
from io import BufferedReader
from pathlib import Path
from typing import TYPE_CHECKING, cast

from necp_replay.cli.arguments import (
    Commands,
    add_select,
    add_state_hashes,
    new_command,
    path_text,
)
from necp_replay.cli.progress import record_progress, with_progress
from necp_replay.cli.say import say
from necp_replay.cli.state_hashes import say_left_out_of, say_made
from necp_replay.errors import TraceError, UsageError, hint_for
from necp_replay.trace.suffix import TRACE_SUFFIX

if TYPE_CHECKING:
    from necp_replay.trace.header import Header
    from necp_replay.trace.writer import TraceWriter

_EPILOG = """\
examples:
  necp-replay convert bug.necptrace -o bug.jsonl
  necp-replay convert bug.jsonl -o bug.necptrace
  necp-replay convert bug.necptrace --select 'pid 100 and errno any'
  necp-replay convert bug.necptrace --state-hashes 1000 -o hashed.necptrace
  zcat bug.jsonl.gz | necp-replay convert - -o bug.necptrace

The content of the input decides the direction. The first JSON line is the header with its
attachments, every other line is one record. Nothing is lost in either direction, unless --select
leaves records out; then hashes of states are left out too. With --state-hashes the output is a
trace. The output file appears when it is complete.
"""
_STDIN = "<stdin>"
_JSON_BEGINNINGS = b"{[ \t\r\n"
"""First bytes that make the input JSON lines. No trace begins with one of them."""


def add_parser(commands: Commands) -> None:
    """Add the command to the command line."""
    parser = new_command(
        commands,
        "convert",
        help="turn a trace into JSON lines, or back",
        description="Turn a trace into JSON lines, to read, edit or compare it. Or turn JSON lines"
        " into a trace.",
        epilog=_EPILOG,
    )
    parser.add_argument(
        "input",
        type=path_text,
        metavar="FILE",
        help="a trace, or the JSON lines of one; - for standard input",
    )
    parser.add_argument(
        "-o",
        "--output",
        type=path_text,
        default="-",
        metavar="OUT",
        help="default: standard output (-)",
    )
    add_select(parser)
    add_state_hashes(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Convert one file."""
    output = None if options.output == "-" else Path(options.output)
    if options.input == "-":
        stdin = cast(BufferedReader, sys.stdin.buffer)
        _convert(stdin, _STDIN, output, options)
        return 0
    path = Path(options.input)
    if output is not None and output.exists() and path.exists() and output.samefile(path):
        raise UsageError("input and output are the same file", file=str(path))
    try:
        stream = path.open("rb")
    except OSError as error:
        raise _cannot_read(error, str(path)) from None
    with stream:
        _convert(stream, str(path), output, options)
    return 0


def _cannot_read(error: OSError, name: str) -> UsageError:
    reason = f"cannot be read: {error.strerror or error}"
    return UsageError(reason, file=name, hint=hint_for(error))


def _convert(
    stream: BufferedReader, name: str, output: Path | None, options: argparse.Namespace
) -> None:
    select, every = options.select, options.state_hashes
    try:
        beginning = stream.peek(1)[:1]
    except OSError as error:
        raise _cannot_read(error, name) from None
    if beginning and beginning in _JSON_BEGINNINGS:
        if select is not None:
            raise UsageError("--select is for traces, not for JSON lines", file=name)
        _write_trace(stream, name, output, every)
    elif every is not None:
        if select is not None:
            raise UsageError(
                "--state-hashes needs all records, and --select leaves some out", file=name
            )
        _write_with_hashes(name, output, every)
    else:
        _write_json_lines(stream, name, output, select)


def _write_json_lines(
    stream: BufferedReader, name: str, output: Path | None, select: str | None
) -> None:
    from necp_replay.files.atomic import AtomicFile
    from necp_replay.tools.convert import json_lines
    from necp_replay.tools.select import parse_selection
    from necp_replay.tools.selected import EVERYTHING, records_to_read
    from necp_replay.trace.frames import BEGINNING_BYTES, check_beginning
    from necp_replay.trace.reader import TraceReader

    try:
        check_beginning(stream.peek(BEGINNING_BYTES)[:BEGINNING_BYTES])
    except TraceError as error:
        error.name_file(name)
        raise
    if output is not None and output.suffix == TRACE_SUFFIX:
        raise UsageError(
            "the input is a trace, so the output is JSON lines", file=str(output), hint=_NAME_JSON
        )
    selection = EVERYTHING if select is None else parse_selection(select)
    with TraceReader(stream) as reader:
        if select is not None:
            say_left_out_of(reader)
        total = records_to_read(reader, selection)
        lines = json_lines(
            reader, lambda records: with_progress(records, "record", total), selection
        )
        if output is None:
            for line in lines:
                say(line, end="", ends_unread=True)
            return
        with AtomicFile(output) as file:
            file.write_lines(lines)


def _write_trace(stream: BufferedReader, name: str, output: Path | None, every: int | None) -> None:
    from necp_replay.tools.convert import JsonLinesReader
    from necp_replay.tools.state_hashes import NewStateHashes

    if output is not None and output.suffix != TRACE_SUFFIX:
        raise UsageError(
            "the input is JSON lines, so the output is a trace", file=str(output), hint=_NAME_TRACE
        )
    if output is None and sys.stdout.isatty():
        raise UsageError(
            "a trace is binary and cannot be printed on a terminal", hint="Name a file with -o."
        )
    source = JsonLinesReader(stream, name)
    hashes = None if every is None else NewStateHashes(source.header, every)
    with _writer(output, source.header) as writer:
        source.write_to(writer, lambda lines: with_progress(lines, "record"), hashes)
    if hashes is not None:
        say_made(hashes)


def _write_with_hashes(name: str, output: Path | None, every: int) -> None:
    """Write a trace again, with the hashes of its states."""
    from necp_replay.tools.state_hashes import hash_states

    if output is None or output.suffix != TRACE_SUFFIX:
        raise UsageError(
            "with --state-hashes the output is a trace",
            file=None if output is None else str(output),
            hint=_NAME_TRACE,
        )
    if name == _STDIN:
        raise UsageError("--state-hashes reads a trace twice", hint="Name a file, not a pipe.")
    with record_progress() as on_records:
        say_made(hash_states(Path(name), output, every, on_records))


def _writer(output: Path | None, header: Header) -> TraceWriter:
    from necp_replay.trace.writer import TraceWriter

    if output is None:
        return TraceWriter(sys.stdout.buffer, header)
    return TraceWriter.create(output, header)


_NAME_TRACE = f"Name a file that ends in {TRACE_SUFFIX}."
_NAME_JSON = "Name a file that ends in .jsonl."
