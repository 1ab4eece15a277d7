"""The tables of exported traces and reports: their columns, and what these contain."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Literal, Protocol, TypeAlias

from necp_replay.dataclass import dataclass

Value: TypeAlias = str | int | bool | None
Row: TypeAlias = Sequence[Value]
ColumnType: TypeAlias = Literal["integer", "text", "boolean"]


@dataclass(frozen=True, slots=True)
class TableColumn:
    """A column. Any value may be null."""

    name: str
    type: ColumnType
    meaning: str


@dataclass(frozen=True, slots=True)
class Table:
    """A table with its columns, in order. ``key`` are the columns that an index is made of."""

    name: str
    meaning: str
    columns: tuple[TableColumn, ...]
    key: tuple[str, ...] = ()


class TableWriter(Protocol):
    """Takes rows of the tables that it was made for."""

    def add(self, table: Table, row: Row) -> None:
        """Add a row, whose values are in the order of the columns."""
        ...


def _integer(name: str, meaning: str) -> TableColumn:
    return TableColumn(name, "integer", meaning)


def _text(name: str, meaning: str) -> TableColumn:
    return TableColumn(name, "text", meaning)


_RECORD: Final = _integer("record", "number of the record, from 1")
HEADER: Final = Table(
    "header",
    "what the header of the trace says",
    (_text("key", "name of the property"), _text("value", "its value")),
)
RECORDS: Final = Table(
    "records",
    "one row for each record",
    (
        _RECORD,
        _integer("clock_ns", "modelled clock during the record, in ns"),
        _text("kind", "name of the action, or of the input"),
        _text("title", "the input in one line"),
        _integer("pid", "process of a call"),
        _integer("fd", "fd of a call"),
        _text("status", "answer in words, such as ENOENT or ok; null without an outcome"),
        _integer("errno", "error number, 0 for success"),
        _integer("retval", "return value"),
        _text("input", "the input as JSON, as `necp-replay convert` writes it"),
        _text("outcome", "the outcome as JSON, null without one"),
    ),
    ("record",),
)
IDS: Final = Table(
    "ids",
    "the ids that records generated",
    (_RECORD, _text("name", "the name in reports, such as #1"), _text("id", "the id in hex")),
    ("record",),
)
FIELDS: Final = Table(
    "fields",
    "what was passed and returned, decoded: one row for each TLV or field",
    (
        _RECORD,
        _text("side", "passed or returned"),
        _integer("position", "place among the fields of the record's side, from 1"),
        _integer("depth", "0 for the outermost"),
        _text("path", "keys from the outermost on, with > between them"),
        _text("key", "name of the TLV or field"),
        _text("value", "its value in words"),
    ),
    ("record",),
)
EFFECTS: Final = Table(
    "effects",
    "what the kernel did besides answering",
    (
        _RECORD,
        _integer("position", "place among the effects of the record, from 1"),
        _text("kind", "such as wake or log"),
        _text("fields", "its fields as JSON"),
    ),
    ("record",),
)
TRACE_TABLES: Final = (HEADER, RECORDS, IDS, FIELDS, EFFECTS)

TRACES: Final = Table(
    "traces",
    "one row for each trace of the report, on each release",
    (
        _text("path", "path of the trace"),
        _text("release", "release it was replayed on; null where two were compared"),
        _text("verdict", "identical, different, not modelled or error; null for two releases"),
        _integer("records", "records that were replayed"),
        _integer("identical", "records with the expected outcome"),
        _integer("different", "records with another one"),
        _integer("not_modelled", "records that the engine does not model"),
        _integer("not_determined", "records whose outcome no input determines"),
        _text("error", "why it could not be replayed"),
    ),
    ("path",),
)
DIFFERENCES: Final = Table(
    "differences",
    "one row for each field of each difference that the report holds",
    (
        _text("path", "path of the trace"),
        _text("release", "release it was replayed on; null where two were compared"),
        _integer("record", "number of the record; null for the final state"),
        _text("title", "the input in one line"),
        _text("kind", "name of the action, or of the input"),
        _text("fingerprint", "the same for every difference of the same kind"),
        _text("compared_with", "recorded or golden; null for two releases"),
        _text("fact", "the fact that explains it"),
        _integer("follows", "the record that it follows from"),
        _integer("followers", "how many follow from it"),
        _text("layer", "such as client results"),
        _text("field", "path of the field"),
        _text("expected", "expected value; null if the side lacks the field"),
        _text("actual", "actual value; null if the side lacks the field"),
    ),
    ("path", "record"),
)
GROUPS: Final = Table(
    "groups",
    "differences that are reported together",
    (
        _text("group", "their fact, or else their fingerprint"),
        _text("fact", "the fact that explains them"),
        _text("kind", "name of the action, or of the input; null for several"),
        _integer("begun", "records that are causes"),
        _integer("followed", "records that follow from them"),
        _integer("traces", "traces in which they are"),
    ),
)
REPORT_TABLES: Final = (TRACES, DIFFERENCES, GROUPS)
