"""The findings of `necp-replay doctor`, as text and JSON."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Literal, TypedDict

from necp_replay.errors import NecpReplayError
from necp_replay.files.leftovers import advice_on
from necp_replay.outcomes.safe_text import escape
from necp_replay.report.json_schema import Count, Ordinal
from necp_replay.report.json_text import json_text
from necp_replay.report.style import Style
from necp_replay.report.words import counted
from necp_replay.tools.doctor import Examination
from necp_replay.tools.findings import CheckedPart, Finding, Severity

_COLOURS = {Severity.ERROR: "red", Severity.WARNING: "yellow", Severity.NOTE: "dim"}


class FindingObject(TypedDict):
    """What was found; ``offset`` is the byte of the file, ``record`` the record it is about."""

    severity: Annotated[str, Severity]
    check: Annotated[str, CheckedPart]
    offset: Count | None
    record: Ordinal | None
    reason: str


class ExaminedObject(TypedDict):
    """One trace. If it cannot be read, ``unreadable`` says why, and its sizes are null."""

    path: str
    bytes: Count | None
    chunks: Count | None
    records: Count | None
    errors: Count
    warnings: Count
    notes: Count
    unreadable: str | None
    findings: list[FindingObject]


class LeftoverObject(TypedDict):
    """A file of an interrupted command, and what to do about it."""

    path: str
    advice: str


class DoctorDocument(TypedDict):
    """What was found in traces."""

    schema_version: Literal[1]
    traces: Count
    unreadable: Count
    errors: Count
    warnings: Count
    notes: Count
    per_trace: list[ExaminedObject]
    leftovers: list[LeftoverObject]


def doctor_text(examination: Examination, style: Style) -> str:
    """The findings in a trace in the order of the file, and their number."""
    findings = examination.findings
    lines = [style.paint(escape(examination.path), "bold")]
    lines += [_finding_line(finding, style) for finding in findings.listed]
    for (severity, check), count in findings.unlisted.items():
        lines.append(f"  {severity.value:8}and {count:,} more of {check.value}")
    counts = [
        counted(findings.by_severity[severity], severity.value)
        for severity in Severity
        if findings.by_severity[severity]
    ]
    lines.append(
        f"  {counted(examination.records, 'record')} in {counted(examination.chunks, 'chunk')},"
        f" {examination.size_bytes:,} bytes: {', '.join(counts) or 'nothing found'}"
    )
    return "\n".join(lines)


def doctor_error_text(path: str, error: NecpReplayError, style: Style) -> str:
    """A trace that could not be read."""
    painted = style.paint("unreadable", "red")
    return f"{style.paint(escape(path), 'bold')}\n  {painted}: {escape(str(error))}\n  {error.hint}"


def leftovers_text(leftovers: Sequence[Path], style: Style) -> str:
    """Files of interrupted commands, and what to do about them."""
    warning = style.paint("warning", _COLOURS[Severity.WARNING])
    return "\n".join(f"{warning} {escape(str(path))} {advice_on(path)}" for path in leftovers)


def doctor_json(
    results: Sequence[tuple[str, Examination | NecpReplayError]], leftovers: Sequence[Path] = ()
) -> str:
    """The findings in all traces as JSON."""
    examined = [found for _, found in results if isinstance(found, Examination)]
    total = sum((each.findings.by_severity for each in examined), Counter())
    document: DoctorDocument = {
        "schema_version": 1,
        "traces": len(results),
        "unreadable": len(results) - len(examined),
        "errors": total[Severity.ERROR],
        "warnings": total[Severity.WARNING],
        "notes": total[Severity.NOTE],
        "per_trace": [
            _unreadable(path, found) if isinstance(found, NecpReplayError) else _examined(found)
            for path, found in results
        ],
        "leftovers": [{"path": str(path), "advice": advice_on(path)} for path in leftovers],
    }
    return json_text(document)


def _finding_line(finding: Finding, style: Style) -> str:
    places = []
    if finding.offset is not None:
        places.append(f"at byte {finding.offset}")
    if finding.record is not None:
        places.append(f"record {finding.record}")
    where = ", ".join(places) + ": " if places else ""
    severity = style.paint(f"{finding.severity.value:8}", _COLOURS[finding.severity])
    return f"  {severity}{where}{finding.check.value}: {escape(finding.reason)}"


def _examined(examination: Examination) -> ExaminedObject:
    findings = examination.findings
    count = findings.by_severity
    return {
        "path": examination.path,
        "bytes": examination.size_bytes,
        "chunks": examination.chunks,
        "records": examination.records,
        "errors": count[Severity.ERROR],
        "warnings": count[Severity.WARNING],
        "notes": count[Severity.NOTE],
        "unreadable": None,
        "findings": [
            {
                "severity": finding.severity.value,
                "check": finding.check.value,
                "offset": finding.offset,
                "record": finding.record,
                "reason": finding.reason,
            }
            for finding in findings.listed
        ],
    }


def _unreadable(path: str, error: NecpReplayError) -> ExaminedObject:
    return {
        "path": path,
        "bytes": None,
        "chunks": None,
        "records": None,
        "errors": 0,
        "warnings": 0,
        "notes": 0,
        "unreadable": str(error),
        "findings": [],
    }
