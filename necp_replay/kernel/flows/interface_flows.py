"""The interfaces that multipath clients may use, and the agents of those of listeners."""

from __future__ import annotations

from typing import Final

from necp_replay.abi.client import ClientParameterFlag
from necp_replay.abi.policy import PolicyResult
from necp_replay.abi.uuid import ZERO_UUID
from necp_replay.kernel.objects.aggregate_result import AggregateResult
from necp_replay.kernel.objects.client import FailedTrigger
from necp_replay.kernel.objects.interface import Interface
from necp_replay.kernel.objects.parsed_parameters import ParsedParameters
from necp_replay.kernel.parameters.interface_matcher import InterfaceMatcher
from necp_replay.kernel.results.listed_agents import netagent_applies_to_client
from necp_replay.kernel.state import KernelState


def find_flow_interfaces(
    kernel: KernelState,
    parsed: ParsedParameters,
    result: AggregateResult,
    failed_trigger: FailedTrigger | None,
) -> tuple[Interface, ...]:
    """The interfaces on which a client may have flows; none for most clients.

    For a multipath client they are the ordered interfaces that match its parameters. Whether these
    must have the required type is a fact.

    The kernel also goes through the agents of these interfaces, and for a listener through those of
    every interface that matches. Of that only log records are visible.

    Source: necp_update_client_result, necp_ifnet_matches_parameters, xnu-4570.51.1, xnu-4903.221.2.
    """
    found: list[Interface] = []
    is_told = kernel.profile.only_primary_may_require_type
    types_count = is_told and not parsed.flags & _ONLY_PRIMARY_REQUIRES_TYPE
    matcher = InterfaceMatcher(kernel, parsed)
    if parsed.flags & _MULTIPATH:
        for ifp in kernel.interfaces.ordered:
            if matcher.matches(ifp, ignore_required_type=not types_count):
                found.append(ifp)
                _ask_for_agents(kernel, parsed, ifp, failed_trigger)
    elif parsed.flags & _LISTENER and result.routing_result != _SOCKET_SCOPED:
        for ifp in kernel.interfaces.head:
            if matcher.matches(ifp, ignore_required_type=is_told and not types_count):
                _ask_for_agents(kernel, parsed, ifp, failed_trigger)
    return tuple(found)


def _ask_for_agents(
    kernel: KernelState,
    parsed: ParsedParameters,
    ifp: Interface,
    failed_trigger: FailedTrigger | None,
) -> None:
    """Ask whether each agent of an interface applies to the client, as the kernel does.

    The published source ignores the answer, so only log records are visible.

    Source: necp_client_add_agent_flows_for_interface, xnu-4570.51.1.
    """
    for agent in ifp.agents:
        if agent != ZERO_UUID:
            netagent_applies_to_client(
                kernel, parsed, agent, allow_nexus=True, failed_trigger=failed_trigger
            )


_MULTIPATH: Final = int(ClientParameterFlag.MULTIPATH)
_ONLY_PRIMARY_REQUIRES_TYPE: Final = int(ClientParameterFlag.ONLY_PRIMARY_REQUIRES_TYPE)
_LISTENER: Final = int(ClientParameterFlag.LISTENER)
_SOCKET_SCOPED: Final = int(PolicyResult.SOCKET_SCOPED)
