"""Writes tables into a folder of Parquet files, one for each table, with pyarrow."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from types import ModuleType, TracebackType
from typing import Any, Final, Self

from necp_replay.errors import UsageError
from necp_replay.export.tables import Row, Table
from necp_replay.files.atomic import AtomicFile
from necp_replay.files.refusals import cannot_write

_ROWS_AT_ONCE: Final = 20_000
"""Rows of one row group, which are held in memory until it is written."""


class ParquetTables:
    """A new file for each table, in a folder. Use it as a context manager.

    Leaving it publishes all files, or none after an exception. A folder that was made for nothing
    is removed again.
    """

    def __init__(self, folder: Path, tables: Sequence[Table]) -> None:
        """Begin the files, and make the folder if it is not there.

        Raises UsageError where pyarrow is not installed, and WriteError where the folder cannot be
        made or a file cannot be written.
        """
        self._arrow, parquet = _pyarrow()
        self._folder = folder
        self._rows: dict[Table, list[Row]] = {table: [] for table in tables}
        self._schemas: dict[Table, Any] = {table: self._schema(table) for table in tables}
        self._writers: dict[Table, Any] = {}
        self._files: list[AtomicFile] = []
        with ExitStack() as stack:
            stack.enter_context(self._new_folder())
            for table in tables:
                file = AtomicFile(folder / _file_name(table))
                stack.callback(file.give_up)
                self._files.append(file)
                with self._named(table):
                    writer = parquet.ParquetWriter(str(file.temporary), self._schemas[table])
                self._writers[table] = writer
                stack.callback(self._abandon, writer)
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
        with self._named(table):
            self._writers[table].write_table(self._arrow.table(columns, schema=schema))
        self._rows[table].clear()

    @contextmanager
    def _new_folder(self) -> Iterator[None]:
        """Make the folder, and at the end remove it if it is new and has stayed empty."""
        try:
            self._folder.mkdir()
            is_new = True
        except FileExistsError as error:
            if not self._folder.is_dir():
                raise cannot_write(error, self._folder) from error
            is_new = False
        except OSError as error:
            raise cannot_write(error, self._folder) from error
        try:
            yield
        finally:
            if is_new:
                with suppress(OSError):  # It is not empty.
                    self._folder.rmdir()

    @contextmanager
    def _named(self, table: Table) -> Iterator[None]:
        """Name the file in errors of pyarrow, which do not."""
        try:
            yield
        except OSError as error:
            plain = OSError(error.errno, os.strerror(error.errno)) if error.errno else error
            raise cannot_write(plain, self._folder / _file_name(table)) from error

    def _abandon(self, writer: Any) -> None:
        """Close a file whose content is not wanted. It is complete already, or is removed."""
        with suppress(OSError):
            writer.close()

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
                with self._named(table):
                    writer.close()
            for file in self._files:
                file.sync()
            for file in self._files:
                file.publish()


def _file_name(table: Table) -> str:
    return f"{table.name}.parquet"


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
