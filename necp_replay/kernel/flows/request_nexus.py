"""Asks an agent for a nexus for a flow."""

from __future__ import annotations

from typing import Final

from necp_replay.abi.uuid import ZERO_UUID
from necp_replay.kernel.agents.client_messages import ask_for_nexus
from necp_replay.kernel.flows.assign_message import create_nexus_assign_message
from necp_replay.kernel.flows.nexus_flows import add_agent_flow, assign_results, find_nexus_flow
from necp_replay.kernel.flows.registered import told_id
from necp_replay.kernel.objects.agent_request import AgentRequest
from necp_replay.kernel.objects.client import FlowRegistration
from necp_replay.kernel.objects.necp_fd import NecpFd
from necp_replay.kernel.objects.process import Process
from necp_replay.kernel.state import KernelState

_FIRST_FLOW_ADVISORY: Final = 0


def request_nexus_flow(
    kernel: KernelState,
    necp_fd: NecpFd,
    process: Process,
    registration: FlowRegistration,
    agent: bytes,
    interface_index: int,
    request: AgentRequest,
) -> int:
    """Give a registration a nexus flow of an agent, and ask the agent for the nexus.

    What a kernel agent hands back at once is assigned to the flow. Returns an errno.

    Source: necp_client_add_flow, necp_client_request_nexus, xnu-8019.80.24.
    """
    add_agent_flow(kernel, registration, agent, interface_index)
    error, results = ask_for_nexus(kernel, agent, told_id(registration), necp_fd.proc_pid, request)
    if results and not error:
        assign_results(kernel, process, registration.client, registration, agent, results)
    return error


def keep_override_address(registration: FlowRegistration, agent: bytes, address: bytes) -> None:
    """The nexus flow of an agent that handed nothing back takes the address of the request.

    Source: necp_client_add_flow, xnu-10002.1.13.
    """
    flow = find_nexus_flow(registration, agent)
    if flow is None or flow.assigned_results is not None:
        return
    flow.remote_addr = address + flow.remote_addr[len(address) :]
    message = create_nexus_assign_message(
        nexus_instance=ZERO_UUID,
        nexus_port=0,
        key=None,
        key_length=0,
        local_endpoint=flow.local_addr,
        remote_endpoint=flow.remote_addr,
        flow_adv_index=_FIRST_FLOW_ADVISORY,
    )
    flow.assigned_results = message
    flow.assigned_results_length = len(message or b"")
