"""Coverage: which of the modelled actions, errors, TLVs, policies and facts the traces exercise.

``necp-replay coverage traces`` prints it; in code::

    coverage = coverage_of(find_traces([Path("traces")]))
    print(coverage.missing())

Start at ``points.py``, which lists every point that can be exercised, taken from the engine's own
tables. ``count_points.py`` finds the points of one record, ``traces.py`` those of traces on all
releases, and ``baseline.py`` keeps the result as JSON and finds points that were lost since.

It may import the engine and the trace format.
"""
