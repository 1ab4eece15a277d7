"""Work for the tests of clusters, some of which ends the worker."""

from __future__ import annotations

import os
import signal
import time

from necp_replay.outcomes.trace_report import TraceReport


def deadly(item: str) -> TraceReport:
    """Work on an item: `kill` ends the worker, `once PATH` does so the first time, `slow` waits."""
    word, _, path = item.partition(" ")
    if word == "kill" or (word == "once" and not os.path.exists(path)):
        if path:
            os.close(os.open(path, os.O_CREAT | os.O_WRONLY))
        os.kill(os.getpid(), signal.SIGKILL)
    if word == "slow":
        # So long that a worker or the scheduler ends while items are left.
        time.sleep(0.05)
    if word == "raise":
        raise ValueError("raised")
    return TraceReport(item, "r", records=1, identical=1)
