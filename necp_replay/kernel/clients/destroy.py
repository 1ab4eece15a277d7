"""Frees a client: tells observers and agents, and frees its flows and assertions."""

from __future__ import annotations

from necp_replay.abi.errno import Errno
from necp_replay.abi.log import LOG_DEBUG, LOG_ERR
from necp_replay.abi.netagent import AgentMessageType
from necp_replay.kernel.agents.client_messages import client_message
from necp_replay.kernel.clients.observers import observer_remove
from necp_replay.kernel.flows.choose import flow_rules
from necp_replay.kernel.objects.assertions import Assertions
from necp_replay.kernel.objects.client import Client
from necp_replay.kernel.state import KernelState

_FUNCTION = "necp_destroy_client"


def destroy_client(kernel: KernelState, client: Client, pid: int, *, abort: bool) -> None:
    """Free a client that is in no tree any more.

    Agents are told that the client of process ``pid`` is gone: those of requested nexus flows that
    the nexus is aborted (or closed, without ``abort``), and asserted ones that they are no longer
    needed. An agent that cannot be told is only logged.

    Source: necp_destroy_client, xnu-4570.51.1.
    """
    if kernel.clients.observer_list:
        observer_remove(kernel, client)
    client.current_route = None
    if client.port_reservation is not None:
        kernel.ports.release(client.port_reservation)
        client.port_reservation = None
    if client.flow_list or client.registrations is not None:
        flow_rules(kernel).free_flows(kernel, client, pid, abort=abort)
    if client.assertion_list is not None:
        _drop_assertions(kernel, client, client.assertion_list, pid)
    kernel.clients.client_count -= 1


def _drop_assertions(kernel: KernelState, client: Client, asserted: Assertions, pid: int) -> None:
    while asserted:
        agent = next(iter(asserted))
        error = client_message(
            kernel,
            agent,
            client.client_id,
            pid,
            AgentMessageType.CLIENT_UNASSERT,
            has_handle=client.has_agent_handle,
        )
        if error != 0:
            kernel.log(LOG_DEBUG if error == Errno.ENOENT else LOG_ERR, _FUNCTION, error)
        asserted.remove(agent)
