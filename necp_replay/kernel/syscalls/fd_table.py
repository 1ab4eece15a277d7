"""A process's table of fds: allocating an fd, and finding its open file."""

from __future__ import annotations

from typing import Final, NoReturn

from necp_replay.abi.errno import Errno
from necp_replay.abi.log import LOG_ERR
from necp_replay.events.effects import FdUseCountLeak
from necp_replay.events.outcome import Outcome
from necp_replay.events.syscalls import OpenOther
from necp_replay.kernel.description import NO_PROCESS, Check, Description, silent
from necp_replay.kernel.exceptions import NotModelled, SyscallError
from necp_replay.kernel.objects.necp_fd import NecpFd
from necp_replay.kernel.objects.policy_session import PolicySession
from necp_replay.kernel.objects.process import FIRST_FD, OtherFile, Process
from necp_replay.kernel.state import KernelState
from necp_replay.releases.facts.client_actions import FdKindCheck


def allocate_fd(process: Process, assigned_fd: int | None = None) -> int:
    """The fd for a new open file: the lowest free one, or the one that the trace names.

    Raises SyscallError(EMFILE) at the process's limit, and NotModelled if the trace names an fd
    that is open here. Source: falloc, fdalloc, xnu-4570.51.1.
    """
    files = process.files
    if assigned_fd is not None:
        if assigned_fd in files:
            raise NotModelled(f"the trace assigns fd {assigned_fd}, which is open here")
        return assigned_fd
    fd = FIRST_FD
    while fd in files:
        fd += 1
    if fd >= process.fd_limit:
        raise SyscallError(NO_FD_LEFT, fd_limit=process.fd_limit)
    return fd


def find_necp_file(process: Process, fd: int) -> NecpFd | PolicySession:
    """The open file of NECP's type that an fd has: that of a client fd or a session.

    Raises SyscallError: EBADF if the fd is not open, ENODEV for a file of another type.
    Kernel quirk: both kinds have the same file type, so the kernel cannot tell them apart.
    Source: necp_find_fd_data, necp_session_find_from_fd, xnu-4570.51.1.
    """
    file = process.files.get(fd)
    if isinstance(file, _NECP_FILES):
        return file
    raise wrong_file(file, fd)


def wrong_file(file: object, fd: int) -> SyscallError:
    """The error of a NECP call on an fd that is not open, or is of another type."""
    return SyscallError(Errno.EBADF if file is None else Errno.ENODEV, fd=fd)


def refuse_other_kind(
    kernel: KernelState, file: NecpFd | PolicySession, function: str, check: Check
) -> NoReturn:
    """Refuse an fd of NECP's other kind, in releases that look. Raises SyscallError(EINVAL).

    Kernel quirk: the first release that looks forgets to give the fd back.

    Source: necp_find_fd_data, necp_session_find_from_fd, xnu-4903.221.2.
    """
    kernel.log(LOG_ERR, function, Errno.EINVAL)
    if kernel.profile.fd_kind_check is FdKindCheck.LEAKS_USE_COUNT:
        file.is_use_count_leaked = True
        kernel.emit(FdUseCountLeak())
    raise SyscallError(check)


def open_other(kernel: KernelState, process: Process, event: OpenOther) -> Outcome:
    """Open a file that is not NECP's. Raises SyscallError(EMFILE)."""
    fd = allocate_fd(process, event.assigned_fd)
    process.files[fd] = OtherFile()
    return Outcome(errno=0, retval=fd)


_NECP_FILES: Final = (NecpFd, PolicySession)
NOT_OPEN: Final = silent(Errno.EBADF, "the fd is not open")
NO_FD_LEFT: Final = silent(Errno.EMFILE, "the process has as many fds as it may")


OPEN_OTHER: Final = Description(
    subject=OpenOther,
    handler=open_other,
    function="falloc",
    summary="Opens a file that is none of NECP's, so that fd numbers are as on the system.",
    checks=(NO_PROCESS, NO_FD_LEFT),
    answer="the fd",
)
