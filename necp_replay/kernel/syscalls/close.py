"""``close`` (6): frees an fd, then closes its open file."""

from __future__ import annotations

from typing import Final, assert_never

from necp_replay.abi.errno import Errno
from necp_replay.events.effects import FdUseCountLeak
from necp_replay.events.outcome import Outcome
from necp_replay.events.syscalls import Close
from necp_replay.kernel.clients.arenas import destroy_arenas, destroy_sysctl_arena
from necp_replay.kernel.clients.destroy import destroy_client
from necp_replay.kernel.description import NO_PROCESS, Description
from necp_replay.kernel.flows.choose import flow_rules
from necp_replay.kernel.objects.necp_fd import NecpFd
from necp_replay.kernel.objects.policy_session import PolicySession
from necp_replay.kernel.objects.process import OtherFile, Process
from necp_replay.kernel.policy.sessions import close_session
from necp_replay.kernel.results.defunct import DefunctNexus, abort_nexuses
from necp_replay.kernel.state import KernelState
from necp_replay.kernel.syscalls.fd_table import NOT_OPEN


def close(kernel: KernelState, process: Process, event: Close) -> Outcome:
    """Close an fd of any kind. EBADF if it is not open.

    Source: close, necpop_close, xnu-4570.51.1.
    """
    errno = close_fd(kernel, process, event.fd)
    return Outcome(errno=errno)


def close_fd(kernel: KernelState, process: Process, fd: int) -> int:
    """Free the fd and close its file. Returns EBADF if the fd is not open."""
    file = process.files.pop(fd, None)
    if isinstance(file, NecpFd | PolicySession) and file.is_use_count_leaked:
        kernel.emit(FdUseCountLeak())
    match file:
        case None:
            return Errno.EBADF
        case NecpFd():
            _close_necp_fd(kernel, file)
        case PolicySession():
            close_session(kernel, file)
        case OtherFile():
            return 0
        case _:
            assert_never(file)
    return 0


def _close_necp_fd(kernel: KernelState, necp_fd: NecpFd) -> None:
    """Drop queued updates and remove all clients. Agents are told after the fd is gone.

    Source: necpop_close, xnu-4570.51.1, xnu-7195.50.7.100.1, xnu-10002.1.13.
    """
    registry = kernel.clients
    if necp_fd.is_push_observer:
        registry.observer_list.remove(necp_fd)
        registry.observer_fd_count -= 1
    else:
        registry.fd_list.remove(necp_fd)
        registry.client_fd_count -= 1

    rules = flow_rules(kernel)
    defunct_list: list[DefunctNexus] = []
    if kernel.profile.close_makes_flows_defunct:
        rules.defunct_fd(kernel, necp_fd, defunct_list)
    rules.unlink(kernel, necp_fd, None)
    closing = list(necp_fd.clients)
    keeps_agent_handle = not kernel.profile.close_clears_agent_handle
    for client in closing:
        client.has_agent_handle = keeps_agent_handle
        registry.tree.remove(client, client.client_id)
        necp_fd.clients.remove(client)
    necp_fd.update_list.clear()
    destroy_arenas(kernel, necp_fd, closing=True)
    destroy_sysctl_arena(kernel, necp_fd)
    for client in closing:
        destroy_client(kernel, client, necp_fd.proc_pid, abort=True)
    if defunct_list:
        abort_nexuses(kernel, defunct_list, "necpop_close")


CLOSE: Final = Description(
    subject=Close,
    handler=close,
    function="close, necpop_close",
    summary="Closes an fd and ends what it owns.",
    checks=(NO_PROCESS, NOT_OPEN),
    effects="for each client as REMOVE, observers first; for a session as applying without "
    "policies",
    other_facts=(
        "close_makes_flows_defunct",
        "defunct_flows_end_twice",
        "close_clears_agent_handle",
    ),
    syscall_number=6,
)
