"""Checks records one by one: impossible outcomes, and uses of things that do not exist."""

from __future__ import annotations

from typing import Final

from necp_replay.abi.client import ClientAction
from necp_replay.abi.errno import Errno
from necp_replay.abi.uuid import as_client_id, as_flow_id
from necp_replay.events import processes, syscalls
from necp_replay.events.answers import NATURAL_ANSWERS, NEVER_NONE, WITH_RETVAL, WITHOUT_ERRNO
from necp_replay.events.inputs import NAMES_OF_INPUTS, Input, Step
from necp_replay.events.outcome import (
    Absent,
    ActionBuffers,
    MatchResult,
    NotDetermined,
    Outcome,
    Panicked,
    SessionBuffer,
    TypeConfused,
)
from necp_replay.events.references import OPENINGS, fd_of, passed_client
from necp_replay.events.user_buffer import BufferDigest, OutBuffer, Unseen, UserBuffer
from necp_replay.tools.findings import CheckedPart, Finding, Findings, Severity

MAX_KNOWN: Final = 1_000_000
"""This many ids are remembered. After that, uses of ids are not checked."""
_MAX_ERRNO: Final = 106

_ENDINGS: Final = (Panicked, TypeConfused)
_ACTIONS_ON_CLIENTS: Final = frozenset(
    {
        ClientAction.COPY_PARAMETERS,
        ClientAction.COPY_RESULT,
        ClientAction.COPY_UPDATED_RESULT,
        ClientAction.AGENT,
        ClientAction.AGENT_USE,
    }
)
"""Actions that fail for a client that is not there, in every release."""


