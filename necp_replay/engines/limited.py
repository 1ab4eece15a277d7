"""Limits how long one record may take in the built-in engine.

A timer of the system interrupts the record, so a limit needs no help from the code that it stops.
The timer counts the processor time of this process, not the time that other programs take, so the
same record meets the same fate on a busy machine. It works on Linux and macOS, in workers too,
wherever records are submitted in the main thread, which is the only one that Python interrupts.

The system is left in the middle of a record, and is not used any more: the trace has an error then.
"""

from __future__ import annotations

import signal
import threading
from dataclasses import dataclass
from types import FrameType
from typing import Any, Final

from necp_replay.engines.engine import Engine, EngineFactory, MakesMissingIds, afresh
from necp_replay.errors import EngineError, UsageError
from necp_replay.events.inputs import Step
from necp_replay.events.outcome import Outcome
from necp_replay.events.snapshot import Snapshot

_AGAIN_S: Final = 0.01
"""When a record is interrupted again. Python drops an exception that is raised while it frees an
object or collects garbage, and the record would go on without a limit."""


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


def limited(engine: Engine, limit_s: float | None) -> Engine:
    """An engine with a limit, or without one (None) the engine itself."""
    return engine if limit_s is None else LimitedEngine(engine, limit_s)


class LimitedEngine:
    """An engine that raises EngineError for a record that takes too long, with its number."""

    def __init__(self, engine: Engine, limit_s: float) -> None:
        self._engine = engine
        self._limit_s = limit_s
        self._records = 0

    def submit(self, step: Step) -> Outcome:
        """Apply one step and return its outcome. Raises EngineError if that takes too long."""
        self._records += 1
        try:
            with _Timer(self._limit_s):
                return self._engine.submit(step)
        except _TookTooLong:
            _stop_timer()
            raise self._error(f"record {self._records}") from None

    def snapshot(self) -> Snapshot:
        """The complete state. Raises EngineError if that takes too long."""
        try:
            with _Timer(self._limit_s):
                return self._engine.snapshot()
        except _TookTooLong:
            _stop_timer()
            raise self._error("the final state") from None

    def make_missing_ids(self) -> None:
        """Make the ids that the trace does not name, if the engine can."""
        if isinstance(self._engine, MakesMissingIds):
            self._engine.make_missing_ids()

    def _error(self, place: str) -> EngineError:
        return EngineError(
            f"{place} takes longer than {self._limit_s:g} s, the limit of --record-limit",
            hint="Look at the record with `necp-replay show`, or allow more time.",
        )


class _Timer:
    """Raises _TookTooLong in its block after some processor time of this process."""

    __slots__ = ("_is_set", "_limit_s")

    def __init__(self, limit_s: float) -> None:
        self._limit_s = limit_s

    def __enter__(self) -> None:
        self._is_set = threading.current_thread() is threading.main_thread()
        if self._is_set:
            if signal.getsignal(signal.SIGVTALRM) is not _interrupt:
                signal.signal(signal.SIGVTALRM, _interrupt)
            signal.setitimer(signal.ITIMER_VIRTUAL, self._limit_s, _AGAIN_S)

    def __exit__(self, *_: object) -> None:
        if self._is_set:
            _stop_timer()


def _stop_timer() -> None:
    """Stop it. A second interruption can come while the first one leaves the block."""
    signal.setitimer(signal.ITIMER_VIRTUAL, 0)


def _interrupt(number: int, frame: FrameType | None) -> Any:
    raise _TookTooLong
