"""``necp_session_action`` (523): a process acts on a policy session."""

from __future__ import annotations

from necp_replay.abi.errno import Errno
from necp_replay.abi.log import LOG_ERR
from necp_replay.events.outcome import Outcome, SessionBuffer
from necp_replay.events.syscalls import NecpSessionAction
from necp_replay.events.user_buffer import OutBuffer, Unseen
from necp_replay.kernel.objects.policy_session import PolicySession
from necp_replay.kernel.objects.process import Process
from necp_replay.kernel.refusal import SyscallError, TypeConfusion
from necp_replay.kernel.session_actions.descriptions import OWNER_OVERWRITES
from necp_replay.kernel.session_actions.session_call import SessionCall
from necp_replay.kernel.session_actions.table import SESSION_ACTIONS
from necp_replay.kernel.state import KernelState
from necp_replay.kernel.syscalls.fd_table import find_necp_file

_FUNCTION = "necp_session_action"


def necp_session_action(kernel: KernelState, process: Process, event: NecpSessionAction) -> Outcome:
    """Find the session and carry the action out under it.

    Errors: EBADF, ENODEV for an fd of another kind, EINVAL for an unknown action, and those of the
    action.

    Kernel quirk: a process of another executable than the session is locked to is not refused: its
    call does nothing and succeeds, since the error found is not the one returned.

    Source: necp_session_action, xnu-4570.51.1.
    """
    call = SessionCall(event)
    try:
        session = _find_session(kernel, process, event)
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


def _find_session(kernel: KernelState, process: Process, event: NecpSessionAction) -> PolicySession:
    """The session behind an fd.

    Kernel quirk: a client fd passes the only check there is, and is taken for a session.
    """
    try:
        file = find_necp_file(process, event.fd)
    except SyscallError as refusal:
        kernel.log(LOG_ERR, _FUNCTION, refusal.errno)
        raise
    if isinstance(file, PolicySession):
        return file
    row = SESSION_ACTIONS.get(event.action)
    if row is None:
        raise TypeConfusion(_FUNCTION, f"of the client fd: {OWNER_OVERWRITES}")
    description = row.description
    raise TypeConfusion(
        description.function, f"of the client fd: {description.overwrites_in_client_fd}"
    )


def _answer(call: SessionCall) -> SessionBuffer:
    after: OutBuffer = call.out_buffer.after()
    if call.leaks_kernel_memory:
        return SessionBuffer(Unseen.NOT_SHOWN, after if isinstance(after, bytes) else None)
    return SessionBuffer(after)
