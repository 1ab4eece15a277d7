"""Replays traces and says what differs: one trace, many, on two releases, or two files.

Start with ``run.py``: one trace against what it recorded and against its golden. ``findings/``
collects differences into chains and groups; ``facts/`` finds the fact that explains a difference.
May import everything below it, from abi to rules; it prints nothing::

    report = replay_trace(path, "client/add", ReplayOptions(goldens=GoldenStore(Path("golden"))))
    report.verdict
"""
