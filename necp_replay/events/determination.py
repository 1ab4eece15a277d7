"""What of a system is not determined, because the trace does not know all inputs.

An engine says of an input that it cannot determine the outcome. From then on the system may differ
from the engine's in what that input may have changed. :class:`Determination` keeps what that is,
and says of every later outcome what of it is still determined. It is cautious: what may be
different is never compared. docs/decisions/0008-partial-knowledge.md says how it spreads, and where
it ends.
"""

from __future__ import annotations

from typing import Final

from necp_replay.abi.client import ClientAction, OpenFlag
from necp_replay.abi.policy import SessionAction
from necp_replay.abi.uuid import ZERO_UUID
from necp_replay.events import (
    agents,
    clock,
    inputs,
    notifications,
    policy_control,
    processes,
    syscalls,
)
from necp_replay.events.effects import TypeConfusionMark
from necp_replay.events.input_reach import (
    ABOUT_CLIENTS,
    KNOWN_OPENINGS,
    OBSERVING,
    OF_ALL_CLIENTS,
    OF_CLIENTS_ALONE,
    OF_SESSION_ALONE,
    OF_THE_SYSTEM_ALONE,
    READING_INPUTS,
    READS,
    SESSION_ONLY,
    SESSION_READS,
    SOCKET_INPUTS,
    WITH_POLICY_IDS,
    never_reads_clock,
)
from necp_replay.events.inputs import Input, Step
from necp_replay.events.outcome import NotDetermined, Outcome, Panicked, TypeConfused
from necp_replay.events.references import (
    OPENINGS,
    FdName,
    Name,
    References,
    Thing,
    Use,
    fd_of,
    passed_client,
)
from necp_replay.events.snapshot import Snapshot
from necp_replay.events.unmeasured import without_parts
from necp_replay.events.unmeasured_inputs import CONTENT, UUIDS

_FOLLOWS: Final = NotDetermined("it depends on what an earlier record did, which is not determined")

_NAMED: Final = References(
    Thing.CLIENT,
    Thing.AGENT_SESSION,
    Thing.CONTROL_SESSION,
    Thing.SOCKET,
    Thing.MULTIPATH,
    Thing.PROCESS,
    Thing.FD,
)


