"""Writes tables into a folder of Parquet files, one for each table, with pyarrow."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from types import ModuleType, TracebackType
from typing import Any, Final, Self

from necp_replay.errors import UsageError
from necp_replay.export.tables import Row, Table
from necp_replay.files.atomic import AtomicFile

_ROWS_AT_ONCE: Final = 20_000
"""Rows of one row group, which are held in memory until it is written."""


class ParquetTables:
    """A new file for each table, in a folder. Use it as a context manager.

    Leaving it publishes all files, or none after an exception.
    """

    def __init__(self, folder: Path, tables: Sequence[Table]) -> None:
        """Begin the files. The folder must exist.

        Raises UsageError where pyarrow is not installed, and WriteError where a file cannot be
        written.
        """
        self._arrow, parquet = _pyarrow()
        self._rows: dict[Table, list[Row]] = {table: [] for table in tables}
        self._schemas: dict[Table, Any] = {table: self._schema(table) for table in tables}
        self._writers: dict[Table, Any] = {}
        self._files: list[AtomicFile] = []
        with ExitStack() as stack:
            for table in tables:
                file = AtomicFile(folder / f"{table.name}.parquet")
                stack.callback(file.give_up)
                self._files.append(file)
                writer = parquet.ParquetWriter(str(file.temporary), self._schemas[table])
                self._writers[table] = writer
                stack.callback(writer.close)
            self._stack = stack.pop_all()

    def add(self, table: Table, row: Row) -> None:
        """Add a row."""
        rows = self._rows[table]
        rows.append(row)
        if len(rows) >= _ROWS_AT_ONCE:
            self._write(table)

    def _write(self, table: Table) -> None:
        columns = [
            [_stored(row[place]) for row in self._rows[table]]
            for place in range(len(table.columns))
        ]
        schema = self._schemas[table]
        self._writers[table].write_table(self._arrow.table(columns, schema=schema))
        self._rows[table].clear()

    def _schema(self, table: Table) -> Any:
        arrow = self._arrow
        types = {"integer": arrow.int64(), "text": arrow.string(), "boolean": arrow.bool_()}
        return arrow.schema(
            [
                arrow.field(each.name, types[each.type], metadata={"meaning": each.meaning})
                for each in table.columns
            ]
        )

    def __enter__(self) -> Self:
        """Enter the context that publishes the files."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Publish the files, or remove them on an exception."""
        with self._stack:
            if error is not None:
                return
            for table, writer in self._writers.items():
                self._write(table)
                writer.close()
            for file in self._files:
                file.sync()
            for file in self._files:
                file.publish()


def _stored(value: object) -> object:
    """A value as Arrow takes it: text of any bytes becomes valid UTF-8, with backslash escapes."""
    if isinstance(value, str):
        return value.encode("utf-8", "backslashreplace").decode()
    return value


def _pyarrow() -> tuple[ModuleType, ModuleType]:
    try:
        import pyarrow
        import pyarrow.parquet
    except ImportError:
        raise UsageError(
            "Parquet needs pyarrow, which is not installed",
            hint="Install it: pip install 'necp-replay[parquet]'. --to sqlite needs nothing.",
        ) from None
    return pyarrow, pyarrow.parquet
