"""``necp_session_action`` (523): finds the session, and calls the handler of the action."""

from __future__ import annotations

import contextlib
from typing import Final

from necp_replay.abi.errno import Errno
from necp_replay.abi.log import LOG_ERR
from necp_replay.events.outcome import Outcome, SessionBuffer
from necp_replay.events.syscalls import NecpSessionAction
from necp_replay.events.user_buffer import OutBuffer, Unseen
from necp_replay.kernel.call import refuse
from necp_replay.kernel.description import NO_PROCESS, Description, Support, logged
from necp_replay.kernel.exceptions import (
    KernelPanic,
    NotModelled,
    SyscallError,
    TypeConfusion,
)
from necp_replay.kernel.objects.necp_fd import NecpFd
from necp_replay.kernel.objects.policy_session import PolicySession
from necp_replay.kernel.objects.process import Process
from necp_replay.kernel.quirk import Quirk
from necp_replay.kernel.session_actions.session_call import SessionCall
from necp_replay.kernel.session_actions.table import SESSION_ACTIONS
from necp_replay.kernel.state import KernelState
from necp_replay.kernel.syscalls.fd_table import find_necp_file, refuse_other_kind
from necp_replay.kernel.type_confusion import ClientFdTakenForSession
from necp_replay.kernel.user_memory import name_unknown_bytes
from necp_replay.releases.facts.client_actions import FdKindCheck

_FUNCTION = "necp_session_action"


def necp_session_action(kernel: KernelState, process: Process, event: NecpSessionAction) -> Outcome:
    """Make a session action. The answer has the out buffer as it is afterwards.

    EBADF and ENODEV for a wrong fd, and EINVAL for an unknown action, each with a log record;
    otherwise what the action answers.

    Kernel quirk: if the session is locked to another executable, the call does nothing and
    succeeds, since the error is found but not returned.

    Kernel quirk: only the file type is checked, so a client fd is taken for a session, and the call
    takes its lock first. Raises TypeConfusion.

    Source: necp_session_action, xnu-4570.51.1.
    """
    call = SessionCall(event)
    try:
        try:
            file = find_necp_file(process, event.fd)
        except SyscallError as error:
            kernel.log(LOG_ERR, _FUNCTION, error.errno)
            raise
        if not isinstance(file, PolicySession):
            if kernel.profile.fd_kind_check is not FdKindCheck.NONE:
                refuse_other_kind(kernel, file, _FUNCTION, _CLIENT_FD)
            raise _confusion(kernel, process, file, event)
        _act(kernel, process, file, event, call)
    except SyscallError as error:
        return Outcome(errno=kernel.note(error.failed), answer=_answer(call))
    outcome = Outcome(errno=0, retval=0, answer=_answer(call))
    return name_unknown_bytes(outcome) if call.out_buffer.is_partly_unknown else outcome


def _act(
    kernel: KernelState,
    process: Process,
    session: PolicySession,
    event: NecpSessionAction,
    call: SessionCall,
) -> None:
    if not session.proc_locked:
        session.proc_uuid = process.exec_uuid
        session.proc_pid = process.pid
    elif session.proc_uuid != process.exec_uuid:
        return
    description = SESSION_ACTIONS.get(event.action)
    if description is None or event.action not in kernel.profile.session_actions:
        refuse(kernel, _UNKNOWN_ACTION, _FUNCTION, values={"action": event.action})
    description.handler(kernel, process, session, call)


def _confusion(
    kernel: KernelState, process: Process, necp_fd: NecpFd, event: NecpSessionAction
) -> TypeConfusion:
    """What the call overwrites in a client fd. Runs the action as far as it gets."""
    lists = (kernel.clients.fd_list, kernel.clients.observer_list)
    is_last = any(fds and fds[-1] is necp_fd for fds in lists)
    session = ClientFdTakenForSession(necp_fd, is_last=is_last)
    with contextlib.suppress(SyscallError, NotModelled, KernelPanic):
        _act(kernel, process, session, event, SessionCall(event))
    description = SESSION_ACTIONS.get(event.action)
    function = _FUNCTION if description is None else description.function
    return TypeConfusion(function, f"of the client fd: {session.overwritten()}")


def _answer(call: SessionCall) -> SessionBuffer:
    after: OutBuffer = call.out_buffer.after()
    if call.leaks_kernel_memory:
        return SessionBuffer(Unseen.NOT_SHOWN, after if isinstance(after, bytes) else None)
    return SessionBuffer(after)


_CLIENT_FD: Final = logged(
    Errno.EINVAL, "the fd is a client's, where releases look", fact="fd_kind_check"
)
_UNKNOWN_ACTION: Final = logged(
    Errno.EINVAL, "the release does not handle the action", fact="session_actions"
)

NECP_SESSION_ACTION: Final = Description(
    subject=NecpSessionAction,
    handler=necp_session_action,
    function="necp_session_action",
    summary="Finds the session and makes one of the session actions.",
    checks=(
        NO_PROCESS,
        logged(Errno.EBADF, "the fd is not open"),
        logged(Errno.ENODEV, "the fd is of another type; client fds are of this one"),
        _CLIENT_FD,
        _UNKNOWN_ACTION,
    ),
    answer="what the action answers; 0 without doing anything where the session is locked to "
    "another executable",
    effects="those of the action; on a client fd, what the confusion would overwrite",
    support=Support.PARTIAL,
    missing="after a client fd was taken for a session, nothing is answered",
    syscall_number=523,
)

CLIENT_FD_IS_TAKEN_FOR_A_SESSION: Final = Quirk(
    "A client fd is taken for a session.",
    "necp_session_find_from_fd",
    "syscalls/test_necp_session_action.py::test_a_client_fd_is_not_told_from_a_session",
)
