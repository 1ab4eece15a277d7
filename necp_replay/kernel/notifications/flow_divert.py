"""Flow divert asks that a process diverts its flows by itself."""

from __future__ import annotations

from typing import Final

from necp_replay.abi.errno import Errno
from necp_replay.events.notifications import RequestInProcessFlowDivert
from necp_replay.events.outcome import Outcome
from necp_replay.kernel.description import Description, silent
from necp_replay.kernel.objects.necp_fd import NecpFd
from necp_replay.kernel.state import KernelState

_MAX_PIDS: Final = 4
"""``NECP_MAX_FLOW_DIVERT_NEEDED_PIDS``."""


def request_in_process_flow_divert(
    kernel: KernelState, event: RequestInProcessFlowDivert
) -> Outcome:
    """Note a process, whose fds are told when clients are updated the next time.

    ENOTSUP where the release has no such function. Pid 0 is not noted.

    Kernel quirk: only four processes are noted until then; more are forgotten. A process is noted
    as often as it is asked for. Measured in x10002_in_process_flow_divert.

    Source: necp_client_request_in_process_flow_divert, xnu-10002.1.13.
    """
    if not kernel.profile.flow_divert_can_be_in_process:
        return Outcome(errno=kernel.fails(_NO_FUNCTION))
    if event.pid != 0 and len(kernel.flow_divert_pids) < _MAX_PIDS:
        kernel.flow_divert_pids.append(event.pid)
    return Outcome(errno=0)


def is_asked_to_divert(kernel: KernelState, necp_fd: NecpFd) -> bool:
    """Whether an fd has a request to read; notes one for a process that was asked for.

    Source: necp_update_client_fd_locked, xnu-10002.1.13.
    """
    if necp_fd.proc_pid in kernel.flow_divert_pids:
        necp_fd.request_in_process_flow_divert = True
    return necp_fd.request_in_process_flow_divert


_NO_FUNCTION: Final = silent(Errno.ENOTSUP, "the release has no such function")

REQUEST_IN_PROCESS_FLOW_DIVERT: Final = Description(
    subject=RequestInProcessFlowDivert,
    handler=request_in_process_flow_divert,
    function="necp_client_request_in_process_flow_divert",
    summary="Flow divert asks that a process diverts its flows by itself.",
    checks=(_NO_FUNCTION,),
    other_facts=("flow_divert_can_be_in_process",),
    effects="when the update timer fires, each fd of the process becomes readable, and its waiters "
    "are woken; a copy of the next unread client then answers the request",
)
