"""An agent assigns addresses and results to a client's nexus flow."""

from __future__ import annotations

from typing import Final

from necp_replay.abi.errno import Errno
from necp_replay.events.notifications import AssignClientResult
from necp_replay.kernel.clients.notify import fd_notify
from necp_replay.kernel.description import Description
from necp_replay.kernel.flows.choose import flow_rules
from necp_replay.kernel.flows.nexus_flows import NEXUS_FLOW_CHECKS, assign_results
from necp_replay.kernel.state import KernelState


def assign_client_result(
    kernel: KernelState, agent: bytes, client_id: bytes, results: bytes | None
) -> int:
    """Store an agent's results on the newest nexus flow that the client has with the agent.

    Endpoints in the results become the flow's addresses. Empty results count as none. Returns
    ENOENT if no fd of a living process has the client, EINVAL if it has no such flow.

    Source: necp_assign_client_result, xnu-4570.51.1.
    """
    rules = flow_rules(kernel)
    for necp_fd in kernel.clients.fd_list:
        process = kernel.find_process(necp_fd.proc_pid)
        if process is None:
            continue
        client = rules.find_on_fd(necp_fd, client_id)
        holder = None if client is None else rules.find_holder(client, client_id)
        if client is None or holder is None:
            continue
        if not assign_results(kernel, process, client, holder, agent, results):
            return Errno.EINVAL
        fd_notify(kernel, necp_fd)
        return Errno.OK
    return Errno.ENOENT


ASSIGN_CLIENT_RESULT: Final = Description(
    subject=AssignClientResult,
    handler=assign_client_result,
    function="necp_assign_client_result",
    summary="An agent assigns addresses and results to its newest flow of a client.",
    checks=NEXUS_FLOW_CHECKS,
    effects="the fd is woken; observers are not told",
)
