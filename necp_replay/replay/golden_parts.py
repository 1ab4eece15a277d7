"""The goldens of one long trace on many releases, in several processes: each has some releases."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path
from typing import Final

from necp_replay.golden.packed import PackedText
from necp_replay.processes.worker import worker_pool, workers_starting
from necp_replay.replay.golden_runs import runs_differ, texts_by_release

LONG_BYTES: Final = 1 << 16
"""A smaller trace takes less time than starting processes."""


def texts_in_processes(path: Path, releases: Sequence[str], jobs: int) -> dict[str, PackedText]:
    """What :func:`.texts_by_release` gives and raises, in up to ``jobs`` processes.

    Each of them also runs the release that the trace was recorded on, which is the first one.
    """
    own, *others = releases
    size = -(-len(others) // jobs)
    parts = [(own, *others[at : at + size]) for at in range(0, len(others), size or 1)]
    found: dict[str, PackedText] = {}
    try:
        with worker_pool(max(len(parts), 1)) as pool:
            # The first call starts the processes.
            with workers_starting():
                futures = [pool.submit(texts_by_release, path, part) for part in parts]
            for future in futures:
                for release, text in future.result().items():
                    if found.setdefault(release, text) != text:
                        raise runs_differ(path, release)
    except BrokenProcessPool:
        # A process was killed: one alone needs less memory.
        return texts_by_release(path, releases)
    return found
