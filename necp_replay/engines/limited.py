"""Limits how long one record may take in the built-in engine.

A timer of the system interrupts the record, so a limit needs no help from the code that it stops.
The timer counts the processor time of this process, not the time that other programs take, so a
busy machine does not change which records are stopped. It works on Linux and macOS, in workers too,
wherever records are submitted in the main thread, which is the only one that Python interrupts.

The system is left in the middle of a record, and is not used any more: the trace has an error then.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable
from functools import partial
from types import FrameType
from typing import Final, TypeVar

from necp_replay.dataclass import dataclass
from necp_replay.engines.engine import Engine, EngineFactory, MakesMissingIds, afresh
from necp_replay.errors import EngineError, UsageError
from necp_replay.events.inputs import Step
from necp_replay.events.outcome import Outcome
from necp_replay.events.snapshot import Snapshot
from necp_replay.kernel.machine import Machine
from necp_replay.processes.dropped_exceptions import DroppedExceptions, is_taking
from necp_replay.releases.profile import Profile

_AGAIN_S: Final = 0.01
"""When a record is interrupted again: Python drops some exceptions.

The record would then go on without a limit (``processes/dropped_exceptions.py``).
"""

_SHORTEST_S: Final = 1e-6
"""The shortest time that the timer can count. A shorter one counts as 0, which is no limit."""

_T = TypeVar("_T")


class _TookTooLong(BaseException):
    """Raised in the middle of a record. No handler of exceptions in the engine may catch it."""


def check_limit_works() -> None:
    """Raise UsageError where the system has no such timer."""
    if not hasattr(signal, "setitimer"):
        raise UsageError(
            "--record-limit needs a timer that this system does not have",
            hint="Leave it out, or run on Linux or macOS.",
        )


@dataclass(frozen=True, slots=True)
class LimitedEngines:
    """A factory of engines in which no record may take longer than ``limit_s`` seconds."""

    open_engine: EngineFactory
    limit_s: float

    def __call__(self, release: str, /) -> Engine:
        """Open an engine."""
        return LimitedEngine(self.open_engine(release), self.limit_s)

    def afresh(self, release: str) -> Engine:
        """Open an engine that was not used before."""
        return LimitedEngine(afresh(self.open_engine)(release), self.limit_s)


def limited(engine: Engine, limit_s: float | None, records: int = 0) -> Engine:
    """An engine with a limit, or without one (None) the engine itself.

    ``records`` is how many records it was given before.
    """
    return engine if limit_s is None else LimitedEngine(engine, limit_s, records)


class LimitedEngine:
    """An engine that raises EngineError for a record that takes too long, with its number."""

    def __init__(self, engine: Engine, limit_s: float, records: int = 0) -> None:
        self._engine = engine
        self._limit = _RecordLimit(limit_s, records)

    def submit(self, step: Step) -> Outcome:
        """Apply one step and return its outcome. Raises EngineError if that takes too long."""
        return self._limit.of_record(lambda: self._engine.submit(step))

    def snapshot(self) -> Snapshot:
        """The complete state. Raises EngineError if that takes too long."""
        return self._limit.of_state(self._engine.snapshot)

    def make_missing_ids(self) -> None:
        """Make the ids that the trace does not name, if the engine can."""
        if isinstance(self._engine, MakesMissingIds):
            self._engine.make_missing_ids()


class LimitedMachine(Machine):
    """Our engine with the same limit, or without one (None), with all methods of our engine."""

    def __init__(self, profile: Profile, limit_s: float | None = None) -> None:
        super().__init__(profile)
        self._limit = None if limit_s is None else _RecordLimit(limit_s)

    def submit(self, step: Step) -> Outcome:
        """Apply one step and return its outcome. Raises EngineError if that takes too long."""
        if self._limit is None:
            return super().submit(step)
        return self._limit.of_record(partial(super().submit, step))


class _RecordLimit:
    """Counts the records of one system, and gives each the same time."""

    def __init__(self, limit_s: float, records: int = 0) -> None:
        self._limit_s = limit_s
        self._records = records

    def of_record(self, work: Callable[[], _T]) -> _T:
        self._records += 1
        return self._bounded(work, f"record {self._records}")

    def of_state(self, work: Callable[[], _T]) -> _T:
        return self._bounded(work, "the final state")

    def _bounded(self, work: Callable[[], _T], place: str) -> _T:
        try:
            return _within_limit(work, self._limit_s)
        except _TookTooLong:
            raise EngineError(
                f"{place} takes longer than {self._limit_s:g} s, the limit of --record-limit",
                hint="Look at the record with `necp-replay show`, or allow more time.",
            ) from None


def _within_limit(work: Callable[[], _T], limit_s: float) -> _T:
    """Do some work, and interrupt it by _TookTooLong after some processor time of this process."""
    if threading.current_thread() is not threading.main_thread():
        return work()
    limit = _Limit()
    with DroppedExceptions(_TookTooLong, _leave_to_timer):
        try:
            limit.start(limit_s)
            return work()
        finally:
            # Before anything is called: further interruptions would end what comes now.
            limit.is_running = False
            limit.stop()


class _Limit:
    """The limit that runs. There is one timer in a process, and limits do not nest."""

    __slots__ = ("is_running",)

    def __init__(self) -> None:
        self.is_running = False

    def start(self, limit_s: float) -> None:
        global _limit
        _limit = self
        self.is_running = True
        if signal.getsignal(signal.SIGVTALRM) is not _interrupt:
            signal.signal(signal.SIGVTALRM, _interrupt)
        signal.setitimer(signal.ITIMER_VIRTUAL, max(limit_s, _SHORTEST_S), _AGAIN_S)

    def stop(self) -> None:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)


_limit = _Limit()


def _leave_to_timer(error: BaseException) -> None:
    """An interruption that Python drops. The next one follows."""


def _interrupt(number: int, frame: FrameType | None) -> None:
    if _limit.is_running and not is_taking(frame):
        raise _TookTooLong
