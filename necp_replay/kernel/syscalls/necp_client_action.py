"""``necp_client_action`` (502): finds the fd, and calls the handler of the action."""

from __future__ import annotations

from typing import Final

from necp_replay.abi.errno import Errno
from necp_replay.abi.integers import U32_MAX
from necp_replay.abi.log import LOG_ERR
from necp_replay.events.effects import TypeConfusionMark
from necp_replay.events.outcome import ActionBuffers, Outcome
from necp_replay.events.syscalls import NecpClientAction
from necp_replay.kernel.call import refuse
from necp_replay.kernel.client_actions.client_call import (
    ClientActionHandler,
    ClientCall,
    report_overruns,
)
from necp_replay.kernel.client_actions.table import CLIENT_ACTIONS
from necp_replay.kernel.description import NO_PROCESS, Description, Support, logged
from necp_replay.kernel.exceptions import NotModelled, SyscallError, TypeConfusion
from necp_replay.kernel.objects.necp_fd import NecpFd
from necp_replay.kernel.objects.policy_session import PolicySession
from necp_replay.kernel.objects.process import OpenFile, Process
from necp_replay.kernel.quirk import Quirk
from necp_replay.kernel.sandbox import DENIES_ACTION, check_client_action
from necp_replay.kernel.state import KernelState
from necp_replay.kernel.syscalls.fd_table import refuse_other_kind, wrong_file
from necp_replay.kernel.type_confusion import SessionTakenForClientFd
from necp_replay.kernel.user_memory import name_unknown_bytes
from necp_replay.releases.facts.client_actions import FdKindCheck

_FUNCTION: Final = "necp_client_action"


def necp_client_action(kernel: KernelState, process: Process, event: NecpClientAction) -> Outcome:
    """Make a client action. The answer has both buffers as they are afterwards.

    EBADF and ENODEV for a wrong fd, and EINVAL for an unknown action, each with a log record; EPERM
    where a sandbox does not allow the action; otherwise what the action answers.

    Kernel quirk: only the file type is checked, so a session fd is taken for a client fd. A call
    that ends before it takes the fd's lock overwrites nothing. Other calls raise TypeConfusion.
    Source: necp_client_action, xnu-4570.51.1.
    """
    call = ClientCall(process, event)
    action = event.action & U32_MAX
    errno = 0
    retval: int | None = None
    try:
        file = process.files.get(event.fd)
        if isinstance(file, NecpFd):
            if process.sandbox is not None:
                check_client_action(kernel, process, action)
            retval = _run(kernel, file, action, call)
        else:
            retval = _act_on_other_file(kernel, file, event, call)
    except SyscallError as error:
        errno = kernel.note(error.failed)
    outcome = Outcome(errno, retval, ActionBuffers(call.client_id.after(), call.buffer.after()))
    if call.buffer.rare is not None and call.buffer.is_partly_unknown:
        return name_unknown_bytes(outcome)
    return outcome


def _act_on_other_file(
    kernel: KernelState, file: OpenFile | None, event: NecpClientAction, call: ClientCall
) -> int:
    """Act on a session's fd. Any other file is refused, and so is that in some releases."""
    if not isinstance(file, PolicySession):
        error = wrong_file(file, event.fd)
        kernel.log(LOG_ERR, _FUNCTION, error.errno)
        raise error
    if kernel.profile.fd_kind_check is not FdKindCheck.NONE:
        refuse_other_kind(kernel, file, _FUNCTION, _SESSION_FD)
    action = event.action & U32_MAX
    confusion = _confusion(kernel, action)
    kernel.emit(TypeConfusionMark(confusion.function))
    try:
        return _run(kernel, SessionTakenForClientFd(file, event.fd, confusion), action, call)
    except NotModelled:
        # The call was not measured any further, and so the record does not name generated ids.
        raise confusion from None


def _run(kernel: KernelState, necp_fd: NecpFd, action: int, call: ClientCall) -> int:
    if action not in kernel.profile.client_actions:
        refuse(kernel, _UNKNOWN_ACTION, _FUNCTION, values={"action": action})
    description = CLIENT_ACTIONS.get(action)
    if description is None:
        raise NotModelled(f"client action {action} is not modelled")
    try:
        return description.handler(kernel, necp_fd, call)
    finally:
        if call.buffer.rare or call.client_id.rare or call.nested:
            report_overruns(kernel, call, description.function)


def _find_description(kernel: KernelState, action: int) -> Description[ClientActionHandler] | None:
    if action not in kernel.profile.client_actions:
        return None
    return CLIENT_ACTIONS.get(action)


def _confusion(kernel: KernelState, action: int) -> TypeConfusion:
    """What an action overwrites in a session, once it takes the lock of the fd."""
    description = _find_description(kernel, action)
    if description is None:
        return TypeConfusion(_FUNCTION, "nothing: the action is unknown")
    return TypeConfusion(description.function, f"of the session: {description.overwrites}")


_SESSION_FD: Final = logged(
    Errno.EINVAL, "the fd is a session's, where releases look", fact="fd_kind_check"
)
_UNKNOWN_ACTION: Final = logged(
    Errno.EINVAL, "the release does not handle the action", fact="client_actions"
)

NECP_CLIENT_ACTION: Final = Description(
    subject=NecpClientAction,
    handler=necp_client_action,
    function="necp_client_action",
    summary="Finds the fd and makes one of the client actions.",
    checks=(
        NO_PROCESS,
        logged(Errno.EBADF, "the fd is not open"),
        logged(Errno.ENODEV, "the fd is of another type; session fds are of this one"),
        _SESSION_FD,
        DENIES_ACTION,
        _UNKNOWN_ACTION,
    ),
    answer="what the action answers, and both buffers as they are after it",
    effects="a denial of the sandbox; those of the action; on a session fd, the mark of the"
    " confusion or what it overwrites",
    other_facts=("logs_go_to_os_log",),
    support=Support.PARTIAL,
    missing="after a call on a session fd took the fd's lock, nothing is answered",
    syscall_number=502,
)


SESSION_FD_IS_TAKEN_FOR_A_CLIENT_FD: Final = Quirk(
    "A session fd is taken for a client fd. Once its lock is taken, nothing more is known.",
    "necp_find_fd_data",
    "syscalls/test_necp_client_action.py"
    "::test_a_session_fd_whose_lock_is_taken_is_a_type_confusion_after_which_nothing_is_known",
)
SESSION_FD_IS_INTACT_UNTIL_ITS_LOCK_IS_TAKEN: Final = Quirk(
    "A client call on a session fd overwrites nothing if it ends before it takes the lock.",
    "necp_client_action",
    "syscalls/test_necp_client_action.py"
    "::test_what_is_refused_before_the_lock_is_answered_and_overwrites_nothing",
)
