"""Imports files of other tools: finds the format, reads what is about NECP, writes a trace."""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import Iterator, Mapping
from dataclasses import field
from pathlib import Path
from typing import IO

from necp_replay.dataclass import dataclass
from necp_replay.errors import ImportedFileError, hint_for
from necp_replay.events.inputs import Input
from necp_replay.files.folders import make_folder
from necp_replay.files.stored_name import stored_path
from necp_replay.importers.formats import SourceFormat, detect_format
from necp_replay.importers.records import Assumption, RecordMaker, Records
from necp_replay.importers.seen_call import LineNote, Notes, SeenCall
from necp_replay.trace.header import Header, OutcomeDetail, SourceKind
from necp_replay.trace.writer import TraceWriter


@dataclass(slots=True)
class ImportReport:
    """The result of importing one file.

    ``taken`` and ``left`` count the lines or events that were used and left out. ``lost`` counts
    those left out because of which a call may be missing. ``assumed`` counts the assumptions.
    """

    source: Path
    format: SourceFormat
    trace: Path | None = None
    records: int = 0
    calls: int = 0
    taken: int = 0
    left: int = 0
    lost: int = 0
    assumed: Mapping[Assumption, int] = field(default_factory=dict)


def import_file(
    source: Path,
    target: Path | None,
    release: str,
    *,
    format: SourceFormat | None = None,
    note: Notes | None = None,
) -> ImportReport:
    """Write the calls in a file of another tool as a trace; without ``target`` only read it.

    The format is found from the content if none is given. ``note`` is told of every line. Raises
    ImportedFileError for a file of no known format, or one that shows no call, and WriteError.
    """
    label = str(source)
    with _opened(source) as stream:
        try:
            found = detect_format(stream, label) if format is None else format
        except ImportedFileError as error:
            error.name_file(label)
            raise
        report = ImportReport(source, found)

        def count(each: LineNote) -> None:
            if each.is_taken:
                report.taken += 1
            else:
                report.left += 1
                report.lost += each.is_loss
            if note is not None:
                note(each)

        try:
            _write(report, found.read(stream, count), target, release)
        except ImportedFileError as error:
            error.name_file(label)
            raise
        except OSError as error:
            reason = str(error.strerror or error)
            raise ImportedFileError(reason, file=label, hint=hint_for(error)) from None
    return report


def _write(
    report: ImportReport, seen: Iterator[SeenCall | Input], target: Path | None, release: str
) -> None:
    maker = RecordMaker(knows_system=report.format.knows_system)
    records = _records(report, maker, seen)
    first = next(records, None)
    if first is None:
        raise _shows_nothing(report)
    records = itertools.chain([first], records)
    if target is None:
        report.records = sum(1 for _ in records)
    else:
        make_folder(target.parent)
        with TraceWriter.create(target, _header(report, release)) as writer:
            for step, outcome in records:
                try:
                    writer.write(step, outcome)
                except ValueError as error:
                    raise ImportedFileError(f"cannot be a trace: {error}") from None
        report.trace, report.records = target, writer.records
    report.assumed = maker.assumed


def _records(report: ImportReport, maker: RecordMaker, seen: Iterator[SeenCall | Input]) -> Records:
    for each in seen:
        if isinstance(each, SeenCall):
            made = list(maker.records_of(each))
            report.calls += bool(made)
            yield from made
        else:
            yield maker.take(each)


def _shows_nothing(report: ImportReport) -> ImportedFileError:
    lines = report.format.counted(report.taken + report.left)
    is_log = report.format.name == "log"
    lost = f"; {report.lost:,} of them may hide one" if report.lost else ""
    return ImportedFileError(
        f"it shows no call of NECP ({report.format.name}, {lines}{lost})",
        hint="`necp-replay import --explain FILE` says why each line was left out"
        + ("; `necp-replay why FILE` says what the log means." if is_log else "."),
    )


def _header(report: ImportReport, release: str) -> Header:
    return Header(
        release=release,
        name=stored_path(Path(report.source.name)),
        description=f"Imported from {report.format.what}. Known: {report.format.recovers}.",
        source_kind=SourceKind.IMPORT,
        source=report.format.name,
        outcome_detail=OutcomeDetail.FULL,
    )


@contextlib.contextmanager
def _opened(path: Path) -> Iterator[IO[bytes]]:
    try:
        # Opening a FIFO would wait for a writer.
        stream = None if path.is_fifo() else path.open("rb")
    except OSError as error:
        reason = str(error.strerror or error)
        raise ImportedFileError(reason, file=str(path), hint=hint_for(error)) from None
    with contextlib.ExitStack() as stack:
        if stream is None or not stack.enter_context(stream).seekable():
            raise ImportedFileError(
                "it cannot be read twice", file=str(path), hint="Save it to a file, and import it."
            )
        yield stream
