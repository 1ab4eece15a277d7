"""Makes steps and outcomes of recorded calls.

The state of each process (that it exists, which fds are open) is followed here. So the trace also
has steps for what the library could not see: an fd that was closed in another way, a process whose
start was not recorded. What had to be assumed is counted in :attr:`Assumptions`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import field
from pathlib import PurePosixPath
from typing import Final

from necp_replay.abi.client import ClientAction
from necp_replay.abi.client_structs import ADD_FLOW_ID_OFFSET
from necp_replay.abi.errno import Errno
from necp_replay.abi.uuid import UUID_BYTES
from necp_replay.capture.buffers import PassedBuffer, passed_buffer
from necp_replay.capture.recording import (
    IMAGE_ID,
    PROGRAM_PATH,
    CallKind,
    RecordedCall,
)
from necp_replay.capture.socket_steps import SocketSteps
from necp_replay.dataclass import dataclass
from necp_replay.events import processes, syscalls
from necp_replay.events.inputs import Step
from necp_replay.events.outcome import (
    ActionBuffers,
    MatchResult,
    Outcome,
    Readiness,
    Selected,
    SessionBuffer,
)
from necp_replay.events.processes import Sandbox
from necp_replay.events.shown_sandbox import ShownSandbox
from necp_replay.events.unmeasured import with_unmeasured
from necp_replay.events.unmeasured_inputs import UUIDS, partial_step

Recorded = tuple[Step, Outcome | None]
"""A step, and its outcome if anything of it is known."""

_POLLIN: Final = 0x0001
_SETS: Final = ("read", "write", "except")
"""The sets of select, as `FdSelect` names them."""
_NAME_BYTES: Final = 16
"""MAXCOMLEN: the kernel's name of a process."""
_MOST_FDS: Final = 0x7FFFFFFF
_MOST_NS: Final = (1 << 63) - 1
_MAY_OPEN_SESSIONS: Final = "PRIV_NET_PRIVILEGED_NECP_POLICIES"
_MAKES_ID: Final = frozenset({int(ClientAction.ADD), int(ClientAction.ADD_FLOW)})


@dataclass(slots=True)
class Assumptions:
    """What was assumed: parts of the trace that were not recorded, or left out, and how often."""

    counts: Counter[str] = field(default_factory=Counter)

    def note(self, what: str) -> None:
        """Count one more of a kind."""
        self.counts[what] += 1


@dataclass(slots=True)
class _SeenProcess:
    """A process, and its fds: whether each is NECP's, or a file of another kind."""

    name: str
    uid: int
    fd_limit: int
    exec_uuid: bytes | None
    fds: dict[int, bool] = field(default_factory=dict)
    is_privileged: bool = False
    sandbox: ShownSandbox = field(default_factory=ShownSandbox)


