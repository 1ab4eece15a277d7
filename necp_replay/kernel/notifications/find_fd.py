"""The open NECP file of the fd that a notification is about."""

from __future__ import annotations

from typing import Final

from necp_replay.abi.errno import Errno
from necp_replay.kernel.description import NO_PROCESS, Check, silent
from necp_replay.kernel.exceptions import SyscallError
from necp_replay.kernel.objects.necp_fd import NecpFd
from necp_replay.kernel.objects.policy_session import PolicySession
from necp_replay.kernel.objects.process import Process
from necp_replay.kernel.state import KernelState
from necp_replay.kernel.syscalls.fd_table import find_necp_file


def find_process_and_file(
    kernel: KernelState, pid: int, fd: int
) -> tuple[Process, NecpFd | PolicySession]:
    """The process and its open NECP file, a client fd or a session fd.

    Raises SyscallError: ESRCH if no process has the pid, EBADF if the fd is not open, ENODEV for a
    file of another type.
    """
    process = kernel.find_process(pid)
    if process is None:
        raise SyscallError(Errno.ESRCH)
    return process, find_necp_file(process, fd)


FD_CHECKS: Final[tuple[Check, ...]] = (
    NO_PROCESS,
    silent(Errno.EBADF, "the fd is not open"),
    silent(Errno.ENODEV, "the fd is of another type"),
)
"""The checks of :func:`find_process_and_file`."""
