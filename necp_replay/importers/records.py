"""Turns calls that a tool saw into records of a trace, and marks what is not known.

What a tracer does not show is unmeasured (docs/decisions/0008-partial-knowledge.md). What the trace
needs besides calls is made here: the processes, fds that were open before the trace began, and a
record which says that policies and networks are not known. docs/from-a-real-system.md says what is
assumed.
"""

from __future__ import annotations

import enum
from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Final

from necp_replay.abi.client import ClientAction
from necp_replay.abi.errno import Errno
from necp_replay.abi.privilege import Privilege
from necp_replay.events import processes, syscalls
from necp_replay.events.clock import CLOCK_START_NS
from necp_replay.events.inputs import Input, Step
from necp_replay.events.interfaces import IfaceAttach
from necp_replay.events.outcome import ActionBuffers, MatchResult, Outcome, SessionBuffer
from necp_replay.events.processes import Sandbox
from necp_replay.events.shown_sandbox import ShownSandbox
from necp_replay.events.unmeasured import with_unmeasured
from necp_replay.events.unmeasured_inputs import UUIDS, partial_step
from necp_replay.events.user_buffer import OutBuffer, Unseen, UserBuffer
from necp_replay.importers.seen_call import ARGUMENTS, FaultingBuffer, SeenCall

UNNAMED_PID: Final = 1
"""The pid in traces of sources that name no process."""
USER_UID: Final = 501
"""The uid that processes are assumed to have: that of the first user of a Mac, not root."""
FD_LIMIT: Final = 10_240
"""How many fds processes are assumed to be allowed."""
Records = Iterator[tuple[Step, Outcome | None]]

_MOST_BYTES: Final = 16 * 1024 * 1024
_U32: Final = 0xFFFF_FFFF
_I32_BITS: Final = 1 << 31
_EMFILE: Final = 24
_PRIVILEGE_OF: Final[Mapping[str, Privilege]] = {
    "necp_session_open": Privilege.PRIV_NET_PRIVILEGED_NECP_POLICIES,
}
"""The privilege that a process has, if the call succeeds.

It is a platform binary then too: later releases open policy sessions for nothing else.
"""
_LENGTH_OF: Final[Mapping[str, str]] = {
    "client_id": "client_id_len",
    "buffer": "buffer_size",
    "in_buffer": "in_buffer_length",
    "out_buffer": "out_buffer_length",
    "parameters": "parameters_size",
    "agent_uuid": "len",
}
"""The argument with the length of each user buffer. The result of a match has none."""
_INPUTS: Final[Mapping[str, type]] = {
    "necp_open": syscalls.NecpOpen,
    "necp_client_action": syscalls.NecpClientAction,
    "necp_session_open": syscalls.NecpSessionOpen,
    "necp_session_action": syscalls.NecpSessionAction,
    "necp_match_policy": syscalls.NecpMatchPolicy,
    "netagent_trigger": syscalls.NetagentTrigger,
}
_OPENINGS: Final = ("necp_open", "necp_session_open")
_SHOWN: Final[Mapping[str, tuple[str, ...]]] = {
    "necp_client_action": ("client_id", "buffer"),
    "necp_session_action": ("out_buffer",),
    "necp_match_policy": ("result",),
}
"""The user buffers that the outcome of a call shows."""


class Assumption(enum.Enum):
    """What an import assumes beyond what its source says."""

    ONE_PROCESS = "the source names no process: all calls are taken to be of one"
    ORDINARY_PROCESS = "no process is root; each has the privileges that its calls need"
    OPEN_BEFORE = "an fd was open before the trace began"
    CLOSED_UNSEEN = "an fd was closed before it was opened again, which is not shown"
    OTHER_FILE = "an fd that NECP refused as one of another type was open"
    AT_ITS_LIMIT = "a process had no fd left when opening one failed for that reason"
    SANDBOX = "a sandbox denied what only a sandbox refuses with EPERM"
    TIME_STOOD_STILL = "a time earlier than that of the record before it was set to that time"


