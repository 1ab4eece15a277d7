"""Memory is low: a process may be killed, and caches are reaped. No process can see that."""

from __future__ import annotations

from typing import Final

from necp_replay.abi.errno import Errno
from necp_replay.events.notifications import FdMemstatus, ReapCaches
from necp_replay.events.outcome import Outcome
from necp_replay.kernel.description import Description, silent
from necp_replay.kernel.notifications.find_fd import FD_CHECKS, find_process_and_file
from necp_replay.kernel.state import KernelState


def fd_memstatus(kernel: KernelState, event: FdMemstatus) -> Outcome:
    """Change nothing, also on session fds. ENOTSUP if the release has no such function.

    Source: necp_fd_memstatus, xnu-4570.51.1.
    """
    if not kernel.profile.has_fd_memstatus:
        return Outcome(errno=Errno.ENOTSUP)
    find_process_and_file(kernel, event.pid, event.fd)
    return Outcome(errno=0)


def reap_caches(kernel: KernelState, event: ReapCaches) -> Outcome:
    """Change nothing that can be observed. ENOTSUP if the release has no such function.

    Source: necp_client_reap_caches, xnu-4570.51.1.
    """
    if not kernel.profile.has_reap_caches:
        return Outcome(errno=Errno.ENOTSUP)
    return Outcome(errno=0)


FD_MEMSTATUS: Final = Description(
    subject=FdMemstatus,
    handler=fd_memstatus,
    function="necp_fd_memstatus",
    summary="A process may be killed because memory is low. Nothing is done.",
    checks=(
        silent(Errno.ENOTSUP, "the release has no such function", fact="has_fd_memstatus"),
        *FD_CHECKS,
    ),
)

REAP_CACHES: Final = Description(
    subject=ReapCaches,
    handler=reap_caches,
    function="necp_client_reap_caches",
    summary="The cache of flows frees memory. Nothing of it shows.",
    checks=(silent(Errno.ENOTSUP, "the release has no such function", fact="has_reap_caches"),),
)
