"""``necp_session_action`` (523): a process acts on a policy session."""

from __future__ import annotations

from typing import TYPE_CHECKING

from necp_replay.abi.errno import Errno
from necp_replay.abi.log import LOG_ERR
from necp_replay.events.outcome import Outcome, SessionBuffer
from necp_replay.events.user_buffer import OutBuffer, Unseen
from necp_replay.kernel.objects.policy_session import PolicySession
from necp_replay.kernel.refusal import SyscallError, TypeConfusion
from necp_replay.kernel.session_actions.session_call import SessionCall
from necp_replay.kernel.session_actions.table import SESSION_ACTIONS
from necp_replay.kernel.syscalls.fd_table import find_necp_file

if TYPE_CHECKING:
    from necp_replay.events.syscalls import NecpSessionAction
    from necp_replay.kernel.objects.process import Process
    from necp_replay.kernel.state import Kernel

_FUNCTION = "necp_session_action"


def necp_session_action(kernel: Kernel, process: Process, event: NecpSessionAction) -> Outcome:
    """Find the session and carry the action out under it.

    Errors: EBADF, ENODEV for an fd of another kind, EINVAL for an unknown action, and those of the
    action.

    Kernel quirk: a process of another executable than the session is locked to is not refused: its
    call does nothing and succeeds, since the error found is not the one returned.

    Source: necp_session_action, xnu-4570.51.1.
    """
    call = SessionCall(event)
    try:
        session = _find_session(kernel, process, event.fd)
        if not session.proc_locked:
            session.proc_uuid = process.exec_uuid
            session.proc_pid = process.pid
        elif session.proc_uuid != process.exec_uuid:
            return Outcome(errno=0, retval=0, answer=_answer(call))
        row = SESSION_ACTIONS.get(event.action)
        if row is None:
            kernel.log(LOG_ERR, _FUNCTION)
            raise SyscallError(Errno.EINVAL)
        row.handler(kernel, process, session, call)
    except SyscallError as refusal:
        return Outcome(errno=refusal.errno, answer=_answer(call))
    return Outcome(errno=0, retval=0, answer=_answer(call))


def _find_session(kernel: Kernel, process: Process, fd: int) -> PolicySession:
    """The session behind an fd; nothing in the kernel tells it from a client fd."""
    try:
        file = find_necp_file(process, fd)
    except SyscallError as refusal:
        kernel.log(LOG_ERR, _FUNCTION, refusal.errno)
        raise
    if not isinstance(file, PolicySession):
        raise TypeConfusion(
            _FUNCTION,
            "a session's lock, owner and policies are looked for, and written, where a client fd "
            "has its clients and updates",
        )
    return file


def _answer(call: SessionCall) -> SessionBuffer:
    after: OutBuffer = call.out_buffer.after()
    if call.leaks_kernel_memory:
        return SessionBuffer(Unseen.NOT_SHOWN, after if isinstance(after, bytes) else None)
    return SessionBuffer(after)
