"""What a worker does: it works on the traces of a batch, one after the other."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import Any, Final, TypeAlias

from necp_replay.cluster.profiler import profiler_paused
from necp_replay.dataclass import dataclass
from necp_replay.errors import error_of_trace
from necp_replay.suite.engine_digest import engine_digest

ClusterWork: TypeAlias = Callable[[Any], Any]
"""Works on one item, such as a trace. It and its result can be pickled. What it raises is given to
the client in place of a result."""

_ONE_AT_A_TIME: Final = threading.Lock()
"""A worker may have several threads. Python runs one of them at a time, and a replay watches what
the interpreter drops."""


@dataclass(frozen=True, slots=True)
class OtherEngine:
    """That a worker has another engine than the client. Its answers would be those of another."""

    digest: str | None


def work_on_batch(
    work: ClusterWork, engine: str | None, items: Sequence[Any]
) -> list[Any] | OtherEngine:
    """What the work gives for some items; workers call this.

    ``engine`` is the client's digest of it. In place of what cannot be worked on there is its
    NecpReplayError.
    """
    with _ONE_AT_A_TIME, profiler_paused():
        mine = _digest()
        if mine != engine:
            return OtherEngine(mine)
        return [_result_of(work, item) for item in items]


def call_on_worker(
    engine: str | None, call: Callable[..., Any], *arguments: Any
) -> Any | OtherEngine:
    """What a call returns; workers call this. ``engine`` is the client's digest of it."""
    with _ONE_AT_A_TIME, profiler_paused():
        mine = _digest()
        return call(*arguments) if mine == engine else OtherEngine(mine)


def path_of(item: Any) -> str:
    """What an item is called in errors."""
    return str(getattr(item, "path", item))


def _result_of(work: ClusterWork, item: Any) -> Any:
    try:
        return work(item)
    except Exception as error:  # An error in one trace is its verdict.
        return error_of_trace(error, path_of(item))


_found: list[str | None] = []


def _digest() -> str | None:
    """The digest of the engine that this process has imported, found out once."""
    if not _found:
        _found.append(engine_digest())
    return _found[0]
