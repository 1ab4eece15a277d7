"""Wakes those who wait on a NECP fd."""

from __future__ import annotations

from necp_replay.events.effects import Wake
from necp_replay.kernel.objects.necp_fd import NecpFd
from necp_replay.kernel.state import KernelState


def fd_notify(kernel: KernelState, necp_fd: NecpFd) -> None:
    """Wake everyone who waits on the fd, whether or not it is readable.

    Source: necp_fd_notify, xnu-4570.51.1.
    """
    kernel.effects.append(Wake(necp_fd.proc_pid, necp_fd.fd))
