"""Tells nexuses to abort the flows of clients that become defunct."""

from __future__ import annotations

from dataclasses import dataclass

from necp_replay.abi.errno import Errno
from necp_replay.abi.log import LOG_DEBUG, LOG_ERR
from necp_replay.abi.netagent import AgentMessageType
from necp_replay.kernel.agents.client_messages import client_message
from necp_replay.kernel.state import KernelState


@dataclass(slots=True)
class DefunctNexus:
    """``struct necp_client_defunct``: one nexus flow that became defunct.

    ``client_id`` is the id by which the agent knows it: that of its client, or of a registration.
    """

    client_id: bytes
    nexus_agent: bytes
    proc_pid: int


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
