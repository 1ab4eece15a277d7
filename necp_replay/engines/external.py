"""Runs an external program as an engine, over the engine protocol."""

from __future__ import annotations

import atexit
import os
import time
import weakref
from typing import Final

from necp_replay.dataclass import dataclass
from necp_replay.engines.peer import Peer
from necp_replay.errors import EngineError
from necp_replay.events.determination import Determination
from necp_replay.events.inputs import Step
from necp_replay.events.outcome import NotDetermined, Outcome
from necp_replay.events.snapshot import Snapshot
from necp_replay.trace.engine_messages import (
    PROTOCOL,
    Apply,
    Done,
    Hello,
    Reply,
    Request,
    Reset,
    StateWanted,
    Welcome,
)

ANSWER_LIMIT_S: Final = 10.0
TRACE_LIMIT_FACTOR: Final = 60
"""The time limit of a whole trace, as a multiple of that of one answer. Bounds a program that
answers everything just in time."""


@dataclass(frozen=True, slots=True)
class ExternalEngines:
    """Runs a command as an engine: an :data:`~necp_replay.engines.engine.EngineFactory`.

    A program whose trace ended without an error is told to reset and gets the next trace; after an
    error the next trace gets a new program. ``limit_s`` is the time limit of one answer in seconds.
    """

    command: str
    limit_s: float = ANSWER_LIMIT_S

    def __call__(self, release: str) -> ExternalEngine:
        """Open a new system of a release. Raises EngineError."""
        idle = _idle_peers(self, release)
        while idle:
            peer = idle.pop()
            try:
                if isinstance(peer.ask(Reset(), self.limit_s), Done):
                    return ExternalEngine(self, release, peer)
            except EngineError:
                # It failed while it was idle, so another program takes its place.
                pass
            peer.kill()
        return self._start(release)

    def afresh(self, release: str) -> ExternalEngine:
        """Open a new system in a program that is started for it. Raises EngineError."""
        idle = _idle_peers(self, release)
        while idle:
            idle.pop().end()
        return self._start(release)

    def _start(self, release: str) -> ExternalEngine:
        peer = Peer(self.command)
        say_hello(peer, release, self.limit_s)
        return ExternalEngine(self, release, peer)


class ExternalEngine:
    """A system in another process. Every EngineError names the step."""

    def __init__(self, engines: ExternalEngines, release: str, peer: Peer) -> None:
        self._peer = peer
        self._limit_s = engines.limit_s
        self._trace_limit_s = engines.limit_s * TRACE_LIMIT_FACTOR
        self._deadline_s = time.monotonic() + self._trace_limit_s
        self._steps = 0
        self._determination: Determination | None = None
        weakref.finalize(self, _give_back, engines, release, peer)

    def submit(self, step: Step) -> Outcome:
        """Apply one step and return the outcome that the program answers.

        What follows from an answer that is not determined is not determined either.
        """
        self._steps += 1
        reply = self._ask(Apply(step), f"step {self._steps}")
        if not isinstance(reply, Outcome):
            raise self._nonsense(reply, f"step {self._steps}")
        if self._determination is None:
            if not isinstance(reply.answer, NotDetermined):
                return reply
            self._determination = Determination(self.snapshot())
        return self._determination.judge(step, reply)

    def snapshot(self) -> Snapshot:
        """The complete state that the program answers."""
        reply = self._ask(StateWanted(), "the final state")
        if not isinstance(reply, Snapshot):
            raise self._nonsense(reply, "the final state")
        return reply

    def _ask(self, request: Request, what: str) -> Reply:
        if time.monotonic() > self._deadline_s:
            self._peer.kill()
            limit = f"{self._trace_limit_s:g} s"
            raise EngineError(f"{what}: the engine is too slow, the trace took more than {limit}")
        try:
            return self._peer.ask(request, self._limit_s)
        except EngineError as error:
            self._peer.kill()
            raise EngineError(f"{what}: {error.reason}", hint=error.hint) from error

    def _nonsense(self, reply: Reply, what: str) -> EngineError:
        self._peer.kill()
        kind = type(reply).__name__.lower()
        reason = f"the engine's answer is not valid: a {kind} does not answer this request"
        return EngineError(f"{what}: {reason}")


def say_hello(peer: Peer, release: str, limit_s: float) -> Welcome:
    """Exchange hellos. Ends the peer and raises EngineError if it does not fit."""
    try:
        reply = peer.ask(Hello(PROTOCOL, release), limit_s)
    except EngineError as error:
        peer.kill()
        raise EngineError(f"hello: {error.reason}", hint=error.hint) from error
    if not isinstance(reply, Welcome):
        peer.kill()
        raise EngineError("hello: the engine's answer is not valid: not a hello")
    if reply.protocol != PROTOCOL:
        peer.kill()
        raise EngineError(f"hello: the engine speaks protocol {reply.protocol}, not {PROTOCOL}")
    if reply.release != release:
        peer.kill()
        raise EngineError(f"hello: the engine is of release {reply.release!r}, not {release!r}")
    return reply


_IDLE: Final[dict[tuple[int, ExternalEngines, str], list[Peer]]] = {}
"""Peers that wait for their next trace. The key has the pid, since a fork must not share them."""


def _idle_peers(engines: ExternalEngines, release: str) -> list[Peer]:
    return _IDLE.setdefault((os.getpid(), engines, release), [])


def _give_back(engines: ExternalEngines, release: str, peer: Peer) -> None:
    if peer.is_usable:
        _idle_peers(engines, release).append(peer)


def _end_all() -> None:
    for (process, _, _), peers in _IDLE.items():
        while process == os.getpid() and peers:
            peers.pop().end()


atexit.register(_end_all)
