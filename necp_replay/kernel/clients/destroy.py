"""The end of a client: observers and agents are told, its flows are freed and counted off."""

from __future__ import annotations

from necp_replay.abi.errno import Errno
from necp_replay.abi.log import LOG_DEBUG, LOG_ERR
from necp_replay.abi.netagent import AgentMessageType
from necp_replay.abi.uuid import ZERO_UUID
from necp_replay.kernel.agents.client_messages import client_message
from necp_replay.kernel.clients.observers import observer_remove
from necp_replay.kernel.objects.client import Client
from necp_replay.kernel.objects.flow import Flow
from necp_replay.kernel.state import KernelState

_FUNCTION = "necp_destroy_client"


def destroy_client(kernel: KernelState, client: Client, pid: int, *, abort: bool) -> None:
    """Free a client that was taken out of the trees before.

    ``pid`` is what agents are told; ``abort`` chooses between aborting and closing the nexuses it
    requested. Source: necp_destroy_client, xnu-4570.51.1.
    """
    observer_remove(kernel, client)
    client.current_route = None
    _free_flows(kernel, client, pid, abort=abort)
    _drop_assertions(kernel, client, pid)
    kernel.clients.client_count -= 1


def _free_flows(kernel: KernelState, client: Client, pid: int, *, abort: bool) -> None:
    message = AgentMessageType.ABORT_NEXUS if abort else AgentMessageType.CLOSE_NEXUS
    while client.flow_list:
        flow = client.flow_list[0]
        if flow.nexus and flow.requested_nexus and flow.nexus_agent != ZERO_UUID:
            error = client_message(kernel, flow.nexus_agent, client.client_id, pid, message)
            # An agent of a client that was made defunct was told already and may be gone.
            if error not in (0, Errno.ENOENT):
                kernel.log(LOG_ERR, _FUNCTION, error)
            flow.nexus_agent = ZERO_UUID
        client.flow_list.pop(0)
        _count_off(kernel, flow)


def _count_off(kernel: KernelState, flow: Flow) -> None:
    if flow.socket:
        kernel.clients.socket_flow_count -= 1
    else:
        kernel.clients.if_flow_count -= 1


def _drop_assertions(kernel: KernelState, client: Client, pid: int) -> None:
    while client.assertion_list:
        agent = client.assertion_list[0]
        error = client_message(
            kernel, agent, client.client_id, pid, AgentMessageType.CLIENT_UNASSERT
        )
        if error != 0:
            kernel.log(LOG_DEBUG if error == Errno.ENOENT else LOG_ERR, _FUNCTION, error)
        client.assertion_list.pop(0)
