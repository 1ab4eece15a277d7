"""Poll, select and kqueue of an fd, and the file operations that NECP refuses."""

from __future__ import annotations

from typing import Final, assert_never

from necp_replay.abi.errno import Errno
from necp_replay.events import syscalls
from necp_replay.events.outcome import Outcome, Readiness, Selected
from necp_replay.kernel.call import refuse
from necp_replay.kernel.clients.readiness import is_readable
from necp_replay.kernel.description import NO_PROCESS, Check, Description, logged, silent
from necp_replay.kernel.exceptions import SyscallError
from necp_replay.kernel.objects.necp_fd import NecpFd
from necp_replay.kernel.objects.policy_session import PolicySession
from necp_replay.kernel.objects.process import OtherFile, Process
from necp_replay.kernel.state import KernelState
from necp_replay.kernel.syscalls.fd_table import NOT_OPEN

_EVFILT_READ: Final = -1
_POLLIN: Final = 0x0001
_POLLRDNORM: Final = 0x0040


def fd_poll(kernel: KernelState, process: Process, event: syscalls.FdPoll) -> Outcome:
    """Whether the fd is ready, by its poll routine or for a knote that is attached.

    Raises SyscallError: EBADF; EOPNOTSUPP for a file of another type; ENOTSUP for the knote of a
    session in some releases; EINVAL, with a log record,
    for a knote with a filter other than EVFILT_READ.
    Source: necp_fd_poll, necpop_kqfilter, xnu-4570.51.1.
    """
    file = _find_file(process, event.fd)
    match file:
        case NecpFd():
            return Outcome(errno=0, answer=Readiness(_poll_necp_fd(kernel, file, event)))
        case PolicySession() if event.how == "kqfilter":
            if kernel.profile.session_operations_are_unsupported:
                raise SyscallError(Errno.ENOTSUP)
            # Kernel quirk: a session's kqfilter returns an error number, which is taken for
            # "ready" (noop_kqfilter of necp.c).
            return Outcome(errno=0, answer=Readiness(True))
        case PolicySession() | OtherFile():
            raise SyscallError(Errno.EOPNOTSUPP)
        case _:
            assert_never(file)


def fd_read(kernel: KernelState, process: Process, event: syscalls.FdRead) -> Outcome:
    """Raises SyscallError(ENXIO), whatever the fd. Source: noop_read, xnu-4570.51.1."""
    _find_file(process, event.fd)
    raise SyscallError(Errno.ENXIO)


def fd_write(kernel: KernelState, process: Process, event: syscalls.FdWrite) -> Outcome:
    """Raises SyscallError(ENXIO), whatever the fd. Source: noop_write, xnu-4570.51.1."""
    _find_file(process, event.fd)
    raise SyscallError(Errno.ENXIO)


def fd_ioctl(kernel: KernelState, process: Process, event: syscalls.FdIoctl) -> Outcome:
    """Raises SyscallError: ENOTTY, or ENXIO for a file of another type in some releases.

    Source: noop_ioctl, xnu-4570.51.1.
    """
    is_other = isinstance(_find_file(process, event.fd), OtherFile)
    if is_other and kernel.profile.other_files_have_no_device:
        raise SyscallError(Errno.ENXIO)
    raise SyscallError(Errno.ENOTTY)


def fd_select(kernel: KernelState, process: Process, event: syscalls.FdSelect) -> Outcome:
    """What the fd's select operation returns.

    Kernel quirk: a client fd is never ready, even with unread news. A session fd is always ready,
    since the error number that it returns is taken for "ready".
    Source: necpop_select, noop_select, xnu-4570.51.1; fo_no_select, xnu-6153.11.26.
    """
    profile = kernel.profile
    file = process.files.get(event.fd)
    match file:
        case None:
            return Outcome(errno=int(Errno.EBADF), answer=Selected(None))
        case NecpFd():
            return Outcome(errno=0, answer=Selected(0))
        case PolicySession():
            error = Errno.ENOTSUP if profile.session_operations_are_unsupported else Errno.ENXIO
            return Outcome(errno=0, answer=Selected(int(error)))
        case OtherFile():
            error = Errno.ENXIO if profile.other_files_have_no_device else Errno.EOPNOTSUPP
            return Outcome(errno=int(error), answer=Selected(None))
        case _:
            assert_never(file)


def _find_file(process: Process, fd: int) -> NecpFd | PolicySession | OtherFile:
    file = process.files.get(fd)
    if file is None:
        raise SyscallError(Errno.EBADF, fd=fd)
    return file


def _poll_necp_fd(kernel: KernelState, necp_fd: NecpFd, event: syscalls.FdPoll) -> bool:
    if event.how == "kqfilter":
        if event.filter != _EVFILT_READ:
            refuse(kernel, Errno.EINVAL, "necpop_kqfilter", values={"filter": event.filter})
        return is_readable(necp_fd)
    return bool(event.events & (_POLLIN | _POLLRDNORM)) and is_readable(necp_fd)


_FD_CHECKS: Final[tuple[Check, ...]] = (NO_PROCESS, NOT_OPEN)
_NO_DEVICE: Final = silent(
    Errno.ENXIO, "a file of another type, in later releases", fact="other_files_have_no_device"
)


FD_POLL: Final = Description(
    subject=syscalls.FdPoll,
    handler=fd_poll,
    function="necp_fd_poll, necpop_kqfilter",
    summary="Whether an fd is ready, by its poll routine or as a knote finds it.",
    checks=(
        *_FD_CHECKS,
        silent(Errno.EOPNOTSUPP, "a session polled, or a file of another type"),
        silent(Errno.ENOTSUP, "a knote of a session", fact="session_operations_are_unsupported"),
        logged(Errno.EINVAL, "a knote's filter is not EVFILT_READ"),
    ),
    answer="ready while a client is unread, or an update is queued; a session always is, unless"
    " its knotes are refused",
    other_facts=(
        "defunct_marks_result_unread",
        "inpcb_dispose_unregisters_flow",
    ),
)

FD_READ: Final = Description(
    subject=syscalls.FdRead,
    handler=fd_read,
    function="noop_read",
    summary="The read operation, which there is none of.",
    checks=(*_FD_CHECKS, silent(Errno.ENXIO, "always")),
    answer="nothing",
)

FD_WRITE: Final = Description(
    subject=syscalls.FdWrite,
    handler=fd_write,
    function="noop_write",
    summary="The write operation, which there is none of.",
    checks=(*_FD_CHECKS, silent(Errno.ENXIO, "always")),
    answer="nothing",
)

FD_IOCTL: Final = Description(
    subject=syscalls.FdIoctl,
    handler=fd_ioctl,
    function="noop_ioctl",
    summary="The ioctl operation, which there is none of.",
    checks=(*_FD_CHECKS, _NO_DEVICE, silent(Errno.ENOTTY, "always")),
    answer="nothing",
)

FD_SELECT: Final = Description(
    subject=syscalls.FdSelect,
    handler=fd_select,
    function="necpop_select, noop_select",
    summary="The select operation.",
    checks=(*_FD_CHECKS, _NO_DEVICE, silent(Errno.EOPNOTSUPP, "a file of another type")),
    answer="never ready for a client fd, an error number taken for readiness for a session",
    other_facts=("session_operations_are_unsupported",),
)
