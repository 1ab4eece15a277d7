"""The interface flows of multipath clients, and the agents of interfaces that listeners use."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from necp_replay.abi.client import ClientParameterFlag
from necp_replay.abi.policy import PolicyResult
from necp_replay.abi.uuid import ZERO_UUID
from necp_replay.kernel.objects.aggregate_result import AggregateResult
from necp_replay.kernel.objects.client import Client
from necp_replay.kernel.objects.flow import Flow
from necp_replay.kernel.objects.interface import Interface
from necp_replay.kernel.objects.parsed_parameters import ParsedParameters
from necp_replay.kernel.parameters.interface_matcher import InterfaceMatcher
from necp_replay.kernel.results.listed_agents import netagent_applies_to_client
from necp_replay.kernel.state import KernelState


def find_flow_interfaces(
    kernel: KernelState, parsed: ParsedParameters, result: AggregateResult
) -> tuple[int, ...]:
    """The indices of the interfaces on which a client gets flows; none for most clients.

    A multipath client gets one on each ordered interface that matches its parameters. Whether these
    must have the required type is a fact.

    The kernel also goes through the agents of these interfaces, and for a listener through those of
    every interface that matches. Of that only log records are visible.

    Source: necp_update_client_result, necp_ifnet_matches_parameters, xnu-4570.51.1, xnu-4903.221.2.
    """
    indices: list[int] = []
    is_told = kernel.profile.only_primary_may_require_type
    types_count = is_told and not parsed.flags & _ONLY_PRIMARY_REQUIRES_TYPE
    matcher = InterfaceMatcher(kernel, parsed)
    if parsed.flags & _MULTIPATH:
        for ifp in kernel.interfaces.ordered:
            if matcher.matches(ifp, ignore_required_type=not types_count):
                indices.append(ifp.index)
                _ask_for_agents(kernel, parsed, ifp)
    elif parsed.flags & _LISTENER and result.routing_result != _SOCKET_SCOPED:
        for ifp in kernel.interfaces.head:
            if matcher.matches(ifp, ignore_required_type=is_told and not types_count):
                _ask_for_agents(kernel, parsed, ifp)
    return tuple(indices)


def add_interface_flows_if_needed(
    kernel: KernelState, client: Client, interface_indices: Sequence[int]
) -> None:
    """Mark the client's flows on these interfaces valid; add one where there is none.

    New flows are added at the head of the list, one after the other. The kernel searches the list
    for each interface. Here the list is read once.

    Source: necp_client_add_interface_flow_if_needed, xnu-4570.51.1.
    """
    by_interface: dict[int, Flow] = {}
    for flow in client.flow_list:
        if not flow.nexus and not flow.socket:
            by_interface.setdefault(flow.interface_index, flow)
    added: list[Flow] = []
    for interface_index in interface_indices:
        found = by_interface.get(interface_index)
        if found is None:
            found = by_interface[interface_index] = Flow(interface_index=interface_index)
            added.append(found)
        else:
            found.invalid = False
        found.handle = client.interface_handle
        found.has_cb = client.interface_has_cb
    client.flow_list[:0] = reversed(added)
    kernel.clients.if_flow_count += len(added)


def _ask_for_agents(kernel: KernelState, parsed: ParsedParameters, ifp: Interface) -> None:
    """Ask whether each agent of an interface applies to the client, as the kernel does.

    The published source ignores the answer, so only log records are visible.

    Source: necp_client_add_agent_flows_for_interface, xnu-4570.51.1.
    """
    for agent in ifp.agents:
        if agent != ZERO_UUID:
            netagent_applies_to_client(kernel, parsed, agent, allow_nexus=True)


_MULTIPATH: Final = int(ClientParameterFlag.MULTIPATH)
_ONLY_PRIMARY_REQUIRES_TYPE: Final = int(ClientParameterFlag.ONLY_PRIMARY_REQUIRES_TYPE)
_LISTENER: Final = int(ClientParameterFlag.LISTENER)
_SOCKET_SCOPED: Final = int(PolicyResult.SOCKET_SCOPED)
