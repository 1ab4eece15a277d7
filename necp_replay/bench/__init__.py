"""Benchmarks: seeded workloads, and the time and memory that it takes to write and replay them.

``necp-replay bench`` prints the tables; in code::

    for row in run_benchmark(mix="realistic", records=100_000, seed=1):
        print(row.phase, row.seconds / row.records)

Start at ``measure_phases.py``, which measures what happens to a trace, and ``measure_storms.py``,
which measures how an update of all clients grows with clients and policies. ``workload.py`` and
``storms.py`` build what is measured, from the seeded random numbers of ``choices.py``.

It may import the engine, the trace format, ``scenario`` to build its systems with, and ``replay``,
whose speed it measures.
"""
