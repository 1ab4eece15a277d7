"""Work for the tests of clusters, some of which ends the worker."""

from __future__ import annotations

import os
import signal
import time
from types import SimpleNamespace

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


class DeadlyComparison:
    """Stands for a comparison: a part with record 3 ends its worker, and one with 7 differs."""

    def difference(self, part: list[tuple[int, object]], **_: object) -> object | None:
        """What is shown by a part."""
        numbers = {number for number, _ in part}
        if 3 in numbers:
            os.kill(os.getpid(), signal.SIGKILL)
        return SimpleNamespace(fingerprint="x") if 7 in numbers else None
