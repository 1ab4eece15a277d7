"""What is exported as tables is what the trace and the report hold, read back with other tools."""

from __future__ import annotations

import json
import resource
import sqlite3
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow.parquet
import pytest

from necp_replay.errors import TraceError, UsageError, WriteError
from necp_replay.events.json_form import step_from_json
from necp_replay.export.parquet import ParquetTables
from necp_replay.export.report_rows import read_report, write_report
from necp_replay.export.sqlite import SqliteTables
from necp_replay.export.tables import IDS, REPORT_TABLES, TRACE_TABLES
from necp_replay.export.trace_rows import write_trace
from necp_replay.trace.reader import TraceReader

ROOT = Path(__file__).parents[2]
TRACES = [
    ROOT / "traces/policies/vpn.necptrace",
    ROOT / "traces/sessions/daemon_watches_everything.necptrace",
]
Rows = dict[str, list[tuple[Any, ...]]]


def _sqlite(trace: Path, folder: Path) -> Rows:
    output = folder / "out.db"
    with TraceReader(trace) as reader, SqliteTables(output, TRACE_TABLES) as tables:
        write_trace(reader, tables)
    database = sqlite3.connect(output)
    try:
        return {
            table.name: database.execute(f'select * from "{table.name}"').fetchall()
            for table in TRACE_TABLES
        }
    finally:
        database.close()


def _parquet(trace: Path, folder: Path) -> Rows:
    with TraceReader(trace) as reader, ParquetTables(folder, TRACE_TABLES) as tables:
        write_trace(reader, tables)
    return {
        table.name: [
            tuple(row.values())
            for row in pyarrow.parquet.read_table(folder / f"{table.name}.parquet").to_pylist()
        ]
        for table in TRACE_TABLES
    }


@pytest.mark.parametrize("trace", TRACES, ids=lambda path: path.stem)
@pytest.mark.parametrize("read", [_sqlite, _parquet])
def test_the_tables_hold_every_record(
    tmp_path: Path, trace: Path, read: Callable[[Path, Path], Rows]
) -> None:
    rows = read(trace, tmp_path)
    with TraceReader(trace) as reader:
        records = list(reader)
    assert [row[0] for row in rows["records"]] == [number for number, _, _ in records]
    assert [step_from_json(json.loads(row[9])) for row in rows["records"]] == [
        step for _, step, _ in records
    ]
    effects = Counter(row[0] for row in rows["effects"])
    assert effects == Counter(
        {number: len(out.effects) for number, _, out in records if out and out.effects}
    )
    assert [row[2] for row in rows["ids"]] == [
        uuid.hex() for _, step, _ in records for uuid in step.uuids
    ]
    assert ("release", "xnu-4570.51.1") in rows["header"]


def test_fields_are_the_decoded_tlvs_with_their_paths(tmp_path: Path) -> None:
    rows = _sqlite(TRACES[0], tmp_path)["fields"]
    assert (
        23,
        "passed",
        3,
        1,
        "buffer > REMOTE_ADDRESS",
        "REMOTE_ADDRESS",
        "10.1.2.3:993 prefix 0",
    ) in rows


def test_both_formats_hold_the_same_rows(tmp_path: Path) -> None:
    assert _sqlite(TRACES[1], tmp_path) == _parquet(TRACES[1], tmp_path)


@pytest.mark.parametrize("make", [SqliteTables, ParquetTables])
def test_a_damaged_trace_leaves_nothing_behind(tmp_path: Path, make: Any) -> None:
    damaged = tmp_path / "damaged.necptrace"
    damaged.write_bytes(TRACES[1].read_bytes()[:-300])
    folder = tmp_path / "out"
    folder.mkdir()
    output = folder / "a.db" if make is SqliteTables else folder
    with (
        pytest.raises(TraceError),
        TraceReader(damaged) as reader,
        make(output, TRACE_TABLES) as tables,
    ):
        write_trace(reader, tables)
    assert list(folder.iterdir()) == []


def test_a_folder_is_made_for_tables_that_are_written(tmp_path: Path) -> None:
    folder = tmp_path / "new"
    with pytest.raises(KeyError), ParquetTables(folder, TRACE_TABLES):
        raise KeyError
    assert not folder.exists()
    with ParquetTables(folder, TRACE_TABLES):
        pass
    assert len(list(folder.iterdir())) == len(TRACE_TABLES)


@pytest.mark.parametrize("make", [SqliteTables, ParquetTables])
def test_an_output_that_cannot_be_written_is_named(tmp_path: Path, make: Any) -> None:
    rows = [[number, "x", f"{number}" * 100] for number in range(2_000)]
    output = tmp_path / "out"
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, limits[1]))
    try:
        with (
            pytest.raises(WriteError, match=r"out.*: cannot be written"),
            make(output, TRACE_TABLES) as tables,
        ):
            for row in rows:
                tables.add(IDS, row)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert list(tmp_path.iterdir()) == []


def test_text_of_any_bytes_is_written_with_escapes(tmp_path: Path) -> None:
    output = tmp_path / "out.db"
    with SqliteTables(output, TRACE_TABLES) as tables:
        tables.add(TRACE_TABLES[0], ("name", "en\udcff"))
    with ParquetTables(tmp_path, TRACE_TABLES) as others:
        others.add(TRACE_TABLES[0], ("name", "en\udcff"))
    database = sqlite3.connect(output)
    assert database.execute("select value from header").fetchone() == ("en\\udcff",)
    database.close()
    header = pyarrow.parquet.read_table(tmp_path / "header.parquet").to_pylist()
    assert header == [{"key": "name", "value": "en\\udcff"}]


def _report(**members: object) -> dict[str, object]:
    return {"schema_version": 1, "per_trace": [], "groups": [], **members}


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "no report of replay or diff"),
        (b"[]", "no report of replay or diff"),
        (b"[" * 100_000, "no report of replay or diff"),
        (b'{"per_trace":{}}', "no report of replay or diff"),
        (b'{"per_trace":[],"schema_version":2}', "another version"),
    ],
)
def test_what_is_no_report_is_refused(tmp_path: Path, content: bytes, reason: str) -> None:
    path = tmp_path / "report.json"
    path.write_bytes(content)
    with pytest.raises(UsageError, match=reason):
        read_report(path)


@pytest.mark.parametrize(
    ("document", "place"),
    [
        (_report(per_trace=[{"path": 1}]), "per_trace 1: path is not a text"),
        (_report(per_trace=[{"records": 1 << 63}]), "per_trace 1: records is not a whole number"),
        (_report(per_trace=[{"records": True}]), "per_trace 1: records is not a whole number"),
        (_report(groups=[{}, {"fact": []}]), "groups 2: fact is not a text"),
        (
            _report(per_trace=[{"examples": [{"record": "1", "differences": [{}]}]}]),
            "per_trace 1, examples 1: record is not a whole number",
        ),
    ],
)
def test_a_report_of_odd_types_is_refused_by_name(
    tmp_path: Path, document: dict[str, object], place: str
) -> None:
    with (
        pytest.raises(UsageError, match=place),
        SqliteTables(tmp_path / "a.db", REPORT_TABLES) as tables,
    ):
        write_report(document, tables, "report.json")
    assert not (tmp_path / "a.db").exists()
