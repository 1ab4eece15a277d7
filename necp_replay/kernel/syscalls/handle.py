"""Finds the handler of a system call or fd operation, and turns a SyscallError into an outcome."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from necp_replay.abi.errno import Errno
from necp_replay.events import syscalls
from necp_replay.events.inputs import FdInput, SyscallInput
from necp_replay.events.outcome import (
    ActionBuffers,
    Answer,
    MatchResult,
    Outcome,
    Selected,
    SessionBuffer,
)
from necp_replay.events.user_buffer import Unseen
from necp_replay.kernel.agents.trigger import trigger
from necp_replay.kernel.exceptions import SyscallError
from necp_replay.kernel.objects.process import Process
from necp_replay.kernel.state import KernelState
from necp_replay.kernel.syscalls import fd_operations
from necp_replay.kernel.syscalls.close import close
from necp_replay.kernel.syscalls.fd_table import open_other
from necp_replay.kernel.syscalls.necp_client_action import necp_client_action
from necp_replay.kernel.syscalls.necp_match_policy import necp_match_policy
from necp_replay.kernel.syscalls.necp_open import necp_open
from necp_replay.kernel.syscalls.necp_session_action import necp_session_action
from necp_replay.kernel.syscalls.necp_session_open import necp_session_open


def handle_syscall(kernel: KernelState, event: SyscallInput) -> Outcome:
    """Make a system call for a process. ESRCH if no process has the pid."""
    process = kernel.processes.get(event.pid)
    if process is None or process.exiting:
        return _no_process(event)
    kernel.caller = process
    try:
        return _SYSCALLS[type(event)](kernel, process, event)
    except SyscallError as error:
        return Outcome(errno=kernel.note(error.failed))


def handle_fd(kernel: KernelState, event: FdInput) -> Outcome:
    """Call an operation of one of a process's open files. ESRCH if no process has the pid."""
    process = kernel.find_process(event.pid)
    if process is None:
        return _no_process(event)
    try:
        return _FD_OPERATIONS[type(event)](kernel, process, event)
    except SyscallError as error:
        return Outcome(errno=kernel.note(error.failed))


def _no_process(event: SyscallInput | FdInput) -> Outcome:
    return Outcome(errno=int(Errno.ESRCH), answer=_UNANSWERED.get(type(event)))


_Handler = Callable[[KernelState, Process, Any], Outcome]

_SYSCALLS: Final[dict[type, _Handler]] = {
    syscalls.NecpClientAction: necp_client_action,
    syscalls.NecpOpen: necp_open,
    syscalls.NecpSessionOpen: necp_session_open,
    syscalls.OpenOther: open_other,
    syscalls.Close: close,
    syscalls.NecpSessionAction: necp_session_action,
    syscalls.NecpMatchPolicy: necp_match_policy,
    syscalls.NetagentTrigger: trigger,
}

_FD_OPERATIONS: Final[dict[type, _Handler]] = {
    syscalls.FdPoll: fd_operations.fd_poll,
    syscalls.FdRead: fd_operations.fd_read,
    syscalls.FdWrite: fd_operations.fd_write,
    syscalls.FdIoctl: fd_operations.fd_ioctl,
    syscalls.FdSelect: fd_operations.fd_select,
}

_UNANSWERED: Final[dict[type, Answer]] = {
    syscalls.NecpClientAction: ActionBuffers(Unseen.NOT_SHOWN, Unseen.NOT_SHOWN),
    syscalls.NecpSessionAction: SessionBuffer(Unseen.NOT_SHOWN),
    syscalls.NecpMatchPolicy: MatchResult(Unseen.NOT_SHOWN),
    syscalls.FdSelect: Selected(None),
}
"""The answers of calls whose process is not there. Their buffers are not shown."""
