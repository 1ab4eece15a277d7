"""Writes tables into an SQLite database, with the library of Python."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from necp_replay.errors import WriteError
from necp_replay.export.tables import Row, Table
from necp_replay.files.atomic import AtomicFile

_ROWS_AT_ONCE: Final = 1_000
_TYPES: Final = {"integer": "INTEGER", "text": "TEXT", "boolean": "INTEGER"}


class SqliteTables:
    """A new database. Use it as a context manager: leaving it publishes the file."""

    def __init__(self, path: Path, tables: Sequence[Table]) -> None:
        """Make the tables. Raises WriteError where the file cannot be written."""
        self._path = path
        self._tables = tables
        self._file = AtomicFile(path)
        self._waiting: dict[Table, list[Row]] = {table: [] for table in tables}
        try:
            self._database = sqlite3.connect(self._file.temporary)
            # A crash leaves a temporary file, so the database itself needs no protection from one.
            self._database.execute("PRAGMA journal_mode = OFF")
            self._database.execute("PRAGMA synchronous = OFF")
            for table in tables:
                columns = ", ".join(f'"{each.name}" {_TYPES[each.type]}' for each in table.columns)
                self._database.execute(f'CREATE TABLE "{table.name}" ({columns})')
        except sqlite3.Error as error:
            self._file.give_up()
            raise self._failure(error) from error

    def add(self, table: Table, row: Row) -> None:
        """Add a row. Raises WriteError where the file cannot be written."""
        waiting = self._waiting[table]
        waiting.append(row)
        if len(waiting) >= _ROWS_AT_ONCE:
            self._write(table)

    def _write(self, table: Table) -> None:
        places = ", ".join("?" * len(table.columns))
        try:
            self._database.executemany(
                f'INSERT INTO "{table.name}" VALUES ({places})', map(_stored, self._waiting[table])
            )
        except sqlite3.Error as error:
            raise self._failure(error) from error
        self._waiting[table].clear()

    def _finish(self) -> None:
        for table in self._tables:
            self._write(table)
        try:
            for table in self._tables:
                if table.key:
                    columns = ", ".join(f'"{name}"' for name in table.key)
                    self._database.execute(
                        f'CREATE INDEX "{table.name}_by_{"_".join(table.key)}"'
                        f' ON "{table.name}" ({columns})'
                    )
            self._database.commit()
            self._database.close()
        except sqlite3.Error as error:
            raise self._failure(error) from error
        self._file.publish()

    def _failure(self, error: sqlite3.Error) -> WriteError:
        return WriteError(
            f"cannot be written: {error}",
            file=str(self._path),
            hint="Check the free space of the disk.",
        )

    def __enter__(self) -> Self:
        """Enter the context that publishes the database."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Publish the database, or remove it on an exception."""
        try:
            if error is None:
                self._finish()
        finally:
            self._database.close()
            self._file.give_up()


def _stored(row: Row) -> Row:
    """A row as SQLite takes it: text of any bytes becomes valid UTF-8, with backslash escapes."""
    return [
        value.encode("utf-8", "backslashreplace").decode() if isinstance(value, str) else value
        for value in row
    ]
