"""The nexus flows of a client: flows that an agent provides."""

from __future__ import annotations

from typing import Final

from necp_replay.abi.client import CLIENT_ENDPOINT_BYTES, SOCKADDR_UNION_BYTES, ClientResult
from necp_replay.abi.errno import Errno
from necp_replay.abi.integers import U32_MAX
from necp_replay.abi.tlv import iterate_tlvs
from necp_replay.events.notifications import InjectNexusFlow
from necp_replay.kernel.description import NO_CLIENT, Check, Description, silent
from necp_replay.kernel.flows.choose import flow_rules
from necp_replay.kernel.flows.interface_details import save_interface_details
from necp_replay.kernel.flows.viability import flow_is_viable
from necp_replay.kernel.interfaces.statistics_flags import statistics_flags
from necp_replay.kernel.objects.client import Client, FlowHolder, FlowRegistration
from necp_replay.kernel.objects.flow import Flow
from necp_replay.kernel.objects.process import Process
from necp_replay.kernel.parameters.parse import is_valid_client_address
from necp_replay.kernel.state import KernelState


def find_nexus_flow(holder: FlowHolder, agent: bytes) -> Flow | None:
    """The nexus flow with an agent, the one added last; None if there is none."""
    for flow in holder.flow_list:
        if flow.nexus and flow.nexus_agent == agent:
            return flow
    return None


def add_agent_flow(
    kernel: KernelState, registration: FlowRegistration, agent: bytes, interface_index: int
) -> None:
    """Give a registration a nexus flow of an agent on an interface, if it has none of the agent.

    Source: necp_client_add_nexus_flow_if_needed, necp_client_add_nexus_flow,
    xnu-7195.50.7.100.1, xnu-8019.80.24.
    """
    if find_nexus_flow(registration, agent) is not None:
        return
    ifp = kernel.interfaces.by_index.get(interface_index)
    flow = Flow(interface_index=interface_index)
    flow.nexus = True
    flow.requested_nexus = True
    flow.nexus_agent = agent
    flow.interface_flags = 0 if ifp is None else statistics_flags(kernel.profile, ifp)
    flow.check_tcp_heuristics = True
    registration.flow_list.insert(0, flow)
    if kernel.profile.skywalk_is_published:
        kernel.clients.count_nexus_flow()
        save_interface_details(registration)


def assign_results(
    kernel: KernelState,
    process: Process,
    client: Client,
    holder: FlowHolder,
    agent: bytes,
    results: bytes | None,
) -> bool:
    """Store an agent's results on the newest nexus flow that a client has with the agent.

    Endpoints in the results become the flow's addresses. Empty results count as none. Returns
    whether there is such a flow.

    Source: necp_assign_client_result_locked, xnu-4570.51.1, xnu-8019.80.24.
    """
    flow = find_nexus_flow(holder, agent)
    if flow is None:
        return False
    if results:
        _take_endpoints(flow, results)
    flow.viable = flow_is_viable(kernel, process, client, flow)
    flow.assigned = True
    flow.assigned_results = results or None
    flow.assigned_results_length = len(results or b"")
    holder.flow_result_read = False
    return True


def _take_endpoints(flow: Flow, results: bytes) -> None:
    """Copy the endpoints in the results to the flow (``necp_client_parse_result``)."""
    for _, type_, value in iterate_tlvs(results):
        if len(value) < CLIENT_ENDPOINT_BYTES or not is_valid_client_address(value):
            continue
        # As many bytes are copied as the address says it has. The rest of the union stays.
        address = value[: value[0]]
        if type_ == ClientResult.LOCAL_ENDPOINT:
            flow.local_addr = address + flow.local_addr[len(address) :]
        elif type_ == ClientResult.REMOTE_ENDPOINT:
            flow.remote_addr = address + flow.remote_addr[len(address) :]


def add_nexus_flow(kernel: KernelState, event: InjectNexusFlow) -> int:
    """Add a nexus flow at the head of a list.

    The published source has no code that adds a nexus flow, so there is an input for it. ENOENT for
    an unknown id.
    """
    holder = flow_rules(kernel).holder_to_register(kernel, 0, event.client_id)
    if holder is None:
        return Errno.ENOENT
    flow = Flow(interface_index=event.interface_index & U32_MAX)
    flow.nexus = True
    flow.nexus_agent = event.agent
    # Where flows are in registrations, every nexus flow counts as requested.
    flow.requested_nexus = event.requested or kernel.profile.has_flow_registrations
    flow.assigned = event.assigned
    flow.viable = event.viable
    flow.check_tcp_heuristics = event.check_tcp_heuristics
    flow.local_addr = event.local[:SOCKADDR_UNION_BYTES].ljust(SOCKADDR_UNION_BYTES, b"\0")
    flow.remote_addr = event.remote[:SOCKADDR_UNION_BYTES].ljust(SOCKADDR_UNION_BYTES, b"\0")
    flow.assigned_results = event.results or None
    flow.assigned_results_length = len(event.results or b"")
    holder.flow_list.insert(0, flow)
    kernel.clients.count_nexus_flow()
    return Errno.OK


NEXUS_FLOW_CHECKS: Final[tuple[Check, ...]] = (
    silent(Errno.ENOENT, "no client fd of a living process has the client"),
    silent(Errno.EINVAL, "the client has no nexus flow of the agent"),
)
"""The checks of the inputs that look for a client's flow with :func:`find_nexus_flow`."""


INJECT_NEXUS_FLOW: Final = Description(
    subject=InjectNexusFlow,
    handler=add_nexus_flow,
    summary="Gives a client a nexus flow, as the unpublished part of the kernel would.",
    checks=(NO_CLIENT,),
)
