"""The NECP file behind the fd number that a notification names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from necp_replay.abi.errno import Errno
from necp_replay.kernel.objects.necp_fd import NecpFd
from necp_replay.kernel.objects.policy_session import PolicySession
from necp_replay.kernel.refusal import SyscallError

if TYPE_CHECKING:
    from necp_replay.kernel.objects.process import Process
    from necp_replay.kernel.state import Kernel


def find_process_and_file(
    kernel: Kernel, pid: int, fd: int
) -> tuple[Process, NecpFd | PolicySession]:
    """The process and its open NECP file; session fds are of the same type.

    Raises SyscallError: ESRCH without the process, EBADF without the fd, ENODEV for another type.
    """
    process = kernel.find_process(pid)
    if process is None:
        raise SyscallError(Errno.ESRCH)
    file = process.files.get(fd)
    if file is None:
        raise SyscallError(Errno.EBADF)
    if not isinstance(file, NecpFd | PolicySession):
        raise SyscallError(Errno.ENODEV)
    return process, file
