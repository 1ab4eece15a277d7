"""``necp_open`` (501): opens an fd for clients, or for observing the clients of all processes."""

from __future__ import annotations

from typing import Final

from necp_replay.abi.client import OpenFlag
from necp_replay.abi.errno import Errno
from necp_replay.abi.integers import as_int32
from necp_replay.events.outcome import Outcome
from necp_replay.events.syscalls import NecpOpen
from necp_replay.kernel.call import refuse
from necp_replay.kernel.clients.observers import queue_parameters, queue_result
from necp_replay.kernel.description import NO_PROCESS, Description, logged
from necp_replay.kernel.objects.necp_fd import NecpFd
from necp_replay.kernel.objects.process import Process
from necp_replay.kernel.privileges import has_privilege, may_control_nexuses
from necp_replay.kernel.quirk import Quirk
from necp_replay.kernel.sandbox import DENIES_OPEN, check_open
from necp_replay.kernel.state import KernelState
from necp_replay.kernel.syscalls.fd_table import NO_FD_LEFT, allocate_fd


def necp_open(kernel: KernelState, process: Process, event: NecpOpen) -> Outcome:
    """Open an fd. The return value is its number.

    Raises SyscallError: if the profile says so, EACCES for an observer without a privilege; EPERM
    where a sandbox denies it; EMFILE.

    Unknown flags are kept and ignored. A push observer is queued the parameters and the result of
    every client, in the order of ids. A result that outgrew its buffer panics the kernel.

    Kernel quirk: without Skywalk, the check of the privilege to observe never fails.

    Source: necp_open, xnu-4570.51.1, xnu-8019.80.24.
    """
    if event.flags & _OBSERVES and kernel.profile.observers_need_privilege:
        statistics = has_privilege(process, "PRIV_NET_PRIVILEGED_NETWORK_STATISTICS")
        if not statistics and not may_control_nexuses(process):
            refuse(kernel, _NO_PRIVILEGE, _FUNCTION, values={"uid": process.uid})
    check_open(kernel, process, event.flags)
    fd = allocate_fd(process, event.assigned_fd)
    necp_fd = NecpFd(fd, process.pid, as_int32(event.flags))
    process.files[fd] = necp_fd

    registry = kernel.clients
    if not necp_fd.is_push_observer:
        registry.fd_list.insert(0, necp_fd)
        registry.client_fd_count += 1
        return Outcome(errno=0, retval=fd)

    registry.observer_list.insert(0, necp_fd)
    registry.observer_fd_count += 1
    for client in registry.tree:
        queue_parameters(kernel, necp_fd, client)
        queue_result(kernel, necp_fd, client)
    return Outcome(errno=0, retval=fd)


_FUNCTION: Final = "necp_open"
_OBSERVES: Final = int(OpenFlag.OBSERVER | OpenFlag.PUSH_OBSERVER)
_NO_PRIVILEGE: Final = logged(
    Errno.EACCES,
    "the fd observes, and the process may neither control nexuses nor see network statistics",
    fact="observers_need_privilege",
)

NECP_OPEN: Final = Description(
    subject=NecpOpen,
    handler=necp_open,
    function="necp_open",
    summary="Opens an fd for clients of the process, or for observing everybody's.",
    checks=(NO_PROCESS, _NO_PRIVILEGE, DENIES_OPEN, NO_FD_LEFT),
    answer="the fd; a push observer finds parameters and result of every client queued",
    effects="a denial of the sandbox; a panic where a push observer is queued a result that outgrew"
    " its buffer",
    syscall_number=501,
)

OBSERVING_NEEDS_NO_PRIVILEGE: Final = Quirk(
    "necp_open refuses no observer for lack of a privilege.",
    "necp_open",
    "syscalls/test_necp_open.py::test_observing_needs_no_privilege",
    "observers_need_privilege",
)
NEW_PUSH_OBSERVER_GETS_EVERY_CLIENT: Final = Quirk(
    "A new push observer is queued every client in the order of ids.",
    "necp_open",
    "syscalls/test_necp_open.py::test_a_push_observer_is_queued_every_client_in_the_order_of_ids",
)
