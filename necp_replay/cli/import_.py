"""``necp-replay import``: turn vectors, and what other tools recorded, into traces."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

from necp_replay.cli.arguments import Commands, add_json, add_release, given_path, new_command
from necp_replay.cli.say import say
from necp_replay.outcomes.safe_text import visible

if TYPE_CHECKING:
    from necp_replay.cli.trace_errors import TraceErrors
    from necp_replay.importers.formats import SourceFormat
    from necp_replay.importers.import_file import ImportReport
    from necp_replay.report.import_json import ImportedObject, ImportedVectorsObject

_VECTORS: Final = "vectors"
_EPILOG = """\
examples:
  necp-replay import trace.jsonl dtruss.txt -o traces/field
  necp-replay import --explain system.log
  necp-replay import trace.jsonl dtruss.txt -o traces/field --format json
  necp-replay import dtruss out.txt -o traces/field
  necp-replay import vectors measured.tar.xz -o traces/measured

The format of each file is found from its content; a format before the files names it, for all of
them. `--list` prints the formats. Each file becomes DIR/NAME.necptrace with the calls it shows.
What it does not show is marked as unmeasured and never compared. --explain prints for each line
whether it was taken, and why not; without -o nothing is written. docs/from-a-real-system.md has
more.

Conformance vectors (.jsonl files, folders of them, .tar.xz archives) become one trace each below
DIR/RELEASE/, with the folder structure of their source and the measured outcome of every operation.
What is wrong with one file is reported, and the others are imported.

Exit status: 0 all were imported, 2 some failed, 4 imported, but a tracer says that it lost events.
"""


def add_parser(commands: Commands) -> None:
    """Add the command to the command line."""
    parser = new_command(
        commands,
        "import",
        help="turn vectors, and what other tools recorded, into traces",
        description="Turn what other tools recorded (tracers, fuzzers, logs) and conformance"
        " vectors into traces.",
        epilog=_EPILOG,
    )
    parser.add_argument(
        "sources",
        nargs="*",
        type=given_path,
        metavar="[FORMAT] FILE",
        help="files to import; a format before them says what they are",
    )
    parser.add_argument(
        "-o", "--output", type=given_path, metavar="DIR", help="folder for the traces"
    )
    parser.add_argument("--list", action="store_true", help="list the formats, and import nothing")
    parser.add_argument(
        "--explain", action="store_true", help="say of each line whether it was taken, or why not"
    )
    parser.add_argument(
        "--proto",
        type=given_path,
        metavar="FILE",
        help="the schema of binary SockFuzzer sessions, if it is not a public revision",
    )
    add_json(parser)
    add_release(parser, "the release that the calls were made on (default: the newest modelled)")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Import, and print what was written."""
    from necp_replay.errors import UsageError
    from necp_replay.importers.vectors import is_vector_source

    if options.list:
        _list_formats(as_json=options.json)
        return 0
    sources: list[Path] = options.sources
    name = _format_name(sources)
    if name is not None:
        sources = sources[1:]
    if not sources:
        raise UsageError("no file to import is named")
    if name == _VECTORS:
        vectors, others = sources, []
    elif name is not None:
        vectors, others = [], sources
    else:
        vectors = [each for each in sources if is_vector_source(each)]
        others = [each for each in sources if each not in vectors]
    if options.output is None and (vectors or not options.explain):
        raise UsageError("the folder for the traces is missing: name it with -o DIR")
    results = _Results(options.json)
    if vectors:
        _import_vectors(vectors, options.output, results)
    if others:
        _import_others(others, name, options, results)
    if options.json:
        from necp_replay.report.import_json import import_json

        found = (results.files, results.vectors, results.errors.errors)
        say(import_json(*found, in_one_line=options.explain))
    return results.errors.status(4 if results.lost else 0)


class _Results:
    """What was imported, what was wrong, and whether calls may be missing."""

    def __init__(self, as_json: bool) -> None:
        from necp_replay.cli.trace_errors import TraceErrors

        self.as_json = as_json
        self.errors = TraceErrors()
        self.files: list[ImportedObject] = []
        self.vectors: ImportedVectorsObject | None = None
        self.lost = 0

    def add(self, report: ImportReport) -> None:
        """Take the report of one file, and print it for people."""
        from necp_replay.report.import_json import imported_object

        self.files.append(imported_object(report))
        self.lost += report.lost
        if not self.as_json:
            _say_report(report)


