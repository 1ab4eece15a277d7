"""Traces as a suite that is run repeatedly: shards, order, and what is remembered between runs.

Start with `times.py`, what is remembered of each trace, and `shards.py`, which divides a suite by
it:

    costs = costs_of(traces, read_times(file), None)
    shards = divide(costs, [trace.name for trace in traces], 4)

It imports `files` and `trace.find`, and no engine: a run needs none if all its verdicts are
remembered.
"""