class Determination:
    """What is not determined at one point of a trace.

    It begins with the state before the first input that is not determined, of which it takes which
    fds are open and which clients they have.
    """

    def __init__(self, state: Snapshot) -> None:
        self._fds: dict[FdName, set[bytes] | None] = {}
        """The fds in doubt. Of a client fd, the clients that are surely as the engine has them;
        None for a session."""
        self._things: set[tuple[Thing, Name]] = set()
        """Clients, sockets, sessions and processes in doubt."""
        self._policy_ids_are_known = True
        self._system = False
        """Whether policies, agents, interfaces or routes may be others."""
        self._anything = False
        """Whether even the fds of processes may be others."""
        self._has_lost_engine = False
        self._clients: dict[FdName, set[bytes]] = {
            (fd.pid, fd.fd): {client.client_id for client in fd.clients}
            for fd in (*state.fds, *state.observers)
        }
        self._observers = {
            (fd.pid, fd.fd) for fd in (*state.fds, *state.observers) if fd.flags & OBSERVING
        }
        self._doubtful_observers: set[FdName] = set()
        self._clock_is_known = True

    def doubt_evaluations(self) -> None:
        """Take into doubt what is evaluated from policies, agents and networks."""
        self._system = True

    def judge(self, step: Step, outcome: Outcome) -> Outcome:
        """The outcome of the next step as far as it is determined, given the engine's answer."""
        event = step.input
        fd = fd_of(event, outcome)
        self._follow_clock(step)
        found = self._judged(step, outcome, fd)
        if isinstance(outcome.answer, Panicked | TypeConfused) and found is not outcome:
            # The engine has stopped, and the system may not have.
            self._has_lost_engine = True
        if isinstance(found.answer, NotDetermined):
            self._spread(step, fd)
        else:
            self._follow(step, outcome, fd)
        return found

    def _follow_clock(self, step: Step) -> None:
        """An unknown clock puts nothing in doubt, if it is set before something reads it."""
        event = step.input
        if step.now_ns is not None:
            self._clock_is_known = True
        if not self._clock_is_known and not never_reads_clock(event):
            self._system = True
            self._doubt_all_clients()
        if type(event) is clock.Now:
            self._clock_is_known = not step.unmeasured

    def _judged(self, step: Step, outcome: Outcome, fd: FdName | None) -> Outcome:
        event = step.input
        if isinstance(outcome.answer, NotDetermined):
            return outcome
        if self._anything or self._has_lost_engine:
            return Outcome(answer=_FOLLOWS)
        if isinstance(event, KNOWN_OPENINGS):
            # A process is in doubt, if an earlier record of it may have opened another fd.
            is_doubtful = self._is_doubtful(event, but=Thing.FD)
            if is_doubtful:
                return Outcome(answer=_FOLLOWS)
            if isinstance(event, syscalls.NecpOpen) and event.flags & OpenFlag.PUSH_OBSERVER:
                # It gets an update about each client, which can end in a panic.
                parts = ("errno", "retval", "answer", "effects") if self._has_doubts else ()
                return without_parts(outcome, parts)
            return without_parts(outcome, ABOUT_CLIENTS if self._has_doubts else ())
        if isinstance(event, processes.ProcExit):
            if self._is_doubtful(event):
                return Outcome(answer=_FOLLOWS)
            return self._without_effects(outcome) if self._has_doubts else outcome
        if isinstance(event, syscalls.Close):
            if self._is_doubtful(event, but=Thing.FD):
                return Outcome(answer=_FOLLOWS)
            return self._without_effects(outcome) if self._has_doubts else outcome
        if isinstance(event, syscalls.NecpClientAction):
            return self._of_action(event, outcome, fd)
        if self._is_doubtful(event) or self._names_doubtful_client(event):
            return Outcome(answer=_FOLLOWS)
        if isinstance(event, agents.NetagentGetopt):
            # How often an agent is used is counted over all clients.
            outcome = without_parts(outcome, ("answer",))
        if fd is not None and self._is_observed(fd):
            return Outcome(answer=_FOLLOWS)
        if isinstance(event, notifications.TakeSnapshot):
            if self._has_doubts:
                return Outcome(answer=_FOLLOWS)
            # An agent may have been used by a client that is gone.
            return without_parts(outcome, ("netagents",))
        if isinstance(event, inputs.FdInput):
            return without_parts(outcome, ABOUT_CLIENTS if self._has_doubts else ())
        if not self._policy_ids_are_known and (
            isinstance(event, policy_control.NecpCtlSend)
            or (isinstance(event, syscalls.NecpSessionAction) and event.action in WITH_POLICY_IDS)
        ):
            return Outcome(answer=_FOLLOWS)
        if self._system:
            if isinstance(event, syscalls.NecpSessionAction) and self._is_of_session(event):
                return self._without_effects(outcome)
            return Outcome(answer=_FOLLOWS)
        if self._has_doubts:
            if isinstance(event, OF_ALL_CLIENTS):
                return self._without_effects(outcome)
            return without_parts(outcome, ABOUT_CLIENTS)
        return outcome

    def _is_of_session(self, call: syscalls.NecpSessionAction) -> bool:
        """Whether a call on a session that is not in doubt answers from the session alone."""
        return call.action in OF_SESSION_ALONE or call.action in WITH_POLICY_IDS

    def _of_action(
        self, call: syscalls.NecpClientAction, outcome: Outcome, fd: FdName | None
    ) -> Outcome:
        action = call.action
        is_confused = any(isinstance(effect, TypeConfusionMark) for effect in outcome.effects)
        if self._is_doubtful(call, but=Thing.FD) or (is_confused and self._has_doubts):
            return Outcome(answer=_FOLLOWS)
        if self._system and action not in OF_CLIENTS_ALONE:
            return Outcome(answer=_FOLLOWS)
        if fd is not None and fd in self._fds and action not in OF_THE_SYSTEM_ALONE:
            sure = self._fds[fd]
            client = passed_client(call)
            is_any = client in (None, ZERO_UUID)
            if sure is None or (action != ClientAction.ADD and (is_any or client not in sure)):
                return Outcome(answer=_FOLLOWS)
        if fd is not None and self._is_observed(fd) and action != ClientAction.ADD:
            return Outcome(answer=_FOLLOWS)
        if self._system:
            return self._without_effects(outcome)
        counted = ("buffer",) if action == ClientAction.AGENT_USE else ()
        return without_parts(outcome, (*counted, *(ABOUT_CLIENTS if self._has_doubts else ())))

    def _spread(self, step: Step, fd: FdName | None) -> None:
        """Take into doubt what a step that is not determined may have changed."""
        event = step.input
        unknown = {part.removesuffix(CONTENT) for part in step.unmeasured}
        if isinstance(event, (*READING_INPUTS, clock.Now)):
            return
        if "pid" in unknown:
            self._anything = True
        elif isinstance(event, processes.ProcExit):
            self._end_process(event.pid)
        elif isinstance(event, OPENINGS):
            self._things.add((Thing.PROCESS, event.pid))
        elif isinstance(event, syscalls.Close):
            # It may have been a policy session.
            self._things.add((Thing.PROCESS, event.pid))
            self._system = True
        elif "fd" in unknown:
            self._anything = True
        elif isinstance(event, syscalls.NecpClientAction):
            self._spread_action(step, event, fd, unknown)
        elif isinstance(event, syscalls.NecpSessionAction) and fd is not None:
            self._spread_session_action(event, fd, unknown)
        elif isinstance(event, processes.ProcAdd | processes.ProcUpdate):
            self._things.add((Thing.PROCESS, event.pid))
        elif isinstance(event, SOCKET_INPUTS) and not unknown & {"name", "socket", "mp"}:
            self._doubt_named(event, unknown)
        else:
            self._system = True
            self._doubt_all_clients()

    def _spread_action(
        self,
        step: Step,
        call: syscalls.NecpClientAction,
        fd: FdName | None,
        unknown: set[str],
    ) -> None:
        if "action" not in unknown and call.action in READS:
            return
        if "action" not in unknown and call.action == ClientAction.UPDATE_CACHE:
            # What the cache holds decides about flags of other results.
            self._system = True
            return
        if fd is None:
            self._anything = True
            return
        client = None
        if not unknown & {"action", "client_id", "client_id_len"}:
            client = passed_client(call)
        adds = "action" not in unknown and call.action == ClientAction.ADD
        if fd in self._observers and not adds:
            self._doubtful_observers.add(fd)
            if client is not None and client != ZERO_UUID:
                self._doubt_client(client)
            return
        known = self._clients.get(fd, set())
        sure = self._fds.get(fd, set(known))
        if adds:
            self._things.update((Thing.CLIENT, uuid) for uuid in step.uuids)
            self._clients.setdefault(fd, set()).update(step.uuids)
        elif client is None or client == ZERO_UUID:
            sure = set()
        elif sure is not None:
            sure.discard(client)
        self._fds[fd] = sure
        self._doubtful_observers |= self._observers

    def _spread_session_action(
        self, event: syscalls.NecpSessionAction, fd: FdName, unknown: set[str]
    ) -> None:
        if "action" not in unknown and event.action in SESSION_READS:
            return
        self._fds[fd] = None
        if "action" in unknown or event.action == SessionAction.POLICY_ADD:
            self._policy_ids_are_known = False
        if "action" in unknown or event.action not in SESSION_ONLY:
            self._system = True
            self._doubt_all_clients()

    def _doubt_named(self, event: Input, unknown: set[str]) -> None:
        """Take into doubt the sockets and clients that a call of a socket names."""
        for each in _NAMED.passed(event):
            if each.use is Use.DESTROY:
                self._things.discard((each.thing, each.name))
            elif each.thing in (Thing.SOCKET, Thing.MULTIPATH):
                self._things.add((each.thing, each.name))
            elif each.thing is Thing.CLIENT and "client_id" not in unknown:
                self._doubt_client(each.name)
        if "client_id" in unknown:
            self._doubt_all_clients()

    def _doubt_client(self, client: Name) -> None:
        for fd, clients in self._clients.items():
            if client in clients:
                sure = self._fds.setdefault(fd, set(clients))
                if sure is not None and isinstance(client, bytes):
                    sure.discard(client)
        self._doubtful_observers |= self._observers

    def _doubt_all_clients(self) -> None:
        for fd in self._clients:
            self._fds[fd] = set()
        self._doubtful_observers |= self._observers

    def _follow(self, step: Step, outcome: Outcome, fd: FdName | None) -> None:
        """Follow which fds and clients there are, and end doubts about what is gone."""
        event = step.input
        if isinstance(event, syscalls.NecpOpen):
            if fd is not None and outcome.errno == 0:
                self._clients[fd] = set()
                if event.flags & OBSERVING:
                    self._observers.add(fd)
                    if self._has_doubts:
                        self._doubtful_observers.add(fd)
        elif isinstance(event, syscalls.Close):
            if fd is not None and outcome.errno == 0:
                self._forget(fd)
        elif isinstance(event, processes.ProcExit):
            self._end_process(event.pid)
        elif isinstance(event, processes.ProcAdd):
            if outcome.errno == 0:
                self._things.discard((Thing.PROCESS, event.pid))
        elif isinstance(event, syscalls.NecpClientAction) and fd is not None and not outcome.errno:
            self._follow_action(step, event, fd)

    def _follow_action(self, step: Step, call: syscalls.NecpClientAction, fd: FdName) -> None:
        clients = self._clients.setdefault(fd, set())
        sure = self._fds.get(fd)
        if call.action == ClientAction.ADD:
            clients.update(step.uuids)
            if sure is not None:
                sure.update(step.uuids)
        elif call.action == ClientAction.REMOVE:
            client = passed_client(call)
            if client is not None:
                clients.discard(client)

    def _end_process(self, pid: int) -> None:
        for fd in [fd for fd in {*self._clients, *self._fds} if fd[0] == pid]:
            self._forget(fd)
        self._things.discard((Thing.PROCESS, pid))

    def _forget(self, fd: FdName) -> None:
        """An fd is closed, and all that it had is gone."""
        for client in self._clients.pop(fd, ()):
            self._things.discard((Thing.CLIENT, client))
        self._fds.pop(fd, None)
        self._observers.discard(fd)
        self._doubtful_observers.discard(fd)

    @property
    def _has_doubtful_clients(self) -> bool:
        return any(sure is not None for sure in self._fds.values())

    @property
    def _has_doubts(self) -> bool:
        return bool(
            self._system or self._anything or self._things or self._fds or self._doubtful_observers
        )

    def _is_observed(self, fd: FdName) -> bool:
        """Whether the fd sees clients that are in doubt."""
        return fd in self._doubtful_observers or (
            fd in self._observers and self._has_doubtful_clients
        )

    def _is_doubtful(self, event: Input, but: Thing | None = None) -> bool:
        """Whether an input names something in doubt."""
        for thing, name, _ in _NAMED.passed(event):
            if thing is but:
                continue
            if thing is Thing.FD and name in self._fds:
                return True
            if (thing, name) in self._things:
                return True
        return False

    def _names_doubtful_client(self, event: Input) -> bool:
        """Whether an input names a client that is not surely as the engine has it."""
        if not self._has_doubtful_clients:
            return False
        named = [each.name for each in _NAMED.passed(event) if each.thing is Thing.CLIENT]
        return any(not self._is_sure(client) for client in named)

    def _is_sure(self, client: Name) -> bool:
        for fd, clients in self._clients.items():
            if client in clients:
                sure = self._fds.get(fd, clients)
                return sure is not None and client in sure
        return False

    def _without_effects(self, outcome: Outcome) -> Outcome:
        return without_parts(outcome, ("effects",))


def needs_unknown_field(step: Step) -> str | None:
    """A part of an input without which nothing can be said of it: any but buffers' bytes and ids.

    None if there is none.
    """
    for part in step.unmeasured:
        if part != UUIDS and not part.endswith(CONTENT):
            return part
    return None
