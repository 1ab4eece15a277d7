"""Workers that try the parts of a trace for `minimize`.

Theory of operation. What all parts need (the steps of the trace, both sides) is the result of one
small task: a worker that needs it gets a copy, keeps it, and with it the states from which similar
parts are replayed. If all who have it die, Dask runs that task again. Each part is a task of its
own, of which twice as many are with the scheduler as there are threads of workers, so that few are
tried for nothing when one before them shows the difference.

A part with which several workers died is tried once more with nothing beside it. If workers die
again, it does not show the difference, as a part that ends its process here.
"""

from __future__ import annotations

import pickle
from collections import deque
from collections.abc import Iterator, Sequence
from types import TracebackType
from typing import Any, Final, Self

from necp_replay.cluster.run import Cluster
from necp_replay.minimize.part_comparison import NumberedStep
from necp_replay.minimize.trial_work import PartMessage, TrialWork

_AHEAD: Final = 2


class ClusterTrials:
    """The workers of a cluster, for one search. Use it as a context manager."""

    def __init__(self, cluster: Cluster, work: TrialWork) -> None:
        """Nothing is sent before the first part."""
        self._cluster = cluster
        self._work = work
        self._shared: Any = None

    def __enter__(self) -> Self:
        """Enter the block."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Release what the workers keep."""
        if self._shared is not None:
            self._cluster.give_up([self._shared])
            self._shared = None

    def answers(
        self,
        row: Iterator[Sequence[NumberedStep]],
        best: Sequence[NumberedStep],
        *,
        is_plain: bool,
    ) -> Iterator[tuple[Sequence[NumberedStep], int]]:
        """The answers of :class:`.TriesParts`. Raises SchedulerLostError, UsageError."""
        if self._shared is None:
            self._cluster.wait_for_workers()
            self._shared = self._cluster.submit(_opened, pickle.dumps(self._work))
        pending: deque[tuple[Sequence[NumberedStep], PartMessage, Any]] = deque()
        try:
            while True:
                while len(pending) < _AHEAD * self._cluster.threads:
                    part = next(row, None)
                    if part is None:
                        break
                    message = self._work.message(part, best, is_plain=is_plain)
                    pending.append((part, message, self._submit(message)))
                if not pending:
                    return
                part, message, future = pending.popleft()
                answer = self._cluster.result(future)
                if answer is None:
                    for _, _, other in pending:
                        self._cluster.result(other)
                    answer = self._cluster.result(self._submit(message))
                yield part, answer or 0
        finally:
            self._cluster.give_up([future for _, _, future in pending])

    def _submit(self, message: PartMessage) -> Any:
        return self._cluster.submit(_answer, self._shared, message)


def _opened(content: bytes) -> TrialWork:
    """The work, once for each worker."""
    work: TrialWork = pickle.loads(content)
    return work


def _answer(work: TrialWork, message: PartMessage) -> int:
    return work.answer(message)
