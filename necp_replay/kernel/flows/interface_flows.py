"""The interfaces that multipath clients, listeners and browsers may use, and their agents."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Final

from necp_replay.abi.client import ClientParameterFlag
from necp_replay.abi.interface import IFF_RUNNING, IFF_UP
from necp_replay.abi.netagent import AgentFlag
from necp_replay.abi.policy import PolicyResult
from necp_replay.abi.uuid import ZERO_UUID
from necp_replay.kernel.agents.lookup import get_flags
from necp_replay.kernel.objects.aggregate_result import AggregateResult
from necp_replay.kernel.objects.client import FailedTrigger, UsableInterface
from necp_replay.kernel.objects.client_options import ClientOptions
from necp_replay.kernel.objects.interface import Interface
from necp_replay.kernel.objects.parsed_parameters import ParsedParameters
from necp_replay.kernel.parameters.interface_matcher import InterfaceMatcher, bound_interface_index
from necp_replay.kernel.results.listed_agents import is_required, netagent_applies_to_client
from necp_replay.kernel.state import KernelState


def find_flow_interfaces(
    kernel: KernelState,
    parsed: ParsedParameters,
    result: AggregateResult,
    failed_trigger: FailedTrigger | None,
    direct: Interface | None,
    options: ClientOptions | None = None,
) -> tuple[UsableInterface, ...]:
    """The interfaces on which a client may have flows; none for most clients.

    For a multipath client they are the ordered interfaces that match its parameters. Whether these
    must have the required type is a fact, and whether the direct interface comes before them. Where
    facts say so, a listener has the interface that it is scoped to, and a browser those with an
    agent to browse with.

    The kernel also goes through the agents of these interfaces, and a listener's through those of
    all that match. Of that only log records are visible, except where agents for nexuses become
    ``options``. Then an inbound multipath client may have the agents of every interface that is up.

    Source: necp_update_client_result, necp_ifnet_matches_parameters, xnu-4570.51.1, xnu-4903.221.2,
    xnu-6153.101.6, xnu-8019.41.5, xnu-10002.41.9, xnu-10063.121.3, xnu-11215.1.10.
    """
    found: list[UsableInterface] = []
    profile = kernel.profile
    ask_for_agents = partial(_ask_for_agents, kernel, parsed, failed_trigger, options)
    is_told = parsed.required_interface_type != 0 and profile.only_primary_may_require_type
    types_count = is_told and not parsed.flags & _ONLY_PRIMARY_REQUIRES_TYPE
    matcher = InterfaceMatcher(kernel, parsed)
    is_scoped = result.routing_result == _SOCKET_SCOPED

    def take(ifp: Interface, agent: bytes = ZERO_UUID) -> None:
        found.append(UsableInterface(ifp, agent))
        if options is not None:
            options.add(ifp, agent)

    def ask_running() -> None:
        for ifp in kernel.interfaces.head:
            if not ifp.flags & _UP_OR_RUNNING and profile.options_follow_scope:
                continue
            if matcher.matches(ifp, ignore_required_type=is_told and not types_count):
                ask_for_agents(ifp)

    if _has_several_paths(kernel, parsed):
        first = direct if profile.multipath_options_begin_with_direct else None
        if first is not None:
            ask_for_agents(first)
            take(first)
        is_inbound = parsed.flags & _INBOUND and profile.inbound_clients_have_all_agents
        if is_inbound:
            ask_running()
        for ifp in () if is_inbound else kernel.interfaces.ordered:
            if ifp is not first and matcher.matches(ifp, ignore_required_type=not types_count):
                ask_for_agents(ifp)
                take(ifp)
    elif parsed.flags & _LISTENER and is_scoped:
        if direct is not None and profile.options_follow_scope:
            ask_for_agents(direct)
            take(direct)
    elif parsed.flags & _LISTENER:
        ask_running()
    elif parsed.flags & _BROWSE and profile.browsers_have_options:
        candidates = [] if direct is None else [direct]
        if not is_scoped or not _browses_where_scoped(kernel, parsed):
            ignore = is_told and not types_count
            every = kernel.interfaces.head
            candidates = [ifp for ifp in every if matcher.matches(ifp, ignore_required_type=ignore)]
        for ifp in candidates:
            for option in _browsing_agents(kernel, parsed, ifp):
                take(*option)
    return tuple(found)


def _has_several_paths(kernel: KernelState, parsed: ParsedParameters) -> bool:
    if not parsed.flags & _MULTIPATH:
        return False
    return not (parsed.flags & _BROWSE and kernel.profile.browsing_outweighs_multipath)


def _browses_where_scoped(kernel: KernelState, parsed: ParsedParameters) -> bool:
    """Whether a browser that is scoped browses on that interface only."""
    if not kernel.profile.browsers_are_scoped_by_name_only:
        return True
    return bound_interface_index(kernel, parsed) != 0


def _browsing_agents(
    kernel: KernelState, parsed: ParsedParameters, ifp: Interface
) -> Iterator[UsableInterface]:
    """The interface with its first agent to browse with, if it has one.

    Source: necp_client_add_browse_interface_options, xnu-6153.101.6.
    """
    for agent in ifp.agents:
        if agent == ZERO_UUID:
            continue
        flags = get_flags(kernel, agent)
        if flags & _BROWSABLE == _BROWSABLE and (
            not flags & AgentFlag.SPECIFIC_USE_ONLY or is_required(kernel, parsed, agent)
        ):
            yield UsableInterface(ifp, agent)
            return


def _ask_for_agents(
    kernel: KernelState,
    parsed: ParsedParameters,
    failed_trigger: FailedTrigger | None,
    options: ClientOptions | None,
    ifp: Interface,
) -> None:
    """Ask whether each agent of an interface applies to the client, as the kernel does.

    Those for nexuses that do become ``options``. Without these only log records are visible.

    Source: necp_client_add_agent_flows_for_interface, xnu-4570.51.1;
    necp_client_add_agent_interface_options, xnu-8019.80.24.
    """
    for agent in ifp.agents:
        if agent != ZERO_UUID:
            applies = netagent_applies_to_client(
                kernel, parsed, agent, allow_nexus=True, failed_trigger=failed_trigger
            )
            if applies and options is not None:
                options.add_agent(get_flags(kernel, agent), agent, ifp)


_BROWSABLE: Final = int(AgentFlag.REGISTERED | AgentFlag.ACTIVE | AgentFlag.SUPPORTS_BROWSE)
_UP_OR_RUNNING: Final = IFF_UP | IFF_RUNNING
_BROWSE: Final = int(ClientParameterFlag.BROWSE)
_INBOUND: Final = int(ClientParameterFlag.INBOUND)
_MULTIPATH: Final = int(ClientParameterFlag.MULTIPATH)
_ONLY_PRIMARY_REQUIRES_TYPE: Final = int(ClientParameterFlag.ONLY_PRIMARY_REQUIRES_TYPE)
_LISTENER: Final = int(ClientParameterFlag.LISTENER)
_SOCKET_SCOPED: Final = int(PolicyResult.SOCKET_SCOPED)