class CallSteps:
    """Translates calls, given one after the other in the order of their effects."""

    def __init__(self, match_result_bytes: int) -> None:
        self.assumptions = Assumptions()
        self._match_result_bytes = match_result_bytes
        self._processes: dict[int, _SeenProcess] = {}
        self._sockets = SocketSteps()
        self._now_ns = 0

    @property
    def running(self) -> tuple[int, ...]:
        """The processes whose end was not recorded."""
        return tuple(self._processes)

    def of(self, call: RecordedCall) -> Iterator[Recorded]:
        """The steps that a call becomes, with its time."""
        # Calls that overlap are not quite in the order of their times.
        self._now_ns = max(self._now_ns, min(call.begin_ns, _MOST_NS))
        for step, outcome in self._of(call):
            step.now_ns = self._now_ns
            yield step, outcome

    def exit(self, pid: int) -> Iterator[Recorded]:
        """The end of a process. Its fds are closed by the system."""
        if self._processes.pop(pid, None) is not None:
            yield from self._sockets.lose(pid)
            yield Step(processes.ProcExit(pid)), None

    def _of(self, call: RecordedCall) -> Iterator[Recorded]:
        kind = call.kind
        if kind in (CallKind.BEGINS, CallKind.FORKED):
            yield from self._begin(call)
            return
        if kind is CallKind.EXITS:
            yield from self.exit(call.process)
            return
        if call.process not in self._processes:
            self.assumptions.note("the start of a process was not recorded")
            yield from self._add(call.process, _SeenProcess("", 0, 256, None))
        translate = _TRANSLATORS.get(kind)
        if translate is not None:
            yield from translate(self, call)
        elif kind is CallKind.CLOSE and not self._is_necp(call):
            yield from self._sockets.close(call)
        elif kind is CallKind.CLOSE:
            yield from self._close(call)
        else:
            yield from self._sockets.of(call)

    # Processes.

    def _begin(self, call: RecordedCall) -> Iterator[Recorded]:
        pid = call.process
        before = self._processes.get(pid)
        if call.kind is CallKind.FORKED:
            if before is not None:
                # The pid belonged to another process before, whose end was not recorded.
                self.assumptions.note("the end of a process was not recorded")
                yield from self.exit(pid)
            parent = self._processes.get(call.arguments[0])
            found = _SeenProcess("", 0, 256, None)
            if parent is not None:
                found = _SeenProcess(parent.name, parent.uid, parent.fd_limit, parent.exec_uuid)
            yield from self._add(pid, found)
            return
        found = _SeenProcess(
            _name_of(call),
            call.arguments[1],
            min(call.arguments[2], _MOST_FDS),
            _image_id_of(call),
        )
        if before is None:
            yield from self._add(pid, found)
            return
        # Another program in the same process: the system has closed NECP's fds.
        for fd, is_necp in before.fds.items():
            if is_necp:
                yield Step(syscalls.Close(pid, fd)), None
        found.sandbox = before.sandbox
        self._processes[pid] = found
        yield (
            Step(
                processes.ProcUpdate(
                    pid,
                    name=found.name,
                    uid=found.uid,
                    exec_uuid=found.exec_uuid,
                    fd_limit=found.fd_limit,
                )
            ),
            None,
        )

    def _add(self, pid: int, found: _SeenProcess) -> Iterator[Recorded]:
        self._processes[pid] = found
        event = processes.ProcAdd(pid, name=found.name, uid=found.uid, fd_limit=found.fd_limit)
        if found.exec_uuid is not None:
            event.exec_uuid = found.exec_uuid
        yield Step(event), None

    # Opening and closing.

    def _open(self, call: RecordedCall) -> Iterator[Recorded]:
        is_session = call.kind is CallKind.NECP_SESSION_OPEN
        opening = syscalls.NecpSessionOpen if is_session else syscalls.NecpOpen
        event = opening(call.process, _int32(call.arguments[0]))
        if call.errno in (Errno.EMFILE, Errno.ENFILE):
            # Which other fds the process has is not known, so nothing could be compared.
            self.assumptions.note("a call that opened no fd, because none was left, is left out")
            return
        if not is_session:
            yield from self._sandbox(
                call, self._processes[call.process].sandbox.after_open(call.errno)
            )
        if not call.errno:
            seen, fd = self._processes[call.process], call.result
            event.assigned_fd = fd
            if fd in seen.fds:
                self.assumptions.note("the closing of an fd was not recorded")
                yield Step(syscalls.Close(call.process, fd)), None
            seen.fds[fd] = True
            if is_session and seen.uid and not seen.is_privileged:
                # The call was not refused. No more is known of the privileges of the process.
                seen.is_privileged = True
                privileges = (_MAY_OPEN_SESSIONS,)
                yield Step(processes.ProcUpdate(call.process, privileged=privileges)), None
        yield Step(event), self._outcome(call)

    def _close(self, call: RecordedCall) -> Iterator[Recorded]:
        fd = _int32(call.arguments[0])
        self._processes[call.process].fds.pop(fd, None)
        yield Step(syscalls.Close(call.process, fd)), _partly(Outcome(errno=call.errno))

    def _sandbox(self, call: RecordedCall, shown: Sandbox | None) -> Iterator[Recorded]:
        """What a call shows of the sandbox of its process, if that is new."""
        if shown is not None:
            self.assumptions.note("a sandbox denied what only a sandbox refuses with EPERM")
            yield Step(processes.ProcUpdate(call.process, sandbox=shown)), None

    def _is_necp(self, call: RecordedCall) -> bool:
        return self._processes[call.process].fds.get(_int32(call.arguments[0]), False)

    # Calls on an fd.

    def _client_action(self, call: RecordedCall) -> Iterator[Recorded]:
        client_id, buffer = passed_buffer(call, 2), passed_buffer(call, 4)
        action = call.arguments[1]
        event = syscalls.NecpClientAction(
            call.process,
            _int32(call.arguments[0]),
            action,
            client_id.before,
            call.arguments[3],
            buffer.before,
            call.arguments[5],
        )
        unknown = _unknown({"client_id": client_id, "buffer": buffer})
        shown = self._processes[call.process].sandbox.after_action(action, call.errno)
        yield from self._sandbox(call, shown)
        answer = ActionBuffers(client_id.after, buffer.after)
        uuids = _new_id(action, client_id, buffer) if not call.errno else ()
        parts = [UUIDS] if action in _MAKES_ID and not uuids else []
        yield from self._on_fd(call, event, uuids, parts, self._outcome(call, answer, unknown))

    def _session_action(self, call: RecordedCall) -> Iterator[Recorded]:
        given, out = passed_buffer(call, 2), passed_buffer(call, 4)
        event = syscalls.NecpSessionAction(
            call.process,
            _int32(call.arguments[0]),
            call.arguments[1],
            given.before,
            call.arguments[3],
            out.before,
            call.arguments[5],
        )
        outcome = self._outcome(call, SessionBuffer(out.after), _unknown({"out_buffer": out}))
        yield from self._on_fd(call, event, (), [], outcome)

    def _on_fd(
        self,
        call: RecordedCall,
        event: syscalls.NecpClientAction | syscalls.NecpSessionAction,
        uuids: tuple[bytes, ...],
        parts: list[str],
        outcome: Outcome,
    ) -> Iterator[Recorded]:
        fds = self._processes[call.process].fds
        if event.fd not in fds:
            if call.errno == Errno.ENODEV:
                # It is a file of another kind, which was opened before.
                fds[event.fd] = False
                yield Step(syscalls.OpenOther(call.process, event.fd)), None
            elif call.errno != Errno.EBADF:
                self.assumptions.note("a call was made on an fd whose opening was not recorded")
                parts = [*parts, "fd"]
        yield partial_step(event, uuids, None, parts), outcome

    def _match_policy(self, call: RecordedCall) -> Iterator[Recorded]:
        parameters = passed_buffer(call, 0)
        result = passed_buffer(call, 2, self._match_result_bytes)
        event = syscalls.NecpMatchPolicy(
            call.process, parameters.before, call.arguments[1], result.before
        )
        outcome = self._outcome(call, MatchResult(result.after), _unknown({"result": result}))
        yield partial_step(event), outcome

    def _trigger(self, call: RecordedCall) -> Iterator[Recorded]:
        agent = passed_buffer(call, 0)
        event = syscalls.NetagentTrigger(call.process, agent.before, call.arguments[1])
        yield partial_step(event), self._outcome(call)

    def _poll(self, call: RecordedCall) -> Iterator[Recorded]:
        fd, asked, found = _int32(call.arguments[0]), call.arguments[1], call.arguments[2]
        if asked & _POLLIN:
            event = syscalls.FdPoll(call.process, fd, "poll", _POLLIN)
            yield Step(event), _partly(Outcome(0, None, Readiness(bool(found & _POLLIN))))

    def _select(self, call: RecordedCall) -> Iterator[Recorded]:
        """What select found of one fd in one set: ready is any error number, too."""
        fd, which, is_ready = _int32(call.arguments[0]), call.arguments[1], call.arguments[2]
        event = syscalls.FdSelect(call.process, fd, _SETS[min(which, len(_SETS) - 1)])
        outcome = Outcome(0, None, None if is_ready else Selected(0))
        yield Step(event), _partly(outcome, ("answer",) if is_ready else ())

    def _kevent(self, call: RecordedCall) -> Iterator[Recorded]:
        fd, kind = _int32(call.arguments[0]), _int32(call.arguments[1])
        event = syscalls.FdPoll(call.process, fd, "kqfilter", filter=kind)
        yield Step(event), _partly(Outcome(0, None, Readiness(True)))

    @staticmethod
    def _outcome(
        call: RecordedCall,
        answer: ActionBuffers | SessionBuffer | MatchResult | None = None,
        unknown: tuple[str, ...] = (),
    ) -> Outcome:
        retval = None if call.errno else call.result
        return _partly(Outcome(call.errno, retval, answer), unknown)