class RecordMaker:
    """Makes the records of one trace. ``assumed`` names what it had to assume."""

    def __init__(self, *, knows_system: bool = False) -> None:
        """Begin a trace. Unless ``knows_system``, policies and networks are not known."""
        self.assumed: dict[Assumption, int] = {}
        self._knows_system = knows_system
        self._fds: dict[int, set[int]] = {}
        self._privileges: dict[int, set[str]] = {}
        self._sandboxes: dict[int, ShownSandbox] = defaultdict(ShownSandbox)
        self._first_ns: int | None = None
        self._now_ns = CLOCK_START_NS
        self._has_begun = False

    def records_of(self, call: SeenCall) -> Records:
        """The records for one call: what has to come before it, and the call itself.

        Nothing for closing an fd that is not NECP's, and for the exit of a process that made no
        call of NECP.
        """
        pid = self._pid_of(call)
        if call.call == "close" and call.argument("fd") not in self._fds.get(pid, set()):
            return
        if call.call == "exit" and pid not in self._fds:
            return
        if not self._has_begun:
            self._has_begun = True
            yield from self._beginning()
        if pid not in self._fds:
            self._fds[pid] = set()
            self._privileges[pid] = set()
            self._assume(Assumption.ORDINARY_PROCESS)
            added = processes.ProcAdd(pid, call.process, uid=USER_UID, fd_limit=FD_LIMIT)
            yield Step(added), None
        now_ns = self._time_of(call)
        yield from self._before(call, pid)
        yield self._record_of(call, pid, now_ns)
        yield from self._after(call, pid)

    def take(self, event: Input) -> tuple[Step, None]:
        """The record of an input that the source knows whole: a process that it adds is known."""
        if isinstance(event, processes.ProcAdd):
            self._fds[event.pid] = set()
            self._privileges[event.pid] = {each.name for each in _PRIVILEGE_OF.values()}
        elif isinstance(event, syscalls.Close) and event.pid in self._fds:
            self._fds[event.pid].discard(event.fd)
        elif isinstance(event, syscalls.OpenOther) and event.assigned_fd is not None:
            self._fds[event.pid].add(event.assigned_fd)
        return Step(event), None

    def _beginning(self) -> Records:
        if not self._knows_system:
            names = ("index", "name")
            yield partial_step(IfaceAttach(name="", index=0), unmeasured=names), None

    def _pid_of(self, call: SeenCall) -> int:
        if call.pid is None or not 0 <= call.pid < _I32_BITS:
            self._assume(Assumption.ONE_PROCESS)
            return UNNAMED_PID
        return call.pid

    def _time_of(self, call: SeenCall) -> int | None:
        if call.time_ns is None:
            return None
        if self._first_ns is None:
            self._first_ns = call.time_ns
        now_ns = CLOCK_START_NS + call.time_ns - self._first_ns
        if now_ns < self._now_ns:
            self._assume(Assumption.TIME_STOOD_STILL)
        self._now_ns = max(now_ns, self._now_ns)
        return self._now_ns

    def _before(self, call: SeenCall, pid: int) -> Records:
        """What must have happened before a call, given how it went."""
        open_fds = self._fds[pid]
        if call.call in _OPENINGS and call.retval in open_fds and not call.failed:
            assert call.retval is not None
            self._assume(Assumption.CLOSED_UNSEEN)
            open_fds.discard(call.retval)
            yield Step(syscalls.Close(pid, call.retval)), None
        if call.call in _OPENINGS and call.errno == _EMFILE:
            self._assume(Assumption.AT_ITS_LIMIT)
            yield Step(processes.ProcUpdate(pid, fd_limit=0)), None
        privilege = _PRIVILEGE_OF.get(call.call)
        if privilege is not None and (_succeeded(call) or call.fd is not None):
            held = self._privileges[pid]
            if privilege.name not in held:
                held.add(privilege.name)
                granted = tuple(sorted(held))
                granting = processes.ProcUpdate(pid, privileged=granted, platform_binary=True)
                yield Step(granting), None
        if call.call in ("necp_client_action", "necp_session_action"):
            yield from self._opened_before(call, pid)
        sandbox = self._sandbox_of(call, pid)
        if sandbox is not None:
            self._assume(Assumption.SANDBOX)
            yield Step(processes.ProcUpdate(pid, sandbox=sandbox)), None

    def _sandbox_of(self, call: SeenCall, pid: int) -> Sandbox | None:
        """The sandbox that a call shows; None if it shows nothing new."""
        errno = 0 if _succeeded(call) else call.errno
        if not call.has_outcome:
            return None
        if call.call == "necp_open":
            return self._sandboxes[pid].after_open(errno)
        if call.call != "necp_client_action":
            return None
        action = call.argument("action")
        if action is None:
            return None
        return self._sandboxes[pid].after_action(action, errno)

    def _opened_before(self, call: SeenCall, pid: int) -> Records:
        fd = call.argument("fd")
        if fd is None or call.errno == Errno.EBADF:
            return
        fd = _signed(fd)
        if not call.has_outcome:
            # What a fuzzer does on an fd that is not open is refused.
            return
        if fd in self._fds[pid] or fd < 0:
            return
        self._fds[pid].add(fd)
        if call.errno == Errno.ENODEV:
            self._assume(Assumption.OTHER_FILE)
            yield Step(syscalls.OpenOther(pid, fd)), None
            return
        self._assume(Assumption.OPEN_BEFORE)
        is_client = call.call == "necp_client_action"
        kind = syscalls.NecpOpen if is_client else syscalls.NecpSessionOpen
        yield partial_step(kind(pid, assigned_fd=fd), unmeasured=("flags",)), None

    def _after(self, call: SeenCall, pid: int) -> Records:
        if call.call in _OPENINGS and call.errno == _EMFILE:
            yield Step(processes.ProcUpdate(pid, fd_limit=FD_LIMIT)), None

    def _record_of(
        self, call: SeenCall, pid: int, now_ns: int | None
    ) -> tuple[Step, Outcome | None]:
        if call.call == "exit":
            del self._fds[pid]
            del self._privileges[pid]
            self._sandboxes.pop(pid, None)
            return Step(processes.ProcExit(pid), now_ns=now_ns), None
        if call.call == "close":
            fd = call.argument("fd")
            assert fd is not None
            if _succeeded(call) or call.errno is None:
                self._fds[pid].discard(fd)
            return Step(syscalls.Close(pid, fd), now_ns=now_ns), _outcome(call, has_retval=False)
        opened = _opened_fd(call)
        if opened is not None:
            self._fds[pid].add(opened)
        event, unknown = _input(call, pid)
        uuids = call.uuids
        if uuids:
            return partial_step(event, uuids, now_ns, unknown), None
        if call.call in ("necp_client_action", "necp_session_action"):
            added = call.after.get(2, b"")
            if call.argument("action") == ClientAction.ADD and len(added) >= 16:
                uuids = (added[:16],) if call.errno == 0 else ()
            elif not self._knows_system:
                unknown.append(UUIDS)
        outcome = _outcome(call) if call.has_outcome else None
        return partial_step(event, uuids, now_ns, unknown), outcome

    def _assume(self, assumption: Assumption) -> None:
        self.assumed[assumption] = self.assumed.get(assumption, 0) + 1


