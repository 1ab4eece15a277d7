"""``necp_client_action`` (502): finds the fd and hands the arguments to the action's handler."""

from __future__ import annotations

from typing import Final

from necp_replay.abi.errno import Errno
from necp_replay.abi.log import LOG_ERR
from necp_replay.events.outcome import ActionBuffers, Outcome
from necp_replay.events.syscalls import NecpClientAction
from necp_replay.kernel.client_actions.action_row import ActionRow
from necp_replay.kernel.client_actions.call import ActionCall, refuse, report_overruns
from necp_replay.kernel.client_actions.table import CLIENT_ACTIONS
from necp_replay.kernel.objects.necp_fd import NecpFd
from necp_replay.kernel.objects.process import Process
from necp_replay.kernel.refusal import NotModelled, SyscallError, TypeConfusion
from necp_replay.kernel.state import KernelState
from necp_replay.kernel.syscalls.fd_table import find_necp_file

_FUNCTION: Final = "necp_client_action"


def necp_client_action(kernel: KernelState, process: Process, event: NecpClientAction) -> Outcome:
    """Make a client action; both buffers are in the answer, as they are after it.

    EBADF and ENODEV for a wrong fd and EINVAL for an unknown action, each with a log record; else
    what the action answers. Raises TypeConfusion for a session fd.
    Source: necp_client_action, xnu-4570.51.1.
    """
    call = ActionCall(process, event)
    errno = 0
    retval: int | None = None
    try:
        retval = _act(kernel, process, event, call)
    except SyscallError as refusal:
        errno = refusal.errno
    buffers = ActionBuffers(call.client_id.after(), call.buffer.after())
    return Outcome(errno, retval, buffers)


def _act(kernel: KernelState, process: Process, event: NecpClientAction, call: ActionCall) -> int:
    try:
        necp_file = find_necp_file(process, event.fd)
    except SyscallError as refusal:
        kernel.log(LOG_ERR, _FUNCTION, refusal.errno)
        raise
    row = _find_row(kernel, event.action & 0xFFFFFFFF)
    if not isinstance(necp_file, NecpFd):
        raise _confused(row)
    if row is None:
        refuse(kernel, Errno.EINVAL, _FUNCTION)
    if row.handler is None:
        raise NotModelled(row.missing)
    try:
        return row.handler(kernel, necp_file, call)
    finally:
        if call.is_overrun:
            report_overruns(kernel, call, row.description.function)


def _find_row(kernel: KernelState, action: int) -> ActionRow | None:
    if action not in kernel.profile.client_actions:
        return None
    return CLIENT_ACTIONS.get(action)


def _confused(row: ActionRow | None) -> TypeConfusion:
    """Kernel quirk: a session fd passes the only check there is, and is taken for a client fd."""
    if row is None:
        return TypeConfusion(_FUNCTION, "nothing: the action is unknown")
    description = row.description
    return TypeConfusion(
        description.function, f"of the session: {description.overwrites_in_session}"
    )