def _partly(outcome: Outcome, unknown: tuple[str, ...] = ()) -> Outcome:
    """An outcome whose effects are unmeasured, because a process does not see them."""
    return with_unmeasured(outcome, ("effects", *unknown))


def _unknown(buffers: dict[str, PassedBuffer]) -> tuple[str, ...]:
    return tuple(name for name, buffer in buffers.items() if not buffer.is_known)


def _new_id(action: int, client_id: PassedBuffer, buffer: PassedBuffer) -> tuple[bytes, ...]:
    """The id that the kernel made during a call that succeeded, where it is shown."""
    if action == ClientAction.ADD and isinstance(client_id.after, bytes):
        return (client_id.after[:UUID_BYTES].ljust(UUID_BYTES, b"\0"),)
    if action == ClientAction.ADD_FLOW and isinstance(buffer.after, bytes):
        end = ADD_FLOW_ID_OFFSET + UUID_BYTES
        return (buffer.after[ADD_FLOW_ID_OFFSET:end].ljust(UUID_BYTES, b"\0"),)
    return ()


def _name_of(call: RecordedCall) -> str:
    path = call.after.get(PROGRAM_PATH)
    if path is None:
        return ""
    name = PurePosixPath(path.content.decode("utf-8", "replace")).name
    return name.encode()[:_NAME_BYTES].decode("utf-8", "ignore")


def _image_id_of(call: RecordedCall) -> bytes | None:
    found = call.after.get(IMAGE_ID)
    return found.content if found is not None and len(found.content) == UUID_BYTES else None


def _int32(value: int) -> int:
    """An argument of 32 bits with a sign."""
    value &= 0xFFFFFFFF
    return value - (1 << 32) if value & 0x80000000 else value


_TRANSLATORS: Final[dict[CallKind, Callable[[CallSteps, RecordedCall], Iterator[Recorded]]]] = {
    CallKind.NECP_OPEN: CallSteps._open,
    CallKind.NECP_SESSION_OPEN: CallSteps._open,
    CallKind.NECP_CLIENT_ACTION: CallSteps._client_action,
    CallKind.NECP_SESSION_ACTION: CallSteps._session_action,
    CallKind.NECP_MATCH_POLICY: CallSteps._match_policy,
    CallKind.NETAGENT_TRIGGER: CallSteps._trigger,
    CallKind.POLL: CallSteps._poll,
    CallKind.KEVENT: CallSteps._kevent,
    CallKind.SELECT: CallSteps._select,
}
