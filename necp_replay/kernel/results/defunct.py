"""Tells nexuses to abort the flows of clients that become defunct."""

from __future__ import annotations

from dataclasses import dataclass

from necp_replay.abi.errno import Errno
from necp_replay.abi.log import LOG_DEBUG, LOG_ERR
from necp_replay.abi.netagent import AgentMessageType
from necp_replay.kernel.agents.client_messages import client_message
from necp_replay.kernel.objects.client import Client
from necp_replay.kernel.state import KernelState


@dataclass(slots=True)
class DefunctNexus:
    """``struct necp_client_defunct``: one nexus flow of a client that became defunct."""

    client_id: bytes
    nexus_agent: bytes
    proc_pid: int


def collect_requested_nexuses(client: Client, defunct_list: list[DefunctNexus]) -> bool:
    """Append the client's requested nexus flows to a list. Returns whether there is one.

    Source: necp_defunct_client_for_policy, necp_defunct_client_fd_locked, xnu-4570.51.1.
    """
    has_requested_nexus = False
    for flow in client.flow_list:
        if flow.nexus and flow.requested_nexus and any(flow.nexus_agent):
            defunct_list.append(DefunctNexus(client.client_id, flow.nexus_agent, client.proc_pid))
            has_requested_nexus = True
    return has_requested_nexus


def abort_nexuses(kernel: KernelState, defunct_list: list[DefunctNexus], function: str) -> None:
    """Tell each nexus to abort, the last of the list first. ``function`` logs errors.

    Source: necp_update_all_clients_callout, necp_fd_defunct, xnu-4570.51.1.
    """
    for defunct in reversed(defunct_list):
        error = client_message(
            kernel,
            defunct.nexus_agent,
            defunct.client_id,
            defunct.proc_pid,
            AgentMessageType.ABORT_NEXUS,
        )
        if error != 0:
            kernel.log(LOG_DEBUG if error == Errno.ENOENT else LOG_ERR, function, error)
