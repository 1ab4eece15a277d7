"""``necp_session_open`` (522): opens a policy session."""

from __future__ import annotations

from typing import Final

from necp_replay.abi.errno import Errno
from necp_replay.events.outcome import Outcome
from necp_replay.events.syscalls import NecpSessionOpen
from necp_replay.kernel.call import refuse
from necp_replay.kernel.description import NO_PROCESS, Description, logged
from necp_replay.kernel.objects.process import Process
from necp_replay.kernel.policy.exemptions import is_platform_binary
from necp_replay.kernel.policy.sessions import create_session
from necp_replay.kernel.privileges import ROOT_UID, has_privilege
from necp_replay.kernel.state import KernelState
from necp_replay.kernel.syscalls.fd_table import NO_FD_LEFT, allocate_fd


def necp_session_open(kernel: KernelState, process: Process, event: NecpSessionOpen) -> Outcome:
    """Open a session. The return value is its fd. ``flags`` are ignored.

    Raises SyscallError: EACCES, with a log record, for a process that is neither root nor has the
    privilege, or in some releases is no platform binary; EMFILE. Root is not asked for the
    privilege, so a sandbox that denies it changes nothing for root.

    Source: necp_session_open, xnu-4570.51.1, xnu-8792.41.9.
    """
    if kernel.profile.sessions_need_platform_binary and not is_platform_binary(kernel, process):
        values = {"pid": process.pid, "platform_binary": process.platform_binary}
        refuse(kernel, _NO_PLATFORM_BINARY, "necp_session_open", values=values)
    privilege = "PRIV_NET_PRIVILEGED_NECP_POLICIES"
    if process.uid != ROOT_UID and not has_privilege(process, privilege):
        refuse(kernel, _NO_PRIVILEGE, "necp_session_open", values={"uid": process.uid})
    fd = allocate_fd(process, event.assigned_fd)

    process.files[fd] = create_session(kernel)
    return Outcome(errno=0, retval=fd)


_NO_PLATFORM_BINARY: Final = logged(
    Errno.EACCES, "the process is no platform binary", fact="sessions_need_platform_binary"
)
_NO_PRIVILEGE: Final = logged(Errno.EACCES, "the process is neither root nor privileged")

NECP_SESSION_OPEN: Final = Description(
    subject=NecpSessionOpen,
    handler=necp_session_open,
    function="necp_session_open",
    summary="Opens a policy session.",
    checks=(
        NO_PROCESS,
        _NO_PLATFORM_BINARY,
        _NO_PRIVILEGE,
        NO_FD_LEFT,
    ),
    answer="the fd",
    syscall_number=522,
)
