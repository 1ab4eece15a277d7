"""Hands out batches of traces to the workers of a Dask scheduler, and takes what they give.

Theory of operation. A bounded number of batches is with the scheduler at a time, so that neither
the client nor the scheduler holds more for more traces. Dask gives a batch to another worker if the
one that had it is gone, and gives it up when several were. It cannot know which of the batches that
a worker had was the reason. So their traces are suspects: when all else is done, each is tried with
nothing beside it, and one that kills workers alone has that as its verdict. The results come in any
order; whoever merges them puts them in the order of the traces.

If the scheduler goes away, SchedulerLostError is raised, and what has come before is kept.
"""

from __future__ import annotations

import enum
import logging
import re
import time
from collections.abc import Callable, Collection, Iterator, Sequence
from types import TracebackType
from typing import Any, Final, Self

from necp_replay.cluster.batches import MOST_TRACES, batches_of
from necp_replay.cluster.work import (
    ClusterWork,
    OtherEngine,
    call_on_worker,
    path_of,
    work_on_batch,
)
from necp_replay.errors import EngineError, NecpReplayError, UsageError
from necp_replay.outcomes.safe_text import escape
from necp_replay.outcomes.trace_report import TraceReport
from necp_replay.suite.engine_digest import engine_digest

RESULT_S: Final = 5.0
"""How long to wait for reports that are finished."""
CONNECT_S: Final = 10.0
"""How long to wait for a scheduler that does not answer."""
_WORKERS_S: Final = 60.0
"""How long to wait for the first worker."""
_TICK_S: Final = 0.25
_ADDRESS: Final = re.compile(r"([a-z]+://)?[^\s/]+:\d{1,5}")
_LOOK_S: Final = 1.0
"""How often the client looks which workers there are."""
_ASKED_TIMES: Final = 3
"""How often it asks each time, until Dask names all of them."""
_IN_FLIGHT: Final = 4
"""Batches for each thread of a worker that the scheduler has at a time."""


class _Lost(enum.Enum):
    """That the reports of a batch were finished, and are gone."""

    RESULT = enum.auto()


class SchedulerLostError(NecpReplayError):
    """The scheduler does not answer any more."""

    default_hint = "Start it again, and run the command again."


