"""The live engine: each input of a trace becomes a call that is made for real.

An input that a process cannot make, such as changing an interface, is not modelled; nor is what
depends on it. What the calls changed is undone when the trace ends: fds and sessions are closed,
and with them go clients, policies and agents.
"""

from __future__ import annotations

import select
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from types import TracebackType
from typing import Any, Final, Self

from necp_replay.abi.client import ClientAction
from necp_replay.abi.client_structs import ADD_FLOW_ID_OFFSET
from necp_replay.abi.uuid import UUID_BYTES
from necp_replay.engines.live.agents import (
    AgentSessionInput,
    AgentSockets,
    ControlSocket,
    open_control_socket,
)
from necp_replay.engines.live.calls import SystemCalls
from necp_replay.engines.live.memory import LaidOutBuffer
from necp_replay.engines.live.names import SystemNames
from necp_replay.events import syscalls
from necp_replay.events.inputs import Step
from necp_replay.events.outcome import (
    Absent,
    ActionBuffers,
    MatchResult,
    NotDetermined,
    Outcome,
    Readiness,
    SessionBuffer,
)
from necp_replay.events.snapshot import Snapshot
from necp_replay.events.unmeasured import with_unmeasured
from necp_replay.events.unmeasured_inputs import UUIDS
from necp_replay.events.user_buffer import UserBuffer

_ID_IN: Final = {ClientAction.ADD: "client_id", ClientAction.ADD_FLOW: "buffer"}
_MAKES_ID: Final = frozenset(map(int, _ID_IN))
LiveCall = (
    syscalls.NecpOpen
    | syscalls.NecpSessionOpen
    | syscalls.Close
    | syscalls.NecpClientAction
    | syscalls.NecpSessionAction
    | syscalls.NecpMatchPolicy
    | syscalls.NetagentTrigger
    | syscalls.FdPoll
)
"""The inputs that are made for real, besides those of agents."""
_CHANGES_SYSTEM: Final = frozenset(
    {
        int(ClientAction.AGENT),
        int(ClientAction.AGENT_USE),
        int(ClientAction.UPDATE_CACHE),
        int(ClientAction.ACQUIRE_AGENT_TOKEN),
    }
)
"""Actions that change what other processes see."""
_NEEDS_REALLY: Final = "it changes the state of the whole system: allow it with --really"
_NOT_BY_PROCESS: Final = "a process cannot make this happen on a real system"
_POLLIN: Final = 0x0001
_NOTHING_SEEN: Final = Snapshot(0, 0, 0, 0, 0, 0, False, (), ())


