"""Work on trace files as such: select records, say what is in a trace, check, convert and cut it.

Each command about files has a module of its name (``info.py``, ``doctor.py``, ``convert.py``,
``cut.py``, ``cat.py``, ``merge.py``, ``split.py``, ``anonymize.py``). Start with ``select.py``, the
language in which records are selected, and ``selected.py``, which reads what is selected::

    with TraceReader(Path("trace.necptrace")) as reader:
        for record in selected_records(reader, parse_selection("COPY_RESULT")):
            print(record.number)

The package may import what reads and renders traces, and the engine, which tells what a record
depends on. Reports and commands import it.
"""