def _succeeded(call: SeenCall) -> bool:
    if call.errno is not None:
        return call.errno == 0
    return call.retval is not None and call.retval >= 0 and not call.failed


def _opened_fd(call: SeenCall) -> int | None:
    """The fd that a call opened; None if it opened none, or it is not known which."""
    if call.call not in _OPENINGS:
        return None
    return call.retval if _succeeded(call) else call.fd


def _signed(number: int) -> int:
    """A number as a C ``int``."""
    number &= _U32
    return number - 2 * _I32_BITS if number >= _I32_BITS else number


def _input(call: SeenCall, pid: int) -> tuple[Input, list[str]]:
    """The input of a call, and the names of its fields that are not known."""
    unknown: list[str] = []
    values: dict[str, object] = {}
    for position, name in enumerate(ARGUMENTS[call.call]):
        value = call.arguments[position] if position < len(call.arguments) else None
        if name in _LENGTH_OF or name == "result":
            if value is None:
                unknown.append(name)
            else:
                values[name] = _buffer(call, name, value, position)
        elif value is None:
            unknown.append(name)
            if name in ("fd", "action"):
                values[name] = 0
        elif name in ("fd", "flags"):
            values[name] = _signed(value)
        else:
            values[name] = value & _U32 if name in ("action", "client_id_len") else abs(value)
    if call.call in _OPENINGS:
        opened = _opened_fd(call)
        if opened is not None:
            values["assigned_fd"] = opened
        elif not call.errno and not call.failed:
            unknown.append("assigned_fd")
    event: Input = _INPUTS[call.call](pid, **values)
    return event, unknown


def _buffer(call: SeenCall, name: str, address: int, position: int) -> UserBuffer | None:
    if address == 0:
        return None
    length = None if name == "result" else call.argument(_LENGTH_OF[name])
    shown = call.before.get(position, b"")
    if isinstance(shown, FaultingBuffer):
        return UserBuffer(length=min(length or 0, _MOST_BYTES), unmapped=True)
    length = min(len(shown) if length is None else abs(length), _MOST_BYTES)
    shown = shown[:length]
    known = len(shown) if len(shown) < length or not shown else None
    return UserBuffer(shown.rstrip(b"\0"), length, known=known)


def _outcome(call: SeenCall, *, has_retval: bool = True) -> Outcome | None:
    """What the call gave back, as far as it was seen; None if nothing was."""
    unknown = ["effects"]
    outcome = Outcome()
    if call.errno:
        outcome.errno = call.errno
    elif _succeeded(call):
        outcome.errno = 0
        if has_retval and call.retval is not None:
            outcome.retval = call.retval
        elif has_retval:
            unknown.append("retval")
    else:
        # Of a call that failed it is known that it returns no value.
        unknown += ["errno"] if call.failed or not has_retval else ["errno", "retval"]
    shown = {name: _shown(call, name, unknown) for name in _SHOWN.get(call.call, ())}
    if call.call == "necp_client_action":
        outcome.answer = ActionBuffers(**shown)
    elif call.call == "necp_session_action":
        outcome.answer = SessionBuffer(shown["out_buffer"])
    elif call.call == "necp_match_policy":
        outcome.answer = MatchResult(shown["result"])
    return with_unmeasured(outcome, unknown)


def _shown(call: SeenCall, name: str, unknown: list[str]) -> OutBuffer:
    position = ARGUMENTS[call.call].index(name)
    address = call.arguments[position] if position < len(call.arguments) else None
    if address == 0:
        return Unseen.NO_BUFFER
    content = call.after.get(position)
    if content is None or isinstance(content, FaultingBuffer):
        unknown.append(name)
        return Unseen.NOT_SHOWN
    length = None if name == "result" else call.argument(_LENGTH_OF[name])
    if length is None or len(content) < min(length, _MOST_BYTES):
        unknown.append(f"{name}[{len(content)}:]" if content else name)
    else:
        content = content[:length]
    return content.rstrip(b"\0")
