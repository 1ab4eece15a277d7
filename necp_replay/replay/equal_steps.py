"""Finds traces that hold the same steps: one replay on two releases is enough for all of them.

The same scenario measured on two releases gives two such traces. Their recorded outcomes may
differ, which a comparison of two releases does not look at.

Cost: the index of each trace, and one more reading of those whose indices have the same counts.
Records are compared as bytes, without decoding them.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Hashable, Sequence
from pathlib import Path

from necp_replay.errors import TraceError
from necp_replay.trace.reader import TraceReader


def step_keys(paths: Sequence[Path]) -> list[bytes | None]:
    """A key for each trace. Two traces with the same key hold the same steps.

    None for a trace that shares its steps with no other, and for one that cannot be read. Records
    that are not wholly known may have another form for the same step, and then share nothing.
    """
    if len(paths) == 1:
        return [None]
    counts = [_counts(path) for path in paths]
    times = Counter(counts)
    digests = [
        _digest(path) if each is not None and times[each] > 1 else None
        for path, each in zip(paths, counts, strict=True)
    ]
    repeated = Counter(digests)
    return [digest if repeated[digest] > 1 else None for digest in digests]


def _counts(path: Path) -> Hashable:
    """What traces with the same steps have in common, from the index of one. None without it."""
    if not path.is_file():
        # A pipe can be read once only.
        return None
    try:
        with TraceReader(path) as reader:
            index = reader.read_index()
            return index.uuids, tuple(sorted(index.kinds.items()))
    except (TraceError, OSError):
        # The error is reported when the trace is worked on.
        return None


def _digest(path: Path) -> bytes | None:
    digest = hashlib.sha256()
    try:
        with TraceReader(path) as reader:
            for chunk in reader.chunks():
                for record in chunk.message.records:
                    record.ClearField("outcome")
                    content = record.SerializeToString(deterministic=True)
                    digest.update(len(content).to_bytes(8, "little"))
                    digest.update(content)
    except (TraceError, OSError):
        # The error is reported when the trace is worked on.
        return None
    return digest.digest()