def _format_name(sources: list[Path]) -> str | None:
    """The format that the first word names; None if it is a file."""
    from necp_replay.importers.formats import FORMATS

    first = str(sources[0]) if sources else ""
    return first if first == _VECTORS or first in {each.name for each in FORMATS} else None


def _list_formats(*, as_json: bool) -> None:
    from necp_replay.importers.formats import FORMATS
    from necp_replay.report.table import left, table

    vectors = (_VECTORS, "conformance vectors", "every operation with its measured outcome")
    if as_json:
        from necp_replay.report.import_json import formats_json

        name, what, recovers = vectors
        say(formats_json(FORMATS, [{"name": name, "what": what, "recovers": recovers}]))
        return
    rows = [[each.name, each.what, each.recovers] for each in FORMATS]
    rows.append([*vectors])
    say(table(left("format", "what it is", "what an import recovers"), rows))


def _import_vectors(sources: list[Path], output: Path, results: _Results) -> None:
    from necp_replay.importers.vectors import import_vectors
    from necp_replay.report.import_json import vectors_object
    from necp_replay.report.words import counted

    counts = import_vectors(
        sources,
        output,
        on_error=results.errors.errors.append,
        progress=sys.stderr.isatty(),
    )
    results.vectors = vectors_object(output, counts)
    if results.as_json:
        return
    traces, records = counted(counts.traces, "trace"), counted(counts.records, "record")
    failed = f", {counts.failed:,} failed" if counts.failed else ""
    say(f"{traces}, {records} written to {visible(str(output))}{failed}")


def _import_others(
    sources: list[Path], name: str | None, options: argparse.Namespace, results: _Results
) -> None:
    from necp_replay.importers.formats import find_format, sessions_of
    from necp_replay.releases.lineage import NEWEST
    from necp_replay.releases.names import find_release

    release = options.release or NEWEST
    find_release(release, under_way=True)
    if options.proto is not None:
        format: SourceFormat | None = sessions_of(options.proto)
    else:
        format = None if name is None else find_format(name)
    for source, target in _targets(sources, options.output, results.errors):
        with results.errors.of(source):
            report = _import_one(source, target, release, format, options)
            results.add(report)


def _import_one(
    source: Path,
    target: Path | None,
    release: str,
    format: SourceFormat | None,
    options: argparse.Namespace,
) -> ImportReport:
    """Import a file. With ``--explain`` it prints how each line was used."""
    from necp_replay.cli.explain_lines import ExplainedLines
    from necp_replay.importers.import_file import import_file

    if not options.explain:
        return import_file(source, target, release, format=format)
    lines = ExplainedLines(source, as_json=options.json)
    if not options.json:
        say(f"{visible(str(source))}:")
    try:
        return import_file(source, target, release, format=format, note=lines.add)
    finally:
        lines.end()


def _targets(
    sources: list[Path], output: Path | None, errors: TraceErrors
) -> list[tuple[Path, Path | None]]:
    """The trace of each source. Two of one name are an error of the second."""
    from necp_replay.errors import ImportedFileError
    from necp_replay.files.folded_names import folded
    from necp_replay.trace.find import TRACE_SUFFIX

    if output is None:
        return [(source, None) for source in sources]
    found: list[tuple[Path, Path | None]] = []
    taken: set[str] = set()
    for source in sources:
        target = output / f"{source.name}{TRACE_SUFFIX}"
        if folded(target.name) in taken:
            reason = f"{visible(target.name)} is the trace of another file, too"
            hint = "Rename one, or import them into two folders."
            errors.errors.append(ImportedFileError(reason, file=str(source), hint=hint))
            continue
        taken.add(folded(target.name))
        found.append((source, target))
    return found


def _say_report(report: ImportReport) -> None:
    from necp_replay.report.words import counted

    where = visible(str(report.source if report.trace is None else report.trace))
    calls, records = counted(report.calls, "call"), counted(report.records, "record")
    left = report.format.counted(report.left)
    lost = f", {report.lost:,} of which may hide a call" if report.lost else ""
    say(f"{where}: {report.format.name}, {calls}, {records}; {left} left out{lost}")
    for assumption, count in report.assumed.items():
        say(f"  assumed: {assumption.value}{f' ({count:,} times)' if count > 1 else ''}")