class RecordChecks:
    """Remembers what exists at this point of the trace, and checks each record against it."""

    def __init__(self, findings: Findings) -> None:
        self._findings = findings
        self._fds: set[tuple[int, int]] = set()
        self._pids: set[int] = set()
        self._ids: set[bytes] = set()
        self._are_fds_known = True
        self._ended_at: int | None = None
        self._clock_ns = 0
        self._place = (0, 0)

    def check(self, number: int, offset: int, step: Step, outcome: Outcome | None) -> None:
        """Check the record with this number, which is in the chunk at this offset."""
        self._place = (number, offset)
        if self._ended_at is not None:
            reason = f"the system went down at record {self._ended_at}"
            self._add(Severity.ERROR, CheckedPart.OUTCOME, reason)
            self._ended_at = None
        self._check_clock(step)
        self._check_ids(step, outcome)
        self._check_processes(step.input)
        self._check_fds(step.input, outcome)
        if outcome is not None:
            self._check_outcome(step.input, outcome)
            if isinstance(outcome.answer, _ENDINGS):
                self._ended_at = number

    def _check_clock(self, step: Step) -> None:
        now_ns = step.sets_clock_ns
        if now_ns is None:
            return
        if now_ns < self._clock_ns:
            back_ns = self._clock_ns - now_ns
            self._add(Severity.NOTE, CheckedPart.CLOCK, f"the clock goes back by {back_ns:,} ns")
        self._clock_ns = now_ns

    def _check_ids(self, step: Step, outcome: Outcome | None) -> None:
        call = step.input
        if (
            isinstance(call, syscalls.NecpClientAction)
            and call.action in _ACTIONS_ON_CLIENTS
            and outcome is not None
            and outcome.errno == 0
            and len(self._ids) < MAX_KNOWN
        ):
            used = passed_client(call)
            if used is not None and any(used) and not self._is_known(used):
                self._add(
                    Severity.WARNING, CheckedPart.IDS, f"id {used.hex()} is used before it exists"
                )
                self._ids.add(used)
        for each in step.uuids:
            if each in self._ids:
                self._add(Severity.NOTE, CheckedPart.IDS, f"id {each.hex()} was generated before")
            elif len(self._ids) < MAX_KNOWN:
                self._ids.add(each)

    def _is_known(self, used: bytes) -> bool:
        """Whether an id was generated, or one of which the kernel may have made it."""
        return not self._ids.isdisjoint({used, as_client_id(used), as_flow_id(used)})

    def _check_processes(self, call: Input) -> None:
        match call:
            case processes.ProcAdd(pid=pid):
                self._pids.add(pid)
            case processes.ProcExit(pid=pid):
                self._pids.discard(pid)
                self._fds = {fd for fd in self._fds if fd[0] != pid}
            case syscalls.NecpOpen(pid=pid) | syscalls.NecpSessionOpen(pid=pid):
                if pid not in self._pids:
                    self._add(Severity.NOTE, CheckedPart.PROCESSES, f"process {pid} was not added")
                    self._pids.add(pid)
            case _:
                return

    def _check_fds(self, call: Input, outcome: Outcome | None) -> None:
        used = fd_of(call, outcome)
        if isinstance(call, OPENINGS):
            if used is not None:
                self._fds.add(used)
            elif outcome is None:
                self._are_fds_known = False
        elif used is not None and self._are_fds_known:
            is_refused = outcome is not None and outcome.errno == Errno.EBADF
            if used not in self._fds and not is_refused:
                pid, fd = used
                reason = f"fd {fd} of process {pid} was not opened"
                self._add(Severity.NOTE, CheckedPart.FDS, reason)
                self._fds.add(used)
            if isinstance(call, syscalls.Close):
                self._fds.discard(used)

    def _check_outcome(self, call: Input, outcome: Outcome) -> None:
        kind = type(call)
        name = NAMES_OF_INPUTS[kind]
        answer = outcome.answer
        errno, retval = outcome.errno, outcome.retval
        if errno is not None and not 0 <= errno <= _MAX_ERRNO:
            self._error(f"error number {errno} does not exist")
        if errno and retval is not None:
            self._error(f"return value {retval} beside error number {errno}")
        if retval is not None and kind not in WITH_RETVAL:
            self._error(f"{name} has no return value, and here it is {retval}")
        if isinstance(answer, (*_ENDINGS, Absent, NotDetermined)):
            return
        unmeasured = outcome.unmeasured
        if "errno" not in unmeasured and (errno is None) != (kind in WITHOUT_ERRNO):
            self._error(f"{name} {'without' if errno is None else 'with'} an error number")
        if errno == 0 and retval is None and kind in WITH_RETVAL and "retval" not in unmeasured:
            self._error(f"{name} without a return value")
        expected = NATURAL_ANSWERS.get(kind)
        if "answer" in unmeasured:
            return
        if answer is None:
            if expected in NEVER_NONE or (expected is not None and not errno):
                self._error(f"{name} without an answer")
        elif type(answer) is not expected:
            self._error(f"{name} answered with {type(answer).__name__}")
        else:
            self._check_buffers(call, outcome)

    def _check_buffers(self, call: Input, outcome: Outcome) -> None:
        match call, outcome.answer:
            case syscalls.NecpClientAction(), ActionBuffers() as answer:
                self._check_buffer("client_id", call.client_id, answer.client_id)
                self._check_buffer("buffer", call.buffer, answer.buffer)
            case syscalls.NecpSessionAction(), SessionBuffer() as answer:
                self._check_buffer("out_buffer", call.out_buffer, answer.out_buffer)
            case syscalls.NecpMatchPolicy(), MatchResult() as answer:
                self._check_buffer("result", call.result, answer.result)
            case _:
                return

    def _check_buffer(self, name: str, before: UserBuffer | None, after: OutBuffer) -> None:
        """A buffer after the call can only be the one that was passed."""
        if isinstance(after, Unseen):
            if after is Unseen.NO_BUFFER and before is not None and not before.unmapped:
                self._error(f"{name} was passed, and is not a buffer after the call")
            return
        if before is None or before.unmapped:
            self._error(f"{name} was not passed, and holds bytes after the call")
            return
        after_bytes = after.length if isinstance(after, BufferDigest) else len(after)
        if after_bytes > before.length:
            self._error(f"{name} of {before.length:,} bytes holds {after_bytes:,} after the call")

    def _error(self, reason: str) -> None:
        self._add(Severity.ERROR, CheckedPart.OUTCOME, reason)

    def _add(self, severity: Severity, check: CheckedPart, reason: str) -> None:
        number, offset = self._place
        self._findings.add(Finding(severity, check, reason, offset, number))