class LiveEngine:
    """One trace on the running system."""

    def __init__(
        self,
        calls: SystemCalls,
        *,
        really: bool,
        open_socket: Callable[[], ControlSocket | None] = open_control_socket,
    ) -> None:
        self._calls = calls
        self._really = really
        self._agents = AgentSockets(open_socket)
        self._names = SystemNames()
        self._pid: int | None = None

    def submit(self, step: Step) -> Outcome:
        """Make the call of a step. What the call does not show of the outcome is unmeasured."""
        event = step.input
        if isinstance(event, AgentSessionInput):
            return self._agent(event, step)
        if not isinstance(event, LiveCall):
            return Outcome(answer=Absent(_NOT_BY_PROCESS))
        if self._pid is None:
            self._pid = event.pid
        if event.pid != self._pid:
            return Outcome(answer=Absent(f"only the calls of one process are made, {self._pid}"))
        if step.unmeasured not in ((), (UUIDS,)):
            return Outcome(answer=NotDetermined(f"not known: {', '.join(step.unmeasured)}"))
        outcome = _CALLS[type(event)](self, event, step)
        if isinstance(outcome.answer, Absent):
            return outcome
        return with_unmeasured(outcome, ("effects", *outcome.unmeasured))

    def snapshot(self) -> Snapshot:
        """No process sees the state of the kernel, so nothing is in it."""
        return _NOTHING_SEEN

    def close(self) -> None:
        """Undo what was done: close what is open."""
        self._agents.close()
        while self._names.fds:
            _, real = self._names.fds.popitem()
            self._calls.make("close", real)

    def _agent(self, event: AgentSessionInput, step: Step) -> Outcome:
        if not self._really:
            return Outcome(answer=Absent(_NEEDS_REALLY))
        if step.unmeasured:
            return Outcome(answer=NotDetermined(f"not known: {', '.join(step.unmeasured)}"))
        outcome = self._agents.submit(event)
        if isinstance(outcome.answer, Absent):
            return outcome
        return with_unmeasured(outcome, ("effects",))

    # Opening and closing.

    def _open(self, event: syscalls.NecpOpen, step: Step) -> Outcome:
        return self._opened("necp_open", event.flags, event.assigned_fd)

    def _session_open(self, event: syscalls.NecpSessionOpen, step: Step) -> Outcome:
        if not self._really:
            return Outcome(answer=Absent(_NEEDS_REALLY))
        return self._opened("necp_session_open", event.flags, event.assigned_fd)

    def _opened(self, name: str, flags: int, assigned: int | None) -> Outcome:
        if assigned in self._names.fds:
            return Outcome(answer=Absent(f"the trace assigns fd {assigned}, which is open here"))
        if not self._calls.has(name):
            return Outcome(answer=Absent(f"the system has no {name}"))
        real, errno = self._calls.make(name, _signed(flags))
        if errno:
            return Outcome(errno=errno)
        return Outcome(errno=0, retval=self._names.open(real, assigned))

    def _close(self, event: syscalls.Close, step: Step) -> Outcome:
        _, errno = self._calls.make("close", self._names.real_fd(event.fd))
        self._names.fds.pop(event.fd, None)
        return Outcome(errno=errno)

    # Calls on an fd.

    def _client_action(self, event: syscalls.NecpClientAction, step: Step) -> Outcome:
        if event.action in _CHANGES_SYSTEM and not self._really:
            return Outcome(answer=Absent(_NEEDS_REALLY))
        names = self._names
        with self._laid_out(event.client_id, event.buffer) as (client_id, buffer):
            value, errno = self._calls.make(
                "necp_client_action",
                names.real_fd(event.fd),
                event.action,
                client_id.address,
                event.client_id_len,
                buffer.address,
                event.buffer_size,
            )
            if not errno and step.uuids and event.action in _MAKES_ID:
                begin = 0 if event.action == ClientAction.ADD else ADD_FLOW_ID_OFFSET
                holder = client_id if event.action == ClientAction.ADD else buffer
                names.learn(step.uuids[0], holder.content()[begin : begin + UUID_BYTES])
            answer = ActionBuffers(client_id.after(names.to_trace), buffer.after(names.to_trace))
        outcome = _outcome(value, errno, answer)
        if not errno and not step.uuids and event.action in _MAKES_ID:
            # The trace does not name the id that was generated.
            return with_unmeasured(outcome, (_ID_IN[ClientAction(event.action)],))
        return outcome

    def _session_action(self, event: syscalls.NecpSessionAction, step: Step) -> Outcome:
        if not self._really:
            return Outcome(answer=Absent(_NEEDS_REALLY))
        if not self._calls.has("necp_session_action"):
            return Outcome(answer=Absent("the system has no necp_session_action"))
        with self._laid_out(event.in_buffer, event.out_buffer) as (given, out):
            value, errno = self._calls.make(
                "necp_session_action",
                self._names.real_fd(event.fd),
                event.action,
                given.address,
                event.in_buffer_length,
                out.address,
                event.out_buffer_length,
            )
            answer = SessionBuffer(out.after(self._names.to_trace))
        return _outcome(value, errno, answer)

    def _match_policy(self, event: syscalls.NecpMatchPolicy, step: Step) -> Outcome:
        if not self._calls.has("necp_match_policy"):
            return Outcome(answer=Absent("the system has no necp_match_policy"))
        with self._laid_out(event.parameters, event.result) as (parameters, result):
            value, errno = self._calls.make(
                "necp_match_policy", parameters.address, event.parameters_size, result.address
            )
            answer = MatchResult(result.after(self._names.to_trace))
        return _outcome(value, errno, answer)

    def _trigger(self, event: syscalls.NetagentTrigger, step: Step) -> Outcome:
        if not self._really:
            return Outcome(answer=Absent(_NEEDS_REALLY))
        if not self._calls.has("netagent_trigger"):
            return Outcome(answer=Absent("the system has no netagent_trigger"))
        with self._laid_out(event.agent_uuid, None) as (agent, _):
            value, errno = self._calls.make("netagent_trigger", agent.address, event.len)
        return _outcome(value, errno, None)

    def _poll(self, event: syscalls.FdPoll, step: Step) -> Outcome:
        real = self._names.fds.get(event.fd)
        if event.how != "poll" or real is None:
            return Outcome(answer=Absent("only an open fd is polled, and by poll alone"))
        poller = select.poll()
        poller.register(real, _POLLIN)
        found = dict(poller.poll(0)).get(real, 0)
        return Outcome(errno=0, answer=Readiness(bool(found & event.events & _POLLIN)))

    @contextmanager
    def _laid_out(
        self, first: UserBuffer | None, second: UserBuffer | None
    ) -> Iterator[tuple[LaidOutBuffer, LaidOutBuffer]]:
        with ExitStack() as stack:
            to_system = self._names.to_system
            yield (
                stack.enter_context(LaidOutBuffer(first, to_system)),
                stack.enter_context(LaidOutBuffer(second, to_system)),
            )


class LiveEngines:
    """Opens a live engine for each trace, and undoes what the one before changed.

    Use it as a context manager.

    It is an :data:`~necp_replay.engines.engine.EngineFactory`.
    """

    def __init__(self, calls: SystemCalls, *, really: bool) -> None:
        self._calls = calls
        self._really = really
        self._current: LiveEngine | None = None

    def __call__(self, release: str) -> LiveEngine:
        """An engine for the next trace, whatever the release is called."""
        self._undo()
        self._current = LiveEngine(self._calls, really=self._really)
        return self._current

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._undo()

    def _undo(self) -> None:
        if self._current is not None:
            self._current.close()


def _outcome(
    value: int, errno: int, answer: ActionBuffers | SessionBuffer | MatchResult | None
) -> Outcome:
    return Outcome(errno=errno, retval=None if errno else value, answer=answer)


def _signed(value: int) -> int:
    value &= 0xFFFFFFFF
    return value - (1 << 32) if value & 0x80000000 else value


_CALLS: Final[dict[type, Callable[[LiveEngine, Any, Step], Outcome]]] = {
    syscalls.NecpOpen: LiveEngine._open,
    syscalls.NecpSessionOpen: LiveEngine._session_open,
    syscalls.Close: LiveEngine._close,
    syscalls.NecpClientAction: LiveEngine._client_action,
    syscalls.NecpSessionAction: LiveEngine._session_action,
    syscalls.NecpMatchPolicy: LiveEngine._match_policy,
    syscalls.NetagentTrigger: LiveEngine._trigger,
    syscalls.FdPoll: LiveEngine._poll,
}
