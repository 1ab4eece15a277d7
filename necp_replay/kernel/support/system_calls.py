"""System calls and operations of file descriptors, but for the actions, which have their own."""

from __future__ import annotations

from typing import Final

from necp_replay.abi.errno import Errno
from necp_replay.events import syscalls
from necp_replay.kernel.agents.trigger import trigger
from necp_replay.kernel.client_actions.action_row import Check, Support, logged, silent
from necp_replay.kernel.support.row import NO_PROCESS, InputRow
from necp_replay.kernel.syscalls import fd_operations, fd_table
from necp_replay.kernel.syscalls.close import close
from necp_replay.kernel.syscalls.necp_client_action import necp_client_action
from necp_replay.kernel.syscalls.necp_match_policy import necp_match_policy
from necp_replay.kernel.syscalls.necp_open import necp_open
from necp_replay.kernel.syscalls.necp_session_action import necp_session_action
from necp_replay.kernel.syscalls.necp_session_open import necp_session_open

_NOT_OPEN: Final = silent(Errno.EBADF, "the fd is not open")
_NO_FD_LEFT: Final = silent(Errno.EMFILE, "the process has as many fds as it may")
_OPERATION: Final[tuple[Check, ...]] = (NO_PROCESS, _NOT_OPEN)

SYSTEM_CALLS: Final[dict[type, InputRow]] = {
    syscalls.NecpOpen: InputRow(
        handler=necp_open,
        function="necp_open",
        number=501,
        summary="Opens an fd for clients of the process, or for observing everybody's.",
        checks=(NO_PROCESS, _NO_FD_LEFT),
        answer="the fd; a push observer finds parameters and result of every client queued",
        effects="a panic where a push observer is queued a result that outgrew its buffer",
    ),
    syscalls.NecpClientAction: InputRow(
        handler=necp_client_action,
        function="necp_client_action",
        number=502,
        summary="Finds the fd and makes one of the client actions.",
        checks=(
            NO_PROCESS,
            logged(Errno.EBADF, "the fd is not open"),
            logged(Errno.ENODEV, "the fd is of another type; session fds are of this one"),
            logged(Errno.EINVAL, "the release does not handle the action", fact="client_actions"),
        ),
        answer="what the action answers, and both buffers as they are after it",
        effects="those of the action; on a session fd, what the confusion would overwrite",
        support=Support.PARTIAL,
        missing="after a session fd was taken for a client fd, nothing is answered",
    ),
    syscalls.NecpSessionOpen: InputRow(
        handler=necp_session_open,
        function="necp_session_open",
        number=522,
        summary="Opens a policy session.",
        checks=(
            NO_PROCESS,
            silent(Errno.EACCES, "the process is neither root nor privileged"),
            _NO_FD_LEFT,
        ),
        answer="the fd",
    ),
    syscalls.NecpSessionAction: InputRow(
        handler=necp_session_action,
        function="necp_session_action",
        number=523,
        summary="Finds the session and makes one of the session actions.",
        checks=(
            NO_PROCESS,
            logged(Errno.EBADF, "the fd is not open"),
            logged(Errno.ENODEV, "the fd is of another type; client fds are of this one"),
            logged(Errno.EINVAL, "no such action"),
        ),
        answer="what the action answers; 0 without doing anything where the session is locked to "
        "another executable",
        effects="those of the action; on a client fd, what the confusion would overwrite",
        support=Support.PARTIAL,
        missing="after a client fd was taken for a session, nothing is answered",
    ),
    syscalls.NecpMatchPolicy: InputRow(
        handler=necp_match_policy,
        function="necp_match_policy",
        number=460,
        summary="Evaluates parameters of a process without a client.",
        checks=(
            NO_PROCESS,
            silent(Errno.EINVAL, "parameters or result are NULL, or the length is 0 or above 1024"),
            silent(Errno.EFAULT, "the parameters cannot be read, or the result not written"),
        ),
        answer="0; 212 bytes of struct necp_aggregate_result",
    ),
    syscalls.NetagentTrigger: InputRow(
        handler=trigger,
        function="netagent_trigger",
        number=490,
        summary="Asks an agent to become active.",
        checks=(
            NO_PROCESS,
            logged(Errno.ERANGE, "the pointer is not NULL, and the length is not 16"),
            logged(Errno.EFAULT, "the uuid cannot be read"),
            logged(Errno.EINVAL, "the uuid is null"),
            logged(Errno.ENOENT, "no agent has the uuid"),
            logged(Errno.ENOTSUP, "the agent takes no triggers from users"),
            logged(
                Errno.ENOBUFS, "the agent cannot be told (or what else its delivery fails with)"
            ),
        ),
        effects="a trigger message, unless the agent is active",
        support=Support.PARTIAL,
        missing="with a NULL pointer the kernel reads its stack; no agent is found then",
    ),
    syscalls.Close: InputRow(
        handler=close,
        function="close, necpop_close",
        number=6,
        summary="Closes an fd and ends what it owns.",
        checks=_OPERATION,
        effects="for each client as REMOVE, observers first; for a session as applying without "
        "policies",
    ),
    syscalls.OpenOther: InputRow(
        handler=fd_table.allocate_fd,
        function="falloc",
        summary="Opens a file that is none of NECP's, so that fd numbers are as on the system.",
        checks=(NO_PROCESS, _NO_FD_LEFT),
        answer="the fd",
    ),
    syscalls.FdPoll: InputRow(
        handler=fd_operations.fd_poll,
        function="necp_fd_poll, necpop_kqfilter",
        summary="Whether an fd is ready, by its poll routine or as a knote finds it.",
        checks=(
            *_OPERATION,
            silent(Errno.EOPNOTSUPP, "a session polled, or a file of another type"),
            logged(Errno.EINVAL, "a knote's filter is not EVFILT_READ"),
        ),
        answer="ready while a client is unread, or an update is queued; a session always is",
        facts=("defunct_marks_result_unread", "inpcb_dispose_unregisters_flow"),
    ),
    syscalls.FdRead: InputRow(
        handler=fd_operations.fd_read,
        function="noop_read",
        summary="The read operation, which there is none of.",
        checks=(*_OPERATION, silent(Errno.ENXIO, "always")),
        answer="nothing",
    ),
    syscalls.FdWrite: InputRow(
        handler=fd_operations.fd_write,
        function="noop_write",
        summary="The write operation, which there is none of.",
        checks=(*_OPERATION, silent(Errno.ENXIO, "always")),
        answer="nothing",
    ),
    syscalls.FdIoctl: InputRow(
        handler=fd_operations.fd_ioctl,
        function="noop_ioctl",
        summary="The ioctl operation, which there is none of.",
        checks=(*_OPERATION, silent(Errno.ENOTTY, "always")),
        answer="nothing",
    ),
    syscalls.FdSelect: InputRow(
        handler=fd_operations.fd_select,
        function="necpop_select, noop_select",
        summary="The select operation.",
        checks=(*_OPERATION, silent(Errno.EOPNOTSUPP, "a file of another type")),
        answer="never ready for a client fd, ENXIO taken for readiness for a session",
    ),
}
"""Every system call and fd operation by the class of its input."""
