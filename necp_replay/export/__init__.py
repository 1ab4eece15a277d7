"""Exports traces and reports to general tools for tables and timelines.

- ``tables.py``: the tables and their columns, which are the same in every format of tables.
- ``trace_rows.py``: the rows of a trace, record by record. ``report_rows.py``: those of a report.
- ``sqlite.py`` and ``parquet.py`` write tables. ``perfetto.py`` writes a timeline of a trace.

Everything is written as it is read, so memory does not grow with the number of records. It may
import the trace, outcomes as trees, and how files are written. Start reading at ``tables.py``.

    with TraceReader(path) as reader, SqliteTables.create(output, TRACE_TABLES) as tables:
        write_trace(reader, tables)
"""
