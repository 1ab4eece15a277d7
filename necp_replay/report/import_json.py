"""What an import made of files of other tools, as JSON."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Literal, TypedDict

from necp_replay.errors import NecpReplayError
from necp_replay.importers.formats import SourceFormat
from necp_replay.importers.import_file import ImportReport
from necp_replay.importers.vectors import ImportCounts
from necp_replay.report.json_schema import Count, Ordinal
from necp_replay.report.json_text import error_texts, json_line, json_text


class AssumedObject(TypedDict):
    """Something that a file does not say and the import assumed, and how often."""

    assumption: str
    count: Count


class ImportedObject(TypedDict):
    """One file. ``taken`` and ``left`` count its lines, events or policies (``unit``).

    ``lost`` are those of them that may hide a call. ``trace`` is null if none was written.
    """

    source: str
    format: str
    trace: str | None
    records: Count
    calls: Count
    unit: str
    taken: Count
    left: Count
    lost: Count
    assumed: list[AssumedObject]


class ImportedVectorsObject(TypedDict):
    """Conformance vectors that became traces below ``output``; ``failed`` of them did not."""

    output: str
    traces: Count
    records: Count
    failed: Count


class ImportDocument(TypedDict):
    """The files that were imported; ``vectors`` is null without any. ``errors`` are the others."""

    schema_version: Literal[1]
    files: list[ImportedObject]
    vectors: ImportedVectorsObject | None
    errors: list[str]


class ExplainedLineDocument(TypedDict):
    """Lines of a file, from ``line`` to ``last_line``, that were used in the same way, or not.

    ``lost`` lines may hide a call. ``text`` says why.
    """

    schema_version: Literal[1]
    source: str
    line: Ordinal
    last_line: Ordinal
    verdict: Literal["taken", "left", "lost"]
    text: str


ImportLine = ExplainedLineDocument | ImportDocument
"""A line of ``import --explain``: how lines of a file were used; the last one is the result."""


class FormatObject(TypedDict):
    """A format, by the name that chooses it, and what an import recovers of it."""

    name: str
    what: str
    recovers: str


class FormatsDocument(TypedDict):
    """The formats that can be imported."""

    schema_version: Literal[1]
    formats: list[FormatObject]


def imported_object(report: ImportReport) -> ImportedObject:
    """One file."""
    return {
        "source": str(report.source),
        "format": report.format.name,
        "trace": None if report.trace is None else str(report.trace),
        "records": report.records,
        "calls": report.calls,
        "unit": report.format.unit,
        "taken": report.taken,
        "left": report.left,
        "lost": report.lost,
        "assumed": [
            {"assumption": assumption.value, "count": count}
            for assumption, count in report.assumed.items()
        ],
    }


def vectors_object(output: Path, counts: ImportCounts) -> ImportedVectorsObject:
    """Conformance vectors."""
    return {
        "output": str(output),
        "traces": counts.traces,
        "records": counts.records,
        "failed": counts.failed,
    }


def import_json(
    files: Sequence[ImportedObject],
    vectors: ImportedVectorsObject | None,
    errors: Iterable[NecpReplayError],
    *,
    in_one_line: bool = False,
) -> str:
    """The result of an import as JSON."""
    document: ImportDocument = {
        "schema_version": 1,
        "files": list(files),
        "vectors": vectors,
        "errors": error_texts(errors),
    }
    return json_line(document) if in_one_line else json_text(document)


def explained_line_json(
    source: Path,
    lines: tuple[int, int],
    verdict: Literal["taken", "left", "lost"],
    text: str,
) -> str:
    """How the lines from one to another of a file were used, as a line of JSON."""
    document: ExplainedLineDocument = {
        "schema_version": 1,
        "source": str(source),
        "line": lines[0],
        "last_line": lines[1],
        "verdict": verdict,
        "text": text,
    }
    return json_line(document)


def formats_json(formats: Iterable[SourceFormat], others: Iterable[FormatObject]) -> str:
    """The formats as JSON."""
    found: list[FormatObject] = [
        {"name": each.name, "what": each.what, "recovers": each.recovers} for each in formats
    ]
    document: FormatsDocument = {"schema_version": 1, "formats": [*found, *others]}
    return json_text(document)
