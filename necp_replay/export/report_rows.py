"""The rows of a report: the JSON of `replay`, or of `diff` between two releases."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from necp_replay.errors import UsageError, hint_for
from necp_replay.export.tables import (
    DIFFERENCES,
    GROUPS,
    REPORT_TABLES,
    TRACES,
    Row,
    Table,
    TableColumn,
    TableWriter,
    Value,
)
from necp_replay.files.bounded_read import read_up_to

_HINT: Final = "Name what this version printed with `necp-replay replay PATH --format json`."
MOST_BYTES: Final = 1 << 30
"""Larger reports are refused: they are read whole."""


def read_report(path: Path) -> Mapping[str, Any]:
    """A report. Raises UsageError for a file that is none, or cannot be read."""
    try:
        with path.open("rb") as file:
            content = read_up_to(file, MOST_BYTES)
    except OSError as error:
        reason = f"cannot be read: {error.strerror}"
        raise UsageError(reason, file=str(path), hint=hint_for(error)) from None
    if len(content) > MOST_BYTES:
        raise UsageError(
            "the report is larger than 1 GiB", file=str(path), hint="Replay fewer traces at once."
        )
    try:
        document = json.loads(content)
    except (ValueError, RecursionError):
        document = None
    if not isinstance(document, dict) or not isinstance(document.get("per_trace"), list):
        raise UsageError("this is no report of replay or diff in JSON", file=str(path), hint=_HINT)
    if document.get("schema_version") != 1:
        raise UsageError(
            "the report is of another version of necp-replay", file=str(path), hint=_HINT
        )
    return document


def write_report(document: Mapping[str, Any], tables: TableWriter, file: str) -> int:
    """Write the rows of a report. Returns how many traces it has.

    Raises UsageError naming the member that is missing or of the wrong type.
    """
    for table, rows in _ROWS.items():
        for place, row in rows(document):
            tables.add(table, _checked(table, row, file, place))
    return len(document["per_trace"])


def _checked(table: Table, row: Row, file: str, place: str) -> Row:
    for column, value in zip(table.columns, row, strict=True):
        if value is not None and not _fits(column, value):
            reason = f"{place}: {column.name} is not {_ARTICLE[column.type]}"
            raise UsageError(reason, file=file, hint=_HINT)
    return row


def _fits(column: TableColumn, value: Value) -> bool:
    if column.type == "integer":
        return isinstance(value, int) and not isinstance(value, bool) and abs(value) < 1 << 63
    return isinstance(value, {"text": str, "boolean": bool}[column.type])


_ARTICLE: Final = {"integer": "a whole number of 64 bits", "text": "a text", "boolean": "a boolean"}
_Rows = Iterator[tuple[str, Row]]


def _traces(document: Mapping[str, Any]) -> _Rows:
    for place, trace in _members(document, "per_trace"):
        names = [column.name for column in TRACES.columns]
        yield place, tuple(trace.get(name) for name in names)


def _differences(document: Mapping[str, Any]) -> _Rows:
    for place, trace in _members(document, "per_trace"):
        name = "examples" if "examples" in trace else "differing_records"
        for inner, record in _members(trace, name):
            shared = {**record, "path": trace.get("path"), "release": trace.get("release")}
            for _, field in _members(record, "differences"):
                values = {**shared, **field}
                names = [column.name for column in DIFFERENCES.columns]
                yield f"{place}, {inner}", tuple(values.get(each) for each in names)


def _groups(document: Mapping[str, Any]) -> _Rows:
    for place, group in _members(document, "groups"):
        yield place, tuple(group.get(column.name) for column in GROUPS.columns)


def _members(document: Mapping[str, Any], name: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """The objects of a list. Other members are refused when their columns are checked."""
    listed = document.get(name)
    for number, member in enumerate(listed if isinstance(listed, list) else (), 1):
        yield f"{name} {number}", member if isinstance(member, dict) else {}


_ROWS: Final[dict[Table, Callable[[Mapping[str, Any]], _Rows]]] = dict(
    zip(REPORT_TABLES, (_traces, _differences, _groups), strict=True)
)
