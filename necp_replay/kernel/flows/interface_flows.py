"""The interface flows of multipath clients, and the agents that listeners may meet."""

from __future__ import annotations

from typing import Final

from necp_replay.abi.client import UUID_BYTES, ClientParameterFlag
from necp_replay.abi.policy import PolicyResult
from necp_replay.kernel.objects.aggregate_result import AggregateResult
from necp_replay.kernel.objects.client import Client
from necp_replay.kernel.objects.flow import Flow
from necp_replay.kernel.objects.interface import Interface
from necp_replay.kernel.objects.parsed_parameters import ParsedParameters
from necp_replay.kernel.parameters.interface_match import ifnet_matches_parameters
from necp_replay.kernel.results.applies import netagent_applies_to_client
from necp_replay.kernel.state import KernelState


def find_flow_interfaces(
    kernel: KernelState, parsed: ParsedParameters, result: AggregateResult
) -> tuple[int, ...]:
    """The ordered interfaces that match a multipath client's parameters, on which it gets flows.

    A required interface type does not count for that. Listeners get no flows, but the agents of the
    interfaces that match are asked for, as for multipath clients.

    Source: necp_update_client_result, xnu-4570.51.1.
    """
    indices: list[int] = []
    if parsed.flags & _MULTIPATH:
        for ifp in kernel.interfaces.ordered:
            if ifnet_matches_parameters(kernel, ifp, parsed, ignore_require_if=True):
                indices.append(ifp.index)
                _ask_for_agents(kernel, parsed, ifp)
    elif parsed.flags & _LISTENER and result.routing_result != _SOCKET_SCOPED:
        for ifp in kernel.interfaces.head:
            if ifnet_matches_parameters(kernel, ifp, parsed):
                _ask_for_agents(kernel, parsed, ifp)
    return tuple(indices)


def add_interface_flow_if_needed(kernel: KernelState, client: Client, interface_index: int) -> None:
    """Make the client's flow on an interface valid, or add one at the head of its list.

    Source: necp_client_add_interface_flow_if_needed, xnu-4570.51.1.
    """
    for flow in client.flow_list:
        if not flow.nexus and not flow.socket and flow.interface_index == interface_index:
            flow.invalid = False
            break
    else:
        flow = Flow(interface_index=interface_index)
        client.flow_list.insert(0, flow)
        kernel.clients.if_flow_count += 1
    flow.handle = client.interface_handle
    flow.has_cb = client.interface_has_cb


def _ask_for_agents(kernel: KernelState, parsed: ParsedParameters, ifp: Interface) -> None:
    """Upstream relies on side effects that were not published; what shows are log records.

    Source: necp_client_add_agent_flows_for_interface, xnu-4570.51.1.
    """
    for agent in ifp.agents:
        if agent != _NO_UUID:
            netagent_applies_to_client(kernel, parsed, agent, allow_nexus=True)


_MULTIPATH: Final = int(ClientParameterFlag.MULTIPATH)
_LISTENER: Final = int(ClientParameterFlag.LISTENER)
_SOCKET_SCOPED: Final = int(PolicyResult.SOCKET_SCOPED)
_NO_UUID: Final = bytes(UUID_BYTES)
