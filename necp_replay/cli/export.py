"""``necp-replay export``: write a trace or a report for other tools."""

from __future__ import annotations

import argparse
from functools import partial
from typing import TYPE_CHECKING

from necp_replay.cli.arguments import Commands, add_json, add_output, given_path, new_command
from necp_replay.cli.progress import with_progress
from necp_replay.cli.report_files import check_report_file
from necp_replay.cli.say import say

if TYPE_CHECKING:
    from collections.abc import Sequence
    from contextlib import AbstractContextManager
    from pathlib import Path

    from necp_replay.export.tables import Table, TableWriter
    from necp_replay.export.trace_rows import WatchRecords

_EPILOG = """\
examples:
  necp-replay export bug.necptrace --to perfetto -o bug.json
  necp-replay export bug.necptrace --to sqlite -o bug.db
  sqlite3 bug.db 'select kind, count(*) from records where errno > 0 group by kind'
  necp-replay replay traces --format json > report.json
  necp-replay export report.json --to sqlite -o report.db
  necp-replay export bug.necptrace --to parquet -o tables
  necp-replay export bug.necptrace --to sqlite -o bug.db --format json

Open a timeline at ui.perfetto.dev, which reads it in the browser and sends it nowhere. Parquet
needs `pip install 'necp-replay[parquet]'` and writes one file for each table into a folder.
docs/export.md describes the tables.
"""


def add_parser(commands: Commands) -> None:
    """Add the command to the command line."""
    parser = new_command(
        commands,
        "export",
        help="write a trace or a report for Perfetto, SQL or pandas",
        description="Write a trace as a timeline for Perfetto, or as tables of records, fields and"
        " effects for SQLite or Parquet; or the JSON report of replay or diff as tables of traces,"
        " differences and groups.",
        epilog=_EPILOG,
    )
    parser.add_argument(
        "input",
        type=given_path,
        metavar="TRACE|REPORT",
        help="a .necptrace file, or a report that `--format json` printed",
    )
    parser.add_argument(
        "--to", required=True, choices=("perfetto", "parquet", "sqlite"), help="the format"
    )
    add_output(parser, "the file to write; for parquet the folder")
    add_json(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Write the export."""
    from necp_replay.errors import UsageError
    from necp_replay.files.named_twice import refuse_named_twice
    from necp_replay.report.words import counted

    if options.input.is_dir():
        raise UsageError(
            "this is a folder, but export takes one trace or report",
            file=str(options.input),
            hint="Name a .necptrace file, or a JSON report.",
        )
    refuse_named_twice((("-o", options.output),), ((str(options.input), options.input),))
    if options.to != "parquet":
        check_report_file(options.output)
    records, traces = None, None
    if options.input.suffix == ".json":
        traces = _export_report(options)
    else:
        records = _export_trace(options)
    if options.json:
        from necp_replay.report.export_json import export_json

        paths = (options.input, options.output)
        say(export_json(*paths, options.to, records=records, traces=traces))
        return 0
    from necp_replay.outcomes.safe_text import visible

    written = counted(traces or 0, "trace") if records is None else counted(records, "record")
    say(f"{visible(str(options.output))}: {written} exported to {options.to}")
    return 0


def _export_trace(options: argparse.Namespace) -> int:
    from necp_replay.export.perfetto import write_timeline
    from necp_replay.export.tables import TRACE_TABLES
    from necp_replay.export.trace_rows import write_trace
    from necp_replay.tools.selected import records_to_read
    from necp_replay.trace.reader import TraceReader

    with TraceReader(options.input) as reader:
        total = records_to_read(reader)
        watch: WatchRecords = partial(with_progress, unit="record", total=total)
        if options.to == "perfetto":
            return write_timeline(reader, options.output, watch)
        with _tables(options.to, options.output, TRACE_TABLES) as tables:
            return write_trace(reader, tables, watch)


def _export_report(options: argparse.Namespace) -> int:
    from necp_replay.errors import UsageError
    from necp_replay.export.report_rows import read_report, write_report
    from necp_replay.export.tables import REPORT_TABLES

    if options.to == "perfetto":
        raise UsageError(
            "a timeline is of a trace, not of a report",
            file=str(options.input),
            hint="Name a .necptrace file, or export the report to sqlite.",
        )
    document = read_report(options.input)
    with _tables(options.to, options.output, REPORT_TABLES) as tables:
        return write_report(document, tables, str(options.input))


def _tables(
    form: str, output: Path, tables: Sequence[Table]
) -> AbstractContextManager[TableWriter]:
    if form == "sqlite":
        from necp_replay.export.sqlite import SqliteTables

        return SqliteTables(output, tables)
    from necp_replay.export.parquet import ParquetTables

    return ParquetTables(output, tables)