class Cluster:
    """A connection to a scheduler. Use it as a context manager."""

    def __init__(self, address: str, say: Callable[[str], object] = lambda text: None) -> None:
        """Connect. ``say`` is told what happens to workers. Raises UsageError."""
        if not _ADDRESS.fullmatch(address):
            # Dask's client would try for a minute, and leave a traceback.
            raise UsageError(
                f"{escape(address)[:200]} is not the address of a scheduler",
                hint="It is written as tcp://10.0.0.1:8786.",
            )
        try:
            import dask
            import distributed
        except ImportError:
            raise UsageError(
                "--scheduler needs Dask's distributed scheduler",
                hint="Install it with `pip install 'necp-replay[dask]'`, here and for the workers.",
            ) from None
        # What it logs of a connection that ends is told in a line of ours.
        logging.getLogger("distributed").setLevel(logging.CRITICAL)
        self._distributed = distributed
        self._address = address
        self._say = say
        self._workers: set[str] = set()
        self._threads = 1
        self._looked_s = 0.0
        try:
            with dask.config.set({"distributed.comm.timeouts.connect": CONNECT_S}):
                self._client = distributed.Client(
                    address, timeout=CONNECT_S, set_as_default=False, name="necp-replay"
                )
        except (OSError, ValueError, ImportError) as error:
            raise UsageError(
                f"no scheduler answers at {escape(address)}: {escape(str(error))[:200]}",
                hint="Start one with `dask scheduler`, and workers with `dask worker ADDRESS`.",
            ) from None

    def __enter__(self) -> Self:
        """Enter the context that ends the connection."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """End the connection. What the workers have is given up."""
        self._client.close(timeout=1)

    def reports(
        self,
        items: Sequence[Any],
        work: ClusterWork,
        order: Sequence[int],
        costs: Sequence[float],
        *,
        costs_are_seconds: bool = False,
        on_time: Callable[[], None] = lambda: None,
    ) -> Iterator[tuple[int, TraceReport]]:
        """The same for ``work`` that gives reports: an error is the verdict of its trace."""
        found = self.results(
            items, work, order, costs, costs_are_seconds=costs_are_seconds, on_time=on_time
        )
        for index, result in found:
            if isinstance(result, NecpReplayError):
                report = TraceReport(escape(path_of(items[index])), "")
                report.fail(result)
                result = report
            yield index, result

    def results(
        self,
        items: Sequence[Any],
        work: ClusterWork,
        order: Sequence[int],
        costs: Sequence[float],
        *,
        costs_are_seconds: bool = False,
        on_time: Callable[[], None] = lambda: None,
    ) -> Iterator[tuple[int, Any]]:
        """What ``work`` gives for the items with the indices ``order``, as they are finished.

        For an item that it raises an error for, or that kills workers, that is a NecpReplayError.
        ``on_time`` is called a few times a second. Raises SchedulerLostError, and UsageError for
        workers with another engine and where there are no workers.
        """
        self.wait_for_workers()
        engine = engine_digest()
        batches = batches_of(
            order,
            costs,
            len(self._workers),
            costs_are_seconds=costs_are_seconds,
            most=MOST_TRACES,
        )
        suspects: list[int] = []
        running: dict[Any, list[int]] = {}
        is_alone = False
        while True:
            self._look()
            while not is_alone and len(running) < _IN_FLIGHT * self._threads:
                batch = next(batches, None)
                if batch is None:
                    break
                running[self._submit(work, engine, [items[index] for index in batch])] = batch
            if not running and suspects:
                is_alone = True
                batch = [suspects.pop()]
                running[self._submit(work, engine, [items[batch[0]]])] = batch
            if not running:
                self._look(at_once=True)
                return
            on_time()
            for future in self._done_of(running):
                batch = running[future]
                found = self._result_of(future)
                if found is _Lost.RESULT:
                    continue
                del running[future]
                future.release()
                if found is not None:
                    yield from zip(batch, found, strict=True)
                elif is_alone:
                    yield batch[0], killed_error(path_of(items[batch[0]]))
                else:
                    self._say(f"workers died with {len(batch)} traces, which are tried alone later")
                    suspects += reversed(batch)

    @property
    def threads(self) -> int:
        """How many threads the workers have, at least 1."""
        return self._threads

    def submit(self, call: Callable[..., Any], *arguments: Any) -> Any:
        """Let a worker call something. Returns a future, which can be an argument of other calls.

        Raises SchedulerLostError.
        """
        return self._sent(call_on_worker, engine_digest(), call, *arguments)

    def result(self, future: Any) -> Any:
        """What a call returned; None if several workers died of it. Raises what it raised.

        Raises SchedulerLostError, and UsageError for workers with another engine.
        """
        while True:
            self._look()
            if self._done_of([future]):
                found = self._result_of(future)
                if found is not _Lost.RESULT:
                    return found

    def give_up(self, futures: Sequence[Any]) -> None:
        """Release the results of calls. A call that already runs is finished."""
        for future in futures:
            future.release()

    def _submit(self, work: ClusterWork, engine: str | None, items: Sequence[Any]) -> Any:
        return self._sent(work_on_batch, work, engine, items)

    def _sent(self, *call: Any) -> Any:
        try:
            return self._client.submit(*call, pure=False)
        except (OSError, RuntimeError) as error:
            raise self._lost(error) from None

    def _done_of(self, running: Collection[Any]) -> list[Any]:
        """The futures that are finished soon. Raises SchedulerLostError."""
        if any(future.done() for future in running):
            return [future for future in running if future.done()]
        try:
            with self._client.as_current():
                self._distributed.wait(
                    list(running), timeout=_TICK_S, return_when="FIRST_COMPLETED"
                )
        except TimeoutError:
            if self._client.status != "running":
                raise self._lost() from None
        except (OSError, RuntimeError) as error:
            raise self._lost(error) from None
        return [future for future in running if future.done()]

    def _result_of(self, future: Any) -> Any:
        """The result of a call, None if workers died of it."""
        if future.status == "cancelled" or self._client.status != "running":
            raise self._lost()
        try:
            found = future.result(timeout=RESULT_S)
        except self._distributed.KilledWorker:
            self._look(at_once=True)
            return None
        except TimeoutError:
            # The worker died with its reports. Another one makes them anew.
            return _Lost.RESULT
        except (OSError, self._distributed.client.FutureCancelledError) as error:
            raise self._lost(error) from None
        except (ImportError, AttributeError):
            # The worker could not unpickle what it was sent.
            raise _other_version() from None
        if isinstance(found, OtherEngine):
            raise _other_version()
        return found

    def wait_for_workers(self) -> None:
        """Wait for the first worker. Raises UsageError if there is none after a minute."""
        try:
            self._client.wait_for_workers(1, timeout=_WORKERS_S)
        except TimeoutError:
            raise UsageError(
                f"the scheduler at {escape(self._address)} has no workers",
                hint="Start some with `dask worker ADDRESS`.",
            ) from None
        self._look()

    def _look(self, *, at_once: bool = False) -> None:
        """Say which workers are gone."""
        now_s = time.monotonic()
        if self._workers and not at_once and now_s < self._looked_s + _LOOK_S:
            return
        self._looked_s = now_s
        workers = self._workers_now()
        if workers is None:
            return
        gone = self._workers - workers.keys()
        for address in sorted(gone):
            self._say(f"the worker {escape(address)} is gone; another one takes its traces")
        self._workers = set(workers)
        self._threads = max(1, sum(int(each["nthreads"]) for each in workers.values()))

    def _workers_now(self) -> dict[str, Any] | None:
        """What Dask says of each worker; None if it left out some of them."""
        for _ in range(_ASKED_TIMES):
            try:
                info = self._client.scheduler_info(n_workers=-1)
            except (OSError, RuntimeError) as error:
                raise self._lost(error) from None
            workers: dict[str, Any] = info["workers"]
            if len(workers) >= info.get("n_workers", 0):
                return workers
            # Dask asks for itself now and then, without the workers. Its answer came between.
        return None

    def _lost(self, error: Exception | None = None) -> SchedulerLostError:
        why = f": {escape(str(error))[:200]}" if error is not None and str(error) else ""
        return SchedulerLostError(f"the scheduler at {escape(self._address)} is gone{why}")


def _other_version() -> UsageError:
    return UsageError(
        "a worker has another version of necp_replay, of Python or of its libraries",
        hint="Install the same on the workers as here, and start them again.",
    )


def killed_error(path: str) -> EngineError:
    """That a trace kills the workers that work on it."""
    return EngineError(
        "every worker that worked on it died",
        file=path,
        hint="Systems kill processes that take too much memory. Run it alone with --jobs 1.",
    )
