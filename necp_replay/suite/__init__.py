"""Traces as a suite that runs again and again: what is remembered, in which order, which shard.

Start with `times.py`, what is remembered of each trace, and `shards.py`, which divides a suite by
it:

    costs = costs_of(traces, read_times(file), None)
    shards = divide(costs, [trace.name for trace in traces], 4)

It imports `files` and `trace.find`, and knows of no engine: a run of which everything is remembered
needs none.
"""
